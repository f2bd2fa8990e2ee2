"""Tries the packages in dist/ as a person would: install, self-test, upgrade, remove."""

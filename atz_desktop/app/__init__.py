"""Wires the program together: accounts, windows, settings, crash reports, maintenance."""

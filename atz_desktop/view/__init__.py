"""Widgets: they show what the session holds and tell it what the person did."""

"""The main, search and history windows and their parts."""

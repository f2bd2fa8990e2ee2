"""What stays on this computer: journal, drafts, names, settings, token."""

"""The work on one activity: opening, editing, saving; no widgets in here."""

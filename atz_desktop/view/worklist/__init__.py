"""The work list beside the form: many activities, one after the other."""

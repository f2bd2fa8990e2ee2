"""What an activity is, what a change is, what was meant: values only, no input or output."""

"""Activities, edits, merging, verification, history: immutable values, no I/O."""

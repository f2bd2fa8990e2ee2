"""The steps of `packaging/build.py`: one module per system, and what they share."""

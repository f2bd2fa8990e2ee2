"""What `packaging/build.py` is made of: one module per step, imports of ours go one way only.

build → linux | windows | macos → debian → frozen → contents → environment | pictures → project
"""

"""What a component of each role must be: Protocols with shapes and ranges in the docstrings."""

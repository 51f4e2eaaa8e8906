# What the explorer knows, without Qt: plain objects and arrays.
"""What the explorer knows, without Qt: plain objects and arrays."""

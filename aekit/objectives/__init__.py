# The built-in objectives, one small file each; registered by entry point like anybody's.
"""The built-in objectives, one small file each; registered by entry point like anybody's."""

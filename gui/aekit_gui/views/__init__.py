# What is drawn: widgets that emit intentions and accept facts, and decide nothing.
"""What is drawn: widgets that emit intentions and accept facts, and decide nothing."""

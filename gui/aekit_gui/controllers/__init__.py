# What joins models, views and work: turns intentions into changes, and changes into facts to show.
"""What joins models, views and work: turns intentions into changes, and changes into facts to show."""

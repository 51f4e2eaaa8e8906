# What must not block the window: model processes, jobs, the player.
"""What must not block the window: model processes, jobs, the player."""

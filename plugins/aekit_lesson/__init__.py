# The lesson: every autoencoder of it trained on digits, measured, and shown on one page.
"""The lesson: every autoencoder of it trained on digits, measured, and shown on one page.

It trains through `aekit.train`, and names other plugins only by their names.
"""

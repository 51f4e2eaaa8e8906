# The desktop explorer: a window on the latent space of any run; `aekit explore`.
"""The desktop explorer: a window on the latent space of any run; `aekit explore`."""

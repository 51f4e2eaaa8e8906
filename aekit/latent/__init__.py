# Geometry of the latent space: arrays in and arrays out; no torch needed.
"""Geometry of the latent space: NumPy arrays or tensors in, the same kind out; no torch needed."""

from aekit.latent.attributes import Direction, by_quartiles, by_regression
from aekit.latent.dimensions import Dimensions, by_kl
from aekit.latent.neighbours import nearest
from aekit.latent.paths import PATHS, lerp, norm_corrected, path, slerp, spline
from aekit.latent.projection import PCA, umap

__all__ = [
    "PATHS",
    "PCA",
    "Dimensions",
    "Direction",
    "by_kl",
    "by_quartiles",
    "by_regression",
    "lerp",
    "nearest",
    "norm_corrected",
    "path",
    "slerp",
    "spline",
    "umap",
]

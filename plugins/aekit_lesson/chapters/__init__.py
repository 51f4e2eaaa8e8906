# The chapters, in the order of the lesson.
"""The chapters, in the order of the lesson."""

from aekit_lesson.chapter import Chapter
from aekit_lesson.chapters import (
    codes,
    features,
    generating,
    matching,
    music,
    reconstructing,
    resolving,
    restoring,
    variational,
)

CHAPTERS: tuple[Chapter, ...] = (
    reconstructing.SIMPLE,
    reconstructing.DEEP,
    reconstructing.PCA_CHAPTER,
    reconstructing.SPARSE,
    reconstructing.CONVOLUTIONAL,
    codes.PLANE,
    generating.RANDOM,
    generating.NOISE,
    restoring.DENOISING,
    restoring.CLOTHES,
    resolving.TWICE,
    resolving.FOUR_TIMES,
    resolving.FROM_NOISE,
    resolving.COLOUR_CHAPTER,
    variational.VAE,
    variational.LOSSES_CHAPTER,
    variational.CONVOLUTIONAL,
    matching.AAE,
    matching.CONDITIONAL,
    features.FEATURES,
    codes.UMAP,
    music.MUSIC,
)

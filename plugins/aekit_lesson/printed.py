# What the sources of the lesson printed, and what each figure should reach: the only numbers that are typed in.
"""What the sources of the lesson printed, and what each figure should reach: the only numbers that are typed in.

The sources are the lesson's own notebooks, in TensorFlow and in PyTorch, and the Keras blog on which they build
(Chollet 2016, "Building autoencoders in Keras"). Cross-entropies are of grey levels, in nats a pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

BLOG, LESSON = "Keras blog", "the lesson"
TENSORFLOW, PYTORCH = "the lesson, TensorFlow", "the lesson, PyTorch"
PCA_HERE = "PCA, aekit's benchmarks"


@dataclass(frozen=True)
class Expected:
    """What is known of a figure before it is measured.

    Attributes:
        printed: whose figure, and the figure.
        bar: what `lesson --full` should reach.
        better: which way is better; None where neither is.
    """

    printed: tuple[tuple[str, float], ...] = ()
    bar: float | None = None
    better: Literal["lower", "higher"] | None = None

    def reached_by(self, value: float) -> bool | None:
        """Whether a value is on the good side of the bar; None where there is none."""
        if self.bar is None:
            return None
        return value >= self.bar if self.better == "higher" else value <= self.bar


def below(bar: float, *printed: tuple[str, float]) -> Expected:
    """A figure that should be at most `bar`."""
    return Expected(printed, bar, "lower")


EXPECTED: dict[str, Expected] = {
    "simple_bce": below(0.09, (BLOG, 0.09)),
    "deep_bce": below(0.08, (BLOG, 0.08)),
    "sparse_bce": below(0.10, (BLOG, 0.10)),
    "convolutional_bce": below(0.090, (TENSORFLOW, 0.0953), (PYTORCH, 0.104), (BLOG, 0.094)),
    "denoising_bce": below(0.1398, (LESSON, 0.1398)),
    "denoising_lighter_bce": below(0.133, (LESSON, 0.133)),
    "superresolution_bce": below(0.088, (LESSON, 0.0955), (LESSON, 0.103)),
    "vae_loss": below(34.5, (LESSON, 35.7), (LESSON, 35.6)),
    "aae_bce": below(0.085, (LESSON, 0.0945)),
    "aae_critic_loss": Expected(((LESSON + ", stuck at 2 ln 2", 2 * math.log(2)),)),
    "conditional_recovered": Expected((), 0.97, "higher"),
    "pca_plane_knn": Expected(((PCA_HERE, 0.424),)),
}

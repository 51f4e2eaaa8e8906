# The options of the image plugin.
"""The options of the image plugin."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aekit import Options

Likelihood = Literal["bernoulli", "logistic", "gaussian"]
Network = Literal["mlp", "conv"]


class ImageOptions(Options):
    """What the pictures are made into, and what models them; None leaves the choice to the source."""

    size: int | None = Field(
        None, ge=16, le=256, description="Side of the pictures in pixels; by default 28, 32 for cifar10, 64 for folders."
    )
    channels: Literal[1, 3] | None = Field(
        None, description="1 for grey, 3 for colour; by default as the source has it."
    )
    likelihood: Likelihood | None = Field(
        None,
        description="p(x|z) of a pixel: bernoulli on fresh binarisation (default for digits), logistic "
        "(discretised, of 256 levels; default otherwise), or gaussian.",
    )
    scale: float | None = Field(
        None,
        ge=0.001,
        le=10,
        description="Fixed standard deviation of the gaussian likelihood on [0, 1]; by default learnt, above a floor.",
    )
    network: Network | None = Field(
        None, description="mlp (default for grey pictures up to 32 pixels) or conv; both residual."
    )
    width: int | None = Field(
        None, ge=8, le=4096, description="Width of the residual stream (mlp, 512) or of the first stage (conv, 32)."
    )
    depth: int | None = Field(None, ge=1, le=32, description="Residual blocks (mlp, 2) or blocks a stage (conv, 1).")
    data_dir: str | None = Field(
        None, description="A folder with a copy of fashion-mnist or cifar10; by default they are downloaded."
    )
    shift: int = Field(0, ge=0, le=16, description="Move training pictures at random by up to this many pixels.")
    flip: bool = Field(False, description="Mirror training pictures left to right at random.")

# The options of the image plugin.
"""The options of the image plugin."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from aekit import Options

Likelihood = Literal["bernoulli", "logistic", "gaussian"]
Network = Literal["mlp", "hybrid", "conv"]

SMALLEST, LARGEST = 16, 256


class ImageOptions(Options):
    """What the pictures are made into, and what models them; None leaves the choice to the source."""

    size: int | None = Field(
        None,
        ge=SMALLEST,
        le=LARGEST,
        description="Side of the pictures in pixels; by default as the source has it, 64 for folders.",
    )
    channels: int | None = Field(
        None, ge=1, le=3, description="1 for grey, 3 for colour; by default as the source has it."
    )
    likelihood: Likelihood | None = Field(
        None,
        description="p(x|z) of a pixel: bernoulli on fresh draws of 0 or 1 (default for mnist), logistic "
        "(discretised to 256 levels; default otherwise) or gaussian (a density).",
    )
    scale: float | None = Field(
        None,
        ge=0.001,
        le=10,
        description="Fixed standard deviation of the gaussian, of levels in [0, 1]; by default learnt.",
    )
    network: Network | None = Field(
        None,
        description="mlp, hybrid (an mlp whose decoder ends in two convolutions; default for grey pictures up to 32 "
        "pixels) or conv (default otherwise); all residual.",
    )
    width: int | None = Field(
        None,
        ge=8,
        le=4096,
        description="Width of the network: 512 for mlp and hybrid, 32 in the finest grid for conv.",
    )
    depth: int | None = Field(
        None, ge=1, le=32, description="Residual blocks: 2 for mlp and hybrid, 1 in each grid for conv."
    )
    data_dir: str | None = Field(
        None, description="A folder with a copy of fashion-mnist or cifar10; by default they are downloaded."
    )
    shift: int = Field(
        0, ge=0, le=16, description="Move training pictures at random by up to so many pixels."
    )
    flip: bool = Field(False, description="Mirror training pictures left to right at random.")

    @field_validator("channels")
    @classmethod
    def one_or_three(cls, channels: int | None) -> int | None:
        """Two channels are no picture."""
        if channels == 2:
            raise ValueError("should be 1 (grey) or 3 (colour)")
        return channels

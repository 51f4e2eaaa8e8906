# The options of the image plugin.
"""The options of the image plugin."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from aekit import Options

Likelihood = Literal["bernoulli", "logistic", "gaussian", "crossentropy"]
Network = Literal["mlp", "hybrid", "conv", "plain"]

SMALLEST, LARGEST = 16, 256
WIDEST = 4096
HIDDEN = "128,64"
WIDTH = {"mlp": 256, "hybrid": 256, "conv": 32}
DEPTH = {"mlp": 6, "hybrid": 6, "conv": 1}
UNSAID_FOR, UNSAID = ("mlp", "hybrid"), {"width": 512, "depth": 2}  # in runs from before specs kept sizes


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
        description="p(x|z) of a pixel: bernoulli on fresh draws of 0 or 1 (default for mnist and shapes), logistic "
        "(discretised to 256 levels; default otherwise), gaussian (a density) or crossentropy (to grey levels, as "
        "lessons have it; no distribution).",
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
        "pixels) or conv (default otherwise), all residual; or plain (linear layers, as in textbooks).",
    )
    width: int | None = Field(
        None,
        ge=8,
        le=WIDEST,
        description="Width of the network: 256 for mlp and hybrid, 32 in the finest grid for conv.",
    )
    depth: int | None = Field(
        None, ge=1, le=32, description="Residual blocks: 6 for mlp and hybrid, 1 in each grid for conv."
    )
    layers: str | None = Field(
        None,
        description='Hidden widths of plain from the picture to the code, and back in reverse: "128,64" by default, '
        '"" for one linear layer each way.',
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

    @field_validator("width", "depth")
    @classmethod
    def residual(cls, given: int | None, info: ValidationInfo) -> int | None:
        """The plain network has hidden widths of its own."""
        if given is not None and info.data.get("network") == "plain":
            raise ValueError("is not for the network plain, whose hidden widths are given by layers")
        return given

    @field_validator("layers")
    @classmethod
    def widths(cls, layers: str | None, info: ValidationInfo) -> str | None:
        """Hidden widths are whole numbers, and only the plain network has them."""
        if layers is None:
            return None
        words = [word.strip() for word in layers.split(",")] if layers.strip() else []
        if not all(word.isdecimal() and 1 <= int(word) <= WIDEST for word in words):
            raise ValueError(f'should be whole numbers from 1 to {WIDEST} with commas, as in "128,64", or ""')
        if info.data.get("network") != "plain":
            raise ValueError("is for the network plain alone; give --network plain too, or leave layers out")
        return ",".join(words)

    def sizes(self, network: str) -> dict[str, Any]:
        """The size of a network by the options that give it, with its usual one where they are left open."""
        if network == "plain":
            return {"layers": HIDDEN if self.layers is None else self.layers}
        return {"width": self.width or WIDTH[network], "depth": self.depth or DEPTH[network]}


def hidden(layers: str) -> tuple[int, ...]:
    """Hidden widths of the plain network, from the picture to the code, out of their text."""
    return tuple(int(width) for width in layers.split(",") if width)

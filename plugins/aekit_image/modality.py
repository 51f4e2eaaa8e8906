# ImageModality: pictures as aekit sees them.
"""ImageModality: pictures as aekit sees them."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

import torch
from torch import Tensor

from aekit import Dataset, Decoder, Encoder, Modality, Options, Picture, Source
from aekit_image.networks import PerceptronEncoder, PerceptronOutputs, PictureDecoder, Shape
from aekit_image.pixels import pixel_likelihood, stored
from aekit_image.settings import ImageOptions
from aekit_image.sources import SOURCES, load_source

MLP_WIDTH, MLP_DEPTH = 512, 2


class ImageModality(Modality):
    """Pictures, stored as uint8 (C, H, W): digits, grey or colour."""

    Options: ClassVar[type[Options]] = ImageOptions
    training_defaults: ClassVar[dict[str, Any]] = {"latent_dim": 16, "batch_size": 256, "learning_rate": 2e-3}
    default_source: ClassVar[str] = "mnist"

    def __init__(self, options: ImageOptions, spec: dict[str, Any]) -> None:
        super().__init__(options, spec)
        channels, height, width = spec["shape"]
        self.shape: Shape = (channels, height, width)
        self.likelihood = pixel_likelihood(spec["likelihood"], options.scale)

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return SOURCES

    @classmethod
    def load(cls, options: ImageOptions, source: str, split: str) -> Dataset:
        return load_source(options, source, split)

    def prepare(self, x: Tensor) -> Tensor:
        """Stored pictures to fresh draws of 0 or 1 (bernoulli), or to [0, 1]."""
        return self.likelihood.prepare(x)

    def encoder(self) -> Encoder:
        width, depth = self.options.width or MLP_WIDTH, self.options.depth or MLP_DEPTH
        return PerceptronEncoder(self.shape, width, depth, self.mean())

    def decoder(self, latent_dim: int) -> Decoder:
        width, depth = self.options.width or MLP_WIDTH, self.options.depth or MLP_DEPTH
        channels = self.likelihood.outputs * self.shape[0]
        outputs = PerceptronOutputs((channels, *self.shape[1:]), latent_dim, width, depth)
        outputs.begin_with(self.likelihood.first_bias(self.mean()))
        return PictureDecoder(outputs, self.likelihood)

    def mean(self) -> Tensor:
        """The training split's mean picture (C, H, W) in [0, 1]; mid-grey where it was not kept."""
        if self.spec.get("mean") is None:
            return torch.full(self.shape, 0.5)
        levels = torch.frombuffer(bytearray(base64.b64decode(self.spec["mean"])), dtype=torch.uint8)
        return levels.view(self.shape).float() / 255

    def view(self, x: Tensor) -> Picture:
        """One picture (C, H, W), stored or prepared."""
        pixels = x if x.dtype == torch.uint8 else stored(x)
        pixels = pixels.detach().cpu()
        return Picture((pixels[0] if len(pixels) == 1 else pixels.permute(1, 2, 0).contiguous()).numpy())

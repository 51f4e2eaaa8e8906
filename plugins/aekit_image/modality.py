# ImageModality: pictures as aekit sees them.
"""ImageModality: pictures as aekit sees them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from aekit import Dataset, Decoder, Degradation, Encoder, Modality, Options, Picture, ReadResult, Source
from aekit_image.convolutions import ConvEncoder, ConvOutputs
from aekit_image.decoding import Frame, White
from aekit_image.degradations import DEGRADATIONS, degraded
from aekit_image.files import read_files
from aekit_image.hybrid import HybridOutputs
from aekit_image.networks import PerceptronEncoder, PerceptronOutputs, PictureDecoder, Shape
from aekit_image.pixels import BernoulliPixels, pixel_likelihood, stored
from aekit_image.plain import PlainEncoder, PlainOutputs
from aekit_image.settings import UNSAID, UNSAID_FOR, ImageOptions, hidden
from aekit_image.sources import SOURCES, load_source
from aekit_image.strokes import digit_attributes, picture_attributes

SIZES = ("width", "depth", "layers")  # options that the spec has as chosen
ENCODERS: dict[str, Callable[..., Encoder]] = {
    "mlp": PerceptronEncoder,
    "hybrid": PerceptronEncoder,
    "conv": ConvEncoder,
    "plain": PlainEncoder,
}
OUTPUTS: dict[str, Callable[..., Any]] = {
    "mlp": PerceptronOutputs,
    "hybrid": HybridOutputs,
    "conv": ConvOutputs,
    "plain": PlainOutputs,
}
SURE = 1e-6
MOSTLY_CONV = (
    "folder:",
    "cifar10",
)  # sources that a convolutional network models when nothing else is asked for


class ImageModality(Modality):
    """Pictures, stored as uint8 (C, H, W): digits, grey or colour."""

    Options: ClassVar[type[Options]] = ImageOptions
    training_defaults: ClassVar[dict[str, Any]] = {
        "latent_dim": 16,
        "weight_decay": 0.05,
        "learning_rate": 1e-3,
    }
    default_source: ClassVar[str] = "mnist"

    def __init__(self, options: ImageOptions, spec: dict[str, Any]) -> None:
        """See `Modality`; the keys of `spec` are described at `sources.measured`."""
        super().__init__(options, spec)
        channels, height, width = spec["shape"]
        self.shape: Shape = (channels, height, width)
        self.likelihood = pixel_likelihood(spec["likelihood"], options.scale)
        sizes = options.sizes(spec["network"]) | {name: spec[name] for name in SIZES if name in spec}
        if spec["network"] in UNSAID_FOR:
            given = {*spec, *options.model_dump(exclude_none=True)}
            sizes |= {name: size for name, size in UNSAID.items() if name not in given}
        plain = spec["network"] == "plain"
        self.sizes = (hidden(sizes["layers"]),) if plain else (sizes["width"], sizes["depth"])

    @classmethod
    def defaults_for(cls, options: ImageOptions, source: str) -> dict[str, Any]:
        """Smaller batches for the convolutional network, whose steps take longer."""
        conv = options.network == "conv" or (options.network is None and source.startswith(MOSTLY_CONV))
        return {**cls.training_defaults, **({"batch_size": 64} if conv else {})}

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return SOURCES

    @classmethod
    def load(cls, options: ImageOptions, source: str, split: str) -> Dataset:
        return load_source(options, source, split)

    def prepare(self, x: Tensor) -> Tensor:
        """Stored pictures to fresh draws of 0 or 1 (bernoulli), or to [0, 1]."""
        return self.likelihood.prepare(x)

    def augment(self, x: Tensor) -> Tensor:
        """Stored pictures moved by up to `shift` pixels and mirrored, each at random, where the options ask for it."""
        if self.options.shift:
            x = shifted(x, self.options.shift)
        if self.options.flip:
            mirrored = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
            x = torch.where(mirrored, x.flip(-1), x)
        return x

    def degradations(self) -> dict[str, Degradation]:
        """Gaussian noise, haze, masking, salt and pepper; a coarser grid (`degradations.py`)."""
        return DEGRADATIONS

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        return degraded(x, name, amount)

    def encoder(self) -> Encoder:
        kind = ENCODERS[self.spec["network"]]
        return kind(self.shape, *self.sizes, self.mean())

    def decoder(self, latent_dim: int) -> Decoder:
        kind = OUTPUTS[self.spec["network"]]
        channels = self.likelihood.outputs * self.shape[0]
        outputs = kind((channels, *self.shape[1:]), latent_dim, *self.sizes)
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
        pixels = (x if x.dtype == torch.uint8 else stored(x)).detach().cpu()
        return Picture((pixels[0] if len(pixels) == 1 else pixels.permute(1, 2, 0)).contiguous().numpy())

    def read(self, path: Path) -> ReadResult:
        white = White(*self.spec.get("white", ()))
        return read_files(Path(path), Frame(*self.shape), self.spec["digits"], white)

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        """Of digits: thickness, slant, width, ink, brightness (`strokes.py`); otherwise of any pictures."""
        return digit_attributes(x) if self.spec["digits"] else picture_attributes(x)

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        """Of the decoder's mean against the stored grey levels on [0, 1], each (B,).

        grey_bce_per_pixel: binary cross-entropy in nats a pixel, where the mean is a probability (bernoulli,
            crossentropy).
        squared_error_per_pixel: mean squared error.
        """
        mean, level = decoder.mean(z), x.float() / 255
        assert mean is not None
        errors = {"squared_error_per_pixel": (mean - level).square()}
        if isinstance(self.likelihood, BernoulliPixels):
            sure = mean.clamp(SURE, 1 - SURE)
            errors["grey_bce_per_pixel"] = F.binary_cross_entropy(sure, level, reduction="none")
        return {name: error.flatten(1).mean(1) for name, error in errors.items()}


def shifted(x: Tensor, most: int) -> Tensor:
    """Pictures (B, C, H, W), each moved by up to `most` pixels both ways at random; their edges are repeated."""
    moves = torch.randint(-most, most + 1, (2, len(x), 1), device=x.device)
    rows, columns = (
        (torch.arange(side, device=x.device) + move).clamp(0, side - 1)
        for side, move in zip(x.shape[2:], moves, strict=True)
    )
    items = torch.arange(len(x), device=x.device).view(-1, 1, 1, 1)
    channels = torch.arange(x.shape[1], device=x.device).view(1, -1, 1, 1)
    return x[items, channels, rows[:, None, :, None], columns[:, None, None, :]]

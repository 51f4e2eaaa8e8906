# The networks of the image plugin: a residual perceptron, and the encoder and decoder around any network.
"""The networks of the image plugin: a residual perceptron, and the encoder and decoder around any network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aekit import Decoder, Encoder
from aekit.networks import ResidualPerceptron
from aekit_image.pixels import PixelLikelihood

Shape = tuple[int, int, int]


class PerceptronEncoder(Encoder):
    """Prepared pictures (B, C, H, W), less their mean, through a residual perceptron."""

    mean: Tensor

    def __init__(self, shape: Shape, width: int, depth: int, mean: Tensor) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("mean", mean, persistent=False)
        channels, height, across = shape
        self.layers = ResidualPerceptron(channels * height * across, width, depth, expansion=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers((x - self.mean).flatten(1))  # type: ignore[no-any-return]


class PerceptronOutputs(nn.Module):
    """Codes (B, D) to raw outputs (B, channels, H, W) through a residual perceptron."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        channels, height, across = shape
        self.layers = ResidualPerceptron(latent_dim, width, depth, channels * height * across, expansion=2)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z).unflatten(1, self.shape)  # type: ignore[no-any-return]

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make `bias` (channels, H, W) the outputs' bias."""
        assert isinstance(self.layers.leave, nn.Linear)
        self.layers.leave.bias.copy_(bias.flatten())


class PictureDecoder(Decoder):
    """A network from codes to raw outputs, read by a pixel likelihood."""

    def __init__(self, outputs: nn.Module, likelihood: PixelLikelihood) -> None:
        super().__init__()
        self.outputs = outputs
        self.likelihood = likelihood

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return self.likelihood.log_prob(self.outputs(z), x)

    def generate(self, z: Tensor, temperature: float = 0.0) -> Tensor:
        return self.likelihood.generate(self.outputs(z), temperature)

    def mean(self, z: Tensor) -> Tensor:
        return self.likelihood.mean(self.outputs(z))

# pythae's default VAE, rebuilt from its weights in the form that aekit's evaluation measures.
"""pythae's default VAE, rebuilt from its weights in the form that aekit's evaluation measures.

Encoder: linear, ReLU, two linear outputs. Decoder: linear, ReLU, linear, sigmoid; the Bernoulli likelihood takes the
logits before the sigmoid, which is the same number without its rounding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aekit.likelihoods import Bernoulli, sum_over_item
from aekit.posterior import Posterior
from aekit.priors import Prior, StandardNormal


class PythaeModel:
    """What `aekit.evaluation.likelihood` asks of an objective."""

    has_bound = True

    def __init__(self, path: Path) -> None:
        """Load what `pythae_worker.py` wrote, and check that this copy does as the original did."""
        with np.load(path) as arrays:
            self.weights = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
        self.latent_dim = len(self.weights["encoder.embedding.bias"])
        pictures, mean, probability = (
            self.weights[f"check.{name}"] for name in ("pictures", "mean", "reconstruction")
        )
        torch.testing.assert_close(self.posterior(pictures).mean, mean, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(self.logits(mean).sigmoid(), probability.flatten(1), rtol=1e-4, atol=1e-5)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """One of the layers."""
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def posterior(self, x: Tensor, condition: Tensor | None = None) -> Posterior:
        """q(z|x) of binary pictures (B, 1, 28, 28)."""
        features = self.linear("encoder.layers.0.0", x.flatten(1)).relu()
        return Posterior(self.linear("encoder.embedding", features), self.linear("encoder.log_var", features))

    def logits(self, z: Tensor) -> Tensor:
        """Codes (B, D) to logits (B, 784)."""
        return self.linear("decoder.layers.1.0", self.linear("decoder.layers.0.0", z).relu())

    def log_prob(self, x: Tensor, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """log p(x|z) in nats: (B,)."""
        return sum_over_item(Bernoulli(self.logits(z)).log_prob(x.flatten(1)))

    def prior(self) -> Prior:
        return StandardNormal(self.latent_dim)

# A person's own corner of a trained model's space: a small VAE over the codes of a few items.
"""A person's own corner of a trained model's space: a small VAE over the codes of a few items.

MidiMe (Dinculescu, Engel and Roberts 2019): the trained model stays as it is; a few dimensions z' are learnt from
which its codes follow. `aekit personalize` makes such runs. D dimensions of z', B dimensions of the base's codes.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pydantic
import torch
from torch import Tensor, nn

from aekit import plugins
from aekit.data import Batch
from aekit.errors import UsageError
from aekit.modality import Decoder, Encoder, Modality
from aekit.networks import ResidualPerceptron
from aekit.objective import Objective, Outcome
from aekit.options import Options, check
from aekit.posterior import LOG_2_PI, Head

WIDTH, DEPTH = 64, 1


class PersonalOptions(Options):
    beta: float = pydantic.Field(0.5, ge=0, description="weight of the KL term")
    base_objective: str | None = pydantic.Field(
        None, description="the base run's objective; set by personalize"
    )
    base_options: str = pydantic.Field("{}", description="the base run's objective options, as JSON")
    base_latent_dim: int = pydantic.Field(1, ge=1, description="dimensions of the base run's codes")


class PersonalEncoder(Encoder):
    """Prepared items through the base's encoder to the means of its codes, and on to features (B, WIDTH)."""

    def __init__(self, base: Objective) -> None:
        super().__init__()
        self.width = WIDTH
        self.base = [base]  # in a list, so that its weights are not counted twice
        self.network = ResidualPerceptron(base.latent_dim, WIDTH, DEPTH)

    def forward(self, x: Tensor) -> Tensor:
        return self.features(self.codes(x)[0])

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Means and variances of the base's codes, each (B, base's dimensions)."""
        with torch.no_grad():
            posterior = self.base[0].posterior(x, x.new_zeros(len(x), 0))
        return posterior.mean, posterior.log_variance.exp()

    def features(self, codes: Tensor) -> Tensor:
        """The base's codes to features (B, WIDTH)."""
        return self.network(codes)  # type: ignore[no-any-return]


class PersonalDecoder(Decoder):
    """z' to the base's code, and on through the base's decoder."""

    def __init__(self, base: Objective, latent_dim: int) -> None:
        super().__init__()
        self.base = [base]
        self.network = ResidualPerceptron(latent_dim, WIDTH, DEPTH, base.latent_dim)

    def codes(self, z: Tensor) -> Tensor:
        """z' (B, D) to the base's codes."""
        return self.network(z).float()  # type: ignore[no-any-return]

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return self.base[0].decoder.log_prob(self.codes(z), x)

    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return self.base[0].decoder.generate(self.codes(z), temperature, top_p)

    def mean(self, z: Tensor) -> Tensor | None:
        return self.base[0].decoder.mean(self.codes(z))


class Personal(Objective):
    """Maximises E_q[log N(c; g(z'), s^2 + v)] - beta KL(q(z'|x) || N(0, I)) (Dinculescu, Engel and Roberts 2019).

    When to use it: somebody has a few items of their own (ten are enough) and a trained run of such items, and wants
    more like theirs within seconds: `aekit personalize RUN FOLDER`. It can make nothing that the base's decoder could
    not; where the items are of another kind than the base's, train a `vae` on as many as there are.

    c and v are the mean and the variance of the base's code of an item, g and s are learnt: what lies within the
    noise of the base's own codes is not worth telling. The base is part of the module and never changes.
    """

    Options: ClassVar[type[Options]] = PersonalOptions
    options: PersonalOptions
    encoder: PersonalEncoder
    decoder: PersonalDecoder

    def __init__(
        self, modality: Modality, options: PersonalOptions, latent_dim: int, condition_dim: int = 0
    ) -> None:
        nn.Module.__init__(self)
        self.options, self.latent_dim, self.condition_dim = options, latent_dim, condition_dim
        self.autocast_dtype = None
        self.register_buffer("share_done", torch.zeros(()), persistent=False)
        self.base = frozen_base(modality, options)
        self.has_bound = self.base.has_bound
        self.encoder = PersonalEncoder(self.base)
        self.head = Head(WIDTH, latent_dim)
        self.decoder = PersonalDecoder(self.base, latent_dim)
        self.log_scale = nn.Parameter(torch.full((options.base_latent_dim,), -1.0))

    def train(self, mode: bool = True) -> Personal:
        super().train(mode)
        self.base.eval()
        return self

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        codes, noise = self.encoder.codes(batch.x)
        posterior = self.head(self.encoder.features(codes), batch.condition)
        variance = (2 * self.log_scale).exp() + noise.clamp(min=1e-6)
        missed = (codes - self.decoder.codes(posterior.sample())).square() / variance
        log_prob = -0.5 * (missed + variance.log() + LOG_2_PI).sum(1)
        kl = posterior.kl().sum(1)
        terms = {"code_elbo": log_prob - kl, "code_reconstruction": -log_prob, "kl": kl}
        averages = {name: nats.detach().mean() for name, nats in terms.items()}
        return Outcome((self.options.beta * kl - log_prob).mean(), averages)

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The ELBO of the items themselves, by the base's decoder, averaged over `samples` draws: (B,)."""
        posterior = self.posterior(batch.x, batch.condition)
        draws = [self.log_prob(batch.x, posterior.sample(), batch.condition) for _ in range(samples)]
        return torch.stack(draws).mean(0) - posterior.kl().sum(1)

    def decoding(self, z: Tensor, condition: Tensor) -> tuple[Decoder, Tensor]:
        return self.base.decoder, self.decoder.codes(z)

    def groups(self, learning_rate: float) -> list[dict[str, Any]]:
        learning = [weight for weight in self.parameters() if weight.requires_grad]
        return [{"params": learning, "lr": learning_rate}]


def frozen_base(modality: Modality, options: PersonalOptions) -> Objective:
    """The base's objective with fresh weights, which will not learn.

    Raises:
        UsageError: no base was named.
    """
    if options.base_objective is None:
        raise UsageError(
            "The objective 'personal' needs a trained run to start from: aekit personalize RUN FOLDER"
        )
    kind = plugins.objective(options.base_objective)
    base_options = check(
        kind.Options, json.loads(options.base_options), f"the objective '{options.base_objective}'"
    )
    return kind(modality, base_options, options.base_latent_dim).requires_grad_(False).eval()

# The vector-quantised autoencoder: a code is a few words of one learnt codebook.
"""The vector-quantised autoencoder: a code is a few words of one learnt codebook.

D dimensions of z are P words of W dimensions, D = P W; the codebook has K vectors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import pydantic
import torch
from torch import Tensor, nn

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.modality import Modality
from aekit.objective import Draw, Objective, Outcome
from aekit.objectives.vae import elbo_terms
from aekit.options import Options, listed
from aekit.posterior import Posterior

CODEBOOK_RATE, FREQUENCY_RATE = 5.0, 10.0  # over the networks' learning rate
UNUSED_PULL = 0.1  # weight of the squared distance between a vector that no item took and a word of the batch
FEWEST_PER_VECTOR = 4  # words of items that the codebook begins from, for each of its vectors


class VQOptions(Options):
    codebook_size: int = pydantic.Field(256, ge=2, le=65_536, description="vectors K of the codebook")
    word_dim: int = pydantic.Field(
        2, ge=1, description="dimensions of a word; latent_dim must be a multiple of it"
    )
    commitment: float = pydantic.Field(
        0.25, ge=0, description="weight of the squares that hold an item's words to their vectors"
    )


@dataclass(frozen=True, eq=False)
class Words(Posterior):
    """All mass on one point of the grid: the words that an item is encoded to.

    Attributes:
        mean: (B, D), that point.
        log_variance: (B, D), minus infinity.
    """

    is_gaussian: ClassVar[bool] = False

    def at(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """The point (B, D) whatever the noise, and the log of its mass (B,), which is 0."""
        return self.mean, torch.zeros_like(self.mean[:, 0])

    def sample(self) -> Tensor:
        return self.mean

    def kl(self) -> Tensor:
        raise NotImplementedError("the KL of a point is -log of its mass under the prior; use at()")

    def log_prob(self, z: Tensor) -> Tensor:
        raise NotImplementedError("a point has a mass and no density; use at()")


class WordPrior:
    """Words drawn independently at each position, by learnt frequencies: a mass and no density."""

    def __init__(self, objective: VQVAE) -> None:
        self.objective = objective

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes on the grid: (count, D). Temperature 0 takes the likeliest words."""
        logits = self.objective.frequencies.detach().float().cpu()
        if temperature == 0:
            words = logits.argmax(1).expand(count, -1)
        else:
            chances = (logits / temperature).softmax(1)
            words = torch.multinomial(chances, count, replacement=True).T
        return self.objective.vectors(words.to(self.objective.codebook.device)).detach()

    def log_prob(self, z: Tensor) -> Tensor:
        """log of the mass of the words that z (..., D) means, in nats: (...)."""
        words = self.objective.words(z.reshape(-1, z.shape[-1]))
        return self.objective.log_mass(words).view(z.shape[:-1])


class Quantised(NamedTuple):
    """A batch in words.

    Attributes:
        words: (B, P) their numbers.
        inputs: (B, P, W) what the encoder gave.
        outputs: (B, P, W) the vectors taken for it.
    """

    words: Tensor
    inputs: Tensor
    outputs: Tensor


class VQVAE(Objective):
    """Maximises log p(x|e) + log p(words) - N/D (|sg(z) - e|^2 + commitment |z - sg(e)|^2).

    van den Oord, Vinyals and Kavukcuoglu 2017, equation 3. Published code sets means over an item's N elements
    against means over a code's D dimensions; log p(x|e) is a sum over the elements, hence N/D.

    z = f(x) is cut into words, e has the nearest vector of the codebook for each, sg stops gradients, and the
    gradient at e is taken for that at z (straight through). The frequencies p(words) of each position are learnt
    beside it, without a gradient to the encoder, so log p(x|e) + log p(words) is a true bound of log p(x). One
    codebook serves all positions: each vector is pulled by P times as many words, so fewer go unused.

    When to use it: an item is to be a few symbols out of an alphabet, to be counted, stored in bits, or modelled by
    something else. Neighbours on a map need not look alike and the words of a position are drawn independently; for
    smooth walks a VAE is better, and for samples `--sampler gmm` on top.
    """

    Options: ClassVar[type[Options]] = VQOptions
    options: VQOptions

    def __init__(
        self, modality: Modality, options: VQOptions, latent_dim: int, condition_dim: int = 0
    ) -> None:
        check_word_dim(options.word_dim, latent_dim)
        super().__init__(modality, options, latent_dim, condition_dim)
        self.positions = latent_dim // options.word_dim
        self.codebook = nn.Parameter(torch.randn(options.codebook_size, options.word_dim))
        self.frequencies = nn.Parameter(torch.zeros(self.positions, options.codebook_size))

    def begin(self, draw: Draw) -> None:
        """The codebook begins as words of items; of few items, words with a little noise."""
        size = self.options.codebook_size
        batch = draw(min(draw.total, math.ceil(FEWEST_PER_VECTOR * size / self.positions)))
        words = self.encoded(batch.shown, batch.condition).reshape(-1, self.options.word_dim)
        chosen = words[torch.arange(size, device=words.device) * len(words) // size]
        noise = torch.randn(chosen.shape, generator=torch.Generator().manual_seed(0)).to(chosen)
        spread = words.std(0, correction=0)
        self.codebook.copy_(chosen + (0.01 if size <= len(words) else 0.1) * spread * noise)

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        z = self.encoded(batch.shown, batch.condition)
        found = self.quantised(z)
        log_prob = self.training_log_prob(batch.x, z, batch.condition, step)  # decodes straight through
        kl = -self.log_mass(found.words)
        loss = (kl - log_prob).mean()
        if self.training:
            loss = loss + batch.x[0].numel() / self.latent_dim * self.squares(found)
        distance = (found.inputs - found.outputs).square().sum((1, 2)).mean()
        counts = found.words.flatten().bincount(minlength=self.options.codebook_size)
        extra = {"commitment": distance.detach(), "perplexity": perplexity(counts)}
        return Outcome(loss, {**elbo_terms(log_prob, kl), **extra})

    def squares(self, found: Quantised) -> Tensor:
        """The codebook's loss and the commitment, and the pull on vectors that no item of the batch took."""
        to_items = (found.inputs.detach() - found.outputs).square().sum((1, 2)).mean()
        to_vectors = (found.inputs - found.outputs.detach()).square().sum((1, 2)).mean()
        return to_items + self.options.commitment * to_vectors + UNUSED_PULL * self.pull(found)

    def pull(self, found: Quantised) -> Tensor:
        """Squared distances of the vectors that went unused to the words of the batch that are told worst: ().

        Each has a word of its own: pulled to the nearest, vectors that lie together would stay together.
        """
        inputs = found.inputs.detach().reshape(-1, self.options.word_dim)
        missed = (inputs - found.outputs.detach().reshape(inputs.shape)).square().sum(1)
        unused = found.words.flatten().bincount(minlength=self.options.codebook_size) == 0
        rank = (unused.cumsum(0) - 1).clamp(min=0) % len(inputs)
        target = inputs[missed.argsort(descending=True, stable=True)[rank]]
        return ((self.codebook - target).square().sum(1) * unused).sum()

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """log p(x|e) + log p(words), the ELBO of a posterior with all mass on one point: (B,)."""
        z = self.posterior(batch.shown, batch.condition).mean
        return self.log_prob(batch.x, z, batch.condition) + self.log_mass(self.words(z))

    def encoded(self, x: Tensor, condition: Tensor) -> Tensor:
        """What the encoder gives before it is quantised: (B, D)."""
        return super().posterior(x, condition).mean

    def posterior(self, x: Tensor, condition: Tensor) -> Words:
        z = self.quantised(self.encoded(x, condition)).outputs.flatten(1)
        return Words(z, torch.full_like(z, -torch.inf))

    def prior(self) -> WordPrior:
        return WordPrior(self)

    def quantised(self, z: Tensor) -> Quantised:
        """Codes z (B, D) with the nearest vector of each of their words."""
        inputs = z.unflatten(1, (self.positions, self.options.word_dim))
        words = closest(inputs.detach().flatten(0, 1), self.codebook.detach()).view(inputs.shape[:2])
        return Quantised(words, inputs, self.codebook[words])

    def words(self, z: Tensor) -> Tensor:
        """The words that codes (B, D) mean: (B, P) int64, each 0 ... K - 1."""
        return self.quantised(z).words

    def vectors(self, words: Tensor) -> Tensor:
        """The codes (B, D) of words (B, P)."""
        return self.codebook[words].flatten(1)

    def log_mass(self, words: Tensor) -> Tensor:
        """log p(words) of words (B, P) in nats: (B,)."""
        return self.frequencies.log_softmax(1).gather(1, words.T).sum(0)

    def code(self, z: Tensor, condition: Tensor) -> Tensor:
        """Any z (B, D) on the grid, its gradient straight through, with the condition: (B, D + C)."""
        snapped = self.vectors(self.words(z)).detach()
        return super().code(snapped + (z - z.detach()), condition)  # exactly on the grid: the bracket is zero

    def figures(self, means: Tensor) -> dict[str, float]:
        """The share of the codebook that test items use, its perplexity (1 ... K), and words per item."""
        counts = self.words(means).flatten().bincount(minlength=self.options.codebook_size)
        return {
            "codes_used": float((counts > 0).float().mean()),
            "code_perplexity": float(perplexity(counts)),
            "words": float(self.positions),
        }

    def groups(self, learning_rate: float) -> list[dict[str, Any]]:
        rates = {id(self.codebook): CODEBOOK_RATE, id(self.frequencies): FREQUENCY_RATE}
        networks = [weight for weight in self.parameters() if id(weight) not in rates]
        own = [
            {"params": [weight], "lr": learning_rate * rates[id(weight)], "weight_decay": 0.0}
            for weight in (self.codebook, self.frequencies)
        ]
        return [{"params": networks, "lr": learning_rate}, *own]


def closest(rows: Tensor, vectors: Tensor) -> Tensor:
    """The number of the nearest of `vectors` (K, W) for each of `rows` (N, W), the first of equals: (N,)."""
    # not by matrix products: a vector must be nearest to itself to the last bit
    distances = torch.cdist(rows.float(), vectors.float(), compute_mode="donot_use_mm_for_euclid_dist")
    return distances.argmin(1)


def perplexity(counts: Tensor) -> Tensor:
    """exp of the entropy of counts (K,): between 1 and K."""
    shares = counts / counts.sum()
    entropy: Tensor = torch.special.entr(shares).sum()
    return entropy.exp()


def check_word_dim(word_dim: int, latent_dim: int) -> None:
    """Raise where words do not fill a code.

    Raises:
        UsageError: it names the sizes that do.
    """
    if latent_dim % word_dim:
        fitting = [str(size) for size in range(1, latent_dim + 1) if latent_dim % size == 0]
        raise UsageError(
            f"word_dim must divide latent_dim {latent_dim} (received {word_dim}). Give --word-dim "
            f"{listed(fitting).replace(' and ', ' or ')}"
        )

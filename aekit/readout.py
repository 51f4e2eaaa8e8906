# A readout: a small network that reads attributes off codes, and moves codes until it reads others.
"""A readout: a small network that reads attributes off codes, and moves codes until it reads others.

Many attributes are no straight line through the latent space: a range has two ends, and what is major in one key is
minor in another. Following the readout's gradient, each code moves its own way, and as little as it must. N codes,
D latent dimensions, A attributes.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import jacrev, vmap

from aekit.files import Arrays
from aekit.training.state import load_module, module_arrays

WIDTH, STEPS, BATCH, CHECK_EVERY = 128, 1500, 512, 100
RATE, WEIGHT_DECAY = 6e-3, 0.01
EXTREME = 0.005  # the share of training items beyond which an attribute counts as at its end, on each side
MOVES, DAMPING = 8, 0.05
CHUNK = 2000


class Readout(nn.Module):
    """Codes (N, D) to attributes in standard deviations from their means (N, A).

    Attributes:
        code_mean, code_scale: (D,), what codes are standardised with; the posterior's spread is counted in.
        low, high: (A,), about where the attributes of training items end, in standard deviations.
    """

    code_mean: Tensor
    code_scale: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, latent_dim: int, attributes: int) -> None:
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(latent_dim, WIDTH), nn.SiLU(),
            nn.Linear(WIDTH, WIDTH), nn.SiLU(),
            nn.Linear(WIDTH, attributes),
        )  # fmt: skip
        for name, size in (
            ("code_mean", latent_dim),
            ("code_scale", latent_dim),
            ("low", attributes),
            ("high", attributes),
        ):
            self.register_buffer(name, torch.zeros(size))

    def forward(self, codes: Tensor) -> Tensor:
        return self.network((codes - self.code_mean) / self.code_scale)  # type: ignore[no-any-return]

    def moved(self, codes: NDArray[np.float64], amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Codes (N, D) moved until each attribute reads `amounts` (A,) standard deviations more.

        Attributes whose amount is 0 are held. An attribute that nears its end moves by less: it approaches the end
        that training items have, and never reaches it.
        """
        pieces = torch.from_numpy(codes).float().split(CHUNK)
        wanted = torch.from_numpy(amounts).float()
        return torch.cat([self._moved(piece, wanted) for piece in pieces]).double().numpy()

    @torch.no_grad()
    def _moved(self, codes: Tensor, amounts: Tensor) -> Tensor:
        """Damped Gauss-Newton steps in standardised codes, each taking its share of what is left."""
        z = (codes - self.code_mean) / self.code_scale
        goal = self.goal(self.network(z), amounts)
        jacobian = vmap(jacrev(self.network))
        damping = DAMPING * torch.eye(len(amounts))
        for left in range(MOVES, 0, -1):
            slope = jacobian(z)  # (N, A, D)
            need = (goal - self.network(z)) / torch.where(amounts == 0, 1, left)
            step = torch.linalg.solve(slope @ slope.transpose(1, 2) + damping, need.unsqueeze(2))
            z = z + (slope.transpose(1, 2) @ step).squeeze(2)
        return z * self.code_scale + self.code_mean

    def goal(self, read: Tensor, amounts: Tensor) -> Tensor:
        """What is to be read (N, A) in place of `read` (N, A)."""
        room = torch.where(amounts < 0, read - self.low, self.high - read).clamp(min=1e-3)
        return read + amounts.sign() * room * (1 - (-amounts.abs() / room).exp())

    def arrays(self) -> Arrays:
        return module_arrays(self)

    @classmethod
    def from_arrays(cls, arrays: Arrays, where: str) -> Readout:
        """The readout that `arrays` gave."""
        readout = cls(len(arrays["code_mean"]), len(arrays["low"]))
        load_module(readout, arrays, where)
        return readout


def learn_readout(
    means: NDArray[np.float32], log_variances: NDArray[np.float32], values: NDArray[np.float64], seed: int = 0
) -> tuple[Readout, NDArray[np.float64]]:
    """A readout of attributes `values` (N, A), NaN where not known, and how well it reads: correlations (A,).

    It learns from draws of the posteriors, with `means` and `log_variances` (N, D), so that what a decoder does not
    tell apart reads alike. Every tenth item is kept out, to tell when to stop and to correlate.
    """
    mean, spread = torch.from_numpy(means).float(), torch.from_numpy(log_variances).float().mul(0.5).exp()
    wanted, known, ends = standardised(values)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        readout = Readout(mean.shape[1], values.shape[1])
        scale = (mean.var(0) + spread.square().mean(0)).sqrt()
        for buffer, value in (
            (readout.code_mean, mean.mean(0)),
            (readout.code_scale, scale.clamp(min=1e-6 * float(scale.max()) + 1e-12)),
            (readout.low, ends[0]),
            (readout.high, ends[1]),
        ):
            buffer.copy_(value)
        held = torch.arange(len(mean)) % 10 == 9
        if not bool(held.any()):
            held[:] = True
        fit(readout, mean, spread, wanted, known, held)
    with torch.no_grad():
        read = readout(mean[held])
    return readout, correlations(read, wanted[held], known[held])


def standardised(values: NDArray[np.float64]) -> tuple[Tensor, Tensor, Tensor]:
    """Attributes (N, A) in standard deviations, 0 where not known; what is known; and the ends: (2, A)."""
    table = (values - np.nanmean(values, 0)) / np.nanstd(values, 0).clip(1e-12)
    ends = np.nanquantile(table, [EXTREME, 1 - EXTREME], axis=0)
    known = np.isfinite(table)
    filled = torch.from_numpy(np.where(known, table, 0)).float()
    return filled, torch.from_numpy(known), torch.from_numpy(ends).float()


def fit(readout: Readout, mean: Tensor, spread: Tensor, wanted: Tensor, known: Tensor, held: Tensor) -> None:
    """Least squares on what is known; ends with the weights that read the items kept out best."""
    seen = torch.arange(len(mean))[~held] if not bool(held.all()) else torch.arange(len(mean))
    optimizer = torch.optim.AdamW(readout.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    best, kept = math.inf, {}
    for step in range(1, STEPS + 1):
        rows = seen[torch.randint(len(seen), (BATCH,))]
        codes = mean[rows] + torch.randn(BATCH, mean.shape[1]) * spread[rows]
        optimizer.zero_grad()
        missed(readout(codes), wanted[rows], known[rows]).backward()
        optimizer.step()
        schedule.step()
        if step % CHECK_EVERY == 0:
            with torch.no_grad():
                error = float(missed(readout(mean[held]), wanted[held], known[held]))
            if error < best:
                best, kept = error, {name: value.clone() for name, value in readout.state_dict().items()}
    readout.load_state_dict(kept or readout.state_dict())
    readout.requires_grad_(False)


def missed(read: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """The mean squared error over what is known."""
    return ((read - wanted).square() * known).sum() / known.sum().clamp(min=1)


def correlations(read: Tensor, wanted: Tensor, known: Tensor) -> NDArray[np.float64]:
    """Pearson's, of each attribute over the items where it is known; 0 where one side is constant: (A,)."""
    found = []
    for column in range(read.shape[1]):
        rows = known[:, column]
        pair = np.stack([read[rows, column].numpy(), wanted[rows, column].numpy()])
        varies = pair.shape[1] > 1 and bool((pair.std(1) > 0).all())
        found.append(np.corrcoef(pair)[0, 1] if varies else 0.0)
    return np.array(found)

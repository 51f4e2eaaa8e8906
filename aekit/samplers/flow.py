# A normalising flow fitted to codes.
"""A normalising flow fitted to codes (Dinh et al. 2017; Durkan et al. 2019)."""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor

from aekit.errors import UsageError
from aekit.files import Arrays
from aekit.flows import FlowPrior
from aekit.samplers.whitening import Whitening, spread

MOST_CODES, MOST_HELD_OUT, FEWEST_CODES = 40_000, 2000, 20
LAYERS, WIDTH = 6, 64
STEPS, BATCH, RATE = 800, 512, 4e-3
CHECKED_EVERY = 50  # steps
NOISE = 0.01  # added in training, in whitened units: codes on a grid would make the density endless


class Flow:
    """A `FlowPrior` of whitened codes."""

    def __init__(self, whitening: Whitening, flow: FlowPrior) -> None:
        self.whitening, self.flow = whitening, flow.eval().requires_grad_(False)

    @classmethod
    def fit(cls, codes: Tensor) -> Flow:
        """Fit to `codes` (N, D); the weights are those under which codes held out are likeliest.

        Raises:
            UsageError: there are fewer than twenty.
        """
        if len(codes) < FEWEST_CODES:
            raise UsageError(
                f"A flow needs at least {FEWEST_CODES} codes (received {len(codes)}). Sample without --sampler."
            )
        whitening = Whitening.of(codes)
        white = whitening.whiten(codes[spread(len(codes), MOST_CODES)]).float()
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.manual_seed(0)
            return cls(whitening, trained(white))

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes, the noise that they are made of scaled by `temperature`: (count, D)."""
        return self.whitening.colour(self.flow.sample(count, temperature).double()).float()

    def log_prob(self, z: Tensor) -> Tensor:
        """log density in nats of z (..., D): (...)."""
        white = self.whitening.whiten(z.reshape(-1, z.shape[-1])).float()
        found = self.flow.log_prob(white) - self.whitening.log_volume
        return found.float().view(z.shape[:-1]).to(z.device)

    def arrays(self) -> Arrays:
        weights = {f"flow_{name}": weight.numpy() for name, weight in self.flow.state_dict().items()}
        return {**weights, **self.whitening.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Flow:
        whitening = Whitening.from_arrays(arrays)
        flow = FlowPrior(len(whitening.mean), LAYERS, WIDTH)
        flow.load_state_dict({name: torch.tensor(arrays[f"flow_{name}"]) for name in flow.state_dict()})
        return cls(whitening, flow)


def trained(white: Tensor) -> FlowPrior:
    """A flow of whitened codes (N, D), by Adam with its rate on a cosine."""
    held = torch.zeros(len(white), dtype=torch.bool)
    held[spread(len(white), max(2, min(MOST_HELD_OUT, len(white) // 10)))] = True
    seen, checked = white[~held], white[held]
    flow = FlowPrior(white.shape[1], LAYERS, WIDTH)
    optimizer = torch.optim.Adam(flow.parameters(), RATE)
    best, kept = -math.inf, copy.deepcopy(flow)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATE * (0.5 + 0.5 * math.cos(math.pi * step / STEPS))
        batch = seen[torch.randint(len(seen), (BATCH,))]
        loss = -flow.log_prob(batch + NOISE * torch.randn_like(batch)).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(flow.parameters(), 10.0)
        optimizer.step()
        if (step + 1) % CHECKED_EVERY == 0:
            with torch.no_grad():
                found = float(flow.log_prob(checked).mean())
            if found > best:
                best, kept = found, copy.deepcopy(flow)
    return kept

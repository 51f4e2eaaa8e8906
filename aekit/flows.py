# Normalising flows: a prior of spline and couplings, and the autoregressive steps of a posterior.
"""Normalising flows: a prior of spline and couplings, and the autoregressive steps of a posterior.

A step turns points (..., D) into others and gives the log-determinant of its Jacobian (...).
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit.priors import StandardNormal

SPLINE_BINS = 8
SPLINE_REACH = 5.0  # splines bend within [-reach, reach] and are the identity outside
LEAST_BIN, LEAST_SLOPE = 1e-3, 1e-3
MOST_LOG_SCALE = 3.0  # of one coupling; without a limit a few odd codes make it explode
GATE = (
    2.0  # steps begin with sigmoid(GATE) of a point kept (Kingma et al. 2016, section 4: "close to +1 or +2")
)


class FlowPrior(nn.Module):
    """A density over codes: an affine map and a spline of each dimension, then couplings, end in N(0, I).

    It begins as N(0, I), and is a `Prior`. To fit it to given codes, whiten them (splines end at SPLINE_REACH) and
    ascend `log_prob(codes).mean()`. A single dimension has no couplings: the spline does all.

    Args:
        latent_dim: D, 1 or more.
        layers: how many couplings.
        width: hidden units of a coupling's network.
    """

    def __init__(self, latent_dim: int, layers: int = 6, width: int = 128) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.location = nn.Parameter(torch.zeros(latent_dim))
        self.log_scale = nn.Parameter(torch.zeros(latent_dim))
        self.spline = Spline(latent_dim)
        couplings = [Coupling(latent_dim, width, number) for number in range(layers if latent_dim > 1 else 0)]
        self.couplings = nn.ModuleList(couplings)

    def to_noise(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Codes (..., D) to noise (..., D), and the log-determinants (...)."""
        u, log_determinant = self.spline((z - self.location) * (-self.log_scale).exp())
        log_determinant = log_determinant - self.log_scale.sum()
        for coupling in self.couplings:
            u, more = coupling(u)
            log_determinant = log_determinant + more
        return u, log_determinant

    def from_noise(self, u: Tensor) -> Tensor:
        """The inverse: noise (..., D) to codes (..., D)."""
        for coupling in reversed(self.couplings):
            u = cast(Coupling, coupling).inverse(u)
        return self.location + self.spline.inverse(u) * self.log_scale.exp()

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats for z of shape (..., D): (...)."""
        u, log_determinant = self.to_noise(z)
        return StandardNormal(self.latent_dim).log_prob(u) + log_determinant

    @torch.no_grad()
    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes from the default random stream, the noise scaled by `temperature`: (count, D)."""
        noise = StandardNormal(self.latent_dim).sample(count, temperature)
        return self.from_noise(noise.to(self.location.device))


class Coupling(nn.Module):
    """Half of the dimensions, scaled and shifted by what a network sees in the others (Dinh et al. 2017, eq. 7, 8).

    Couplings come in pairs: the even ones shuffle the dimensions, the odd ones turn that order round, so that two in a
    row change every dimension.
    """

    order: Tensor
    back: Tensor

    def __init__(self, latent_dim: int, width: int, number: int) -> None:
        super().__init__()
        self.sizes = [latent_dim // 2, latent_dim - latent_dim // 2]
        order = torch.arange(latent_dim - 1, -1, -1)
        if number % 2 == 0:
            order = torch.randperm(latent_dim, generator=torch.Generator().manual_seed(number))
        self.register_buffer("order", order, persistent=False)
        self.register_buffer("back", order.argsort(), persistent=False)
        leave = nn.Linear(width, 2 * self.sizes[1])
        nn.init.zeros_(leave.weight)
        nn.init.zeros_(leave.bias)
        self.network = nn.Sequential(
            nn.Linear(self.sizes[0], width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), leave
        )

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the noise: (..., D) and the log-determinants (...)."""
        seen, changed = z.index_select(-1, self.order).split(self.sizes, -1)
        shift, log_scale = self.shift_and_scale(seen)
        return torch.cat([seen, changed * log_scale.exp() + shift], -1), log_scale.sum(-1)

    def inverse(self, u: Tensor) -> Tensor:
        """Towards the codes: (..., D)."""
        seen, changed = u.split(self.sizes, -1)
        shift, log_scale = self.shift_and_scale(seen)
        return torch.cat([seen, (changed - shift) * (-log_scale).exp()], -1).index_select(-1, self.back)

    def shift_and_scale(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """What the network makes of the dimensions that stay: shifts and log-scales of the others."""
        shift, raw = self.network(seen).chunk(2, -1)
        return shift, MOST_LOG_SCALE * (raw / MOST_LOG_SCALE).tanh()


class Spline(nn.Module):
    """A monotone rational-quadratic spline for each dimension by itself (Durkan et al. 2019, equations 4 and 5).

    Within [-SPLINE_REACH, SPLINE_REACH]; outside and in the beginning the identity.
    """

    def __init__(self, latent_dim: int, bins: int = SPLINE_BINS) -> None:
        super().__init__()
        self.bins = bins
        self.widths = nn.Parameter(torch.zeros(latent_dim, bins))
        self.heights = nn.Parameter(torch.zeros(latent_dim, bins))
        unit_slope = math.log(math.expm1(1 - LEAST_SLOPE))
        self.slopes = nn.Parameter(torch.full((latent_dim, bins - 1), unit_slope))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(..., D) to (..., D) and the log-determinants (...)."""
        table, edges, _ = self.table()
        inside = z.abs() < SPLINE_REACH
        x0, y0, width, height, slope0, slope1 = look_up(table, edges, z)
        share = ((z - x0) / width).clamp(0, 1)
        between, steep = share * (1 - share), height / width
        below = steep + (slope0 + slope1 - 2 * steep) * between
        moved = y0 + height * (steep * share.square() + slope0 * between) / below
        slope = slope1 * share.square() + 2 * steep * between + slope0 * (1 - share).square()
        log_slope = 2 * steep.log() + slope.log() - 2 * below.log()
        return torch.where(inside, moved, z), torch.where(inside, log_slope, 0.0).sum(-1)

    def inverse(self, u: Tensor) -> Tensor:
        """(..., D) to (..., D), by the root of a quadratic equation (there equations 6 to 8)."""
        table, _, edges = self.table()
        x0, y0, width, height, slope0, slope1 = look_up(table, edges, u)
        steep, risen = height / width, (u - y0).clamp(min=0)
        bend = risen * (slope0 + slope1 - 2 * steep)
        a, b, c = height * (steep - slope0) + bend, height * slope0 - bend, -steep * risen
        share = 2 * c / (-b - (b.square() - 4 * a * c).clamp(min=0).sqrt())
        return torch.where(u.abs() < SPLINE_REACH, x0 + share.clamp(0, 1) * width, u)

    def table(self) -> tuple[Tensor, Tensor, Tensor]:
        """Left ends, lengths and slopes at both ends of bins (D, bins, 6); inner edges on both axes (D, bins - 1)."""
        widths, heights = (lengths(raw) for raw in (self.widths, self.heights))
        right, upper = (part.cumsum(1) - SPLINE_REACH for part in (widths, heights))
        slopes = F.pad(LEAST_SLOPE + F.softplus(self.slopes), (1, 1), value=1.0)
        parts = [right - widths, upper - heights, widths, heights, slopes[:, :-1], slopes[:, 1:]]
        return torch.stack(parts, -1), right[:, :-1].detach(), upper[:, :-1].detach()


def lengths(raw: Tensor) -> Tensor:
    """Raw numbers (D, bins) to lengths of bins that fill [-SPLINE_REACH, SPLINE_REACH]."""
    shares = LEAST_BIN + (1 - LEAST_BIN * raw.shape[1]) * raw.softmax(1)
    return 2 * SPLINE_REACH * shares


def look_up(table: Tensor, edges: Tensor, points: Tensor) -> tuple[Tensor, ...]:
    """The six numbers of the bin of each point (..., D), each (..., D)."""
    bins = table.shape[1]
    number = (points.detach().unsqueeze(-1) >= edges).sum(-1)
    rows = number + bins * torch.arange(len(table), device=table.device)
    return F.embedding(rows, table.flatten(0, 1)).unbind(-1)


class MaskedLinear(nn.Linear):
    """A linear layer from units with degrees to others, which sees only what its mask leaves.

    Args:
        mask: (out, in), 1 where a weight is.
    """

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask.float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.mask, self.bias)


class AutoregressiveStep(nn.Module):
    """z' = s z + (1 - s) m, where s and m of a dimension see those before it (Kingma et al. 2016, equations 13, 14).

    s = sigmoid(GATE + raw). The network is masked (Germain et al. 2015, equations 8 and 9): hidden units have the
    degrees 0 ... D - 1, a unit of degree d sees the first d dimensions; those of degree 0 see the context alone.
    """

    def __init__(self, latent_dim: int, width: int) -> None:
        super().__init__()
        dimensions, degrees = torch.arange(latent_dim), torch.arange(width) % latent_dim
        sees = degrees.unsqueeze(1) > dimensions
        within = degrees.unsqueeze(1) >= degrees
        known = dimensions.unsqueeze(1) >= degrees
        self.enter, self.inner = MaskedLinear(sees), MaskedLinear(within)
        self.leave = MaskedLinear(torch.cat([known, known]))
        nn.init.normal_(self.leave.weight, std=1e-3)
        nn.init.zeros_(self.leave.bias)

    def forward(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Points (B, D) with context (B, width) to (B, D) and the log-determinants (B,)."""
        hidden = F.elu(self.inner(F.elu(self.enter(z) + context)))
        m, raw = self.leave(hidden).chunk(2, -1)
        s = (GATE + raw).sigmoid()
        return m + s * (z - m), F.logsigmoid(GATE + raw).sum(-1)


class InverseAutoregressiveFlow(nn.Module):
    """Steps whose dimensions are turned round in between.

    Args:
        latent_dim: D, 1 or more.
        layers: how many steps, 1 or more.
        width: hidden units of a step.

    Attributes:
        context_dim: columns of the context, `width` for each step.
    """

    def __init__(self, latent_dim: int, layers: int, width: int) -> None:
        super().__init__()
        self.context_dim = layers * width
        self.steps = nn.ModuleList(AutoregressiveStep(latent_dim, width) for _ in range(layers))

    def forward(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Points (B, D) with context (B, context_dim) to (B, D) and the log-determinants (B,)."""
        total = torch.zeros_like(z[:, 0])
        for step, seen in zip(self.steps, context.chunk(len(self.steps), 1), strict=True):
            z, log_determinant = step(z, seen)
            z, total = z.flip(-1), total + log_determinant
        return z, total

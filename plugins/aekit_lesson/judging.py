# Small classifiers that measure: a judge of digits, probes of codes, and one that tells codes from draws.
"""Small classifiers that measure: a judge of digits, probes of codes, and one that tells codes from draws.

The judge has learnt from mixtures of two digits too (Zhang et al. 2018, "mixup"), so that it is seldom sure of what
lies between two classes.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aekit.errors import RunError
from aekit.files import read_arrays, write_arrays

SURE = 0.8  # the share of belief in one class above which a judge is sure
BATCH = 250
AT_A_TIME = 5000


class Judge:
    """A classifier of stored grey pictures (N, 1, H, W)."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval().requires_grad_(False)

    def beliefs(self, items: Tensor) -> Tensor:
        """The probability of each class: (N, classes)."""
        parts = [self.network(grey(part)).softmax(1) for part in items.split(AT_A_TIME)]
        return torch.cat(parts)

    def sure(self, items: Tensor) -> float:
        """The share of items whose class it is sure of."""
        return float((self.beliefs(items).amax(1) >= SURE).float().mean())

    def accuracy(self, items: Tensor, labels: Tensor) -> float:
        """The share of items that it takes for their class (N,)."""
        return float((self.beliefs(items).argmax(1) == labels).float().mean())


def grey(items: Tensor) -> Tensor:
    """Stored pictures (N, 1, H, W) as rows of levels in [0, 1]."""
    return items.flatten(1).float() / 255


def judge(path: Path, items: Tensor, labels: Tensor, steps: int, fingerprint: str) -> Judge:
    """The judge kept at `path`, or a new one that learns from stored digits (N, 1, H, W) and is kept there.

    Args:
        fingerprint: of the digits; a judge of others is made anew.
    """
    network = perceptron(items[0].numel(), int(labels.max()) + 1)
    facts = {"fingerprint": fingerprint, "steps": steps}
    try:
        arrays, known = read_arrays(path)
    except RunError:
        arrays, known = {}, {}
    if known == facts:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
        return Judge(network)
    fit(network, items, labels, steps, mixed=True)
    write_arrays(path, {name: weight.numpy() for name, weight in network.state_dict().items()}, facts)
    return Judge(network)


def perceptron(width: int, classes: int, hidden: int = 512, dropout: float = 0.2) -> nn.Sequential:
    """A classifier of rows (N, width), its first weights the same each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Linear(width, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )


def fit(
    network: nn.Module,
    items: Tensor,
    labels: Tensor,
    steps: int,
    *,
    mixed: bool = False,
    rate: float = 1e-3,
    weight_decay: float = 0.01,
    seed: int = 0,
) -> None:
    """Teach a classifier, by AdamW with a rate that falls to nothing, from its seed alone.

    Args:
        network: rows (N, ...) to logits (N, classes).
        items: rows, or stored pictures.
        labels: (N,) class indices.
        mixed: mix every second item and its class with another's.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.1)
    network.train()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        for _ in range(steps):
            rows = torch.randint(len(items), (min(BATCH, len(items)),))
            x = grey(items[rows]) if items.dtype == torch.uint8 else items[rows]
            loss = (
                mixture_loss(network, x, labels[rows]) if mixed else F.cross_entropy(network(x), labels[rows])
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()


def mixture_loss(network: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    """The cross-entropy of rows (B, ...), every second one mixed with another row by a share of its own."""
    other, share = torch.randperm(len(x)), torch.rand(len(x), 1)
    share[::2] = 1.0
    logits = network(share * x + (1 - share) * x[other])
    mine, theirs = (F.cross_entropy(logits, wanted, reduction="none") for wanted in (labels, labels[other]))
    return (share[:, 0] * mine + (1 - share[:, 0]) * theirs).mean()


def telling_apart(seen: Tensor, unseen: Tensor, steps: int) -> float:
    """How often a fresh classifier tells codes from draws of N(0, I) of the same size: .5 where they match.

    Args:
        seen: codes (N, D) that it learns from, beside as many draws.
        unseen: codes (M, D) that it is scored on, beside as many draws.
    """
    generator = torch.Generator().manual_seed(0)
    draws = [torch.randn(part.shape, generator=generator) for part in (seen, unseen)]
    rows = [torch.cat(pair) for pair in zip((seen, unseen), draws, strict=True)]
    wanted = [torch.arange(2).repeat_interleave(len(part)) for part in (seen, unseen)]
    network = perceptron(seen.shape[1], 2, 256)
    fit(network, rows[0], wanted[0], steps)
    with torch.no_grad():
        return float((network(rows[1]).argmax(1) == wanted[1]).float().mean())


def with_few_labels(
    train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], count: int, draws: int, steps: int
) -> float:
    """The test accuracy of a perceptron that saw `count` labelled rows, the mean over several draws of them.

    Args:
        train, test: rows (N, width) and their classes (N,); rows are standardised by the training rows, all of which
            may be looked at without their classes.
        count: how many labels, as many of each class as can be.
    """
    mean, spread = train[0].mean(0), train[0].std(0).clamp(min=1e-6)
    rows, unseen = ((part - mean) / spread for part in (train[0], test[0]))
    found = []
    for seed in range(draws):
        chosen = balanced(train[1], count, seed)
        network = perceptron(rows.shape[1], int(train[1].max()) + 1, 256, 0.3)
        fit(network, rows[chosen], train[1][chosen], steps, weight_decay=0.1, seed=seed)
        with torch.no_grad():
            found.append(float((network(unseen).argmax(1) == test[1]).float().mean()))
    return sum(found) / len(found)


def balanced(labels: Tensor, count: int, seed: int) -> Tensor:
    """The positions of `count` items drawn at random, class after class in turn."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    shuffled = labels[order]
    turn = torch.empty(len(labels), dtype=torch.long)
    for label in shuffled.unique():
        of_class = shuffled == label
        turn[of_class] = torch.arange(int(of_class.sum()))
    return order[turn.argsort(stable=True)[:count]]

# Probes: how much of the labels can be read off codes, by a linear map and by neighbours.
"""Probes: how much of the labels can be read off codes, by a linear map and by neighbours.

A probe learns on the training split's codes and is scored on the test split's: accuracy in [0, 1].
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from aekit.latent.neighbours import nearest
from aekit.latent.projection import PCA

NEIGHBOURS = 5
L2 = 1e-4


class Labelled(NamedTuple):
    """Codes (N, D) with class indices (N,), -1 where the class is unknown."""

    codes: Tensor
    labels: Tensor

    def known(self) -> Labelled:
        """Those whose class is known, on the CPU."""
        codes, labels = self.codes.detach().float().cpu(), self.labels.long().cpu()
        return Labelled(codes[labels >= 0], labels[labels >= 0])


def linear_accuracy(train: Labelled, test: Labelled, l2: float = L2) -> float:
    """Accuracy of multinomial logistic regression on standardised codes.

    Args:
        train, test: what it learns from, and what it is scored on.
        l2: weight of the squared weights beside the mean cross-entropy, so that the optimum is finite.
    """
    train, test = train.known(), test.known()
    mean, spread = train.codes.mean(0), train.codes.std(0, correction=0)
    scale = torch.where(spread > 0, 1 / spread.clamp(min=1e-30), 0.0)
    weights = _fit_softmax((train.codes - mean) * scale, train.labels, l2)
    found = (_with_one((test.codes - mean) * scale) @ weights).argmax(1)
    return float((found == test.labels).double().mean())


def neighbour_accuracy(train: Labelled, test: Labelled, count: int = NEIGHBOURS) -> float:
    """Accuracy of the vote of the `count` nearest training codes; of tied classes the nearest wins."""
    train, test = train.known(), test.known()
    _, rows = nearest(train.codes.numpy(), test.codes.numpy(), min(count, len(train.codes)))
    votes = train.labels[torch.from_numpy(rows)]  # (Q, count), nearest first
    support = (votes.unsqueeze(2) == votes.unsqueeze(1)).sum(2)
    found = votes.gather(1, support.argmax(1, keepdim=True)).squeeze(1)  # argmax takes the first, the nearest
    return float((found == test.labels).double().mean())


def principal_codes(train: Tensor, test: Tensor, components: int) -> tuple[Tensor, Tensor]:
    """What PCA of the training items makes of both splits: the codes that a learnt encoder has to beat.

    Args:
        train, test: prepared items (N, ...), flattened here; NaN is taken as the column's training mean.
        components: the number of axes, cut to what the items allow.
    """
    seen, unseen = (items.flatten(1).float().cpu() for items in (train, test))
    means = seen.nanmean(0).nan_to_num()  # a column without any value is taken as zero
    filled = [_filled(values, means).numpy() for values in (seen, unseen)]
    pca = PCA.fit(filled[0], min(components, *seen.shape))
    train_codes, test_codes = (torch.from_numpy(pca.transform(values)) for values in filled)
    return train_codes, test_codes


def _filled(values: Tensor, means: Tensor) -> Tensor:
    """The values (N, D) with their columns' means in place of NaN; copied only where there are any."""
    missing = values.isnan()
    return torch.where(missing, means, values) if bool(missing.any()) else values


def _fit_softmax(codes: Tensor, labels: Tensor, l2: float) -> Tensor:
    """Weights (D + 1, classes) of multinomial logistic regression; the intercepts go unpunished."""
    inputs = _with_one(codes)
    weights = torch.zeros(inputs.shape[1], int(labels.max()) + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, tolerance_grad=1e-5, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(inputs @ weights, labels) + l2 * weights[:-1].square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    return weights.detach()


def _with_one(codes: Tensor) -> Tensor:
    """A column of ones behind the codes: (N, D + 1)."""
    return torch.cat([codes, codes.new_ones(len(codes), 1)], dim=1)

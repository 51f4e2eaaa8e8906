# The moving average of the weights against a hand computation.
"""The moving average of the weights against a hand computation."""

import pytest
import torch
from torch import nn

from aekit.training.averages import Averages


class Counter(nn.Module):
    """A weight, a buffer and a whole number."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0]))
        self.register_buffer("mean", torch.tensor([1.0]))
        self.register_buffer("count", torch.tensor(0))


def test_averages_follow_the_formula():
    module = Counter()
    averages = Averages(module, decay=0.2)
    expected = 1.0
    for count in range(14):
        module.weight.data.fill_(2.0 + count)
        averages.update(count)
        if count in (3, 7, 11):  # every fourth step, for all four
            decay = min(0.2, (1 + count) / (10 + count)) ** 4
            expected = decay * expected + (1 - decay) * (2.0 + count)
    assert averages.module.weight.item() == pytest.approx(expected, rel=1e-6)


def test_buffers_and_whole_numbers_are_copied():
    module = Counter()
    averages = Averages(module, decay=0.999)
    module.mean.fill_(7.0)
    module.count.fill_(3)
    averages.update(3)
    assert (averages.module.mean.item(), averages.module.count.item()) == (7.0, 3)


def test_a_short_run_is_not_held_back_by_its_first_weights():
    module = Counter()
    averages = Averages(module, decay=0.9999)
    module.weight.data.fill_(2.0)
    for count in range(60):
        averages.update(count)
    assert averages.module.weight.item() > 1.999

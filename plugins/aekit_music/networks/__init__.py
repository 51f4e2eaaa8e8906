# The three networks by name.
"""The three networks by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aekit import Decoder, Encoder
from aekit_music.networks.hierarchical import HierarchicalDecoder, HierarchicalEncoder
from aekit_music.networks.lstm import LSTMDecoder, LSTMEncoder
from aekit_music.networks.parallel import ParallelDecoder, ParallelEncoder
from aekit_music.networks.steps import WHOLE as WHOLE
from aekit_music.networks.steps import Form as Form


class Size(NamedTuple):
    """Width and depth of a network."""

    width: int
    depth: int


SIZES = {"parallel": Size(64, 2), "lstm": Size(256, 1), "hierarchical": Size(256, 1)}
LONG_SIZES = {**SIZES, "parallel": Size(64, 1)}  # for windows in several parts
FIRST_SIZES = {**SIZES, "parallel": Size(128, 4)}  # of runs made before their specs said it
ENCODERS: dict[str, Callable[..., Encoder]] = {
    "parallel": ParallelEncoder,
    "lstm": LSTMEncoder,
    "hierarchical": HierarchicalEncoder,
}


def usual_size(network: str, bars: int) -> Size:
    """Width and depth of a network for windows of so many bars, where nothing else is asked for."""
    return (SIZES if bars <= WHOLE else LONG_SIZES)[network]


def make_encoder(network: str, form: Form, size: Size) -> Encoder:
    """The encoder of a network."""
    encoder: Encoder = ENCODERS[network](form, *size)
    return encoder


def make_decoder(
    network: str,
    form: Form,
    code: int,
    size: Size,
    forcing_decay: float,
    drop: float,
    condition_dim: int = 0,
) -> Decoder:
    """The decoder of a network.

    Args:
        code: numbers of a code and its condition.
        forcing_decay, drop: for networks that write row after row.
        condition_dim: how many of the numbers, the last ones, are the condition's.
    """
    if network == "parallel":
        return ParallelDecoder(form, code, *size, condition_dim)
    kind = LSTMDecoder if network == "lstm" else HierarchicalDecoder
    return kind(form, code, *size, forcing_decay, drop, condition_dim)

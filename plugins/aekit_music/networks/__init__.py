# The three networks by name.
"""The three networks by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aekit import Decoder, Encoder
from aekit_music.networks.hierarchical import HierarchicalDecoder, HierarchicalEncoder
from aekit_music.networks.lstm import LSTMDecoder, LSTMEncoder
from aekit_music.networks.parallel import ParallelDecoder, ParallelEncoder
from aekit_music.networks.steps import Form as Form


class Size(NamedTuple):
    """Width and depth of a network."""

    width: int
    depth: int


SIZES = {"parallel": Size(64, 2), "lstm": Size(256, 1), "hierarchical": Size(256, 1)}
LONG_SIZES = {**SIZES, "parallel": Size(64, 1)}  # for windows in several parts
ENCODERS: dict[str, Callable[..., Encoder]] = {
    "parallel": ParallelEncoder,
    "lstm": LSTMEncoder,
    "hierarchical": HierarchicalEncoder,
}


def make_encoder(network: str, form: Form, size: Size) -> Encoder:
    """The encoder of a network."""
    encoder: Encoder = ENCODERS[network](form, *size)
    return encoder


def make_decoder(
    network: str, form: Form, latent_dim: int, size: Size, forcing_decay: float, drop: float
) -> Decoder:
    """The decoder of a network; the last two arguments are for those that write row after row."""
    if network == "parallel":
        return ParallelDecoder(form, latent_dim, *size)
    kind = LSTMDecoder if network == "lstm" else HierarchicalDecoder
    return kind(form, latent_dim, *size, forcing_decay, drop)

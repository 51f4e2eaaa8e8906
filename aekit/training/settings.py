# The trainer's options.
"""The trainer's options."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pydantic

from aekit.options import Options

Precision = Literal["auto", "32", "bf16"]
Device = Literal["auto", "cpu", "cuda", "mps"]

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds(value: Any) -> Any:
    """A duration as seconds: 90, "90s", "1.5m" or "2h"."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(s|m|min|h|)\s*", value)
    if match is None:
        raise ValueError("a duration is a number with s, m or h behind it, like 100s")
    return float(match[1]) * UNITS[match[2]]


Duration = Annotated[float, pydantic.BeforeValidator(seconds)]


class TrainOptions(Options):
    latent_dim: int = pydantic.Field(16, ge=1, le=100_000, description="dimensions D of the latent space")
    epochs: float | None = pydantic.Field(
        None, gt=0, description="how often every item is seen; with --resume, how often more"
    )
    max_time: Duration | None = pydantic.Field(
        None,
        gt=0,
        description="train for this long instead (100s, 5m, 2h); 100s where the plugin says nothing",
    )
    batch_size: int = pydantic.Field(256, ge=1, description="items in one step, over all devices")
    learning_rate: float = pydantic.Field(2e-3, gt=0, le=10, description="peak rate of AdamW")
    weight_decay: float = pydantic.Field(0.01, ge=0, description="of AdamW, on matrices and kernels")
    beta2: float = pydantic.Field(0.99, ge=0, lt=1, description="decay of AdamW's second moment")
    lr_warmup: float = pydantic.Field(
        0.02, ge=0, le=1, description="share of the schedule over which the learning rate rises"
    )
    clip: float = pydantic.Field(
        100.0, gt=0, description="largest norm of the gradient; larger ones are scaled down"
    )
    accumulate: int = pydantic.Field(
        1, ge=1, description="pieces in which a device takes its part of a batch"
    )
    ema: float = pydantic.Field(
        0.999, ge=0, lt=1, description="decay of the moving average of the weights, which is what a run keeps"
    )
    early_stopping: int = pydantic.Field(
        0, ge=0, description="stop after this many validations without gain; 0 never"
    )
    augment: bool = pydantic.Field(True, description="vary items in training, where the plugin does")
    validation: float = pydantic.Field(
        0.1, gt=0, lt=0.9, description="share of training items held out, up to 2,500"
    )
    seed: int = pydantic.Field(
        0, ge=0, lt=2**63, description="of the order, the noise and the initial weights"
    )
    device: Device = pydantic.Field("auto", description="where to compute")
    devices: int = pydantic.Field(1, ge=1, description="processes on this machine, one a device")
    num_nodes: int = pydantic.Field(1, ge=1, description="machines")
    precision: Precision = pydantic.Field("auto", description="bf16 where the processor does it natively")
    compile: bool = pydantic.Field(False, description="compile the networks (5 to 40 s, then quicker steps)")
    save_every: Duration = pydantic.Field(20.0, ge=0, description="seconds between saved states")
    snapshots: int = pydantic.Field(
        20, ge=0, le=1000, description="how many times the codes of a sample are kept"
    )
    tensorboard: bool = pydantic.Field(
        False, description="write TensorBoard's event files beside the metrics"
    )


ON_RESUME = ("epochs", "max_time", "device", "devices", "num_nodes", "save_every", "tensorboard")

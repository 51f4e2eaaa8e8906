# Which device and which number type to train with.
"""Which device and which number type to train with."""

from __future__ import annotations

import time

import torch

from aekit.errors import UsageError
from aekit.training.settings import Device, Precision

TRIALS = 30
WORTHWHILE = 1.3  # casts cost time too


def resolve_device(device: Device) -> str:
    """The device to use.

    Raises:
        UsageError: the device asked for is not here.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return next(name for name, here in present.items() if here)
    if not present[device]:
        here = ", ".join(name for name, is_here in present.items() if is_here)
        raise UsageError(f"--device {device}: there is no such device here. Available: {here}.")
    return device


def resolve_precision(precision: Precision, device: str) -> torch.dtype | None:
    """The type for the networks' matrix products, None for fp32."""
    if precision == "32" or (precision == "auto" and not native_bfloat16(device)):
        return None
    return torch.bfloat16


def native_bfloat16(device: str) -> bool:
    """Whether matrix products are quicker in bf16.

    A CPU with instructions for bf16 is asked by trial: of two with avx512_bf16 alone, one took 1.6 times
    fp32's time for a product and the other a quarter of it (torch 2.12).
    """
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        known = any(here for name, here in capabilities.items() if "bf16" in name)
        return known and WORTHWHILE * product_seconds(torch.bfloat16) < product_seconds(torch.float32)
    return False


def product_seconds(dtype: torch.dtype) -> float:
    """The time of a product of the size that small networks make: the quickest of a few."""
    rows, weights = torch.ones(256, 512, dtype=dtype), torch.ones(512, 512, dtype=dtype)
    times = []
    for _ in range(TRIALS):
        begun = time.perf_counter()
        torch.nn.functional.linear(rows, weights)
        times.append(time.perf_counter() - begun)
    return min(times)

# Which device and which number type to train with.
"""Which device and which number type to train with."""

from __future__ import annotations

import torch

from aekit.errors import UsageError
from aekit.training.settings import Device, Precision


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
    """Whether the device has matrix units for bf16.

    A CPU with bf16 vector instructions alone (avx512_bf16) is left at fp32: its products were measured to
    be slower in bf16 (0.6 of fp32's rate, torch 2.12), while matrix units (AMX) are several times quicker.
    """
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return bool(capabilities.get("amx_bf16"))
    return False

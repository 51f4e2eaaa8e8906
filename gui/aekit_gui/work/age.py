# How long ago this process was started.
"""How long ago this process was started."""

from __future__ import annotations

import os
import time
from pathlib import Path


def age(imported: float) -> float:
    """Seconds since this process was started.

    Args:
        imported: `time.perf_counter()` when the first of our modules was imported: what is counted from where the
            system does not tell when the process began.
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
        return up - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return time.perf_counter() - imported

# Where rows come from: made-up bicycle trips, or a CSV file; and how they are split.
"""Where rows come from: made-up bicycle trips, or a CSV file; and how they are split."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

import numpy as np

from aekit import DataError

PURPOSES = {  # median km, spread (log), km/h, share of cargo and of racing bicycles
    "commute": (6.0, 0.3, 17.0, 0.1, 0.2),
    "delivery": (3.0, 0.4, 14.0, 0.8, 0.0),
    "leisure": (22.0, 0.4, 20.0, 0.0, 0.5),
}


def synthetic_trips(count: int = 3000) -> list[dict[str, str]]:
    """Bicycle trips that nobody made, drawn by a rule with a fixed seed; 8 % of the cells are missing.

    The purpose (the label) sets distance, speed and kind of bicycle; the weather sets the temperature
    and slows everybody down; minutes follow from distance, climb and speed.
    """
    random = np.random.Generator(np.random.PCG64(2026))
    rows = []
    for _ in range(count):
        purpose = str(random.choice(list(PURPOSES)))
        median, spread, speed, cargo, racer = PURPOSES[purpose]
        km = median * np.exp(spread * random.standard_normal())
        climb = km * random.gamma(4.0, 2.5)
        weather = str(random.choice(["dry", "rain", "snow"], p=[0.7, 0.22, 0.08]))
        degrees = {"dry": 18.0, "rain": 11.0, "snow": -2.0}[weather] + 4 * random.standard_normal()
        bicycle = str(random.choice(["cargo", "racer", "city"], p=[cargo, racer, 1 - cargo - racer]))
        pace = {"dry": 1.0, "rain": 1.1, "snow": 1.5}[weather] * {"racer": 0.75}.get(bicycle, 1.0)
        minutes = 60 * (km + climb / 100) / speed * pace * np.exp(0.05 * random.standard_normal())
        numbers = {"km": km, "climb_m": climb, "minutes": minutes, "degrees": degrees}
        cells = {name: f"{value:.2f}" for name, value in numbers.items()} | {
            "weather": weather,
            "bicycle": bicycle,
        }
        hidden = random.random(len(cells)) < 0.08
        shown = {name: "" if gone else cell for (name, cell), gone in zip(cells.items(), hidden, strict=True)}
        rows.append(shown | {"label": purpose})
    return rows


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file whose first line names the columns.

    Raises:
        DataError: the file is missing, no UTF-8 text, has no rows, or a row of another length.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *lines = [line for line in csv.reader(file) if line] or [[]]
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}. Give a CSV file.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no CSV file in UTF-8 ({error}).") from None
    if not lines:
        raise DataError(f"{path} has no rows. Give a CSV file with column names in its first line.")
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise DataError(
                f"Row {number} of {path} has {len(line)} cells; the first line names {len(header)} columns."
            )
    return [{name: cell.strip() for name, cell in zip(header, line, strict=True)} for line in lines]


def split_rows(rows: list[dict[str, str]], split: str) -> list[dict[str, str]]:
    """One part of the rows: the fifth of the lowest checksums (one at least) is kept for testing."""
    ordered = sorted(rows, key=lambda row: (zlib.crc32(repr(row).encode()), repr(row)))
    border = max(1, len(ordered) // 5)
    return ordered[:border] if split == "test" else ordered[border:]

# Columns: which are numbers and which are categories, and how cells become tensors and come back.
"""Columns: which are numbers and which are categories, and how cells become tensors and come back."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from aekit import DataError, Rejection

MISSING = {"", "na", "nan", "null", "none", "?"}
Rows = list[dict[str, str]]


def number(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def measure(rows: Rows, label_column: str) -> list[dict[str, Any]]:
    """The columns of training rows, as JSON facts; columns without any value are left out.

    A column whose cells are all numbers is continuous (mean, scale); any other is categorical (categories).
    """
    columns: list[dict[str, Any]] = []
    for name in rows[0]:
        cells = [row[name] for row in rows if row[name].lower() not in MISSING]
        if name == label_column or not cells:
            continue
        numbers = [number(cell) for cell in cells]
        if None in numbers:
            columns.append({"name": name, "kind": "categorical", "categories": sorted(set(cells))})
        else:
            values = torch.tensor(numbers, dtype=torch.float64)
            scale = float(values.std(correction=0)) or 1.0
            columns.append({"name": name, "kind": "continuous", "mean": float(values.mean()), "scale": scale})
    if not columns:
        raise DataError("The table has no column with values in it besides the label.")
    return columns


def encode(rows: Rows, columns: list[dict[str, Any]]) -> tuple[Tensor, list[int], tuple[Rejection, ...]]:
    """Rows as (N, columns) fp32, missing cells NaN, categories as indices.

    With them, which rows they are, and those that do not fit, with the reason.
    """
    items, kept, rejected = [], [], []
    for index, row in enumerate(rows):
        try:
            items.append([stored(row, column) for column in columns])
            kept.append(index)
        except ValueError as error:
            rejected.append(Rejection(f"row {index}", str(error)))
    return torch.tensor(items).view(len(items), len(columns)), kept, tuple(rejected)


def stored(row: dict[str, str], column: dict[str, Any]) -> float:
    """One cell as it is stored; ValueError says why it cannot be."""
    cell = row.get(column["name"], "")
    if cell.lower() in MISSING:
        return math.nan
    if column["kind"] == "categorical":
        if cell not in column["categories"]:
            raise ValueError(f"'{cell}' is no {column['name']} of the training rows")
        return float(column["categories"].index(cell))
    value = number(cell)
    if value is None:
        raise ValueError(f"'{cell}' is no number ({column['name']})")
    return value


def shown(value: float, column: dict[str, Any]) -> float | str | None:
    """A stored cell as people read it."""
    if math.isnan(value):
        return None
    return column["categories"][int(value)] if column["kind"] == "categorical" else value

# The outcome of a comparison: its rows measured, as a table, as JSON, and what is to be said of it.
"""The outcome of a comparison: its rows measured, as a table, as JSON, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aekit.comparison.likelihood import Likelihood, odd_ones
from aekit.comparison.rows import OF_LIKELIHOOD, Figure, Row, ordered

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder


@dataclass(frozen=True)
class Outcome:
    """A comparison.

    Attributes:
        rows: at least two.
        failed: objectives that could not be trained, and why.
        notes: what a reader must know, each one sentence or two.
    """

    rows: Sequence[Row]
    failed: Mapping[str, str]
    notes: Sequence[str]

    @property
    def columns(self) -> list[str]:
        """Every figure that any row has."""
        return ordered(list(dict.fromkeys(name for row in self.rows for name in row.figures)))

    def to_json(self, folder: Path) -> dict[str, Any]:
        """All of it; paths of runs inside `folder` are relative to it."""
        record = self.rows[0].runs[0].record
        return {
            "plugin": record.plugin,
            "source": record.source,
            "fingerprint": record.fingerprint,
            "protocol": {
                name: value
                for name, value in self.rows[0].evaluations[0]["protocol"].items()
                if name != "step"
            },
            "rows": [row_to_json(row, folder) for row in self.rows],
            "failed": dict(self.failed),
            "notes": list(self.notes),
        }


def outcome(rows: Sequence[Row], models: Sequence[Autoencoder], failed: Mapping[str, str]) -> Outcome:
    """Rows with what cannot stand side by side left out, and notes on that and on how to read the errors.

    Args:
        models: of the first run of each row.
        failed: objectives that could not be trained, and why.
    """
    likelihoods = [Likelihood.of(model) for model in models]
    usual, odd = odd_ones(likelihoods)
    shown = [
        replace(row, without=frozenset(OF_LIKELIHOOD)) if place in odd else row
        for place, row in enumerate(rows)
    ]
    notes = [*errors_note(rows), *bound_note(rows, models)]
    notes += [
        f"{rows[place].name} has no figures of likelihood here: {likelihoods[place].besides(usual)}."
        for place in odd
    ]
    notes += [
        f"{row.name} saw test items degraded, as it was trained to restore them."
        for row, model in zip(rows, models, strict=True)
        if model.restores
    ]
    notes += pca_note(rows)
    notes += [f"{name} was left out: {reason}" for name, reason in failed.items()]
    return Outcome(shown, failed, notes)


def errors_note(rows: Sequence[Row]) -> list[str]:
    """What the standard errors are over."""
    several = [row for row in rows if len(row.runs) > 1]
    if len(several) == len(rows):
        return ["± is the standard error of the mean over seeds."]
    single = "± is the standard error over test items, where that is known"
    if several:
        single += "; of rows with several runs, of the mean over seeds"
    return [f"{single}. It does not tell how much another seed would change a single run."]


def bound_note(rows: Sequence[Row], models: Sequence[Autoencoder]) -> list[str]:
    """What the column of reconstructions holds where some have a bound and some have none."""
    bounded = [row.name for row, model in zip(rows, models, strict=True) if model.objective.has_bound]
    if not bounded or len(bounded) == len(rows):
        return []
    return [
        "Reconstruction is -log p(x|z) at a draw of z for those with a bound, whose kl comes on top, and at the one "
        "code of each item for the others."
    ]


def pca_note(rows: Sequence[Row]) -> list[str]:
    """What PCA of as many dimensions reaches, where all have as many."""
    first = rows[0].evaluations[0]
    if "pca_linear_probe" not in first or len({row.runs[0].record.latent_dim for row in rows}) > 1:
        return []
    return [
        f"PCA of as many dimensions has a linear_probe of {first['pca_linear_probe']:.4f} and a knn_probe of "
        f"{first['pca_knn_probe']:.4f}."
    ]


def row_to_json(row: Row, folder: Path) -> dict[str, Any]:
    """One row."""
    return {
        "name": row.name,
        "objective": row.objective,
        "runs": [located(run.path, folder) for run in row.runs],
        "seeds": [run.record.training["seed"] for run in row.runs],
        "errors_over": "seeds" if len(row.runs) > 1 else "items",
        "seconds": row.spent("seconds"),
        "epochs": row.spent("epoch"),
        "figures": {name: figure._asdict() for name, figure in row.figures.items()},
    }


def located(path: Path, folder: Path) -> str:
    """A path, relative to `folder` where it is inside."""
    inside = path.resolve()
    base = folder.resolve()
    return inside.relative_to(base).as_posix() if inside.is_relative_to(base) else str(path)


def said(figure: Figure | None) -> str:
    """A figure with its error, to as many places as the error leaves meaning."""
    if figure is None:
        return ""
    mean, error = figure
    if not error:
        return (f"{mean:.4g}" if abs(mean) < 1000 else f"{mean:,.0f}") + ("" if error is None else " ± 0")
    places = next((places for places in range(5) if error >= 0.95 * 10.0**-places), 4) + 1
    places = min(places, 4)
    return f"{mean:.{places}f} ± {error:.{places}f}"

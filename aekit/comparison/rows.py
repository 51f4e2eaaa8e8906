# The rows of a comparison: runs that differ in the seed alone, with the means and errors of their figures.
"""The rows of a comparison: runs that differ in the seed alone, with the means and errors of their figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from aekit.errors import UsageError
from aekit.runs import Record, Run

# The order of columns; figures of the modality's and the objective's own follow
FIRST = (
    "nll",
    "elbo",
    "reconstruction",
    "kl",
    "kl_bits",
    "active_units",
    "linear_probe",
    "knn_probe",
)
OF_LIKELIHOOD = ("nll", "elbo", "reconstruction")
ACCURACIES = ("linear_probe", "knn_probe")
HIDDEN = ("nll_standard_error", "pca_linear_probe", "pca_knn_probe")


class Figure(NamedTuple):
    """A figure of a row.

    Attributes:
        mean: over the row's runs.
        standard_error: over seeds where there are several, else over test items; None where that is not known.
    """

    mean: float
    standard_error: float | None


@dataclass(frozen=True)
class Row:
    """Runs that differ in the seed alone.

    Attributes:
        name: what the row is called.
        runs: they; the first gives the pictures.
        evaluations: of each, as its evaluation.json has it.
        without: figures that are left out, because they cannot stand beside those of the other rows.
    """

    name: str
    runs: Sequence[Run]
    evaluations: Sequence[Mapping[str, Any]]
    without: frozenset[str] = field(default=frozenset())

    @property
    def objective(self) -> str:
        return self.runs[0].record.objective

    @property
    def figures(self) -> dict[str, Figure]:
        """Every figure that all runs of the row have, in the order of columns."""
        numbers = [
            {name for name, value in values.items() if isinstance(value, int | float)}
            for values in self.evaluations
        ]
        known = [name for name in self.evaluations[0] if all(name in names for names in numbers)]
        shown = [name for name in known if name not in HIDDEN and name not in self.without]
        return {name: self.figure(name) for name in ordered(shown)}

    def figure(self, name: str) -> Figure:
        """One figure."""
        values = [float(evaluation[name]) for evaluation in self.evaluations]
        if len(values) > 1:
            return Figure(float(np.mean(values)), standard_error(values))
        return Figure(values[0], error_over_items(self.evaluations[0], name))

    def spent(self, name: str) -> float:
        """The mean over runs of their training's `seconds` or `epoch`."""
        last = [[line[name] for line in run.metrics() if name in line] for run in self.runs]
        return float(np.mean([values[-1] for values in last if values] or [0.0]))


def ordered(names: Sequence[str]) -> list[str]:
    """Figures in the order of columns."""
    return [*(name for name in FIRST if name in names), *(name for name in names if name not in FIRST)]


def standard_error(values: Sequence[float]) -> float:
    """The standard error of the mean of two or more values: their standard deviation (n - 1) over the root of n."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values)))


def error_over_items(evaluation: Mapping[str, Any], name: str) -> float | None:
    """A single run's standard error over the test items; None where the evaluation does not tell."""
    if name == "nll":
        return float(evaluation["nll_standard_error"])
    if name in ACCURACIES:  # of hits and misses
        share, items = float(evaluation[name]), int(evaluation["protocol"]["items"])
        return math.sqrt(share * (1 - share) / (items - 1)) if items > 1 else 0.0
    found = evaluation.get("standard_errors", {}).get(name)
    return None if found is None else float(found)


def grouped(runs: Sequence[Run]) -> list[tuple[str, list[Run]]]:
    """Runs in rows, with the rows' names: those that differ in the seed alone stand together, unless all do.

    Raises:
        UsageError: there are fewer than two runs, one is named twice, or they are of different data.
    """
    if len(runs) < 2:
        raise UsageError(f"A comparison takes two runs or more (received {len(runs)}).")
    refuse_other_data(runs)
    places = [run.path.resolve() for run in runs]
    if len(set(places)) < len(places):
        twice = next(run.path for run, place in zip(runs, places, strict=True) if places.count(place) > 1)
        raise UsageError(f"{twice} is named twice; name each run once.")
    rows: list[list[Run]] = []
    for run in runs:
        alike = [row for row in rows if like(row[0].record, run.record) and fresh(run, row)]
        if alike:
            alike[0].append(run)
        else:
            rows.append([run])
    if len(rows) == 1:
        rows = [[run] for run in runs]
    return list(zip(names_of(rows), rows, strict=True))


def like(first: Record, second: Record) -> bool:
    """Whether two runs differ in the seed alone."""
    same = ("objective", "objective_options", "options", "stages")
    return all(getattr(first, name) == getattr(second, name) for name in same) and (
        {**first.training, "seed": 0} == {**second.training, "seed": 0}
    )


def fresh(run: Run, row: Sequence[Run]) -> bool:
    """Whether a run's seed is not in a row yet."""
    return all(run.record.training["seed"] != other.record.training["seed"] for other in row)


def names_of(rows: Sequence[Sequence[Run]]) -> list[str]:
    """A single run's name is its folder's; several are called by what they have in common."""
    found: list[str] = []
    for row in rows:
        record = row[0].record
        name = row[0].name if len(row) == 1 else f"{record.objective}, {record.latent_dim}-D"
        count = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({count + 1})" if count else name)
    return found


def refuse_other_data(runs: Sequence[Run]) -> None:
    """Raise where runs were not trained on the same data.

    Raises:
        UsageError: says which differ, and in what.
    """
    kinds: dict[str, Callable[[Record], str]] = {
        "the plugin": lambda record: record.plugin,
        "the source": lambda record: record.source,
        "the data (fingerprint)": lambda record: record.fingerprint[:12],
    }
    for what, of in kinds.items():
        first = of(runs[0].record)
        for run in runs[1:]:
            if of(run.record) != first:
                raise UsageError(
                    f"Runs of different data cannot be compared: {what} of {runs[0].path} is {first}, that of "
                    f"{run.path} is {of(run.record)}. Name runs of one source."
                )

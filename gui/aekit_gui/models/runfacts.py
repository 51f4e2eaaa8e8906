# What is known of a run without its plugin: its settings as rows, its curves, and what to install.
"""What is known of a run without its plugin: its settings as rows, its curves, and what to install."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np

from aekit.runs import Record, Run
from aekit.views import Curves, Table

LONGEST = 60  # characters of a value that are shown
CLOCKS = ("step", "epoch", "seconds", "items_per_second", "rate")  # logged, but no curve
ORDER = ("elbo", "loss", "reconstruction", "kl")
NAMES = {"elbo": "ELBO, nats", "loss": "loss", "reconstruction": "reconstruction, nats", "kl": "KL, nats"}


def settings(run: Run) -> Table:
    """All settings of a run that have a value, as rows: part, name, value."""
    record = run.record
    about = {
        "status": run.status(),
        "created": record.created.replace("T", " ").replace("+0000", " UTC"),
        "plugin": f"{record.plugin} {record.plugin_version}".strip(),
        "package": record.plugin_distribution,
        "data": record.source,
        "items": record.items,
        "held out": record.validation,
        "classes": ", ".join(record.label_names),
        "objective": record.objective,
    }
    parts = {
        "run": about,
        "options": record.options,
        "objective": record.objective_options,
        "training": record.training,
        "data": record.spec,
        "item": record.item,
        "versions": record.versions,
    }
    rows = [
        (part, name.replace("_", " "), value_words(value))
        for part, held in parts.items()
        for name, value in held.items()
        if value not in (None, "", [], {})
    ]
    return Table(("part", "setting", "value"), tuple(rows))


def value_words(value: Any) -> str:
    """A setting as people read it; long ones are cut."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    text = f"{value:,}" if isinstance(value, int) else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]}… ({len(text):,} characters)"


def training_curves(lines: list[dict[str, Any]]) -> dict[str, Curves]:
    """What was logged, by the name of the figure: while training as a line, in validation as dots."""
    found = {name for line in lines for name, value in line.items() if is_figure(name, value)}
    names = [*[name for name in ORDER if name in found], *sorted(found - set(ORDER))]
    curves = {NAMES.get(name, name.replace("_", " ")): curve_of(lines, name) for name in names}
    elbo, loss = curves.get(NAMES["elbo"]), curves.get(NAMES["loss"])
    if elbo is not None and loss is not None and mirrored(elbo, loss):
        del curves[NAMES["loss"]]
    return curves


def is_figure(name: str, value: Any) -> bool:
    """Whether a logged value belongs in a curve."""
    return name not in CLOCKS and isinstance(value, int | float) and not isinstance(value, bool)


def curve_of(lines: list[dict[str, Any]], name: str) -> Curves:
    """One figure over steps."""
    held = [
        line
        for line in lines
        if is_figure(name, line.get(name)) and isinstance(line.get("step"), int | float)
    ]
    validated = [line.get("event") == "validation" for line in held]
    trained = np.array(
        [[line["step"], line[name]] for line, v in zip(held, validated, strict=True) if not v], float
    )
    checked = np.array(
        [[line["step"], line[name]] for line, v in zip(held, validated, strict=True) if v], float
    )
    steps = np.unique(
        np.concatenate([part[:, 0] for part in (trained, checked) if len(part)] or [np.zeros(0)])
    )
    curves = {}
    if len(trained):
        trained = trained[np.argsort(trained[:, 0], kind="stable")]
        curves["training"] = np.interp(steps, trained[:, 0], trained[:, 1], np.nan, np.nan)
    if len(checked):
        steps, curves = apart(steps, curves)
        curves["validation"] = np.full(len(steps), np.nan)
        curves["validation"][np.searchsorted(steps, checked[:, 0])] = checked[:, 1]
    return Curves(steps, curves, "step")


def apart(steps: Any, curves: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The same curves with a step between every two, so that values at neighbouring steps stand alone as dots."""
    between = np.sort(np.concatenate([steps, (steps[1:] + steps[:-1]) / 2]))
    return between, {name: np.interp(between, steps, curve) for name, curve in curves.items()}


def mirrored(first: Curves, last: Curves) -> bool:
    """Whether one figure in validation is the other's negative, and so not worth a picture of its own."""
    a, b = first.curves.get("validation"), last.curves.get("validation")
    if a is None or b is None or "training" in last.curves:
        return False
    a, b = a[np.isfinite(a)], b[np.isfinite(b)]
    return len(a) == len(b) and bool(np.allclose(a, -b, rtol=1e-4, atol=1e-3))


def advice(record: Record, version_of: Callable[[str], str] = metadata.version) -> tuple[str, str]:
    """What to do about a run whose plugin does not work: a sentence, and a command, "" where none helps."""
    package, plugin = record.plugin_distribution, record.plugin
    if not package:
        return (
            f"run.json does not say which package the plugin '{plugin}' is from; ask who trained the run.",
            "",
        )
    trained = f"{package} {record.plugin_version}".strip()
    try:
        installed = version_of(package)
    except metadata.PackageNotFoundError:
        return (
            f"The plugin '{plugin}' is part of {trained}, which is not installed.",
            f"pip install {package}",
        )
    wanted = f'"{package}[all]"' if package == "aekit" else package
    return (
        f"The run was trained with {trained}; installed is {installed}. Install it anew with all it needs.",
        f"pip install --upgrade {wanted}",
    )

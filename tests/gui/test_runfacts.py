# A run whose plugin is missing: its settings, its curves, and what to install.
"""A run whose plugin is missing: its settings, its curves, and what to install."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aekit_gui.models.runfacts import advice, settings, training_curves, value_words
from aekit_gui.theme import DARK
from aekit_gui.views.runfacts import RunFacts
from aekit_gui.work.protocol import Problem
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from stand_ins import record

from aekit.runs import Run

PROBLEM = Problem(
    "The plugin 'shapes' cannot be imported: no module named 'shapes'.", "Traceback: line 1", False
)
LINES: list[dict[str, Any]] = [
    {
        "step": 50,
        "epoch": 0.5,
        "seconds": 1.0,
        "elbo": -200.0,
        "kl": 2.0,
        "rate": 0.001,
        "items_per_second": 9,
    },
    {"event": "validation", "step": 75, "elbo": -180.0, "kl": 3.0, "loss": 180.0, "best": True},
    {"step": 100, "elbo": -160.0, "kl": 4.0},
    {"event": "validation", "step": 125, "elbo": -150.0, "kl": 4.5, "loss": 150.0, "best": True},
    {"event": "finished", "step": 125},
]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of a plugin that nobody has."""
    held = record(2, 600, ("a", "b")).model_copy(
        update={
            "plugin": "shapes", "plugin_distribution": "strangers-shapes", "plugin_version": "1.2",
            "options": {"size": 28, "scale": None}, "spec": {"mean": "A" * 2000, "sides": [3, 4]},
        }
    )  # fmt: skip
    made = Run.create(tmp_path / "shapes-1", held)
    for line in LINES:
        made.log(line)
    return made


def missing(name: str) -> str:
    raise metadata.PackageNotFoundError(name)


def test_curves_are_lines_in_training_and_dots_in_validation() -> None:
    curves = training_curves(LINES)
    assert list(curves) == [
        "ELBO, nats",
        "KL, nats",
    ]  # the loss is the ELBO's negative, and clocks are no curves
    elbo = curves["ELBO, nats"]
    at = {float(step): n for n, step in enumerate(elbo.x)}
    training, validation = elbo.curves["training"], elbo.curves["validation"]
    assert training[at[50]] == -200 and training[at[100]] == -160
    assert training[at[75]] == pytest.approx(-180)  # the line goes on between what was logged
    assert np.isnan(training[at[125]])
    assert validation[at[75]] == -180 and validation[at[125]] == -150 and np.isfinite(validation).sum() == 2
    finite = np.flatnonzero(np.isfinite(validation))
    assert (np.diff(finite) > 1).all()  # each stands alone, and so is a dot


def test_a_loss_of_its_own_is_shown() -> None:
    lines = [{"event": "validation", "step": n, "elbo": -10.0 - n, "loss": 3.0 + n} for n in range(4)]
    assert list(training_curves(lines)) == ["ELBO, nats", "loss"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"event": "stopped"}],
        [{"step": 1}],
        [{"elbo": -3.0}],
        [{"step": 1, "elbo": float("nan")}],
        [{"step": 1, "kl": 2.0}],
    ],
)
def test_any_log_will_do(qtbot: Any, run: Run, lines: list[dict[str, Any]]) -> None:
    (run.path / "metrics.jsonl").unlink()
    for line in lines:
        run.log(line)
    facts = RunFacts()
    qtbot.addWidget(facts)
    facts.show()
    facts.show_run(run, PROBLEM)
    facts.grab()
    assert not any(plot.words.startswith("This cannot") for plot in facts.plots)


def test_settings_are_readable(run: Run) -> None:
    rows = {(part, name): value for part, name, value in settings(run).rows}
    assert rows["run", "plugin"] == "shapes 1.2" and rows["run", "items"] == "600"
    assert rows["run", "status"] == "finished" and rows["run", "classes"] == "a, b"
    assert rows["options", "size"] == "28" and ("options", "scale") not in rows
    assert rows["training", "latent dim"] == "2"
    assert rows["data", "mean"].endswith("(2,000 characters)") and len(rows["data", "mean"]) < 80
    assert value_words(True) == "yes" and value_words(0.0012) == "0.0012" and value_words([1, 2]) == "[1, 2]"


def test_advice_names_the_package(run: Run) -> None:
    said, command = advice(run.record, missing)
    assert (
        "strangers-shapes 1.2, which is not installed" in said and command == "pip install strangers-shapes"
    )
    said, command = advice(run.record, lambda name: "0.9")
    assert "installed is 0.9" in said and command == "pip install --upgrade strangers-shapes"
    ours = run.record.model_copy(update={"plugin_distribution": "aekit", "plugin_version": "0.1.0"})
    assert advice(ours, lambda name: "0.1.0")[1] == 'pip install --upgrade "aekit[all]"'
    unknown = run.record.model_copy(update={"plugin_distribution": ""})
    assert advice(unknown)[1] == ""


def test_the_page_shows_all_and_the_command_is_copied(qtbot: Any, run: Run) -> None:
    facts = RunFacts()
    qtbot.addWidget(facts)
    facts.resize(860, 1100)
    facts.show()
    facts.show_run(run, PROBLEM)
    qtbot.waitExposed(facts)
    assert facts.title.text() == "shapes-1" and facts.card.sentence.text() == PROBLEM.sentence
    assert [plot.accessibleName() for plot in facts.plots] == ["ELBO, nats over steps", "KL, nats over steps"]
    QTest.mouseClick(facts.card.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "pip install strangers-shapes"
    assert facts.card.copy.text() == "Copied"
    QTest.keyClick(facts.card.details, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == f"{PROBLEM.sentence}\n\nTraceback: line 1"
    with qtbot.waitSignal(facts.again_wanted):
        QTest.keyClick(facts.card.again, Qt.Key.Key_Return)
    before = facts.grab().toImage()
    facts.set_theme(DARK)
    assert facts.grab().toImage() != before


def test_another_run_takes_the_page(qtbot: Any, run: Run) -> None:
    facts = RunFacts()
    qtbot.addWidget(facts)
    facts.show()
    facts.show_run(run, PROBLEM)
    (run.path / "metrics.jsonl").unlink()
    facts.show_run(run, None)
    assert facts.plots == [] and facts.card.isHidden()
    assert facts.headings[0].text() == "Training: nothing was logged yet"


def test_curves_stand_in_pairs_where_there_is_room(qtbot: Any, run: Run) -> None:
    facts = RunFacts()
    qtbot.addWidget(facts)
    facts.resize(860, 900)
    facts.show()
    facts.show_run(run, PROBLEM)
    qtbot.waitUntil(lambda: facts.plots[0].y() == facts.plots[1].y(), timeout=1000)
    facts.resize(500, 900)
    qtbot.waitUntil(lambda: facts.plots[0].y() < facts.plots[1].y(), timeout=1000)

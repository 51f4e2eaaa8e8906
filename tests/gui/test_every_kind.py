# Runs of every kind of objective in the whole window, by real mouse and keys.
"""Runs of every kind of objective in the whole window, by real mouse and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import digits
import numpy as np
import pytest
from event_loop import wait
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import aekit

RESTORING = {"denoising": {}, "superresolution": {}}
LEARNT = {"vampprior": {"pseudo_inputs": 20}, "flowprior": {}, "twolayer": {}, "iaf": {}}
OTHERS = {"vq": {"codebook_size": 16}, "brightness": {"objective": "conditional", "condition": "brightness"}}
KINDS: dict[str, dict[str, Any]] = {**RESTORING, **LEARNT, **OTHERS}
SLOW = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return digits.write_digits(tmp_path_factory.mktemp("source"), 200)


@pytest.fixture
def run(request: Any, source: str, tmp_path: Path) -> Path:
    """A small run of the kind that the parameter names."""
    name = request.param
    options = {"objective": name, "epochs": 1, **KINDS[name]}
    return digits.train(source, tmp_path / name, **options).path


@pytest.mark.parametrize(
    "run", [pytest.param("denoising"), pytest.param("superresolution", marks=SLOW)], indirect=True
)
def test_an_item_is_shown_as_it_is_as_the_model_saw_it_and_restored(desk: Any, run: Path) -> None:
    hand, model = desk.window(run), aekit.load(run)
    inspector = hand.run.widgets.inspector
    assert inspector.before_after.isHidden()

    row = hand.apart()[0]
    hand.click(hand.place(row))
    wait(lambda: inspector.before_after.isVisible())

    stored = model.dataset("train").items[hand.run.explorer.space.index[row : row + 1]]
    seen = model.degrade(stored)
    for name, expected in (("item", stored), ("degraded", seen), ("made", model.reconstruct(seen))):
        assert np.array_equal(inspector.restored.panels[name].view.pixels, expected[0, 0].numpy()), name
    assert model.objective.degradation in hand.run.sidebar.facts.text()
    assert not any("Likelihood" in figure.name for figure in inspector.facts.figures)
    hand.key(Qt.Key.Key_Escape)
    wait(lambda: inspector.before_after.isHidden())


@pytest.mark.parametrize("run", ["denoising"], indirect=True)
def test_a_dropped_file_is_restored_as_it_was_given(desk: Any, run: Path, tmp_path: Path) -> None:
    hand, model = desk.window(run), aekit.load(run)
    path = tmp_path / "own.png"
    Image.fromarray(model.dataset("test").items[0, 0].numpy()).save(path)

    assert hand.drop(hand.window.main, [path])
    panel = hand.run.widgets.dropped
    wait(lambda: panel.isVisible())

    given = model.modality.read(path).items
    assert [caption.text() for caption in panel._captions.values()] == ["As given", "Restored"]
    assert np.array_equal(panel.panels["Original"].view.pixels, given[0, 0].numpy())
    assert np.array_equal(panel.panels["Reconstruction"].view.pixels, model.reconstruct(given)[0, 0].numpy())
    assert hand.problems == []


@pytest.mark.parametrize("run", ["vq"], indirect=True)
def test_words_under_the_pointer_and_how_many_are_used(desk: Any, run: Path) -> None:
    hand, model = desk.window(run), aekit.load(run)
    inspector, row = hand.run.widgets.inspector, hand.apart()[0]

    hand.click(hand.place(row))
    hand.wait_shown()

    code = hand.run.explorer.space.codes[row : row + 1]
    kept = model.run.codes()[0]["mean"]
    everyone = model.objective.words(tensor(kept)).numpy()
    assert list(inspector.words.words) == model.objective.words(tensor(code))[0].tolist()
    assert inspector.words.isVisible()
    facts = {figure.name: figure.value for figure in inspector.facts.figures}
    assert facts["Words in use"] == f"{len(np.unique(everyone))} of 16"


@pytest.mark.parametrize(
    "run", [pytest.param(name, marks=() if name == "vampprior" else SLOW) for name in LEARNT], indirect=True
)
def test_a_learnt_prior_is_what_codes_are_compared_with(desk: Any, run: Path) -> None:
    hand, model = desk.window(run), aekit.load(run)
    prior = hand.run.explorer.opened.prior

    hand.click(hand.place(hand.apart()[0]))
    hand.wait_shown()

    draws = model.sample_codes(2000, seed=1)
    assert np.abs(np.array(prior.mean) - draws.mean(0)).max() < 0.25 * draws.std(0).max()
    assert np.array(prior.spread) == pytest.approx(draws.std(0), rel=0.2)
    shown = hand.run.hover.shown
    expected = float(model.prior.log_prob(tensor(shown.code[None]))[0])
    assert shown.log_prior == pytest.approx(expected, abs=1e-3)
    assert hand.problems == []


@pytest.mark.parametrize("run", ["brightness"], indirect=True)
def test_a_number_is_typed_to_condition_on(desk: Any, run: Path) -> None:
    hand = desk.window(run)
    field, views = hand.run.widgets.sliders.number, []

    for text in ("0.05", "0.4"):
        before = hand.run.hover.decoded
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        field.selectAll()
        hand.type(text)
        hand.key(Qt.Key.Key_Return)
        hand.wait_decoded(before)
        views.append(hand.run.hover.shown.picture.copy())

    assert hand.look.condition == "0.4" and not np.array_equal(*views)
    assert hand.problems == []


def tensor(values: Any) -> Any:
    """An array as a tensor."""
    import torch

    return torch.as_tensor(np.asarray(values, np.float32))

# The gallery's cards: what is told of whole, damaged and foreign runs, and how quickly.
"""The gallery's cards: what is told of whole, damaged and foreign runs, and how quickly."""

import json
import os
import time

import pytest
from aekit_gui.models.gallery import POINTS, card_of, curve_of, found, matching
from stand_ins import record

LINES = [
    {"event": "validation", "step": 100, "loss": 150.0, "elbo": -150.0},
    {"event": "validation", "step": 2500, "loss": 97.24, "elbo": -97.24, "best": True},
    {"event": "finished", "step": 2500},
]


def make(path, lines=LINES, **changes):
    path.mkdir(parents=True)
    value = record(2, 60_000).model_dump() | {"training": {"latent_dim": 2}} | changes
    (path / "run.json").write_text(json.dumps(value))
    (path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_card_says_what_was_trained(tmp_path):
    card = card_of(make(tmp_path / "digits"), "run")
    assert (card.title, card.plugin, card.status, card.minded, card.opens) == (
        "digits",
        "image",
        "",
        False,
        True,
    )
    assert card.line == "vae · 2 dimensions · 60,000 items · step 2,500 · ELBO −97.2"
    assert card.words == "digits. image. vae · 2 dimensions · 60,000 items · step 2,500 · ELBO −97.2"


def test_runs_come_newest_first_behind_the_demos_and_before_those_from_elsewhere(tmp_path):
    demos, runs, far = tmp_path / "demos", tmp_path / "runs", tmp_path / "far"
    (make(demos / "digits-2d") / "demo.json").write_text('{"title": "Digits in two dimensions"}')
    for number, name in enumerate("abc"):
        os.utime(make(runs / name) / "run.json", (number, number))
    make(far / "x")
    recents = [far / "x", runs / "a", far / "gone", far / "x"]
    cards = found(runs, recents, demos)
    assert [(card.kind, card.title) for card in cards] == [
        ("demo", "Digits in two dimensions"), ("run", "c"), ("run", "b"), ("run", "a"), ("recent", "x"),
    ]  # fmt: skip


def test_folders_that_are_missing_are_empty(tmp_path):
    assert found(tmp_path / "none", [], tmp_path / "no-demos") == []


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"schema_version": 99}'])
def test_a_damaged_run_is_a_card_with_the_sentence(tmp_path, content):
    (make(tmp_path / "runs" / "broken") / "run.json").write_text(content)
    [card] = found(tmp_path / "runs", [], tmp_path / "none")
    assert card.minded and not card.opens and card.status and str(tmp_path) not in card.status


def test_a_run_json_that_is_a_folder_or_a_dead_link_is_a_card_too(tmp_path):
    (tmp_path / "runs" / "odd" / "run.json").mkdir(parents=True)
    (tmp_path / "runs" / "dead").mkdir()
    (tmp_path / "runs" / "dead" / "run.json").symlink_to(tmp_path / "gone")
    cards = found(tmp_path / "runs", [], tmp_path / "none")
    assert len(cards) == 2 and not any(card.opens for card in cards)


def test_a_run_without_its_dimensions_is_damaged(tmp_path):
    assert not card_of(make(tmp_path / "r", training={}), "run").opens


def test_a_missing_plugin_is_named_with_its_package(tmp_path):
    card = card_of(make(tmp_path / "r", plugin="cells", plugin_distribution="aekit-cells"), "run")
    assert card.minded and card.opens
    assert card.status == "Plugin 'cells' is not installed: pip install aekit-cells"


@pytest.mark.parametrize(
    ("lines", "age", "status"),
    [
        ([*LINES[:2], {"event": "stopped"}], 9999, "Stopped"),
        ([*LINES[:2], {"event": "not finite"}], 9999, "Ended: the loss was not finite"),
        (LINES[:2], 9999, "Interrupted"),
        (LINES[:2], 0, "Being trained"),
    ],
)
def test_the_status_says_how_training_ended(tmp_path, lines, age, status):
    path = make(tmp_path / "r", lines)
    when = time.time() - age
    os.utime(path / "metrics.jsonl", (when, when))
    assert card_of(path, "run").status == status


def test_damaged_metrics_do_no_harm(tmp_path):
    path = make(tmp_path / "r")
    with (path / "metrics.jsonl").open("ab") as file:
        file.write(b'\xff\xfe\n[1, 2]\n{"event": "validation", "elbo": NaN}\n{"step": "x"}\n{"cut')
    assert card_of(path, "run").line.endswith("ELBO −97.2")
    (path / "metrics.jsonl").unlink()
    assert card_of(path, "run").status == "Nothing was trained yet"


def test_the_picture_is_the_demos_own_or_the_newest_figure(tmp_path):
    path = make(tmp_path / "r")
    assert card_of(path, "run").thumbnail is None
    (path / "figures").mkdir()
    for number, name in enumerate(("new.png", "old.png", "notes.txt")):
        (path / "figures" / name).write_bytes(b"")
        os.utime(path / "figures" / name, (10 - number, 10 - number))
    assert card_of(path, "run").thumbnail == path / "figures" / "new.png"
    (path / "card.png").write_bytes(b"")
    assert card_of(path, "demo").thumbnail == path / "card.png"


def test_the_filter_looks_in_all_words(tmp_path):
    cards = [
        card_of(make(tmp_path / name, objective=kind), "run") for name, kind in (("a", "vae"), ("b", "iwae"))
    ]
    assert [card.title for card in matching(cards, "IWAE image")] == ["b"]
    assert [card.title for card in matching(cards, "ae 60,000")] == ["a", "b"]
    assert matching(cards, "") == cards and matching(cards, "vae nothing") == []


def test_a_curve_is_the_loss_of_validations_thinned(tmp_path):
    lines = [{"event": "validation", "step": step, "loss": 1000.0 - step} for step in range(1000)]
    curve = curve_of(make(tmp_path / "r", [{"step": 1, "loss": 5}, *lines]))
    assert POINTS / 2 < len(curve) <= POINTS and curve[-1] == (999.0, 1.0) and curve == sorted(curve)
    assert curve_of(tmp_path / "none") == []


def test_five_hundred_runs_take_less_than_a_third_of_a_second(tmp_path):
    path = make(tmp_path / "runs" / "0", [{"step": step, "loss": 1.0, "elbo": -1.0} for step in range(300)])
    text, metrics = (path / "run.json").read_text(), (path / "metrics.jsonl").read_text()
    for number in range(1, 500):
        folder = tmp_path / "runs" / str(number)
        folder.mkdir()
        (folder / "run.json").write_text(text)
        (folder / "metrics.jsonl").write_text(metrics)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        cards = found(tmp_path / "runs", [], tmp_path / "none")
        best = min(best, time.process_time() - start)
    assert len(cards) == 500
    assert best < 0.3, best

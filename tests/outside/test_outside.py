# Words and rows on the command line: everything that works on pictures works on them, unchanged.
"""Words and rows on the command line: everything that works on pictures works on them, unchanged."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from site_folders import environment, python_in

import aekit
from aekit.cli import run as aekit_command

PLUGINS = ("words", "rows")
OBJECTIVES = ("autoencoder", "vae", "iwae", "conditional", "adversarial")
BOUNDED = ("vae", "iwae", "conditional")
SMALL = {
    "words": ["--longest", "6", "--width", "16", "--latent-dim", "4", "--epochs", "0.5"],
    "rows": ["--width", "16", "--latent-dim", "3", "--epochs", "2"],
}
OWN_METRIC = {"words": "words_right", "rows": "categories_wrong"}
OWN_FILE = {"words": "sun\nmoon\n", "rows": "km,weather\n3.5,rain\n,snow\n"}

Train = Callable[..., Path]


@pytest.fixture(scope="module")
def train(outside: Path, tmp_path_factory: pytest.TempPathFactory) -> Train:
    """`train(plugin, objective, *flags)` gives the folder of a short run, made once for each command."""
    made: dict[tuple[str, ...], Path] = {}

    def short(plugin: str, objective: str = "vae", *flags: str) -> Path:
        command = ("train", "--plugin", plugin, "--objective", objective, *SMALL[plugin], *flags)
        if command not in made:
            made[command] = tmp_path_factory.mktemp(plugin) / "run"
            quiet = ("--quiet", "--no-figures", "--device", "cpu", "--precision", "32")
            assert aekit_command([*command, *quiet, "--out", str(made[command])]) == 0
        return made[command]

    return short


def said(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    """What a command that succeeds prints."""
    capsys.readouterr()
    status = aekit_command([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    return printed.out


def complaint(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    """The one line that a command which fails prints."""
    capsys.readouterr()
    assert aekit_command([str(argument) for argument in arguments]) in (1, 2)
    printed = capsys.readouterr().err.strip()
    assert "\n" not in printed
    return printed


def test_a_process_of_its_own_finds_the_plugins(words_and_rows: Path, tmp_path: Path) -> None:
    listed = python_in(words_and_rows, tmp_path, "-m", "aekit", "plugins")

    assert re.search(r"words +aekit-words 0\.1\.0", listed.stdout)
    assert re.search(r"rows +aekit-rows 0\.1\.0", listed.stdout)


@pytest.mark.parametrize("plugin", PLUGINS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_trains_and_is_measured(
    train: Train, capsys: pytest.CaptureFixture[str], plugin: str, objective: str
) -> None:
    run = train(plugin, objective)

    figures = json.loads(
        said(capsys, "evaluate", run, "--json", "--nll-samples", 4, "--nll-items", 50, "--limit", 100)
    )

    assert np.isfinite([figures["reconstruction"], figures[OWN_METRIC[plugin]]]).all()
    assert ("elbo" in figures, "nll" in figures) == (objective in BOUNDED, objective in BOUNDED)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_bound_rises_while_training(train: Train, plugin: str) -> None:
    lines = [json.loads(line) for line in (train(plugin) / "metrics.jsonl").read_text().splitlines()]

    losses = [line["loss"] for line in lines if line.get("event") == "validation"]

    assert losses[-1] < losses[0] or len(losses) == 1
    assert np.isfinite(losses).all()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_command_works(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path, plugin: str
) -> None:
    run = train(plugin)
    for command in (
        ["sample", run, "--count", 3, "--out", tmp_path / "samples"],
        ["sample", run, "--count", 3, "--out", tmp_path / "samples.png"],
        ["reconstruct", run, "--out", tmp_path / "pairs.png"],
        ["interpolate", run, 0, 1, 2, "--out", tmp_path / "path.png"],
        ["traverse", run, "--out", tmp_path / "traversal.png"],
        ["map", run, "--out", tmp_path / "map.png"],
        ["encode", run, "--out", tmp_path / "codes.npz"],
        ["decode", run, tmp_path / "codes.npz", "--out", tmp_path / "decoded.npz"],
        ["report", run, "--out", tmp_path / "report.html"],
    ):
        said(capsys, *command)
        written = Path(command[-1])
        assert written.stat().st_size > 0 if written.is_file() else len(list(written.iterdir())) == 3

    assert run.name in said(capsys, "runs", run)
    assert len(np.load(tmp_path / "decoded.npz")["items"]) == len(np.load(tmp_path / "codes.npz")["mean"])


@pytest.mark.parametrize("plugin", PLUGINS)
def test_codes_on_disk_decode_to_the_reconstructions(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path, plugin: str
) -> None:
    run, items = train(plugin), ["0", "5", "7"]

    said(capsys, "reconstruct", run, *items, "--out", tmp_path / "pairs.npz")
    said(capsys, "encode", run, *items, "--out", tmp_path / "codes.npz")
    said(capsys, "decode", run, tmp_path / "codes.npz", "--out", tmp_path / "decoded.npz")

    pairs, decoded = (np.load(tmp_path / name)["items"] for name in ("pairs.npz", "decoded.npz"))
    assert np.array_equal(pairs, decoded)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_own_files_are_encoded(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path, plugin: str
) -> None:
    own = tmp_path / "own.txt"
    own.write_text(OWN_FILE[plugin])

    said(capsys, "encode", train(plugin), own, "--out", tmp_path / "codes.npz")

    codes = np.load(tmp_path / "codes.npz")
    assert codes["mean"].shape == (2, 4 if plugin == "words" else 3)
    assert list(codes["name"]) == (["sun", "moon"] if plugin == "words" else ["row 0", "row 1"])


@pytest.mark.parametrize(("plugin", "kind"), [("words", "symbols"), ("rows", "delivery")])
def test_a_class_is_asked_of_a_conditional_run(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path, plugin: str, kind: str
) -> None:
    run = train(plugin, "conditional")

    said(capsys, "sample", run, "--condition", kind, "--count", 4, "--out", tmp_path / "asked")

    assert len(list((tmp_path / "asked").iterdir())) == 4
    assert kind in complaint(capsys, "sample", run, "--condition", kind + "x", "--count", 4)


def test_an_attribute_can_be_the_condition_unless_items_lack_it(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = train("words", "conditional", "--condition", "length")

    said(capsys, "sample", run, "--condition", "3", "--count", 2, "--out", tmp_path / "short")
    refused = complaint(
        capsys, "train", "--plugin", "rows", "--objective", "conditional", "--condition", "km",
        *SMALL["rows"], "--quiet", "--out", tmp_path / "run",
    )  # fmt: skip

    assert "'km' is missing in" in refused


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_finished_run_goes_on_for_more_epochs(
    outside: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, plugin: str
) -> None:
    run = tmp_path / "run"
    quiet = ["--quiet", "--no-figures"]
    said(capsys, "train", "--plugin", plugin, *SMALL[plugin], *quiet, "--out", run)
    before = last_step(run)

    said(capsys, "train", "--resume", run, "--epochs", "0.5", *quiet)

    assert last_step(run) > before > 0


def last_step(run: Path) -> int:
    """The last step that a run's log names."""
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return max(int(json.loads(line).get("step", 0)) for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent Ctrl-C there")
@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_stopped_run_ends_with_the_weights_of_one_left_alone(
    words_and_rows: Path, tmp_path: Path, plugin: str
) -> None:
    flags = [*SMALL[plugin][:-1], "6", "--device", "cpu", "--precision", "32", "--no-figures"]
    command = [sys.executable, "-m", "aekit", "train", "--plugin", plugin, *flags, "--out"]
    alone = python_in(words_and_rows, tmp_path, *command[1:], "alone")

    stopped = subprocess.Popen(
        [*command, "stopped"], env=environment(words_and_rows), cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "stopped" / "metrics.jsonl"
    while not (log.exists() and log.read_text().endswith("\n")) and stopped.poll() is None:
        time.sleep(0.02)
    stopped.send_signal(signal.SIGINT)
    status = stopped.wait(60)
    resumed = python_in(
        words_and_rows, tmp_path, "-m", "aekit", "train", "--resume", "stopped", "--no-figures"
    )

    assert (alone.returncode, status, resumed.returncode) == (0, 130, 0)
    weights = [tmp_path / name / "weights.safetensors" for name in ("alone", "stopped")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


@pytest.mark.parametrize(
    ("plugin", "flags", "said"),
    [
        ("words", ["--source", "unicod"], "Did you mean 'unicode'"),
        ("words", ["--source", "file:missing.txt"], "missing.txt cannot be read"),
        ("words", ["--longest", "1"], "longest"),
        ("rows", ["--source", "csv:missing.csv"], "missing.csv cannot be read"),
        ("rows", ["--min-scale", "0"], "min_scale"),
    ],
)
def test_bad_input_ends_in_one_line(
    outside: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    plugin: str,
    flags: list[str],
    said: str,
) -> None:
    line = complaint(capsys, "train", "--plugin", plugin, *flags, "--out", tmp_path / "run")

    assert said in line
    assert not (tmp_path / "run").exists()


def test_a_run_without_its_plugin_says_who_brings_it(train: Train, tmp_path: Path) -> None:
    run, nowhere = train("words"), tmp_path / "site"
    nowhere.mkdir()

    shown = python_in(nowhere, tmp_path, "-m", "aekit", "runs", str(run))
    refused = python_in(nowhere, tmp_path, "-m", "aekit", "sample", str(run))

    assert shown.returncode == 0
    assert "longest" in shown.stdout
    assert refused.returncode == 1
    assert "aekit-words 0.1.0" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_python_sees_words_and_rows_like_anything(train: Train) -> None:
    words, rows = (aekit.load(train(plugin)) for plugin in PLUGINS)
    spelt, table = (model.dataset("test").items[np.arange(3)] for model in (words, rows))

    codes = words.encode(spelt)
    again = rows.reconstruct(table.numpy())

    assert tuple(codes.shape) == (3, 4)
    assert np.isfinite(again).all()
    assert words.view(spelt[0]).rows == ((words.dataset("test").name(0),),)
    assert rows.view(again[0]).columns == ("km", "climb_m", "minutes", "degrees", "weather", "bicycle")


def test_the_core_has_never_heard_of_them() -> None:
    core = Path(aekit.__file__).parent

    mentions = [path for path in core.rglob("*.py") if re.search(r"aekit_words|aekit_rows", path.read_text())]

    assert mentions == []

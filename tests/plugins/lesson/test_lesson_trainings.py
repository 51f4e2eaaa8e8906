# Trainings of the lesson: shared, kept, gone on with after a kill, trained anew where they are asked for otherwise.
"""Trainings of the lesson: shared, kept, gone on with after a kill, trained anew where they are asked for otherwise."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from aekit_lesson import book
from aekit_lesson.chapters import CHAPTERS
from aekit_lesson.workshop import Workshop
from typer.testing import CliRunner

from aekit.cli import app, run
from aekit.runs import Run


def test_a_training_is_made_once_and_shared(workshop):
    first = workshop.run("simple")
    logged = (first.path / "metrics.jsonl").read_bytes()

    again = Workshop(workshop.folder, workshop.terms, lambda line: None).run("simple")

    assert again.path == first.path and (again.path / "metrics.jsonl").read_bytes() == logged
    assert workshop.is_trained("simple") and not workshop.is_trained("deep")


def test_a_training_that_is_asked_for_otherwise_is_set_aside_and_made_anew(workshop):
    first = workshop.run("simple")
    longer = replace(workshop.terms, factor=2 * workshop.terms.factor)

    second = Workshop(workshop.folder, longer, lambda line: None).run("simple")

    assert second.record.stages[0].seconds == pytest.approx(2 * first.record.stages[0].seconds)
    assert (workshop.folder / "runs" / "simple-before-1" / "run.json").exists()


def test_chapters_on_the_first_trainings_give_their_figures(tmp_path, terms):
    entries = book.go_through(tmp_path / "lesson", terms, ["simple", "deep"])

    assert [entry.state for entry in entries] == ["made", "made"]
    figures = {figure["name"]: figure for entry in entries for figure in entry.kept["figures"]}
    assert 0.05 < figures["least_bce"]["value"] < figures["simple_bce"]["value"] < 0.8
    assert figures["deep_bce"]["printed"] == [{"by": "Keras blog", "value": 0.08}]


def test_the_command_refuses_both_budgets_and_unknown_chapters(tmp_path, capsys):
    both = run(["lesson", "--quick", "--full", "--out", str(tmp_path / "a")])
    unknown = run(["lesson", "--only", "musik", "--out", str(tmp_path / "a")])

    assert (both, unknown) == (2, 2)
    said = capsys.readouterr().err
    assert "--quick and --full were both given" in said and "Did you mean 'music'?" in said
    assert not (tmp_path / "a").exists()


def test_help_says_what_is_made():
    result = CliRunner().invoke(app, ["lesson", "--help"])

    text = re.sub(r"\x1b\[[0-9;]*m", "", result.output)
    assert result.exit_code == 0 and "--only" in text and "--quick" in text and "--factor" not in text


LESSON = """
import sys
from pathlib import Path
from aekit_lesson.book import go_through
from aekit_lesson.workshop import Terms
go_through(Path(sys.argv[1]), Terms("quick", digits=sys.argv[2], factor=0.2), ["simple"])
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_training_goes_on_where_it_stopped(tmp_path, few_digits, terms, how):
    folder = tmp_path / "lesson"
    arguments = [sys.executable, "-c", LESSON, str(folder), few_digits]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ})
    until(lambda: (folder / "runs" / "simple" / "metrics.jsonl").exists())
    os.kill(child.pid, how)
    child.communicate()
    stopped_at = Run(folder / "runs" / "simple").saved_step() or 0

    book.go_through(folder, replace(terms, factor=0.2), ["simple"])

    lines = Run(folder / "runs" / "simple").metrics()
    assert lines[-1]["event"] == "finished" and lines[-1]["step"] > stopped_at
    assert how == signal.SIGKILL or stopped_at > 0
    assert json.loads((folder / "lesson.json").read_text())["chapters"][0]["state"] == "made"
    assert not list((folder / "runs").glob("simple-before*"))


def until(true, seconds: float = 60.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_a_whole_lesson_is_made(tmp_path, terms):
    said: list[str] = []

    entries = book.go_through(tmp_path / "lesson", terms, tell=said.append)

    assert [line for line in said if "failed" in line] == []
    assert len(entries) == len(CHAPTERS)
    assert {entry.state for entry in entries} <= {"made", "lacking"}
    text = (tmp_path / "lesson" / "index.html").read_text()
    assert all(f'id="{chapter.name}"' in text for chapter in CHAPTERS)
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*', text) == []
    figures = [figure["name"] for entry in entries if entry.kept for figure in entry.kept["figures"]]
    assert len(figures) == len(set(figures)) > 80

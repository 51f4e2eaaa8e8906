# ModelProcess with real child processes: order, cancelling, faults of plugins, restarts, and nothing left behind.
"""ModelProcess with real child processes: order, cancelling, faults of plugins, restarts, and nothing left behind."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from aekit_gui.work import client
from aekit_gui.work.child import Ended
from aekit_gui.work.protocol import Decoded, Problem
from aekit_gui.work.waiting import Call, Waiting
from asking import Asking, left_behind
from event_loop import pause, wait
from faults import code_of
from scipy.stats import norm

import aekit
from aekit.views import Picture, Table


@pytest.fixture(scope="module")
def faulty(qapp: Any, runs: dict[str, Path]) -> Iterator[Asking]:
    """A process with the faulty plugin, which tests leave as they find it."""
    asking = Asking()
    asking.open(runs["faulty"])
    yield asking
    asking.process.close()
    assert left_behind() == []


@pytest.fixture
def fresh(qapp: Any) -> Iterator[Asking]:
    """A process that a test may break."""
    asking = Asking()
    yield asking
    asking.process.close()


def fault(asking: Asking, name: str) -> Any:
    return asking.answer("decode", code=code_of(name), condition="")


# ---- answers --------------------------------------------------------------------------------------------


def test_what_is_decoded_is_what_the_model_decodes(fresh: Asking, runs: dict[str, Path]) -> None:
    opened = fresh.open(runs["digits"])
    model = aekit.load(runs["digits"])
    code = np.array([0.3, -1.0, 0.2, 0.7], np.float32)

    decoded = fresh.answer("decode", code=code, condition="")

    expected = model.view(model.decode(code[None])[0])
    assert type(decoded.view) is Picture and np.array_equal(decoded.view.pixels, expected.pixels)
    assert np.array_equal(decoded.picture, expected.picture()) and np.array_equal(decoded.code, code)
    assert opened.kind == "Picture" and opened.has_bound and "brightness" in opened.attributes
    assert opened.prior.mean == (0.0,) * 4 and opened.prior.spread == (1.0,) * 4 and opened.words_used is None
    assert opened.prior.density[0] == pytest.approx(
        -2 * math.log(2 * math.pi) - 2, abs=0.2
    )  # minus its entropy
    assert opened.prior.apart == pytest.approx(
        2.66, abs=0.1
    )  # root 2 times the mean of a chi distribution of 4
    assert decoded.log_prior == pytest.approx(norm.logpdf(code).sum(), abs=1e-4)


@pytest.mark.slow
def test_another_run_takes_the_first_ones_place(fresh: Asking, runs: dict[str, Path]) -> None:
    fresh.open(runs["digits"])
    heard: list[Any] = []
    fresh.process.call("names", heard.append, heard.append, index=np.arange(3))
    opened = fresh.open(runs["words"])

    decoded = fresh.answer("decode", code=np.zeros(16, np.float32), condition="")

    assert opened.kind == "Table" and type(decoded.view) is Table and heard == []


# ---- order ----------------------------------------------------------------------------------------------


def test_the_live_slot_is_served_first_and_only_its_newest(faulty: Asking) -> None:
    order: list[str] = []

    def note(name: str) -> Any:
        return lambda value: order.append(name)

    ask, code = faulty.process, code_of("none")
    ask.call("decode", note("slow"), code=code_of("slow"), condition="")
    ask.call("decode", note("queued"), code=code, condition="")
    ask.latest("near", "decode", note("near"), code=code, condition="")
    ask.latest("live", "decode", note("live 1"), code=code, condition="")
    ask.latest("tile", "decode", note("tile"), code=code, condition="")
    ask.latest("live", "decode", note("live 2"), code=code, condition="")
    ask.latest("near", "decode", note("near 2"), code=code, condition="")
    wait(lambda: "queued" in order)

    assert order == ["slow", "live 2", "near 2", "tile", "queued"]


def test_a_call_put_back_goes_first_unless_its_slot_has_a_newer_one() -> None:
    waiting, nobody = Waiting(), Any

    def call(slot: str) -> Call:
        return Call(nobody, "decode", {}, slot=slot)  # type: ignore[arg-type]

    old, new, queued, returned = call("tile"), call("tile"), call(""), call("")
    waiting.put(new)
    waiting.put(queued)
    waiting.put_back(old)
    waiting.put_back(returned)

    assert [waiting.take(), waiting.take(), waiting.take(), waiting.take()] == [new, returned, queued, None]


def test_a_cancelled_call_is_never_heard_of(faulty: Asking) -> None:
    heard: list[str] = []
    ask = faulty.process
    running = ask.call("decode", lambda value: heard.append("running"), code=code_of("slow"), condition="")
    waits = ask.call("decode", lambda value: heard.append("waits"), code=code_of("none"), condition="")
    running.cancel()
    waits.cancel()

    after = fault(faulty, "none")

    assert isinstance(after, Decoded) and heard == [] and faulty.problems == []


def test_a_failure_that_nobody_asked_to_hear_of_is_a_problem_of_the_process(faulty: Asking) -> None:
    faulty.process.call("no such thing", lambda value: None)
    wait(lambda: bool(faulty.problems))

    assert faulty.problems.pop() == Problem("No request is named 'no such thing'.")


# ---- faults of plugins ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says", "expected"),
    [
        ("raises", "OwnError: the point is wrong", False),
        ("sys_exit", "SystemExit: no more", False),
        ("nan", "float64 with NaN", True),
        ("shape", "(3, 4, 4)", True),
        ("no_view", "a str where a view", True),
        ("note_nan", "nan", True),
    ],
)
def test_a_fault_is_one_sentence_with_the_plugins_name(
    faulty: Asking, name: str, says: str, expected: bool
) -> None:
    problem = fault(faulty, name)

    assert isinstance(problem, Problem) and problem.expected is expected
    assert says in problem.sentence and "faulty" in problem.sentence and "\n" not in problem.sentence
    assert ("Traceback" in problem.details) is not expected
    assert isinstance(fault(faulty, "none"), Decoded)


def test_a_picture_of_100_million_pixels_is_shrunk(faulty: Asking) -> None:
    decoded = fault(faulty, "huge")

    assert decoded.view.pixels.shape == (2000, 2000) and decoded.picture.shape == (2000, 2000, 3)


def test_prints_of_a_plugin_do_not_spoil_answers(faulty: Asking) -> None:
    assert fault(faulty, "prints").view.pixels.shape == (4, 4)


@pytest.mark.parametrize(("name", "value"), [("own_view", 77), ("own_picture", 9)])
def test_a_plugins_own_view_comes_as_a_kind_of_the_core(faulty: Asking, name: str, value: int) -> None:
    decoded = fault(faulty, name)

    assert type(decoded.view) is Picture and np.unique(decoded.view.pixels).tolist() == [value]
    assert "aekit_faulty" not in sys.modules


# ---- hanging, dying, restarting -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_plugin_that_hangs_is_said_to_and_can_be_given_up(
    fresh: Asking, runs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.open(runs["faulty"])
    monkeypatch.setattr(client, "PATIENCE", 0.3)
    heard: list[Any] = []
    fresh.process.call("decode", heard.append, heard.append, code=code_of("hangs"), condition="")
    fresh.process.call("decode", heard.append, heard.append, code=code_of("none"), condition="")
    wait(lambda: fresh.hangs == ["decode"])
    monkeypatch.setattr(client, "PATIENCE", 5.0)
    before = fresh.pid

    fresh.process.restart()
    wait(lambda: len(heard) == 2)

    assert isinstance(heard[0], Problem) and "did not answer" in heard[0].sentence
    assert isinstance(heard[1], Decoded) and len(fresh.readies) == 2
    wait(lambda: not psutil.pid_exists(before))


def test_what_answers_late_is_heard_all_the_same(faulty: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.1)
    told: list[str] = []
    faulty.process.answering.connect(lambda: told.append("answering"))

    decoded = fault(faulty, "slow")

    assert isinstance(decoded, Decoded) and faulty.hangs == ["decode"] and told == ["answering"]
    faulty.hangs.clear()


@pytest.mark.slow
def test_a_cancelled_call_that_does_not_end_is_ended_with_its_process(
    fresh: Asking, runs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.open(runs["faulty"])
    monkeypatch.setattr(client, "TO_CANCEL", 0.2)
    assert isinstance(fault(fresh, "none"), Decoded)
    heard: list[Any] = []
    call = fresh.process.call("decode", heard.append, heard.append, code=code_of("hangs"), condition="")
    pause(0.3)  # until it hangs
    call.cancel()

    assert isinstance(fault(fresh, "none"), Decoded)
    assert heard == [] and fresh.problems == [] and len(fresh.readies) == 2


@pytest.mark.slow
def test_a_restart_asks_again_what_was_not_hanging(fresh: Asking, runs: dict[str, Path]) -> None:
    fresh.open(runs["faulty"])
    heard: list[Any] = []
    fresh.process.call("decode", heard.append, heard.append, code=code_of("slow"), condition="")
    pause(0.05)

    fresh.process.restart()
    wait(lambda: bool(heard))

    assert isinstance(heard[0], Decoded) and fresh.problems == []


@pytest.mark.slow
def test_a_process_that_dies_is_started_again_once(fresh: Asking, runs: dict[str, Path]) -> None:
    fresh.open(runs["faulty"])

    first = fault(fresh, "exits")
    wait(lambda: len(fresh.readies) == 2)
    assert isinstance(fault(fresh, "none"), Decoded)
    second = fault(fresh, "killed")
    wait(lambda: fresh.ends == [True])

    assert "status 3" in first.sentence and "'decode'" in first.sentence and not first.expected
    assert "a plugin prints" in first.details
    assert "memory" in second.sentence and fresh.problems == [first, second]
    assert "ended" in fault(fresh, "none").sentence
    fresh.process.restart()
    assert isinstance(fault(fresh, "none"), Decoded)


def test_a_crash_says_where() -> None:
    crashed = client.why_ended(Ended(-signal.SIGSEGV, ""), None, again=False)

    assert "SIGSEGV" in crashed and "restart" in crashed


# ---- runs that change -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_that_is_deleted_decodes_on_until_a_restart(
    fresh: Asking, runs: dict[str, Path], tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(runs["faulty"], tmp_path / "copied"))
    fresh.open(copied)
    shutil.rmtree(copied)

    assert isinstance(fault(fresh, "none"), Decoded)
    fresh.process.restart()
    wait(lambda: bool(fresh.problems))

    assert fresh.problems[0].expected and "There is no run at" in fresh.problems[0].sentence
    assert "There is no run at" in fault(fresh, "none").sentence and not copied.exists()


@pytest.mark.slow
def test_weights_that_were_cut_short_are_a_problem_and_another_run_opens(
    fresh: Asking, runs: dict[str, Path], tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(runs["faulty"], tmp_path / "copied"))
    weights = copied / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-5])

    fresh.process.open(copied)
    wait(lambda: bool(fresh.problems))

    assert fresh.problems[0].expected and "damaged" in fresh.problems[0].sentence
    assert fresh.open(runs["faulty"]).kind == "Picture"


# ---- nothing waits, nothing is left ---------------------------------------------------------------------


@pytest.mark.parametrize("doing", ["starting", "hanging"])
def test_close_leaves_nothing_behind(
    qapp: Any, runs: dict[str, Path], doing: str, capfd: pytest.CaptureFixture[str]
) -> None:
    others = set(left_behind())
    asking = Asking()
    asking.process.start()
    heard: list[Any] = []
    if doing == "hanging":
        asking.open(runs["faulty"])
        asking.process.call("decode", heard.append, heard.append, code=code_of("hangs"), condition="")
        pause(0.05)
    started = time.monotonic()

    asking.process.close()

    assert time.monotonic() - started < 1.5
    assert set(left_behind()) <= others
    pause(0.05)
    assert heard == [] and asking.problems == [] and asking.process.busy == ""
    assert "QThread" not in capfd.readouterr().err
    asking.process.call("decode", heard.append)  # after the end: nothing happens
    asking.process.open(runs["faulty"])
    asking.process.restart()
    assert set(left_behind()) <= others


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system cannot stop a process")
def test_a_full_pipe_holds_nobody_up(fresh: Asking) -> None:
    fresh.process.start()
    os.kill(fresh.pid, signal.SIGSTOP)
    started = time.monotonic()

    fresh.process.call("pictures", lambda value: None, codes=np.zeros((5_000_000, 2), np.float32))
    asked = time.monotonic()
    pause(0.2)
    closing = time.monotonic()
    fresh.process.close()

    assert asked - started < 0.1 and time.monotonic() - closing < 1.5


@pytest.mark.skipif(not hasattr(os, "nice"), reason="the system has no niceness")
def test_a_background_process_is_behind_the_others(qapp: Any) -> None:
    asking = Asking(background=True)
    own = os.nice(0)
    asking.process.start()
    try:
        wait(lambda: psutil.Process(asking.pid).nice() == min(own + 10, 19))
    finally:
        asking.process.close()


ALONE = """
import sys, time
from pathlib import Path
from aekit_gui.work.client import ModelProcess
process = ModelProcess()
process.start()
process.open(Path(sys.argv[1]))
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
print(process._child.process.pid, flush=True)
if sys.argv[2] == "dies":
    time.sleep(60)
process.problem.connect(lambda problem: (print(problem), app.exit(1)))
process.ready.connect(lambda opened: app.exit(0))
status = app.exec()
loaded = {name.partition(".")[0] for name in sys.modules}
print(status, sorted(loaded & {"torch", "matplotlib", "umap", "aekit_faulty", "PIL"}))
"""


def alone(run: Path, how: str) -> subprocess.Popen[str]:
    """A program that starts a model process before there is an application, and does not close it."""
    command = [sys.executable, "-W", "error", "-c", ALONE, str(run), how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_started_before_the_application_and_never_closed(runs: dict[str, Path]) -> None:
    with alone(runs["faulty"], "ends") as program:
        output, errors = program.communicate(timeout=60)

    pid, said = output.split("\n", 1)
    assert said.strip() == "0 []", errors
    assert program.returncode == 0 and "QThread" not in errors and "timer" not in errors.lower()
    assert not psutil.pid_exists(int(pid))


def test_a_parent_that_is_killed_takes_its_process_with_it(runs: dict[str, Path]) -> None:
    with alone(runs["faulty"], "dies") as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.kill()
        program.wait()
        wait_gone(pid)


def wait_gone(pid: int) -> None:
    """Wait until a process is gone, or is a zombie that another one must clear away."""
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "the model process lives on"
        time.sleep(0.02)

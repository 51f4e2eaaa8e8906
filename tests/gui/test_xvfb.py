# The self-test as people run it: offscreen, and in a real X server, at three scale factors.
"""The self-test as people run it: offscreen, and in a real X server, at three scale factors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QImage

pytestmark = pytest.mark.slow
KEYS = {
    "window_ms", "ready_ms", "decoded", "hover_p95_ms", "frame_p95_ms", "longest_block_ms", "platform", "qt", "system",
}  # fmt: skip


def explore(*arguments, **variables):
    """`aekit explore ...` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "aekit", "explore", *map(str, arguments)],
        env={**os.environ, **variables}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def passes(result, shot, platform):
    """The figures of a self-test that passed, whose picture is not blank."""
    assert result.returncode == 0, result.stderr
    assert "QThread" not in result.stderr and "Traceback" not in result.stderr
    figures = json.loads(result.stdout)
    assert set(figures) == KEYS and figures["decoded"] > 0 and figures["platform"] == platform
    assert 0 < figures["window_ms"] < figures["ready_ms"] and figures["hover_p95_ms"] > 0
    image = QImage(str(shot)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3]
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 100
    return figures, image


@pytest.fixture(scope="module")
def x_server():
    """A real X server without a screen; its display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: apt-get install xvfb")
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(theirs,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        number = pipe.readline().strip()
    if not number:
        server.wait()
        pytest.skip("Xvfb does not start here")
    yield f":{number}"
    server.terminate()
    server.wait()


def test_the_self_test_passes_offscreen(small_runs, tmp_path):
    shot = tmp_path / "shot.png"
    result = explore(small_runs["digits"], "--self-test", "--json", "--seconds", 2, "--screenshot", shot,
                     QT_QPA_PLATFORM="offscreen")  # fmt: skip
    passes(result, shot, "offscreen")


def test_the_self_test_passes_in_a_real_x_server(small_runs, tmp_path, x_server):
    shot = tmp_path / "shot.png"
    result = explore(small_runs["melodies"], "--self-test", "--json", "--seconds", 2, "--screenshot", shot,
                     QT_QPA_PLATFORM="xcb", DISPLAY=x_server)  # fmt: skip
    passes(result, shot, "xcb")


@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_another_scale_factor_draws_more_pixels(small_runs, tmp_path, x_server, factor):
    shot = tmp_path / "shot.png"
    result = explore(small_runs["digits"], "--self-test", "--json", "--seconds", 1, "--screenshot", shot,
                     QT_QPA_PLATFORM="xcb", DISPLAY=x_server, QT_SCALE_FACTOR=factor)  # fmt: skip
    image = passes(result, shot, "xcb")[1]
    assert image.width() >= 600 * float(factor)


def test_without_json_the_figures_are_lines(small_runs):
    result = explore(small_runs["digits"], "--self-test", "--seconds", 1, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0, result.stderr
    assert {line.split()[0] for line in result.stdout.splitlines() if line} == KEYS


@pytest.mark.parametrize("broken", ["nowhere", "empty", "weights"])
def test_a_run_that_cannot_be_decoded_fails_in_a_sentence(small_runs, tmp_path, broken):
    path = tmp_path / "mine"
    if broken == "empty":
        path.mkdir()
    elif broken == "weights":
        shutil.copytree(small_runs["digits"], path)
        (path / "weights.safetensors").write_bytes(b"nothing")
    result = explore(path, "--self-test", "--json", "--seconds", 1, QT_QPA_PLATFORM="offscreen")
    assert result.returncode != 0 and str(path) in result.stderr.replace("\n", "")
    assert "Traceback" not in result.stderr and "QThread" not in result.stderr


def test_a_screenshot_that_cannot_be_written_is_told(small_runs, tmp_path):
    result = explore(small_runs["digits"], "--self-test", "--seconds", 1, "--screenshot",
                     tmp_path / "no" / "shot.png", QT_QPA_PLATFORM="offscreen")  # fmt: skip
    assert result.returncode != 0 and "cannot be written" in result.stderr and "QThread" not in result.stderr

# The self-test: opens the real window, moves a real pointer over the map, and says what it took.
"""The self-test: opens the real window, moves a real pointer over the map, and says what it took."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import typer
from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, QTimer, qVersion
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from aekit.errors import AekitError
from aekit_gui.app import application
from aekit_gui.window import Window
from aekit_gui.work.age import age
from aekit_gui.work.heartbeat import Heartbeat
from aekit_gui.work.protocol import Problem

PATIENCE = 60.0  # seconds until the model must be ready
EVERY = 12  # milliseconds from one move of the pointer to the next


class SelfTestError(AekitError):
    """The window does not do what it is there for."""


def run_self_test(
    path: Path, seconds: float, as_json: bool, screenshot: Path | None, theme: str, imported: float
) -> None:
    """Open the run at `path`, move the pointer over its map for so long, print the figures.

    Raises:
        SelfTestError: nothing was decoded, or the window stays blank.
    """
    app = application()
    window = Window(theme, remembers=False)
    window.show()
    exposed(app, window.main)
    figures: dict[str, Any] = {"window_ms": round(1000 * age(imported))}
    problems: list[Problem] = []
    window.live.problem.connect(problems.append)
    window.open_run(path)
    wait_until(lambda: bool(problems) or is_ready(window), PATIENCE)
    if window.run is None or window.run.explorer.opened is None:
        window.close()
        raise SelfTestError(
            f"The run {path} cannot be decoded: {problems[0].sentence}"
            if problems
            else f"The run {path} was not ready to decode after {PATIENCE:.0f} s."
        )
    figures["ready_ms"] = round(1000 * age(imported))
    heartbeat = Heartbeat()
    wait_until(lambda: window.run is not None and window.run.hover.decoded > 0, PATIENCE)
    figures |= hover(window, seconds, heartbeat)
    picture = window.main.grab().toImage()
    if screenshot is not None:
        save_screenshot(picture, screenshot)
    window.close()
    figures |= {"platform": QApplication.platformName(), "qt": qVersion(), "system": platform.platform()}
    report(figures, as_json)
    if figures["decoded"] == 0:
        raise SelfTestError(
            "Nothing was decoded under the pointer. Send this output with a report of the fault."
        )
    if blank(picture):
        raise SelfTestError("The window stays blank. Send this output with a report of the fault.")


def is_ready(window: Window) -> bool:
    """Whether the run's model is loaded."""
    return window.run is not None and window.run.explorer.opened is not None


def hover(window: Window, seconds: float, heartbeat: Heartbeat) -> dict[str, Any]:
    """Move the pointer along a curve over the map and zoom and pan on the way; figures of it."""
    run = window.run
    if run is None:
        return {}
    before = run.hover.decoded
    run.hover.latencies.clear()
    run.map.frame_times.clear()
    heartbeat.start()
    clock = QElapsedTimer()
    clock.start()
    while clock.elapsed() < 1000 * seconds:
        share = clock.elapsed() / (1000 * seconds)
        point = on_curve(share, run.map)
        QTest.mouseMove(window.main.windowHandle(), run.map.mapTo(window.main, point))
        pause(EVERY)
    heartbeat.stop()
    return {
        "decoded": run.hover.decoded - before,
        "hover_p95_ms": percentile(run.hover.latencies),
        "frame_p95_ms": percentile(run.map.frame_times),
        "longest_block_ms": round(1000 * heartbeat.longest, 1),
    }


def on_curve(share: float, widget: QWidget) -> QPoint:
    """A place of a curve that visits most of a widget, for share in [0, 1]."""
    turn = 2 * math.pi * share
    return QPoint(
        round(widget.width() * (0.5 + 0.42 * math.sin(3 * turn))),
        round(widget.height() * (0.5 + 0.42 * math.sin(4 * turn + 0.5))),
    )


def percentile(seconds: Any, share: float = 95) -> float | None:
    """A percentile of times in milliseconds; None where nothing was measured."""
    times = list(seconds)
    return round(1000 * float(np.percentile(times, share)), 2) if times else None


def exposed(app: QApplication, widget: QWidget) -> None:
    """Wait until the window is on the screen and painted."""
    QTest.qWaitForWindowExposed(widget.windowHandle(), 5000)
    app.processEvents()


def pause(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    """Let the event loop run until something holds, or the time is over."""
    clock = QElapsedTimer()
    clock.start()
    while not done() and clock.elapsed() < 1000 * seconds:
        pause(5)


def blank(image: QImage) -> bool:
    """Whether a picture has next to nothing on it."""
    small = image.scaled(160, 100).convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(small.constBits(), np.uint8)
    return len(np.unique(pixels)) < 8


def save_screenshot(picture: QImage, path: Path) -> None:
    """Write the picture of the window as PNG.

    Raises:
        SelfTestError: it cannot be written.
    """
    if not picture.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise SelfTestError(
            f"The screenshot cannot be written to {path}. Name a .png in a folder that exists."
        )


def report(figures: dict[str, Any], as_json: bool) -> None:
    """Print the figures, as JSON or as lines."""
    if as_json:
        typer.echo(json.dumps(figures))
        return
    width = max(len(name) for name in figures)
    for name, value in figures.items():
        typer.echo(f"{name:{width}}  {value}")

# The whole window as a person uses it: by mouse and keys, on small real runs; and what it leaves behind.
"""The whole window as a person uses it: by mouse and keys, on small real runs; and what it leaves behind."""

from __future__ import annotations

import gc
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import shiboken6
from aekit_gui.controllers.desk import OpenRun
from aekit_gui.models.camera import to_screen
from aekit_gui.models.look import Look
from aekit_gui.views.toast import ProblemToast, ProgressToast
from aekit_gui.window import Window
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

HERE = Path(__file__).parent
for folder in ("outside", "aekit", "plugins/music"):
    sys.path.append(str(HERE.parent / folder))

import digits
from event_loop import pause, wait
from odd_files import write_tune
from site_folders import environment, put_in_place, visible

import aekit

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
KINDS = ("digits", "classes", "melodies", "words", "rows")


# ---- runs -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def stranger_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site folder with the plugins of strangers and the faulty one."""
    site = tmp_path_factory.mktemp("site")
    outside = HERE.parent / "outside"
    for project in (outside / "words", outside / "rows", HERE / "work" / "faulty"):
        put_in_place(project, site)
    return site


@pytest.fixture(scope="session")
def small_runs(stranger_site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small runs by name: those of `KINDS`, and "faulty"."""
    out = tmp_path_factory.mktemp("small")
    source = digits.write_digits(out, 200)
    digits.train(source, out / "digits", epochs=1, latent_dim=2)
    digits.train(source, out / "classes", epochs=1, latent_dim=8, objective="conditional")
    for number in range(20):
        write_tune(out / "book" / ("jig", "reel")[number % 2] / f"tune {number}.mid", number)
    few: dict[str, Any] = {"device": "cpu", "quiet": True, "max_time": "0.3s", "save_every": 60}
    small = {"latent_dim": 8, "width": 32, "depth": 1}
    aekit.train("music", source=f"folder:{out / 'book'}", out=out / "melodies", **small, **few)
    for _ in visible(stranger_site):
        for name in ("words", "rows", "faulty"):
            aekit.train(name, out=out / name, **few)
    return {name: out / name for name in (*KINDS, "faulty")}


# ---- windows ----------------------------------------------------------------------------------------------


class Watched:
    """Makes windows, and finds what is left of them once they are closed."""

    def __init__(self, app: QApplication, patch: pytest.MonkeyPatch, scratch: Path) -> None:
        self.app, self.scratch = app, scratch
        self.windows: list[Window] = []
        for name in ("cache", "config", "state"):
            patch.setenv(f"XDG_{name.upper()}_HOME", str(scratch.parent / name))
        scratch.mkdir()
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", None)
        self.threads = set(threading.enumerate())
        self.children = {child.pid for child in psutil.Process().children(recursive=True)}
        self.widgets = {shiboken6.getCppPointer(widget)[0] for widget in app.allWidgets()}
        self.dress = app.font(), app.palette()

    def window(self, path: Path | None = None, ready: bool = True, theme: str = "light") -> Hand:
        """A window on a run, its model loaded; or one with the gallery."""
        made = Window(theme)
        self.windows.append(made)
        made.show()
        QTest.qWaitForWindowExposed(made.main.windowHandle(), 5000)
        hand = Hand(made)
        if path is None:
            made.begin([])
        else:
            hand.open(path, ready)
        return hand

    def close(self) -> float:
        """Close all windows; the longest time that it took, in seconds."""
        longest = 0.0
        while self.windows:
            begun = time.monotonic()
            self.windows.pop().close()
            longest = max(longest, time.monotonic() - begun)
        return longest

    def left(self) -> list[str]:
        """Widgets, threads, processes and temporary files that outlive the windows."""
        for _ in range(3):
            gc.collect()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            self.app.processEvents()
        widgets = [
            f"widget {widget.metaObject().className()} {widget.objectName()}"
            for widget in self.app.allWidgets()
            if shiboken6.isValid(widget) and not self.was_there(widget)
        ]
        threads = [
            f"thread {one.name}" for one in set(threading.enumerate()) - self.threads if one.is_alive()
        ]
        children = [
            f"process {child}"
            for child in psutil.Process().children(recursive=True)
            if child.pid not in self.children
        ]
        files = [f"file {path}" for path in self.scratch.rglob("*") if path.is_file()]
        return widgets + threads + children + files

    def was_there(self, widget: QWidget) -> bool:
        """Whether a widget, or one that it belongs to, is of before: a combo box makes its list when it is dressed."""
        line: QObject | None = widget
        while line is not None:
            if shiboken6.getCppPointer(line)[0] in self.widgets:
                return True
            line = line.parent()
        return False

    def undress(self) -> None:
        """Take the application's style off."""
        self.app.setFont(self.dress[0])
        self.app.setPalette(self.dress[1])


@contextmanager
def watched(app: QApplication, site: Path, scratch: Path) -> Iterator[Watched]:
    """Windows whose processes see the plugins in `site`; at the end nothing of them may be left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", environment(site)["PYTHONPATH"])
        made = Watched(app, patch, scratch)
        try:
            yield made
            took = made.close()
            assert took < 3, f"closing took {took:.1f} s"
        finally:
            made.close()
            made.undress()
        left = made.left()
        assert not left, "\n".join(left)


class Hand:
    """A person's hand on mouse and keyboard.

    Attributes:
        window: the whole window.
        kind: of the run, one of `KINDS`.
    """

    def __init__(self, window: Window, kind: str = "") -> None:
        self.window, self.kind = window, kind

    # ---- what is there ------------------------------------------------------------------------------------

    @property
    def run(self) -> OpenRun:
        assert self.window.run is not None
        return self.window.run

    @property
    def map(self) -> Any:
        return self.run.map

    @property
    def look(self) -> Look:
        look: Look = self.run.explorer.store.look
        return look

    @property
    def problems(self) -> list[str]:
        """What went wrong, as the person reads it."""
        return [toast.text for toast in self.window.messages._toasts if isinstance(toast, ProblemToast)]

    @property
    def said(self) -> list[str]:
        """All messages that are seen or wait."""
        return [toast.text for toast in self.window.messages._toasts]

    def under_way(self) -> ProgressToast | None:
        """What can be cancelled."""
        toasts = [toast for toast in self.window.messages._toasts if isinstance(toast, ProgressToast)]
        return toasts[0] if toasts else None

    def dismiss(self) -> None:
        """Close all messages."""
        for toast in list(self.window.messages._toasts):
            if not isinstance(toast, ProgressToast):
                toast.ended.emit()

    # ---- runs ---------------------------------------------------------------------------------------------

    def open(self, path: Path, ready: bool = True) -> None:
        """Open a run, and wait for its model."""
        self.window.open_run(path)
        if ready:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until the model decodes the place at hand."""
        wait(lambda: self.window.run is not None and self.run.explorer.opened is not None)
        wait(lambda: self.run.hover.decoded > 0)
        pause(0.05)

    def refresh(self) -> None:
        """As if the run had just been opened."""
        self.run.explorer.store.change("Start anew", **{**vars(Look()), "camera": self.look.camera})
        self.do("map.fit")
        self.settle()
        self.map.setFocus()
        self.dismiss()

    def settle(self) -> None:
        """Wait until the map glides no more."""
        wait(lambda: self.map._glide.now == self.map.camera)

    # ---- the mouse ----------------------------------------------------------------------------------------

    def place(self, row: int) -> QPoint:
        """Where an item is on the map, in pixels."""
        at = self.run.explorer.projected.positions[row : row + 1].astype(np.float64)
        x, y = to_screen(self.map.camera, (self.map.width(), self.map.height()), at)[0]
        return QPoint(round(x), round(y))

    def apart(self, count: int = 2) -> list[int]:
        """Items that are far from each other, and their pixels the map's own."""
        where = self.run.explorer.projected.positions
        rows = [int(np.argmin(where[:, 0]))]
        while len(rows) < count:
            gaps = np.min([np.linalg.norm(where - where[row], axis=1) for row in rows], axis=0)
            rows.append(int(np.argmax(gaps)))
        return rows

    def hover(self, at: QPoint) -> None:
        """Move the pointer over the map, once nothing lies over it there."""
        main = self.window.main
        wait(lambda: main.childAt(self.map.mapTo(main, at)) is self.map)
        self.point(self.map, at)

    def point(self, widget: QWidget, at: QPoint) -> None:
        """Move the pointer over any widget."""
        QTest.mouseMove(self.window.main.windowHandle(), widget.mapTo(self.window.main, at))
        self.app_events()

    def click(self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Click on the map."""
        self.hover(at)
        QTest.mouseClick(self.map, LEFT, modifiers, at)

    def drag(
        self, points: Sequence[QPoint], modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Drag over the map from point to point."""
        window, main = self.window.main.windowHandle(), self.window.main
        self.hover(points[0])
        QTest.mousePress(window, LEFT, modifiers, self.map.mapTo(main, points[0]))
        for point in points[1:]:
            QTest.mouseMove(window, self.map.mapTo(main, point))
            self.app_events()
        QTest.mouseRelease(window, LEFT, modifiers, self.map.mapTo(main, points[-1]))
        self.app_events()

    def wheel(self, at: QPoint, notches: int) -> None:
        """Turn the wheel over the map."""
        none = Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            QPointF(at), QPointF(self.map.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.map, event)

    def drop(self, widget: QWidget, paths: Sequence[Path]) -> bool:
        """Drop files on a widget; whether they were taken."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        middle, copy, none = widget.rect().center(), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(middle, copy, data, LEFT, none)
        QApplication.sendEvent(widget, enter)
        drop = QDropEvent(QPointF(middle), copy, data, LEFT, none)
        QApplication.sendEvent(widget, drop)
        return enter.isAccepted() and drop.isAccepted()

    # ---- the keyboard -------------------------------------------------------------------------------------

    def key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
    ) -> None:
        """Press a key where the keyboard is."""
        self.activate()
        for _ in range(times):
            QTest.keyClick(QApplication.focusWidget() or self.window.main, key, modifiers)
        self.app_events()

    def activate(self) -> None:
        """Give the window the keyboard, which the platform of tests does not by itself once a dialog has gone."""
        if QApplication.activeWindow() is None:
            self.window.main.activateWindow()
            wait(lambda: QApplication.activeWindow() is not None)

    def type(self, text: str) -> None:
        """Type words where the keyboard is."""
        QTest.keyClicks(QApplication.focusWidget(), text)

    def do(self, id: str) -> None:
        """Choose something in the menus."""
        action = self.window.main.actions_by_id[id]
        assert action.isEnabled(), id
        action.trigger()

    def paste(self, code: Any) -> None:
        """Paste a code from the clipboard, as with Ctrl+V."""
        QGuiApplication.clipboard().setText(str([float(value) for value in code]))
        self.key(Qt.Key.Key_V, CTRL)

    # ---- waiting ------------------------------------------------------------------------------------------

    def app_events(self) -> None:
        """Let what was sent arrive."""
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)

    def wait_decoded(self, before: int) -> None:
        """Wait until more was decoded than so many places."""
        wait(lambda: self.run.hover.decoded > before)

    def wait_shown(self) -> None:
        """Wait until the inspector shows the place at hand."""
        code = np.array(self.run.explorer.here().code, np.float32)
        wait(
            lambda: (
                self.run.hover.shown is not None and np.allclose(self.run.hover.shown.code, code, atol=1e-5)
            )
        )


# ---- fixtures of a test -----------------------------------------------------------------------------------


@pytest.fixture
def desk(
    qapp: QApplication, qtlog: Any, capfd: Any, stranger_site: Path, tmp_path: Path
) -> Iterator[Watched]:
    """Windows for one test."""
    with watched(qapp, stranger_site, tmp_path / "scratch") as made:
        yield made
    quiet(qtlog, capfd)


def quiet(qtlog: Any, capfd: Any) -> None:
    """Nothing was said about threads or timers that were destroyed, or painters that did not paint."""
    said = "\n".join(str(record.message) for record in qtlog.records) + capfd.readouterr().err
    for words in ("QThread", "QObject::", "QTimer", "QPainter", "Traceback"):
        assert words not in said, said


@pytest.fixture(scope="module")
def open_kind(
    request: Any, qapp: QApplication, stranger_site: Path, small_runs: Any, tmp_path_factory: Any
) -> Iterator[Hand]:
    """A window on the run that the parameter names, for all tests of a module that take it."""
    scratch = tmp_path_factory.mktemp("window") / "scratch"
    with watched(qapp, stranger_site, scratch) as made:
        hand = made.window(small_runs[request.param])
        hand.kind = request.param
        yield hand
        del hand

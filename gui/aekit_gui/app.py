# Start-up and the application's window: the window first, torch in a process of its own.
"""Start-up and the application's window: the window first, torch in a process of its own."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from aekit_gui.window import Window
from aekit_gui.work.client import ModelProcess

NAME = "aekit"
SWITCH = 0.0005  # seconds for which a thread may keep the interpreter: the window waits that long at each call of Qt


def application() -> QApplication:
    """The one QApplication."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    sys.setswitchinterval(SWITCH)
    app = QApplication([NAME])
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setStyle("Fusion")
    return app


def launch(paths: list[Path], theme: str = "") -> int:
    """Show the window, open the first of the runs or the gallery, and run until it is closed; the exit status."""
    process = ModelProcess()
    process.start()  # torch loads there while Qt starts here
    app = application()
    window = Window(theme, process=process)
    window.show()
    QTimer.singleShot(0, lambda: window.begin(paths))  # once the window is on the screen
    leave_on_ctrl_c(app)
    try:
        return app.exec()
    finally:
        window.end()


def leave_on_ctrl_c(app: QApplication) -> None:
    """Close all windows, sessions saved, where the terminal sends Ctrl-C."""
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, lambda number, frame: app.closeAllWindows())
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)  # lets Python see the signal
    timer.start(250)

# The explorer's page: the widgets that one run is shown in, and what is shown of a run that cannot be opened.
"""The explorer's page: the widgets that one run is shown in, and what is shown of a run that cannot be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from aekit.errors import AekitError
from aekit.runs import Run
from aekit_gui.controllers.desk import Widgets
from aekit_gui.theme import Theme
from aekit_gui.views.dropped import DroppedPanel
from aekit_gui.views.inspector import Inspector
from aekit_gui.views.journey import JourneyStrip
from aekit_gui.views.map import MapView
from aekit_gui.views.runfacts import RunFacts
from aekit_gui.views.sidebar import Sidebar
from aekit_gui.views.sliders import Sliders
from aekit_gui.views.window import MainWindow
from aekit_gui.work.protocol import Problem

REST = 120  # milliseconds without a move until the pointer rests


class Desktop:
    """The system's clipboard and file dialogs, as controllers know them."""

    def __init__(self, main: MainWindow) -> None:
        self.main = main

    def ask_files(self) -> list[str]:
        """Files that a person chooses."""
        return QFileDialog.getOpenFileNames(self.main, "Put files on the map", str(Path.home()))[0]

    def text(self) -> str:
        """The text that it holds."""
        return QGuiApplication.clipboard().text()

    def set_text(self, text: str) -> None:
        """Put text on it."""
        QGuiApplication.clipboard().setText(text)

    def set_picture(self, pixels: NDArray[np.uint8]) -> None:
        """Put a picture (H, W, 3) on it."""
        height, width = pixels.shape[:2]
        held = np.ascontiguousarray(pixels)
        image = QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        QGuiApplication.clipboard().setImage(image.copy())


PARTS: dict[str, Callable[[], Any]] = {
    "map": MapView, "sidebar": Sidebar, "strip": JourneyStrip, "inspector": Inspector, "dropped": DroppedPanel,
    "sliders": Sliders,
}  # fmt: skip


def make_widgets(main: MainWindow, theme: Theme) -> Iterator[Widgets | None]:
    """Fresh widgets in the window's slots, one a turn, so that the window never waits for all; at last all of them."""
    made: dict[str, Any] = {}
    for name, part in PARTS.items():
        made[name] = part()
        made[name].set_theme(theme)
        main.put(name, made[name])
        yield None
    rest = QTimer(main)
    rest.setSingleShot(True)
    rest.setInterval(REST)
    made["map"].destroyed.connect(rest.deleteLater)
    yield Widgets(**made, rest=rest, desktop=Desktop(main))


def brief_facts(
    main: MainWindow, path: Path, problem: Problem, theme: Theme, again: Callable[[], None]
) -> bool:
    """Show a run's settings and curves in place of what cannot be decoded; whether there is anything to show.

    Args:
        again: called where the person wants to try once more.
    """
    try:
        run = Run(path)
    except AekitError:
        return False
    facts = RunFacts()
    facts.set_theme(theme)
    facts.show_run(run, problem)
    facts.again_wanted.connect(again)
    has_map = isinstance(main.slots["map"].held, MapView)
    main.put("facts" if has_map else "map", facts)
    main.make_room(has_map)
    return True


def no_facts(main: MainWindow) -> None:
    """The run decodes: the inspector and the sliders take their places again."""
    if main.slots["facts"].held is not None:
        main.put("facts", None)
        main.make_room(False)

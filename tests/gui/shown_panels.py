# Panels on the screen of a test, and views to show in them.
"""Panels on the screen of a test, and views to show in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from aekit_gui.views.panels import panel_for
from aekit_gui.views.panels.curves import CurvesPanel
from aekit_gui.views.panels.notes import NotesPanel
from aekit_gui.views.panels.picture import PicturePanel
from aekit_gui.views.panels.sound import SoundPanel
from aekit_gui.views.panels.table import TablePanel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from aekit.views import Curves, Note, Notes, Picture, Sound, Table, View

SIZE = (320, 260)


def pixels(widget: Any) -> np.ndarray:
    """What a widget shows (h, w, 3)."""
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def holds(shown: np.ndarray, colour: str, least: int = 1) -> bool:
    """Whether so many pixels have a colour, but for a little."""
    return int((np.abs(shown.astype(int) - rgb(colour)).max(2) <= 3).sum()) >= least


def shown_panel(qtbot: Any, view: View, size: tuple[int, int] = SIZE) -> Any:
    host = QWidget()
    host.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(host)
    panel = panel_for(view, host)
    panel.resize(*size)
    panel.move(40, 40)  # away from the mouse, which starts in the corner
    host.resize(size[0] + 80, size[1] + 80)
    host.show()
    qtbot.waitActive(host)
    host.setFocus()  # else the panel has the keyboard, and a ring
    panel.host = host
    panel.show_view(view)
    return panel


def melody(*pitches: int) -> Notes:
    return Notes(tuple(Note(pitch, 0.25 * at, 0.25 * at + 0.2) for at, pitch in enumerate(pitches)), 4.0)


GREY = np.tile(np.arange(28, dtype=np.uint8) * 9, (28, 1))
X = np.linspace(0, 1, 50)
TONE = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000).astype(np.float32)
PAIRS = [
    (Picture(GREY), Picture(GREY.T.copy()), PicturePanel),
    (melody(60, 64, 67), melody(60, 64, 69), NotesPanel),
    (Sound(TONE, 8000), Sound(TONE * np.linspace(0, 1, 8000, dtype=np.float32), 8000), SoundPanel),
    (Curves(X, {"a": X}), Curves(X, {"a": 1 - X}), CurvesPanel),
    (Table(("a", "b"), ((1.0, "x"), (2.0, "y"))), Table(("a", "b"), ((1.5, "x"), (2.0, "y"))), TablePanel),
]

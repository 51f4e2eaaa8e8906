# Panels: one for each kind of view; a new kind of view needs a new file here, a plugin needs nothing.
"""Panels: one for each kind of view; a new kind of view needs a new file here, a plugin needs nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from aekit.views import Curves, Notes, Picture, Sound, Table, View
from aekit_gui.theme import Theme
from aekit_gui.views.panels.curves import CurvesPanel
from aekit_gui.views.panels.notes import NotesPanel
from aekit_gui.views.panels.panel import Panel as Panel
from aekit_gui.views.panels.picture import PicturePanel
from aekit_gui.views.panels.sound import SoundPanel
from aekit_gui.views.panels.table import TablePanel

PANELS: dict[type[View], type[Panel]] = {
    Picture: PicturePanel,
    Notes: NotesPanel,
    Sound: SoundPanel,
    Curves: CurvesPanel,
    Table: TablePanel,
}


def panel_class(view: Any) -> type[Panel]:
    """The panel of a view's kind; a subclass of a kind shows as that kind, anything else as its picture."""
    return next((panel for kind, panel in PANELS.items() if isinstance(view, kind)), PicturePanel)


def panel_for(view: Any, parent: QWidget | None = None) -> Panel:
    """A new panel for a view of this kind; `show_view` shows it."""
    return panel_class(view)(parent)


def known(view: Any, picture: NDArray[np.uint8]) -> Any:
    """A view of one of the five kinds; in place of any other its picture (H, W, 3), which was drawn elsewhere."""
    return view if isinstance(view, tuple(PANELS)) else Picture(picture)


def miniature(view: Any, size: QSize, ratio: float, theme: Theme) -> QPixmap:
    """A view in little, in the theme's colours, at `ratio` device pixels a pixel."""
    panel = panel_for(view)
    panel.theme = theme
    panel.resize(size)
    panel.show_view(view)
    return panel.still(ratio)

# An item before and after a model that restores: as it is, as the model sees it, and what the model makes of that.
"""An item before and after a model that restores: as it is, as the model sees it, and what the model makes of that."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from aekit_gui.theme import LIGHT, SMALL, SPACE, Theme
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.panels import Panel, panel_class, panel_for
from aekit_gui.views.panels.picture import PicturePanel
from aekit_gui.work.protocol import Restored

CAPTIONS = {"item": "Item", "degraded": "What it saw", "made": "Restored"}
SIDE, TALL = 98, 84  # pixels high: of pictures, which stand side by side, and of other views


class RestoredStrip(QWidget):
    """Three views of one item under their captions: pictures side by side, wide views one below another.

    Signals:
        play_wanted(View, float): one that is heard was clicked; it is to sound from so many seconds on.
    """

    play_wanted = Signal(object, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.shown: Restored | None = None
        self.panels: dict[str, Panel] = {}
        self.captions = {name: QLabel(words) for name, words in CAPTIONS.items()}
        self.columns: dict[str, QVBoxLayout] = {}
        self.box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(SPACE)
        for name, caption in self.captions.items():
            caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # else columns differ
            column = self.columns[name] = QVBoxLayout()
            column.setSpacing(SPACE // 2)
            column.addWidget(caption)
            self.box.addLayout(column, 1)
        self.setAccessibleName("The item before and after the model")

    def show_restored(self, restored: Restored, degradation: str) -> None:
        """Show an item, and how the model sees it in words."""
        self.shown = restored
        for name in CAPTIONS:
            self.show_view(name, getattr(restored, name))
        self.captions["degraded"].setToolTip(f"The item with {degradation}.")
        pictures = all(isinstance(panel, PicturePanel) for panel in self.panels.values())
        way = QBoxLayout.Direction
        self.box.setDirection(way.LeftToRight if pictures else way.TopToBottom)
        for panel in self.panels.values():
            panel.setFixedHeight(SIDE if pictures else TALL)

    def show_view(self, name: str, view: Any) -> None:
        """Show one of the three."""
        panel = self.panels.get(name)
        if panel is None or type(panel) is not panel_class(view):
            if panel is not None:
                self.columns[name].removeWidget(panel)
                panel.hide()
                panel.deleteLater()
            panel = self.panels[name] = panel_for(view, self)
            panel.set_theme(self.theme)
            panel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            panel.seek.connect(
                lambda seconds, name=name: self.play_wanted.emit(self.panels[name].view, seconds)
            )
            self.columns[name].addWidget(panel)
            panel.show()
        for other in CAPTIONS:  # so that all three draw their axes alike
            if panel_class(getattr(self.shown, other)) is type(panel):
                panel.show_view(getattr(self.shown, other))
        panel.show_view(view)
        panel.setToolTip("")
        panel.setAccessibleName(CAPTIONS[name])

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for panel in self.panels.values():
            panel.set_theme(theme)
        for caption in self.captions.values():
            caption.setStyleSheet(f"color: {theme.dim}; background: transparent; padding-left: 2px;")
            caption.setFont(scaled_font(self, SMALL))

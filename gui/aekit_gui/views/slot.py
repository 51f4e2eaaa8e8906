# Slot: a place of the window that holds one widget at a time, and is hidden where that is hidden.
"""Slot: a place of the window that holds one widget at a time, and is hidden where that is hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aekit_gui.theme import TEXT, Theme


class Slot(QFrame):
    """Holds one widget.

    Attributes:
        folded: whether a person folded it away.
        held: what it holds.

    Signals:
        seen: it was hidden or shown.
    """

    seen = Signal()

    def __init__(self, name: str, least: QSize, parent: QWidget | None = None) -> None:
        """Never be smaller than `least`, in pixels at the interface's normal scale."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.name, self.folded = name, False
        self.held: QWidget | None = None
        self._least = least
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.follow()

    def put(self, widget: QWidget | None) -> None:
        """Hold another widget, or none; the old one is deleted."""
        old, self.held = self.held, widget
        if old is not None:
            old.removeEventFilter(self)
            old.hide()
            self._column.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        if widget is not None:
            hidden = widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide) and widget.isHidden()
            self._column.addWidget(widget)
            widget.setHidden(hidden)
            widget.installEventFilter(self)
        self.follow()

    def fold(self, folded: bool) -> None:
        """Fold it away, or show it."""
        self.folded = folded
        self.follow()

    def follow(self) -> None:
        """Be hidden where there is nothing to see."""
        hidden = self.folded or self.held is None or self.held.isHidden()
        changed = hidden != self.isHidden()
        self.setHidden(hidden)
        if changed:
            self.seen.emit()

    def set_theme(self, theme: Theme) -> None:
        """Hand a theme on."""
        take = getattr(self.held, "set_theme", None)
        if take is not None:
            take(theme)

    def minimumSizeHint(self) -> QSize:
        scale, screen = QFontInfo(self.font()).pixelSize() / TEXT, self.screen().availableGeometry().width()
        least = QSize(grown(self._least.width(), scale, screen), self._least.height())
        return super().minimumSizeHint().expandedTo(least)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.held and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.follow()
        return False


def grown(pixels: int, scale: float, screen: int) -> int:
    """A width at an interface's scale, never more than a fifth of a screen so wide where it has to grow for that."""
    return max(pixels, min(round(pixels * scale), screen // 5))

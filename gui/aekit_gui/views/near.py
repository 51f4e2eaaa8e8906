# The items nearest to the place at hand, as thumbnails.
"""The items nearest to the place at hand, as thumbnails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from aekit_gui.theme import LIGHT, RADIUS, SMALL, SPACE, Theme
from aekit_gui.views.drawing import draw_focus, mixed, scaled_font
from aekit_gui.views.panels import known, miniature
from aekit_gui.views.pressed import ARROWS, PRESSING, Pressed

NARROW = 520  # pixels; in more, all stand in one row
PICTURE = 58  # pixels, height of a thumbnail's picture: digits stand in squares of two


@dataclass(frozen=True)
class Near:
    """One item of the data that is near.

    Attributes:
        row: of the space.
        name: where it comes from (file, bar).
        label: its class's name, or "".
        distance: from the place at hand, Euclidean.
        picture: (h, w, 3).
        view: the item's view, which is drawn in the theme's colours; where it is None, the picture is shown.
    """

    row: int
    name: str
    label: str
    distance: float
    picture: NDArray[np.uint8]
    view: Any = None


class Thumbnail(Pressed):
    """One near item: what it looks like, where it is from, its label and how far it is."""

    own_keys = PRESSING + ARROWS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.near: Near | None = None
        self._picture: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_near(self, near: Near) -> None:
        """Show another item."""
        if near is self.near:
            return
        self.near, self._picture = near, None
        label = f", label {near.label}" if near.label else ""
        self.setAccessibleName(f"{near.name}{label}, distance {near.distance:.2f}")
        self.setToolTip(
            f"{near.name}{label}\nDistance of its code: {near.distance:.3f}\nClick to pin this item."
        )
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._picture = None
        super().set_theme(theme)

    def sizeHint(self) -> QSize:
        return QSize(90, height_of(self))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def picture(self) -> QPixmap:
        """The item in little."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            near = self.near
            assert near is not None
            view = known(near.view, near.picture)
            self._picture = miniature(view, QSize(self.width() - 6, PICTURE), ratio, self.theme)
        return self._picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.near is None:
            return
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.panel, theme.accent, 0.22 if self.isDown() else 0.12))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.drawPixmap(3, 3, self.picture())
        font, strong = scaled_font(self, SMALL), scaled_font(self, SMALL, QFont.Weight.DemiBold)
        metrics, wide = QFontMetricsF(font), self.width() - 8
        top = PICTURE + 6.0
        far = f"{self.near.distance:.2f}"
        painter.setFont(font)
        painter.setPen(QColor(theme.dim))
        line = QRectF(4, top, wide, metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, far)
        painter.setFont(strong)
        painter.setPen(QColor(theme.text))
        room = wide - metrics.horizontalAdvance(far) - 4
        label = QFontMetricsF(strong).elidedText(self.near.label, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, label)
        painter.setFont(font)
        painter.setPen(QColor(theme.dim))
        name = metrics.elidedText(self.near.name, Qt.TextElideMode.ElideMiddle, wide)
        painter.drawText(line.translated(0, metrics.height()), Qt.AlignmentFlag.AlignLeft, name)
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()), theme)


class NearStrip(QWidget):
    """Thumbnails of near items; arrow keys go from one to the next.

    Signals:
        near_clicked: the row of an item.
    """

    near_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.words = "Rest the pointer on the map to see the items that are nearest."
        self.count = 0
        self.thumbnails: list[Thumbnail] = []
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setSpacing(SPACE // 2)
        self.columns = 3
        self.setMinimumHeight(2 * height_of(self) + SPACE // 2)
        self.setAccessibleName("Nearest items")

    def show_near(self, near: list[Near]) -> None:
        """Show items, nearest first."""
        while len(self.thumbnails) < len(near):
            self.add()
        for thumbnail, one in zip(self.thumbnails, near, strict=False):
            thumbnail.show_near(one)
        self.count = len(near)
        for number, thumbnail in enumerate(self.thumbnails):
            thumbnail.setVisible(number < self.count)
        self.words = "" if near else "No item is near."
        self.update()

    def show_message(self, words: str) -> None:
        """Say something in the items' place."""
        self.show_near([])
        self.words = words
        self.setAccessibleDescription(words)

    def add(self) -> None:
        """One more thumbnail."""
        thumbnail = Thumbnail(self)
        thumbnail.set_theme(self.theme)
        thumbnail.clicked.connect(lambda: self.press(thumbnail))
        self.thumbnails.append(thumbnail)
        self.lay_out()

    def press(self, thumbnail: Thumbnail) -> None:
        """A thumbnail was clicked."""
        if thumbnail.near is not None:
            self.near_clicked.emit(thumbnail.near.row)

    def lay_out(self) -> None:
        """Put the thumbnails in their places."""
        for number, thumbnail in enumerate(self.thumbnails):
            self.grid.addWidget(thumbnail, *divmod(number, self.columns))
        for column in range(6):
            self.grid.setColumnStretch(column, 1 if column < self.columns else 0)
        self.grid.setRowStretch(9, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        columns = 6 if self.width() > NARROW else 3
        if columns != self.columns:
            self.columns = columns
            self.lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
        }
        step = steps.get(Qt.Key(event.key()))
        now = next((number for number, one in enumerate(self.thumbnails) if one.hasFocus()), None)
        if step is None or now is None:
            super().keyPressEvent(event)
        elif 0 <= now + step < self.count:
            self.thumbnails[now + step].setFocus(Qt.FocusReason.TabFocusReason)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for thumbnail in self.thumbnails:
            thumbnail.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.words:
            painter = QPainter(self)
            painter.setFont(scaled_font(self, SMALL))
            painter.setPen(QColor(self.theme.dim))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(2, 2, -2, -2), flags, self.words)


def height_of(widget: QWidget) -> int:
    """How high a thumbnail is in a widget's font."""
    return PICTURE + round(2 * QFontMetricsF(scaled_font(widget, SMALL)).height()) + 12

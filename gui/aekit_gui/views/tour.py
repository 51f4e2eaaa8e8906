# A first minute: five short callouts on the parts of the window.
"""A first minute: five short callouts on the parts of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aekit_gui.theme import RADIUS, SPACE, TEXT
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.overlay import Overlay, draw_sheet, shade

WIDTH = 320  # pixels at the normal scale


@dataclass(frozen=True)
class Stop:
    """One callout.

    Attributes:
        part: of the window: the name of a slot, or "" for the window.
        title, text: what is said.
    """

    part: str
    title: str
    text: str


STOPS = (
    Stop("map", "The map", "Every dot is an item of the data. Move the pointer: the place below it is decoded as you "
         "go, also between the dots. The wheel zooms, a click pins."),
    Stop("inspector", "What is there", "The decoded item, how likely it is, and the nearest items of the data. "
         "Two pins are compared here. Music plays where the pointer rests."),
    Stop("sidebar", "Find and filter", "Colour the map by label or by an attribute, hide classes in the legend, "
         "search, and choose how many dimensions become two."),
    Stop("strip", "Journeys", "Press W at two places or more: a walk leads from one to the next. Play it, bend it, "
         "and export it as a film, a sheet or one piece of music."),
    Stop("", "Everything else", "Ctrl+K finds all that can be done by name, F1 shows the keys. All changes can be "
         "undone, and the session saves itself."),
)  # fmt: skip


class Tour(Overlay):
    """Goes through the callouts: Enter or the right arrow goes on, the left one back, Escape ends it."""

    def __init__(
        self, parent: QWidget, part: Callable[[str], QWidget | None], stops: tuple[Stop, ...] = STOPS
    ) -> None:
        """Make the tour; `part` gives the widget of a part of the window, or None where it isn't there."""
        super().__init__(parent)
        self._part, self._stops = part, stops
        self.number = 0
        self._box = QWidget(self)
        self._title, self._text, self._count = QLabel(), QLabel(), QLabel()
        self._title.setObjectName("title")
        self._text.setWordWrap(True)
        self._count.setObjectName("small")
        self._back, self._on = QPushButton("Back"), QPushButton("Next")
        self._on.setObjectName("primary")
        self._back.setToolTip("The callout before this one.")
        self._on.setToolTip("The next callout. Escape ends the tour.")
        self._back.clicked.connect(lambda: self.go(self.number - 1))
        self._on.clicked.connect(lambda: self.go(self.number + 1))
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self._count, 1)
        foot.addWidget(self._back)
        foot.addWidget(self._on)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(*[2 * SPACE] * 4)
        column.setSpacing(SPACE)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(SPACE // 2)
        column.addLayout(foot)

    def begin(self) -> None:
        """Start at the first callout."""
        self.number = 0
        self.open()
        self.go(0)

    def go(self, number: int) -> None:
        """Show a callout; the one behind the last ends the tour."""
        if number >= len(self._stops):
            self.leave()
            return
        self.number = max(number, 0)
        stop = self._stops[self.number]
        self._title.setText(stop.title)
        self._text.setText(stop.text)
        self._count.setText(f"{self.number + 1} of {len(self._stops)}")
        self._back.setEnabled(self.number > 0)
        self._on.setText("Done" if self.number == len(self._stops) - 1 else "Next")
        self._on.setFocus()
        self.setAccessibleName(f"{stop.title}. {stop.text}")
        self.arrange()
        self.update()

    # ---- where it is ----------------------------------------------------------------------------------

    def lit(self) -> QRect:
        """The part of the window that this callout is about; empty for none."""
        widget = self._part(self._stops[self.number].part) if self._stops[self.number].part else None
        if widget is None or not widget.isVisible():
            return QRect()
        return QRect(self.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0))), widget.size())

    def arrange(self) -> None:
        scale = scaled_font(self, TEXT).pixelSize() / TEXT
        width = min(round(WIDTH * scale), self.width() - 4 * SPACE)
        self._box.ensurePolished()
        self._box.setFixedWidth(width)
        column = self._box.layout()
        if column is not None:
            column.activate()
        height = max(self._box.heightForWidth(width), self._box.minimumSizeHint().height())
        self._box.setGeometry(beside(self.lit(), self.rect(), width, height))

    def outside(self, event: QMouseEvent) -> bool:
        return False  # a slip of the mouse ends no tour

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right, Qt.Key.Key_Space):
            self.go(self.number + 1)
        elif event.key() == Qt.Key.Key_Left:
            self.go(self.number - 1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dark, lit = QPainterPath(), QPainterPath()
        dark.addRect(QRectF(self.rect()))
        frame = QRectF(self.lit()).adjusted(3, 3, -3, -3)
        if not self.lit().isEmpty():
            lit.addRoundedRect(frame, RADIUS, RADIUS)
            dark = dark.subtracted(lit)
        painter.fillPath(dark, shade(self.theme, 1.15))
        painter.setPen(QPen(QColor(self.theme.accent), 2))
        painter.drawPath(lit)
        draw_sheet(painter, QRectF(self._box.geometry()), self.theme)


def beside(lit: QRect, whole: QRect, width: int, height: int) -> QRect:
    """A place for a callout: right, left, above or below what it is about, else in its middle."""
    gap = 2 * SPACE
    middle = lit.center() if not lit.isEmpty() else whole.center()
    places = [
        QRect(lit.right() + gap, middle.y() - height // 2, width, height),
        QRect(lit.left() - gap - width, middle.y() - height // 2, width, height),
        QRect(middle.x() - width // 2, lit.top() - gap - height, width, height),
        QRect(middle.x() - width // 2, lit.bottom() + gap, width, height),
    ]
    room = whole.adjusted(SPACE, SPACE, -SPACE, -SPACE)
    for place in places if not lit.isEmpty() else []:
        place.moveTop(min(max(place.top(), room.top()), max(room.bottom() - height, room.top())))
        if room.contains(place) and not place.intersects(lit):
            return place
    return QRect(middle.x() - width // 2, middle.y() - height // 2, width, height).intersected(room)

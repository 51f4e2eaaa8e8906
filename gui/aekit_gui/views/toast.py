# Toasts: one quiet message each, at the edge of the window.
"""Toasts: one quiet message each, at the edge of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.theme import LIGHT, SPACE, Theme
from aekit_gui.views.elided import breakable
from aekit_gui.views.overlay import draw_sheet
from aekit_gui.views.pressed import CloseButton
from aekit_gui.work.protocol import Problem

WIDTH = 340  # pixels at the normal scale
STAYS, A_LETTER = 3.5, 0.05  # seconds that a message stays, and more for each letter
PROBLEM_STAYS = 12.0  # seconds of a problem without details
STRIPE = 3  # pixels
ROOM = 8  # pixels around the sheet, for its shadow

OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)

Cancel = Callable[[], None]


class Toast(QWidget):
    """A message that goes by itself where `seconds` says so, not while the pointer or the keyboard is on it.

    Attributes:
        text: what it says.
        colour: of the theme, for its stripe.

    Signals:
        ended: it is to go.
    """

    ended = Signal()

    def __init__(self, text: str, seconds: float | None, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.colour = colour
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._expired)
        self._seconds = seconds
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setMinimumWidth(120)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = CloseButton("Close this message.", self)
        self.close_button.setAccessibleName("Close")
        self.close_button.clicked.connect(self.ended)
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACE)
        self.row.addWidget(self.label, 1)
        self.row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(ROOM + STRIPE + SPACE + 2, ROOM + SPACE, ROOM + SPACE, ROOM + SPACE)
        self.column.setSpacing(SPACE // 2)
        self.column.addLayout(self.row)
        self.say(text)

    def say(self, text: str) -> None:
        """Say something else, and stay as long as a new message."""
        self.text = text
        self.label.setText(breakable(text))
        self.setAccessibleName(text)
        self.wait()

    def wait(self) -> None:
        """Begin anew to wait until it goes."""
        if self._seconds is not None:
            self._clock.start(round(1000 * self._seconds))

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.close_button.set_theme(theme)
        self.update()

    @property
    def busy(self) -> bool:
        """Whether a person is at it."""
        held = self.window().focusWidget()
        return self.underMouse() or (held is not None and self.isAncestorOf(held))

    def _expired(self) -> None:
        if self.busy:
            self.wait()
        else:
            self.ended.emit()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(self.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.ended.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and event.key() in OWN_KEYS:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # nothing below is meant

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(ROOM, ROOM, -ROOM, -ROOM)
        painter.setClipRect(self.rect())
        draw_sheet(painter, area, self.theme, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self.theme, self.colour)))
        stripe = QRectF(area.left() + SPACE - 2, area.top() + SPACE, STRIPE, area.height() - 2 * SPACE)
        painter.drawRoundedRect(stripe, STRIPE / 2, STRIPE / 2)


class SayToast(Toast):
    """Something that is good to know."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, STAYS + A_LETTER * len(text), "accent", parent)


class ProblemToast(Toast):
    """Something that went wrong; the same again is counted.

    Signals:
        details_wanted(object Problem).
    """

    details_wanted = Signal(object)

    def __init__(self, problem: Problem, parent: QWidget) -> None:
        super().__init__(problem.sentence, None if problem.details else PROBLEM_STAYS, "bad", parent)
        self.problem, self.times = problem, 1
        self.details = QPushButton("Details", self)
        self.details.setObjectName("flat")
        self.details.setAccessibleName("Details of the problem")
        self.details.setToolTip("What happened exactly, to copy for a report.")
        self.details.clicked.connect(lambda: self.details_wanted.emit(self.problem))
        self.column.addWidget(self.details, 0, Qt.AlignmentFlag.AlignLeft)
        self.details.setVisible(bool(problem.details))

    def again(self, problem: Problem) -> None:
        """It happened once more."""
        self.problem, self.times = problem, self.times + 1
        self.details.setVisible(bool(problem.details))
        self.say(problem.sentence)
        self.label.setText(breakable(f"{problem.sentence}  (×{self.times})"))
        self.setAccessibleName(f"{problem.sentence} {self.times} times")


class ProgressToast(Toast):
    """Something that is under way, with a bar and, where it can be cancelled, a button."""

    def __init__(self, text: str, cancel: Cancel | None, parent: QWidget) -> None:
        super().__init__(text, None, "accent", parent)
        self.title = text
        self.close_button.hide()
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(text)
        self.column.addWidget(self.bar)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setObjectName("flat")
        self.cancel.setAccessibleName(f"Cancel: {text}")
        self.cancel.setToolTip("Stop this; what was there before stays.")
        self.cancel.setVisible(cancel is not None)
        self.cancel.clicked.connect(lambda: self._cancelled(cancel))
        self.row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)

    def show_share(self, share: float, text: str) -> None:
        """Show how far it is, from 0 (nobody knows yet) to 1, and in words what is done now."""
        known = share > 0
        self.bar.setRange(0, 1000 if known else 0)
        self.bar.setValue(round(1000 * min(share, 1.0)) if known else 0)
        words = f"{self.title}: {text}" if text and text != self.title else self.title
        if words != self.label.text():
            self.label.setText(words)
            self.setAccessibleName(words)

    def _cancelled(self, cancel: Cancel | None) -> None:
        self.cancel.setEnabled(False)
        self.cancel.setText("Cancelling…")
        if cancel is not None:
            cancel()

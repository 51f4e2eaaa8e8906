# One slider: where the code stands among all items, dragged, stepped or typed, and five thumbnails of its effect.
"""One slider: where the code stands among all items, dragged, stepped or typed, and five thumbnails of its effect."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QToolTip, QWidget

from aekit_gui.models.sliders import STEP, THUMBNAILS, Row
from aekit_gui.theme import LIGHT, SPACE, TEXT, Theme
from aekit_gui.views import slider_painting as painting
from aekit_gui.views.drawing import draw_focus, scaled_font
from aekit_gui.views.pressed import ARROWS, PRESSING
from aekit_gui.views.value_editor import ValueEditor, begins_number, number_of

EDGE = 12  # pixels beside it
TICKS = 1000  # steps between the ends, as screen readers know it
FINE = 0.1  # of a step, with Shift
TOP, FOOT = 5, 7  # pixels above and below everything
HILL = 11  # pixels, of the shape over the track
TRACK = 8  # pixels from the track to what is below it
PICTURE, LINE = 40, 17  # pixels, height of a thumbnail beside a line of words
OWN_KEYS = frozenset(
    (*ARROWS, *PRESSING, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Delete,
     Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Plus)
)  # fmt: skip
USAGE = (
    "Drag it, or press ← and →; Shift makes fine steps. Click a thumbnail to go there, the number to type one. "
    "A double click, or Delete, resets."
)


class SliderRow(QAbstractSlider):
    """A slider with its thumbnails. To screen readers it is a slider of `TICKS` steps, its value in the description.

    Attributes:
        row: what it slides.
        amount: where it stands; may lie beyond the ends.
        pictured: whether there is room for thumbnails.

    Signals:
        moved(str key, float): it was moved; `released(str key)` follows once it was let go.
        reset(str key): it is to go back to where it rests.
        stepped(int): the slider after (1) or before (-1) this one is to have the keyboard.
    """

    moved = Signal(str, float)
    released = Signal(str)
    reset = Signal(str)
    stepped = Signal(int)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row, self.theme = row, LIGHT
        self.amount = row.rest
        self.pictured = False
        self.pictures: list[QPixmap] = []
        self.editor: ValueEditor | None = None
        self._over = QPointF(-1, -1)
        self._held: float | None = None  # the pointer's x while it is dragged
        self._ring = False  # whether the keyboard came by keys
        self._still: QPixmap | None = None  # what does not move with the value
        self.setRange(0, TICKS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.valueChanged.connect(lambda tick: self.slide(self._value_at(tick / TICKS), True))
        self.show_row(row)

    # ---- facts ----------------------------------------------------------------------------------------

    def show_row(self, row: Row) -> None:
        """Slide something else, or the same with other ends."""
        self.row = row
        self.setAccessibleName(row.title)
        self.setToolTip(f"{row.help} {USAGE}" if row.help else USAGE)
        self._take_tick()
        self.refresh()

    def show_value(self, value: float) -> None:
        """Stand at a value."""
        if value == self.amount:
            return
        before, self.amount = self.share, value
        self._take_tick()
        if self.pictured and int(before * THUMBNAILS) != int(self.share * THUMBNAILS):
            self.update()
        else:
            self.update(0, 0, self.width(), math.ceil(self.track.bottom()) + TRACK)
        if self.hasFocus():
            self.describe()

    def show_pictures(self, pictures: Sequence[QPixmap]) -> None:
        """Show thumbnails, from the low end to the high one; none leaves their places empty."""
        self.pictures = list(pictures)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Paint everything anew."""
        self._still = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._still = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._still = None

    def text(self) -> str:
        """The value in words."""
        digits = max(2, math.ceil(2 - math.log10(max(self.row.high - self.row.low, 1e-12))))
        signed = "+" if self.row.attribute and round(self.amount, digits) else ""
        return f"{self.amount:{signed}.{digits}f}".replace("-", "−")

    def describe(self) -> None:
        """Say the value to a screen reader."""
        self.setAccessibleDescription(
            f"{self.text()}, from {self.row.low:.2f} to {self.row.high:.2f}. {self.row.detail}"
        )

    # ---- where things are -----------------------------------------------------------------------------

    @property
    def title_font(self) -> QFont:
        return title_font(self)

    @property
    def line(self) -> QRectF:
        """The line of words."""
        return QRectF(EDGE, TOP, self.width() - 2 * EDGE, QFontMetricsF(self.title_font).height())

    @property
    def number(self) -> QRectF:
        """The value, which can be typed over."""
        line = self.line
        width = max(QFontMetricsF(self.title_font).horizontalAdvance(self.text()) + 10, 52.0)
        return QRectF(line.right() - width + 5, line.top() - 1, width, line.height() + 2)

    @property
    def track(self) -> QRectF:
        """The track with the hill over it."""
        line = self.line
        return QRectF(line.left(), line.bottom() + 2, line.width(), HILL)

    @property
    def share(self) -> float:
        """Where it stands between the ends, in [0, 1]."""
        return min(max((self.amount - self.row.low) / (self.row.high - self.row.low), 0.0), 1.0)

    def cell(self, number: int) -> QRectF:
        """The place of a thumbnail: its middle is where the slider stands at that thumbnail's value."""
        track = self.track
        width = track.width() / THUMBNAILS
        top = track.bottom() + TRACK
        return QRectF(track.left() + number * width + 2, top, width - 4, self.height() - FOOT - top)

    def sizeHint(self) -> QSize:
        return QSize(320, height_of(self, self.pictured))

    # ---- moving ---------------------------------------------------------------------------------------

    def slide(self, value: float, over: bool = False) -> None:
        """Go to a value that a person chose; `over` says that it is let go at once."""
        if value != self.amount:
            self.show_value(value)
            self.moved.emit(self.row.key, value)
        if over:
            self.released.emit(self.row.key)

    def _value_at(self, share: float) -> float:
        return self.row.low + min(max(share, 0.0), 1.0) * (self.row.high - self.row.low)

    def _share_at(self, x: float) -> float:
        return (x - self.track.left()) / max(self.track.width(), 1.0)

    def _take_tick(self) -> None:
        tick = round(self.share * TICKS)
        if tick != self.value():
            blocked = self.blockSignals(True)
            self.setValue(tick)
            self.blockSignals(blocked)

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """What Qt would paint anew is painted where it differs."""

    # ---- the pointer ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        at = event.position()
        if self.number.contains(at):
            self.edit()
        elif at.y() >= self.track.top() - 2:
            self._held = at.x()
            share = self._share_at(at.x())
            if self.pictured and at.y() > self.track.bottom() + TRACK:
                share = (min(max(int(share * THUMBNAILS), 0), THUMBNAILS - 1) + 0.5) / THUMBNAILS
            self.slide(self._value_at(share))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, over = event.position(), self._over
        self._over = at
        if self._held is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.slide(
                    self._value_at(self.share + FINE * (at.x() - self._held) / max(self.track.width(), 1.0))
                )
            else:
                self.slide(self._value_at(self._share_at(at.x())))
            self._held = at.x()
            return
        on_number = self.number.contains(at)
        words = at.y() < self.track.top() - 2
        shape = Qt.CursorShape
        self.setCursor(
            shape.IBeamCursor if on_number else shape.ArrowCursor if words else shape.PointingHandCursor
        )
        if on_number != self.number.contains(over) or self.thumbnail_at(at) != self.thumbnail_at(over):
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self.update()
            self.released.emit(self.row.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._held = None
        if not self.number.contains(event.position()):
            self.reset.emit(self.row.key)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the list

    def leaveEvent(self, event: QEvent) -> None:
        self._over = QPointF(-1, -1)
        self.update()

    def thumbnail_at(self, at: QPointF) -> int | None:
        """The thumbnail under the pointer."""
        if not self.pictured or self._held is not None:
            return None
        return next((number for number in range(THUMBNAILS) if self.cell(number).contains(at)), None)

    # ---- the keyboard ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self.owns(event):
            event.accept()
            return True
        return super().event(event)

    def owns(self, event: QKeyEvent) -> bool:
        """Whether a key is the slider's, not a shortcut of the window."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        return not plain and (event.key() in OWN_KEYS or begins_number(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, span = event.key(), self.row.high - self.row.low
        step = STEP * (FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0) * span
        if not self.owns(event):
            event.ignore()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.slide(self.row.clamped(self.amount + (step if key == Qt.Key.Key_Right else -step)))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.slide(
                self.row.clamped(self.amount + (10 * step if key == Qt.Key.Key_PageUp else -10 * step))
            )
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.slide(self.row.low if key == Qt.Key.Key_Home else self.row.high)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset.emit(self.row.key)
        else:
            self.edit(event.text() if begins_number(event) else "")

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        moving = (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        )
        if event.key() in moving and not event.isAutoRepeat():
            self.released.emit(self.row.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() not in (
            Qt.FocusReason.MouseFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        )
        self.describe()
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def edit(self, begun: str = "") -> None:
        """Let the value be typed, from a first character on or over the old value."""
        if self.editor is None:
            self.editor = ValueEditor(self)
            self.editor.setAccessibleName(f"Value of {self.row.title}")
            self.editor.typed.connect(self.take_typed)
        box = self.number.adjusted(-14, -2, 3, 2).toRect()
        self.editor.setGeometry(box)
        self.editor.setFont(scaled_font(self, TEXT))
        self.editor.setText(begun or f"{self.amount:.5g}")
        self.editor.show()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if not begun:
            self.editor.selectAll()

    def take_typed(self, text: str) -> None:
        """A value was typed."""
        value = number_of(text)
        assert self.editor is not None
        if value is None:
            words = f"Type a number like {self.row.high / 2:.2f} (received '{text}')."
            QToolTip.showText(self.editor.mapToGlobal(self.editor.rect().bottomLeft()), words, self.editor)
            self.editor.selectAll()
            return
        self.editor.hide()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.slide(self.row.clamped(value), True)

    # ---- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, track, row = QPainter(self), self.theme, self.track, self.row
        painter.drawPixmap(0, 0, self.still(self.devicePixelRatioF()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.number.contains(self._over)
        painting.draw_value(painter, self.number, self.text(), self.title_font, lit, theme)
        keyed = self.hasFocus() or self._held is not None
        rest, beyond = (row.rest - row.low) / (row.high - row.low), not row.low <= self.amount <= row.high
        painting.draw_track(painter, track, rest, self.share, keyed, beyond, theme)
        if self.pictured and event.rect().bottom() > track.bottom() + TRACK:
            over = self.thumbnail_at(self._over)
            if over is not None:
                painting.draw_frame(painter, self.cell(over), self._picture(over), theme.dim, 1.0)
            now = min(int(self.share * THUMBNAILS), THUMBNAILS - 1)
            painting.draw_frame(painter, self.cell(now), self._picture(now), theme.accent, 2.0)
        if self.hasFocus() and self._ring:
            draw_focus(painter, QRectF(self.rect()).adjusted(SPACE // 2, 0, -SPACE // 2, -1), theme)

    def still(self, ratio: float) -> QPixmap:
        """What does not move with the value, at `ratio` device pixels a pixel."""
        if self._still is None or self._still.devicePixelRatio() != ratio:
            size = QSize(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
            self._still = QPixmap(size)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painting.draw_words(painter, self.line, self.row, self.title_font, self.theme)
            painting.draw_hill(painter, self.track, self.row.shape, self.theme)
            for number in range(THUMBNAILS if self.pictured else 0):
                painting.draw_picture(painter, self.cell(number), self._picture(number), self.theme)
            painter.end()
        return self._still

    def _picture(self, number: int) -> QPixmap | None:
        return self.pictures[number] if number < len(self.pictures) else None


def title_font(widget: QWidget) -> QFont:
    """The font of titles, beside a widget's own."""
    return scaled_font(widget, TEXT, QFont.Weight.Medium)


def height_of(widget: QWidget, pictured: bool) -> int:
    """How high a slider is in a widget's font, with room for thumbnails or without."""
    line = QFontMetricsF(title_font(widget)).height()
    track = TOP + line + 2 + HILL + TRACK
    return round(track + (PICTURE * line / LINE + FOOT if pictured else 2))

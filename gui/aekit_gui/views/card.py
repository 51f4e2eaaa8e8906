# A card of the gallery: a picture, a title, what was trained, and what is to be minded.
"""A card of the gallery: a picture, a title, what was trained, and what is to be minded."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from aekit_gui.models.gallery import Card
from aekit_gui.theme import SMALL, SPACE, TEXT
from aekit_gui.views.drawing import mixed, scaled_font
from aekit_gui.views.pressed import ARROWS, PRESSING, Pressed
from aekit_gui.views.thumbnails import Curve, Thumbnails

WIDTH = 264  # pixels at the normal scale, at least
PICTURE = 132  # pixels high
EDGE = 10.0  # radius
LINES = 2  # of small text, at most


class CardButton(Pressed):
    """A card that opens its run."""

    own_keys = (*PRESSING, *ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End)

    def __init__(self, card: Card, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(card.title, "", parent)
        self.card = card
        self._thumbnails = thumbnails
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setEnabled(True)
        self.setToolTip(f"{card.status or 'Open'}\n{card.path}")
        self.setAccessibleName(card.words)
        self.setAccessibleDescription("Opens the run." if card.opens else "This run can't be opened.")
        if not card.opens:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        scale = QFontInfo(self.font()).pixelSize() / TEXT
        title, small = self._metrics()
        words = title.height() + LINES * small.height() + small.height() + 3.5 * SPACE
        return QSize(round(WIDTH * scale), round(PICTURE * scale + words))

    def _metrics(self) -> tuple[QFontMetricsF, QFontMetricsF]:
        return QFontMetricsF(self._title_font()), QFontMetricsF(scaled_font(self, SMALL))

    def _title_font(self) -> QFont:
        return scaled_font(self, TEXT + 1, QFont.Weight.DemiBold)

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    # ---- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(area, EDGE, EDGE)
        lit = self.underMouse() and self.card.opens
        painter.fillPath(shape, mixed(self.theme.raised, self.theme.accent, 0.05 if lit else 0.0))
        title, small = self._metrics()
        height = area.height() - (title.height() + (LINES + 1) * small.height() + 3.5 * SPACE - 2)
        picture = QRectF(area.left(), area.top(), area.width(), height)
        painter.save()
        painter.setClipPath(shape)
        self._picture(painter, picture)
        painter.restore()
        self._words(
            painter, QRectF(area.left(), picture.bottom(), area.width(), area.bottom() - picture.bottom())
        )
        self._frame(painter, shape, lit)

    def _frame(self, painter: QPainter, shape: QPainterPath, lit: bool) -> None:
        theme = self.theme
        focused = self.hasFocus()
        colour = QColor(theme.accent) if focused else mixed(theme.line, theme.accent, 0.7 if lit else 0.0)
        painter.setPen(QPen(colour, 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)

    def _picture(self, painter: QPainter, area: QRectF) -> None:
        theme, ratio = self.theme, self.devicePixelRatioF()
        ground = QLinearGradient(area.topLeft(), area.bottomRight())
        ground.setColorAt(0, mixed(theme.map, theme.accent, 0.10))
        ground.setColorAt(1, mixed(theme.map, theme.warm, 0.07))
        painter.fillRect(area, ground)
        size = QSize(round(area.width() * ratio), round(area.height() * ratio))
        pixmap = self._thumbnails.picture(self.card, size, self._arrived)
        if pixmap is not None:
            painter.drawPixmap(area.toRect(), pixmap)
        elif self.card.thumbnail is None and self.card.opens:
            curve = self._thumbnails.curve(self.card, self._arrived)
            if len(curve) > 1:
                self._curve(painter, area.adjusted(2 * SPACE, 2 * SPACE, -2 * SPACE, -2 * SPACE), curve)
        elif not self.card.opens:
            self._broken(painter, area)
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(theme.line))

    def _arrived(self) -> None:
        self.update()

    def _curve(self, painter: QPainter, area: QRectF, curve: Curve) -> None:
        """How the loss fell."""
        high = sorted(value for _, value in curve)[max(round(0.95 * len(curve)) - 1, 0)]
        first = next(number for number, (_, value) in enumerate(curve) if value <= high)
        curve = curve[first:]
        steps, values = [step for step, _ in curve], [value for _, value in curve]
        low, high = min(values), max(values)
        wide, tall = (steps[-1] - steps[0]) or 1.0, (high - low) or 1.0
        line = QPolygonF(
            [
                QPointF(
                    area.left() + area.width() * (step - steps[0]) / wide,
                    area.bottom() - area.height() * (value - low) / tall,
                )
                for step, value in curve
            ]
        )
        below = QPolygonF(line)
        below.append(QPointF(area.right(), area.bottom() + 2 * SPACE))
        below.append(QPointF(area.left(), area.bottom() + 2 * SPACE))
        fill = QColor(self.theme.accent)
        fill.setAlphaF(0.12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(below)
        painter.setPen(QPen(QColor(self.theme.accent), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)

    def _broken(self, painter: QPainter, area: QRectF) -> None:
        """A sign for what can't be opened."""
        middle, arm = area.center(), 11.0
        painter.setPen(
            QPen(
                mixed(self.theme.dim, self.theme.map, 0.35),
                2.5,
                c=Qt.PenCapStyle.RoundCap,
                s=Qt.PenStyle.SolidLine,
            )
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, 1.7 * arm, 1.7 * arm)
        painter.drawLine(middle + QPointF(0, -arm + 1), middle + QPointF(0, 2.5))
        painter.drawPoint(middle + QPointF(0, arm - 1))

    def _words(self, painter: QPainter, area: QRectF) -> None:
        card, theme = self.card, self.theme
        title, small = self._metrics()
        left, width, top = area.left() + 1.5 * SPACE, area.width() - 3 * SPACE, area.top() + 1.25 * SPACE
        plain = scaled_font(self, SMALL)
        chip = small.horizontalAdvance(card.plugin) + 1.5 * SPACE if card.plugin else 0.0
        painter.setFont(self._title_font())
        painter.setPen(QColor(theme.text if card.opens else theme.dim))
        words = title.elidedText(
            card.title, Qt.TextElideMode.ElideMiddle, width - (chip + SPACE if chip else 0)
        )
        painter.drawText(QRectF(left, top, width, title.height()), Qt.AlignmentFlag.AlignLeft, words)
        painter.setFont(plain)
        if card.plugin:
            box = QRectF(
                area.right() - 1.5 * SPACE - chip,
                top + (title.height() - small.height()) / 2 - 1,
                chip,
                small.height() + 3,
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.raised, theme.accent, 0.16))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            painter.setPen(mixed(theme.accent, theme.text, 0.35))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, card.plugin)
        top += title.height() + SPACE / 2
        facts = " · ".join(part.replace(" ", "\u00a0") for part in card.line.split(" · "))
        kept = LINES + (0 if card.line and card.status else 1)
        for text, colour, lines in (
            (facts, theme.dim, LINES),
            (card.status, theme.bad if card.minded else theme.dim, kept),
        ):
            if text:
                lines = min(lines, int((area.bottom() - top) / small.height()))
                painter.setPen(QColor(colour))
                top += self._wrapped(painter, QRectF(left, top, width, 0), text, lines, small)

    def _wrapped(
        self, painter: QPainter, area: QRectF, text: str, lines: int, metrics: QFontMetricsF
    ) -> float:
        """Draw a text on so many lines at most; gives the height that it took."""
        for number, line in enumerate(wrapped(text, area.width(), lines, metrics)):
            place = QRectF(
                area.left(), area.top() + number * metrics.height(), area.width(), metrics.height()
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, line)
        return len(wrapped(text, area.width(), lines, metrics)) * metrics.height()


def wrapped(text: str, width: float, lines: int, metrics: QFontMetricsF) -> list[str]:
    """A text broken between words onto so many lines; what is left over is cut from the last one."""
    words, made = text.split(" "), [""]
    for number, word in enumerate(words):
        longer = f"{made[-1]} {word}".strip()
        if not made[-1] or metrics.horizontalAdvance(longer) <= width:
            made[-1] = longer
        elif len(made) < lines:
            made[-1] = made[-1].removesuffix(" ·")
            made.append(word)
        else:
            made[-1] = " ".join([made[-1], *words[number:]])
            break
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in made[:lines]]

# Drawing: fonts, mixed colours, the focus ring and small labels that all widgets share.
"""Drawing: fonts, mixed colours, the focus ring and small labels that all widgets share."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from aekit_gui.theme import RADIUS, SPACE, TEXT, Theme


def scaled_font(widget: QWidget, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A font of so many pixels at the interface's normal size, beside the widget's own font."""
    font = QFont(widget.font())
    font.setPixelSize(max(round(pixels * QFontInfo(font).pixelSize() / TEXT), 8))
    font.setWeight(weight)
    return font


@lru_cache(maxsize=1024)
def mixed(first: str, second: str, share: float) -> QColor:
    """Two colours, with a share in [0, 1] of the second; share it by all, change it by none."""
    a, b = QColor(first), QColor(second)
    pairs = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    return QColor(*[round((1 - share) * one + share * other) for one, other in pairs])


def scroll_sheet(theme: Theme) -> str:
    """The style of what scrolls: no ground of its own, slim bars."""
    handle, over = mixed(theme.panel, theme.dim, 0.45).name(), theme.dim
    bars = "".join(
        f"""QScrollBar:{way} {{ background: transparent; {across}: 8px; margin: 0; border: none; }}
        QScrollBar::handle:{way} {{ background: {handle}; border-radius: 3px; min-{along}: 28px; margin: 1px; }}
        QScrollBar::handle:{way}:hover {{ background: {over}; }}"""
        for way, across, along in (("vertical", "width", "height"), ("horizontal", "height", "width"))
    )
    return f"""QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }} {bars}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}"""


def draw_focus(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """The ring of what has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def draw_pill(
    painter: QPainter,
    area: QRectF,
    at: QPointF,
    lines: list[str],
    theme: Theme,
    inks: list[QColor] | None = None,
) -> None:
    """Lines of text on a small ground beside a point, kept inside the area; each in its ink where there are any."""
    metrics = QFontMetricsF(painter.font())
    width = min(max(metrics.horizontalAdvance(line) for line in lines) + 2 * SPACE, area.width() - 4)
    height = metrics.height() * len(lines) + SPACE * 0.75
    left = at.x() + 12 if at.x() + 12 + width <= area.right() else at.x() - 12 - width
    left = min(max(left, area.left() + 2), max(area.right() - width - 2, area.left() + 2))
    top = min(max(at.y() - height - 8, area.top() + 2), max(area.bottom() - height - 2, area.top() + 2))
    ground = mixed(theme.raised, theme.text, 0.04)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(left, top, width, height), 4, 4)
    for number, line in enumerate(lines):
        painter.setPen(inks[number] if inks else QColor(theme.text))
        box = QRectF(
            left + SPACE, top + SPACE * 0.375 + number * metrics.height(), width - 2 * SPACE, metrics.height()
        )
        shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

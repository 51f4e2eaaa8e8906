# Sliders: every dimension of the latent space, and every attribute, at the place at hand.
"""Sliders: every dimension of the latent space, and every attribute, at the place at hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.sliders import Row, Values
from aekit_gui.theme import LIGHT, SMALL, SPACE, Theme
from aekit_gui.views.drawing import draw_focus, scaled_font, scroll_sheet
from aekit_gui.views.elided import narrow
from aekit_gui.views.filmstrip import on_dark, pixmap_of
from aekit_gui.views.pressed import Pressed
from aekit_gui.views.slider_painting import draw_fold
from aekit_gui.views.slider_row import EDGE, SliderRow, height_of
from aekit_gui.work.protocol import Pixels

REST = 160  # milliseconds without a change until thumbnails are asked for
ATTRIBUTES, DIMENSIONS = "Attributes, in standard deviations", "Dimensions"
EMPTY = "Nothing can be slid here yet: this run has no codes."
CLASS_HELP = "The class that everything is decoded as. The code stays: it is what the class does not say."
NUMBER_HELP = "What everything is decoded with; empty for the middle of the data. Return takes it."


class Sliders(QWidget):
    """Sliders in two sections, attributes and dimensions, with the choice of a class above.

    Signals:
        moved(str key, float value): a slider was moved; many a second while it is dragged.
        released(str key): it was let go.
        reset(str key): it is to go back to where it rests.
        condition_changed(str): another class, or a number in words; "" for the middle.
        thumbnails_wanted(list of str): the keys in sight whose thumbnails should show the values of now; comes where
            sliders, values and scrolling have rested for `REST`.
    """

    moved = Signal(str, float)
    released = Signal(str)
    reset = Signal(str)
    condition_changed = Signal(str)
    thumbnails_wanted = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.rows: dict[str, Row] = {}
        self.sliders: dict[str, SliderRow] = {}
        self.pictured: frozenset[str] = frozenset()
        self.drawn = False
        self._values: Values = {}
        self._pictures: dict[str, list[Pixels]] = {}
        self._places: dict[str, QRect] = {}  # of the sliders that are not folded away, in order
        self.rest = QTimer(self)
        self.rest.setSingleShot(True)
        self.rest.setInterval(REST)
        self.rest.timeout.connect(self._ask)
        self._build()
        self.setAccessibleName("Dimensions and attributes")
        self.set_theme(LIGHT)

    # ---- facts ----------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Row], pictured: Collection[str] = ()) -> None:
        """Show sliders, in this order; those whose keys are `pictured` have room for thumbnails."""
        self.rows, self.pictured = {row.key: row for row in rows}, frozenset(pictured)
        for key in [key for key in self.sliders if key not in self.rows]:
            self.sliders.pop(key).deleteLater()
            self._pictures.pop(key, None)
        for row in rows:
            if row.key in self.sliders:
                self._renew(self.sliders[row.key], row)
        unused = sum(row.unused for row in rows)
        self.fold.setText(f"{unused} unused dimension{'' if unused == 1 else 's'}")
        self.fold.setAccessibleName(self.fold.text())
        self.lay_out()
        self.rest.start()

    def set_values(self, values: Values) -> None:
        """Where sliders stand, by key."""
        if values == self._values:
            return
        self._values = dict(values)
        for key, slider in self.sliders.items():
            if key in values:
                slider.show_value(values[key])
        self.rest.start()

    def show_thumbnails(self, key: str, pictures: Sequence[Pixels]) -> None:
        """Show the effect of a slider: pictures (h, w, 3) from its low end to its high one."""
        if key not in self.rows:
            return
        self._pictures[key] = list(pictures)
        if key in self.sliders:
            self.sliders[key].show_pictures(self._pixmaps(key))

    def set_drawn(self, drawn: bool) -> None:
        """Whether pictures are drawings on white paper (notes, curves), which dark themes turn dark."""
        self.drawn = drawn
        self._repicture()

    def set_note(self, text: str) -> None:
        """Say what attributes are waiting for; "" for nothing."""
        self.note.setText(text)
        self.lay_out()

    def set_conditions(self, title: str, names: Sequence[str] | None) -> None:
        """Offer a choice of classes by name, a number where `names` is None; nothing where the title is empty."""
        self.bar.setVisible(bool(title))
        self.condition_title.setText(title)
        self.choice.setVisible(bool(names))
        self.number.setVisible(names is None)
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems(list(names or ()))
        for widget in (self.choice, self.number):
            widget.setAccessibleName(title)

    def set_condition(self, text: str) -> None:
        """What is decoded with now; "" for the middle: the first class, or the mean."""
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(max(self.choice.findText(text), 0))
        self.number.setText(text)
        self.rest.start()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for slider in self.sliders.values():
            slider.set_theme(theme)
        self.fold.set_theme(theme)
        self.area.setStyleSheet(scroll_sheet(theme))
        for label in (*self.headings.values(), self.note, self.empty, self.condition_title):
            label.setStyleSheet(f"color: {theme.dim}; background: transparent;")
        self._dress()
        self._repicture()

    # ---- building -------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.content = QWidget()
        self.content.installEventFilter(self)
        self.headings = {words: QLabel(words, self.content) for words in (ATTRIBUTES, DIMENSIONS)}
        self.note, self.empty = QLabel(self.content), QLabel(EMPTY, self.content)
        for label in (self.note, self.empty):
            label.setWordWrap(True)
        self.fold = Fold(self.content)
        self.fold.clicked.connect(self.toggle)
        self.area = QScrollArea()
        self.area.setWidget(self.content)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.verticalScrollBar().valueChanged.connect(lambda value: self._scrolled())
        self.area.verticalScrollBar().setSingleStep(24)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self._condition_bar())
        column.addWidget(self.area, 1)

    def _condition_bar(self) -> QWidget:
        self.bar, self.condition_title = QWidget(), QLabel()
        self.choice, self.number = QComboBox(), QLineEdit()
        narrow(self.choice)
        self.choice.setToolTip(CLASS_HELP)
        self.number.setToolTip(NUMBER_HELP)
        self.number.setPlaceholderText("the middle of the data")
        self.choice.textActivated.connect(self.condition_changed)
        self.number.returnPressed.connect(lambda: self.condition_changed.emit(self.number.text().strip()))
        line = QHBoxLayout(self.bar)
        line.setContentsMargins(EDGE, 0, EDGE, SPACE // 2)
        line.setSpacing(SPACE)
        line.addWidget(self.condition_title)
        line.addWidget(self.choice, 1)
        line.addWidget(self.number, 1)
        self.bar.hide()
        return self.bar

    def slider(self, key: str) -> SliderRow:
        """The slider of a key, made where it was not yet seen."""
        if key not in self.sliders:
            made = self.sliders[key] = SliderRow(self.rows[key], self.content)
            made.set_theme(self.theme)
            made.moved.connect(self.moved)
            made.released.connect(self.released)
            made.reset.connect(self.reset)
            made.stepped.connect(self.step)
            if key in self._pictures:
                made.show_pictures(self._pixmaps(key))
            self._renew(made, self.rows[key])
            made.show()
        return self.sliders[key]

    def _renew(self, slider: SliderRow, row: Row) -> None:
        slider.pictured = row.key in self.pictured
        slider.show_row(row)
        if row.key in self._values:
            slider.show_value(self._values[row.key])

    def _dress(self) -> None:
        for label in self.headings.values():
            label.setFont(scaled_font(self, SMALL, QFont.Weight.DemiBold))
        for label in (self.note, self.empty):
            label.setFont(scaled_font(self, SMALL))

    # ---- laying out -----------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """Find everything's place, from the top; sliders are put there once they are near to being seen."""
        rows = self.rows.values()
        self._places, y = {}, 0
        for heading, keys in (
            (ATTRIBUTES, [row.key for row in rows if row.attribute]),
            (DIMENSIONS, [row.key for row in rows if not row.attribute and not row.unused]),
        ):
            self.headings[heading].setVisible(bool(keys))
            if keys:
                y = self._put(self.headings[heading], y + (SPACE if y else SPACE // 2))
                if heading == ATTRIBUTES and self.note.text():
                    y = self._put(self.note, y)
                y = self._place(keys, y)
        self.note.setVisible(bool(self.note.text()) and any(row.attribute for row in rows))
        unused = [row.key for row in rows if row.unused]
        self.fold.setVisible(bool(unused))
        if unused:
            y = self._put(self.fold, y + SPACE // 2, SPACE // 2)
            y = y if self.fold.closed else self._place(unused, y)
        self.empty.setVisible(not self.rows)
        y = y if self.rows else self._put(self.empty, y + SPACE)
        self.content.setMinimumHeight(y + SPACE)
        for key, slider in self.sliders.items():
            slider.setVisible(key in self._places)
        self._populate()

    def _put(self, widget: QWidget, y: int, edge: int = EDGE) -> int:
        width = max(self.content.width() - 2 * edge, 20)
        high = widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()
        widget.setGeometry(edge, y, width, high)
        return y + high

    def _place(self, keys: Sequence[str], y: int) -> int:
        heights = {pictured: height_of(self, pictured) for pictured in (False, True)}
        for key in keys:
            self._places[key] = QRect(0, y, self.content.width(), heights[key in self.pictured])
            y += heights[key in self.pictured]
        return y

    def _populate(self) -> None:
        """Have sliders where they are seen, or would be soon, and put those that there are in their places."""
        window = self._window()
        near = window.adjusted(0, -window.height(), 0, window.height())
        for key, place in self._places.items():
            if place.intersects(near):
                self.slider(key)
        made = [key for key in self._places if key in self.sliders]
        for key in made:
            self.sliders[key].setGeometry(self._places[key])
        used = [self.sliders[key] for key in made if not self.rows[key].unused]
        rest = [self.sliders[key] for key in made if self.rows[key].unused]
        for first, second in pairwise([*used, self.fold, *rest]):
            QWidget.setTabOrder(first, second)

    def _window(self) -> QRect:
        """The part of the content that is seen."""
        return QRect(
            0, self.area.verticalScrollBar().value(), self.content.width(), self.area.viewport().height()
        )

    def _scrolled(self) -> None:
        self._populate()
        self.rest.start()

    def toggle(self) -> None:
        """Fold the unused dimensions away, or show them."""
        self.fold.set_closed(not self.fold.closed)
        self.lay_out()
        self.rest.start()

    def step(self, steps: int) -> None:
        """Give the keyboard to the slider after or before the one that has it."""
        keys = list(self._places)
        now = next(
            (
                number
                for number, key in enumerate(keys)
                if key in self.sliders and self.sliders[key].hasFocus()
            ),
            -1,
        )
        if now >= 0 and 0 <= now + steps < len(keys):
            slider = self.slider(keys[now + steps])
            slider.setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(slider, 0, SPACE)

    # ---- thumbnails -----------------------------------------------------------------------------------

    def in_sight(self) -> list[str]:
        """The keys of the sliders with thumbnails that are scrolled into view, from the top."""
        window = self._window()
        return [
            key for key, place in self._places.items() if key in self.pictured and place.intersects(window)
        ]

    def unseen(self) -> bool:
        """Whether nobody sees it."""
        return not self.isVisible()

    def _ask(self) -> None:
        keys = self.in_sight() if not self.unseen() else []
        if keys:
            self.thumbnails_wanted.emit(keys)

    def _pixmaps(self, key: str) -> list[QPixmap]:
        turned = self.drawn and self.theme.dark
        return [pixmap_of(on_dark(pixels) if turned else pixels) for pixels in self._pictures[key]]

    def _repicture(self) -> None:
        for key in self._pictures:
            if key in self.sliders:
                self.sliders[key].show_pictures(self._pixmaps(key))

    # ---- events ---------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.content and event.type() == QEvent.Type.Resize:
            self.lay_out()
            self.rest.start()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.lay_out()
        self.rest.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rest.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._dress()
            self.lay_out()

    def sizeHint(self) -> QSize:
        return QSize(344, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)


class Fold(Pressed):
    """A line that folds what is below it.

    Attributes:
        closed: whether that is hidden.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "",
            "Dimensions whose mean is the same for all items: moving them changes next to nothing.",
            parent,
        )
        self.closed = True

    def set_closed(self, closed: bool) -> None:
        """Fold, or unfold."""
        self.closed = closed
        self.setAccessibleDescription("folded away" if closed else "shown")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, QFontMetrics(scaled_font(self, SMALL)).height() + 2 * SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, font = QRectF(self.rect()), scaled_font(self, SMALL, QFont.Weight.DemiBold)
        draw_fold(
            painter, area, self.text(), font, not self.closed, self.underMouse() or self.isDown(), self.theme
        )
        if self.hasFocus():
            draw_focus(painter, area, self.theme)

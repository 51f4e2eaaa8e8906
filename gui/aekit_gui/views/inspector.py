# The inspector: what is decoded at hand, large; under it what is known of it, what is near it, and the pins.
"""The inspector: what is decoded at hand, large; under it what is known of it, what is near it, and the pins."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from aekit.views import Heard
from aekit_gui.models.look import Place
from aekit_gui.theme import LIGHT, SMALL, SPACE, Theme
from aekit_gui.views.drawing import scaled_font, scroll_sheet
from aekit_gui.views.facts import Facts
from aekit_gui.views.near import Near, NearStrip
from aekit_gui.views.panels import Panel, known, panel_class, panel_for
from aekit_gui.views.panels.notes import NotesPanel
from aekit_gui.views.panels.picture import PicturePanel
from aekit_gui.views.pins import Pins
from aekit_gui.views.pressed import PlayButton
from aekit_gui.views.restored import RestoredStrip
from aekit_gui.views.words import WordsLine
from aekit_gui.work.protocol import Decoded, Restored

EDGE = 12  # pixels around everything
SHAPES = {PicturePanel: 1.0, NotesPanel: 0.8}  # height of a kind's panel beside its width
SHAPE = 0.66  # of the other kinds
MOST = 0.5  # of the inspector's height


class Inspector(QWidget):
    """Shows one decoded place.

    Signals:
        near_clicked: the row of an item that was clicked.
        pin_removed: the number of a pin.
        play_wanted: the view at hand is to be heard, or to fall silent.
        seek_wanted: it is to be heard from a time on (seconds).
        between_wanted: the middle of the two pins.
        painted: a new view is on the screen.
        view_play_wanted(View, float): another view than the one at hand is to be heard, from a time on (seconds).
    """

    near_clicked = Signal(int)
    pin_removed = Signal(int)
    play_wanted = Signal()
    seek_wanted = Signal(float)
    between_wanted = Signal()
    painted = Signal()
    view_play_wanted = Signal(object, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setAccessibleName("Inspector")
        self.stage = QWidget(self)
        self.panel: Panel = PicturePanel(self.stage)
        self.panel.painted.connect(self.painted)
        self.play_button = PlayButton(self.stage)
        self.play_button.clicked.connect(self.play_wanted)
        self.play_button.hide()
        self.facts, self.near, self.pins = Facts(self), NearStrip(self), Pins(self)
        self.words, self.restored = WordsLine(self), RestoredStrip(self)
        self.restored.play_wanted.connect(self.view_play_wanted)
        self.near.near_clicked.connect(self.near_clicked)
        self.pins.pin_removed.connect(self.pin_removed)
        self.pins.between_wanted.connect(self.between_wanted)
        self.headings = [
            QLabel("Pins", self),
            QLabel("Nearest items", self),
            QLabel("Before and after", self),
        ]
        self.build()
        self.set_theme(LIGHT)

    def build(self) -> None:
        """Lay the parts out: the stage stays, what is below it scrolls where the window is low."""
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(EDGE, 0, EDGE, EDGE)
        column.setSpacing(SPACE)
        column.addWidget(self.facts)
        column.addWidget(self.words)
        self.sections = [
            section(heading, part)
            for heading, part in zip(self.headings, (self.pins, self.near, self.restored), strict=True)
        ]
        self.order = QVBoxLayout()
        self.order.setSpacing(SPACE + SPACE // 2)
        for part in reversed(self.sections[:2]):
            self.order.addWidget(part)
        self.before_after = self.sections[2]
        self.before_after.hide()
        column.addSpacing(SPACE // 2)
        column.addWidget(self.before_after)
        column.addSpacing(SPACE // 2)
        column.addLayout(self.order)
        column.addStretch(1)
        self.below = QScrollArea(self)
        self.below.setWidget(content)
        self.below.setWidgetResizable(True)
        self.below.setFrameShape(QFrame.Shape.NoFrame)
        self.below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.below.verticalScrollBar().rangeChanged.connect(
            lambda low, high: self.keep_margin(column, high > low)
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, EDGE, 0, 0)
        outer.setSpacing(EDGE)
        outer.addWidget(self.stage)
        outer.addWidget(self.below, 1)

    def keep_margin(self, column: QVBoxLayout, scrolls: bool) -> None:
        """Let the bar stand in the margin, so that nothing moves where it appears."""
        bar = self.below.verticalScrollBar().sizeHint().width() if scrolls else 0
        column.setContentsMargins(EDGE, 0, max(EDGE - bar, 2), EDGE)

    def sizeHint(self) -> QSize:
        return QSize(344, 820)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 320)

    # ---- facts ----------------------------------------------------------------------------------------

    def show_view(self, decoded: Decoded) -> None:
        """Show a decoded place; `painted` follows once it is on the screen."""
        view = known(decoded.view, decoded.picture)
        if type(self.panel) is not panel_class(view):
            self.change_panel(panel_for(view, self.stage))
        self.panel.show_view(view)
        heard = isinstance(view, Heard)
        if self.play_button.isHidden() == heard:
            self.play_button.setVisible(heard)
            self.place_stage()

    def show_facts(self, facts: list[tuple[str, str, str]]) -> None:
        """Show figures: (name, value, tooltip) each."""
        self.facts.show_facts(facts)

    def show_words(self, words: tuple[int, ...]) -> None:
        """Show the words that the code is written in, where it is written in words."""
        self.words.show_words(words)

    def show_restored(self, restored: Restored | None, degradation: str) -> None:
        """Show the item at hand before and after the model; None where there is none, or the run does not restore."""
        if restored is not None:
            self.restored.show_restored(restored, degradation)
        self.before_after.setVisible(restored is not None)

    def show_near(self, near: list[Near]) -> None:
        """Show the items that are nearest, nearest first."""
        self.near.show_near(near)

    def set_usual_distance(self, apart: float) -> None:
        """Say how far two codes drawn from the prior usually are apart."""
        self.pins.usual = apart

    def show_pins(self, pins: list[tuple[Place, Decoded]]) -> None:
        """Show the pins, at most two, above the near items; without any, what a click would do stands below them."""
        self.pins.show_pins(pins)
        self.order.insertWidget(0 if pins else 1, self.sections[0])

    def show_message(self, text: str) -> None:
        """Say something where the near items stand, and where nothing was decoded yet in the view's place too."""
        if self.panel.view is None:
            self.panel.show_message(text)
        self.near.show_message(text)

    def set_playhead(self, seconds: float | None) -> None:
        """Mark the time that is heard; None where nothing is."""
        self.panel.set_playhead(seconds)
        self.play_button.set_playing(seconds is not None)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for part in (
            self.panel, self.play_button, self.facts, self.words, self.restored, self.near, self.pins
        ):  # fmt: skip
            part.set_theme(theme)
        for heading in self.headings:
            heading.setStyleSheet(f"color: {theme.dim}; background: transparent; padding-left: 2px;")
            heading.setFont(scaled_font(self, SMALL, QFont.Weight.DemiBold))
        self.below.setStyleSheet(scroll_sheet(theme))

    # ---- the stage ------------------------------------------------------------------------------------

    def change_panel(self, panel: Panel) -> None:
        """Put a panel of another kind on the stage."""
        old, self.panel = self.panel, panel
        old.hide()
        old.deleteLater()
        panel.set_theme(self.theme)
        panel.painted.connect(self.painted)
        panel.seek.connect(self.seek_wanted)
        self.setTabOrder(panel, self.play_button)
        panel.show()
        self.play_button.raise_()
        self.place_stage()

    def place_stage(self) -> None:
        """Give the view its room: as wide as the inspector, at most half as high."""
        width = max(self.width() - 2 * EDGE, 60)
        shape = SHAPES.get(type(self.panel), SHAPE)
        height = max(min(round(width * shape), round(self.height() * MOST)), 120)
        foot = self.play_button.height() // 2 if not self.play_button.isHidden() else 0
        self.stage.setFixedHeight(height + foot)
        self.panel.setGeometry(EDGE, 0, width, height)
        self.play_button.move(
            EDGE + width - self.play_button.width() - SPACE, height - self.play_button.height() // 2
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place_stage()


def section(heading: QLabel, part: QWidget) -> QWidget:
    """A part of the inspector under its heading."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE)
    column.addWidget(heading)
    column.addWidget(part)
    return made

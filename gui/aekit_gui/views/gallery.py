# The gallery: demos, runs and recent runs as cards, in as many columns as there is room for.
"""The gallery: demos, runs and recent runs as cards, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.gallery import Card, matching
from aekit_gui.theme import LIGHT, SPACE, TITLE, Theme
from aekit_gui.views.card import CardButton
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.elided import breakable
from aekit_gui.views.thumbnails import Thumbnails

TRAIN = "aekit train --plugin image"
SECTIONS = {"demo": "Demos", "run": "Your runs", "recent": "Recent, from elsewhere"}
GAP = 2 * SPACE
WIDEST = 1480  # pixels of the page


class Grid(QWidget):
    """Cards of one section, all of one size, in as many columns as there is room for.

    Attributes:
        columns: how many there are.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[CardButton] = []
        self.columns = 1

    def show_cards(self, cards: list[CardButton]) -> None:
        """Show other cards; they are hidden where they are in no grid."""
        for card in self.cards:
            card.hide()
        self.cards = cards
        for card in cards:
            card.setParent(self)
            card.show()
        self.arrange()

    def arrange(self) -> None:
        """Place the cards, and be as high as they need."""
        if not self.cards:
            self.setFixedHeight(0)
            return
        hint = self.cards[0].sizeHint()
        width = max(self.width(), 1)
        self.columns = max((width + GAP) // (hint.width() + GAP), 1)
        wide = min((width - (self.columns - 1) * GAP) // self.columns, round(hint.width() * 1.35))
        for number, card in enumerate(self.cards):
            row, column = divmod(number, self.columns)
            card.setGeometry(QRect(column * (wide + GAP), row * (hint.height() + GAP), wide, hint.height()))
        rows = -(-len(self.cards) // self.columns)
        self.setFixedHeight(rows * (hint.height() + GAP) - GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.arrange()


class Section(QWidget):
    """A heading, and its cards."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading, self.grid = QLabel(title), Grid()
        self.heading.setObjectName("heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.heading)
        column.addWidget(self.grid)


class Empty(QWidget):
    """What there is to do where there are no runs."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.words, self.command = QLabel(), QLabel(), QLabel(TRAIN)
        self.title.setObjectName("title")
        self.words.setObjectName("dim")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.command.setObjectName("code")
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command.setAccessibleName(f"Command: {TRAIN}")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the command, to paste it into a terminal.")
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.command)
        row.addWidget(self.copy)
        row.addStretch(1)
        self.commands = QWidget()
        self.commands.setLayout(row)
        row.setContentsMargins(0, SPACE, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * SPACE, 0, 0)
        column.setSpacing(SPACE // 2)
        for widget in (self.title, self.words, self.commands):
            column.addWidget(widget)

    def show_for(self, words: str, any: bool, own: bool) -> None:
        """Say what there is to do: nothing matches `words`, there are no runs at `any`, or only demos."""
        if any and words:
            self.title.setText("No run matches")
            self.words.setText(breakable(f"Nothing holds “{words}”. Fewer letters find more."))
        else:
            self.title.setText("Train your own" if any else "No runs here yet")
            self.words.setText(
                "Runs in the folder “runs” appear here. This one line trains on digits that ship with aekit:"
            )
        self.commands.setVisible(not (any and words))
        self.setVisible(not own)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(TRAIN)
        self.copy.setText("Copied")


class Gallery(QWidget):
    """The page of cards.

    Signals:
        run_chosen(object Path): a run is to be opened.
        folder_wanted(): a folder is to be chosen.
    """

    run_chosen = Signal(object)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setAccessibleName("Gallery")
        self.thumbnails = Thumbnails(self)
        self._cards: list[Card] = []
        self._buttons: dict[Card, CardButton] = {}
        self.title, self.words = QLabel("aekit"), QLabel("Choose a latent space, and walk in it.")
        self.field, self.folder = QLineEdit(), QPushButton("Open a folder…")
        self.scroller = QScrollArea()
        self.sections = {kind: Section(title) for kind, title in SECTIONS.items()}
        self.empty = Empty()
        self._dress()
        self._lay_out()
        self.field.textChanged.connect(self._filter)
        for watched in (self.field, self.scroller):  # a scroll area would scroll by the arrows
            watched.installEventFilter(self)
        self.folder.clicked.connect(lambda: self.folder_wanted.emit())
        self._filter()

    # ---- facts ----------------------------------------------------------------------------------------

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Show other cards; those that stay keep the keyboard."""
        held = next((card for card, button in self._buttons.items() if button.hasFocus()), None)
        self._cards = list(cards)
        self.thumbnails.forget()
        for card in [card for card in self._buttons if card not in set(cards)]:
            button = self._buttons.pop(card)
            button.hide()
            button.deleteLater()
        for card in cards:
            if card not in self._buttons:
                self._buttons[card] = self._button(card)
        self._filter()
        same = next((card for card in cards if held is not None and card.path == held.path), None)
        if same is not None:
            self._buttons[same].setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.title.setFont(scaled_font(self, TITLE + 9))
        for button in self._buttons.values():
            button.set_theme(theme)
        for section in self.sections.values():
            section.grid.arrange()

    @property
    def shown(self) -> list[CardButton]:
        """The cards that are seen, in order."""
        return [card for section in self.sections.values() for card in section.grid.cards]

    # ---- what it is made of ---------------------------------------------------------------------------

    def _button(self, card: Card) -> CardButton:
        button = CardButton(card, self.thumbnails)
        button.set_theme(self.theme)
        button.hide()
        if card.opens:
            button.clicked.connect(lambda: self.run_chosen.emit(card.path))
        return button

    def _dress(self) -> None:
        self.words.setObjectName("dim")
        self.field.setPlaceholderText("Filter")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName("Filter runs")
        self.field.setToolTip(
            "Words of a name, a plugin, an objective or a folder. The down arrow goes to the cards."
        )
        self.field.setMinimumWidth(160)
        self.field.setMaximumWidth(320)
        self.folder.setToolTip("A run, or a folder of runs, from anywhere.")

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.words)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addLayout(names)
        head.addStretch(1)
        head.addWidget(self.field, 0, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(self.folder, 0, Qt.AlignmentFlag.AlignBottom)
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addSpacing(SPACE)
        for section in self.sections.values():
            column.addWidget(section)
            if section is self.sections["run"]:
                column.addWidget(self.empty)
        column.addStretch(1)
        self.page.setMaximumWidth(WIDEST)
        self.scroller.setWidget(self.page)
        self.scroller.setWidgetResizable(True)
        self.scroller.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroller)

    def _filter(self) -> None:
        words = self.field.text().strip()
        found = matching(self._cards, words)
        for kind, section in self.sections.items():
            cards = [self._buttons[card] for card in found if card.kind == kind]
            section.grid.show_cards(cards)
            section.setVisible(bool(cards))
        own = any(card.kind != "demo" for card in self._cards)
        self.empty.show_for(words, bool(self._cards), bool(found) if words else own)
        previous: QWidget = self.folder
        for button in self.shown:
            QWidget.setTabOrder(previous, button)
            previous = button

    # ---- keys -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if watched is self.field:
                return self._field_key(key)
            place = next((number for number, button in enumerate(self.shown) if button.hasFocus()), None)
            return place is not None and self._card_key(key, place)
        return super().eventFilter(watched, event)

    def _field_key(self, key: Qt.Key) -> bool:
        """A key in the filter; whether it meant something."""
        if key == Qt.Key.Key_Down and self.shown:
            self._focus(0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.shown:
            self.shown[0].click()
        elif key == Qt.Key.Key_Escape:
            self.field.clear()
        else:
            return False
        return True

    def _card_key(self, key: Qt.Key, place: int) -> bool:
        """A key on the card at a place; whether it meant something."""
        to = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self.shown) - 1,
            Qt.Key.Key_Left: place - 1,
            Qt.Key.Key_Right: place + 1,
        }
        if key in to:
            self._focus(to[key])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._up_or_down(place, -1 if key == Qt.Key.Key_Up else 1)
        else:
            return False
        return True

    def _up_or_down(self, place: int, way: int) -> None:
        """To the card above or below, also over the border of a section; from the first row to the filter."""
        shown, here = self.shown, self.shown[place]
        centre = here.mapTo(self.page, here.rect().center())
        ways = [
            (abs(way * (at.y() - centre.y())), abs(at.x() - centre.x()), number)
            for number, button in enumerate(shown)
            if way * ((at := button.mapTo(self.page, button.rect().center())).y() - centre.y())
            > here.height() / 2
        ]
        if ways:
            self._focus(min(ways)[2])
        elif way < 0:
            self.field.setFocus()

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self.shown):
            button = self.shown[place]
            button.setFocus(Qt.FocusReason.TabFocusReason)
            self.scroller.ensureWidgetVisible(button, 0, GAP)

    def sizeHint(self) -> QSize:
        return QSize(1100, 760)

# The command palette: everything that can be done, by name and by keyboard alone.
"""The command palette: everything that can be done, by name and by keyboard alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidgetItem, QVBoxLayout, QWidget

from aekit_gui.actions import ACTIONS, Action, by_id, matching
from aekit_gui.theme import SPACE, TEXT, TITLE, Theme
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.overlay import Overlay, draw_sheet
from aekit_gui.views.rows import ROLE, Row, RowList

WIDTH, HEIGHT = 620, 420  # pixels at the normal scale
NEEDS = {
    "run": "Open a run first.",
    "model": "The model is still being loaded.",
    "heard": "This run has no sound.",
}
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CommandPalette(Overlay):
    """A field and a list over the window.

    Signals:
        chosen(str): the id of what is to be done; it is closed by then.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, actions: Sequence[Action] = ACTIONS) -> None:
        super().__init__(parent)
        self._actions, self._known = actions, by_id(actions)
        self._enabled: Collection[str] = ()
        self._titles: Mapping[str, str] = {}
        self._used: list[str] = []  # the last one first
        self.setAccessibleName("Command palette")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("What do you want to do?")
        self.field.setToolTip("Some letters of its name. Arrow keys choose, Enter does it, Escape closes.")
        self.field.setFrame(False)
        self.list = RowList("Commands", parent=self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.none = QLabel("Nothing of that name.", self)
        self.none.setObjectName("dim")
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        for widget in (self.field, self.none, self.list):
            column.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._clicked)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.list.set_theme(theme)

    def ask(self, enabled: Collection[str], titles: Mapping[str, str] | None = None) -> None:
        """Open.

        Args:
            enabled: ids of what can be done now.
            titles: other titles than the table's, by id.
        """
        self._enabled, self._titles = enabled, titles or {}
        self.field.clear()
        self._search("")
        self.open()
        self.field.setFocus()

    def rows(self, words: str) -> list[Row]:
        """What is shown for some words: what can be done first; without words, what was done last before the rest."""
        found = ranked(words, self._actions)
        if not words.strip():
            last = [self._known[id] for id in self._used]
            found = [*last, *(action for action in found if action.id not in self._used)]
        rows = [self._row(action) for action in found]
        return sorted(rows, key=lambda row: not row.enabled)

    def _row(self, action: Action) -> Row:
        row = Row(action.id, self._titles.get(action.id, action.title).rstrip(), action.help, action.keys)
        if action.id in self._enabled:
            return row
        return replace(row, enabled=False, help=NEEDS.get(action.when, row.help))

    def _search(self, words: str) -> None:
        rows = self.rows(words)
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self.none.setVisible(not rows)
        if self.isVisible():
            self.arrange()

    def _clicked(self, item: QListWidgetItem) -> None:
        row: Row = item.data(ROLE)
        if row.enabled:
            self._choose(row)

    def _choose(self, row: Row | None) -> None:
        if row is None:
            return
        self._used = [row.id, *(id for id in self._used if id != row.id)][:5]
        self.leave()
        self.chosen.emit(row.id)

    # ---- Qt -------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        self.field.setFont(scaled_font(self, TITLE))
        size = QSize(WIDTH, HEIGHT) * (scaled_font(self, TEXT).pixelSize() / TEXT)
        width = min(size.width(), self.width() - 4 * SPACE)
        top = round(self.height() * 0.12)
        held = (
            sum(self.list.sizeHintForRow(row) for row in range(min(self.list.count(), 20)))
            or self.none.sizeHint().height()
        )
        self.field.setMinimumHeight(self.field.sizeHint().height())
        needed = self.field.minimumHeight() + held + 3 * SPACE + 4
        height = min(size.height(), needed, self.height() - top - 3 * SPACE)
        self._box.setGeometry(QRect((self.width() - width) // 2, top, width, height))
        self.update()

    def outside(self, event: QMouseEvent) -> bool:
        return not self._box.geometry().contains(event.position().toPoint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Keys of the field that are the palette's."""
        key = event.key()
        if key in STEPS:
            self.list.move(STEPS[Qt.Key(key)])
        elif key in ENTER:
            self._choose(self.list.row_at_hand())
        elif key == Qt.Key.Key_Escape or self._opens(event):
            self.leave()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _opens(self, event: QKeyEvent) -> bool:
        """Whether these are the keys that open the palette: they close it too."""
        pressed = QKeySequence(event.keyCombination())
        action = self._known.get("view.palette")
        return action is not None and any(QKeySequence(keys) == pressed for keys in action.keys)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        draw_sheet(QPainter(self), QRectF(self._box.geometry()), self.theme)


def ranked(words: str, actions: Sequence[Action] = ACTIONS) -> list[Action]:
    """The actions that hold all of the words, then those whose title holds the letters in order; best first."""
    exact = matching(words, actions)
    letters = "".join(words.lower().split())
    loose = [
        (spread, place, action)
        for place, action in enumerate(actions)
        if action not in exact and (spread := spread_of(letters, action.title.lower())) is not None
    ]
    return exact + [action for _, _, action in sorted(loose, key=lambda one: one[:2])]


def spread_of(letters: str, text: str) -> int | None:
    """How far apart letters are that a text holds in their order: 0 where they are together, None where it doesn't."""
    start, begin = -1, 0
    for number, letter in enumerate(letters):
        start = text.find(letter, start + 1)
        if start < 0:
            return None
        if number == 0:
            begin = start
    return start - begin + 1 - len(letters)

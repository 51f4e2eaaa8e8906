# Help: keys and tools on one page, made from the table of actions.
"""Help: keys and tools on one page, made from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from aekit_gui.actions import ACTIONS, MENUS, Action, matching
from aekit_gui.theme import SPACE, Theme
from aekit_gui.views.rows import Row, RowList

MOUSE = (
    Row(
        "mouse.move",
        "Move over the map",
        "What is there is decoded and shown; melodies play where the pointer rests.",
    ),
    Row("mouse.click", "Click on the map", "Pins the item or the place; two pins are compared."),
    Row("mouse.drag", "Drag the map", "Moves it; a waypoint that is dragged moves in the space."),
    Row(
        "mouse.wheel",
        "Wheel",
        "Zooms around the pointer. In two dimensions points dissolve into decoded items.",
    ),
    Row("mouse.drop", "Drop a file", "A picture or a MIDI file is read, encoded and placed on the map."),
)
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class HelpPage(QDialog):
    """Everything that can be done, with its keys, to search in."""

    def __init__(
        self, theme: Theme, actions: Sequence[Action] = ACTIONS, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and tools")
        self.setAccessibleName("Keys and tools")
        self._actions = actions
        title = QLabel("Keys and tools")
        title.setObjectName("title")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName("Search keys and tools")
        self.field.setToolTip("Words of what you want to do.")
        self.field.installEventFilter(self)
        self.list = RowList("Keys and tools", all_keys=True)
        self.list.set_theme(theme)
        self.none = QLabel("Nothing of that name.")
        self.none.setObjectName("dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACE] * 4)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(title)
        column.addWidget(self.field)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)
        self.field.textChanged.connect(self.search)
        self.resize(780, 680)
        self.search("")

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.list.set_theme(theme)

    def search(self, words: str) -> None:
        """Show what holds all of the words."""
        rows = rows_of(words, self._actions)
        self.list.show_rows(rows)
        self.none.setVisible(not rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = (
            watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        )
        if pressed and (steps := STEPS.get(Qt.Key(event.key()))):  # type: ignore[attr-defined]
            self.list.move(steps)
            return True
        return super().eventFilter(watched, event)


def rows_of(words: str, actions: Sequence[Action] = ACTIONS) -> list[Row]:
    """The page's rows: the mouse first, then each menu under its heading."""
    wanted = words.lower().split()
    mouse = [row for row in MOUSE if all(word in f"{row.title} {row.help}".lower() for word in wanted)]
    rows = [Row("", "Mouse"), *mouse] if mouse else []
    held = set(matching(words, actions))
    for menu, title in MENUS.items():
        found = [action for action in actions if action.menu == menu and action in held]
        if found:
            rows.append(Row("", title.replace("&", "")))
            rows += [Row(action.id, action.title, action.help, action.keys) for action in found]
    return rows

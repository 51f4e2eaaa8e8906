# The panel of a dropped file: the item as it was read beside its reconstruction, and what can be done with it.
"""The panel of a dropped file: the item as it was read beside its reconstruction, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.own_files import item_name
from aekit_gui.theme import LIGHT, SPACE, Theme
from aekit_gui.views.elided import Elided, breakable
from aekit_gui.views.icons import icon
from aekit_gui.views.panels import Panel, panel_class, panel_for
from aekit_gui.work.protocol import Read

LIST_ROWS = 5  # rows of the list that are seen without scrolling
TOLD = 4  # reasons that are named one by one
RESTORING = {
    "Original": "As given",
    "Reconstruction": "Restored",
}  # what views are called, and by models that restore
TALL, WIDE = 150, 96  # least pixels of a view


class DroppedPanel(QWidget):
    """A file's items to choose from, original and reconstruction side by side, and notes on how it was read.

    Signals:
        item_chosen(int): another item of the file.
        waypoint_wanted(), pin_wanted(), remove_wanted(): what the person wants with the item, or the file.
        closed(): the panel is to go; the file stays.
    """

    item_chosen = Signal(int)
    waypoint_wanted = Signal()
    pin_wanted = Signal()
    remove_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.panels: dict[str, Panel] = {}  # by their words
        self._columns: dict[str, QVBoxLayout] = {}
        self._captions: dict[str, QLabel] = {}
        self._name = Elided()
        self._close = QToolButton()
        self._items = QListWidget()
        self._views = QHBoxLayout()
        self._notes = QLabel()
        self._waypoint = QPushButton("Add as waypoint")
        self._pin = QPushButton("Pin")
        self._remove = QPushButton("Take off")
        self._shown: Read | None = None
        self._dress()
        self._lay_out()
        self._items.currentRowChanged.connect(self.item_chosen)
        self._close.clicked.connect(lambda: self.closed.emit())
        self._waypoint.clicked.connect(lambda: self.waypoint_wanted.emit())
        self._pin.clicked.connect(lambda: self.pin_wanted.emit())
        self._remove.clicked.connect(lambda: self.remove_wanted.emit())
        self.set_theme(self.theme)
        self.hide()

    # ---- facts ----------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self._close.setIcon(icon("close", theme))
        for panel in self.panels.values():
            panel.set_theme(theme)

    def set_restores(self, restores: bool) -> None:
        """Say whether the run's model restores: then a file is shown as given, and restored."""
        said = RESTORING if restores else {words: words for words in RESTORING}
        for words, caption in self._captions.items():
            caption.setText(said[words])
            self.panels[words].setAccessibleName(said[words])

    def show_read(self, read: Read, number: int) -> None:
        """Show an item of a file."""
        item = read.items[number]
        if read is not self._shown:
            self._fill(read)
        self._shown = read
        with QSignalBlocker(self._items):
            self._items.setCurrentRow(number)
        self._show("Original", item.view)
        self._show("Reconstruction", item.rebuilt)
        self.setAccessibleDescription(f"{read.path.name}, {item_name(read, number)}")
        self.show()

    def clear(self) -> None:
        """Show nothing, and go."""
        self._shown = None
        self._items.clear()
        self.hide()

    def _fill(self, read: Read) -> None:
        self._name.setText(read.path.name)
        self._name.setToolTip(str(read.path))
        with QSignalBlocker(self._items):
            self._items.clear()
            self._items.addItems([item_name(read, number) for number in range(len(read.items))])
        rows = min(len(read.items), LIST_ROWS)
        self._items.setVisible(len(read.items) > 1)
        self._items.setFixedHeight(
            rows * max(self._items.sizeHintForRow(0), 20) + 2 * self._items.frameWidth()
        )
        notes = "\n".join(notes_of(read))
        self._notes.setText(breakable(notes))
        self._notes.setToolTip(notes)
        self._notes.setVisible(bool(notes))

    def _show(self, words: str, view: Any) -> None:
        """Show a view in the panel of its kind."""
        panel = self.panels[words]
        if type(panel) is not panel_class(view):
            fresh = panel_for(view)
            self._prepare(fresh, words)
            self._columns[words].replaceWidget(panel, fresh)
            panel.hide()
            panel.deleteLater()
            panel = self.panels[words] = fresh
        panel.show_view(view)

    # ---- what it is made of ---------------------------------------------------------------------------

    def _prepare(self, panel: Panel, words: str) -> None:
        panel.set_theme(self.theme)
        panel.setMinimumSize(WIDE, TALL)
        panel.setAccessibleName(self._captions[words].text())

    def _dress(self) -> None:
        self.setAccessibleName("Dropped file")
        self._name.setObjectName("title")
        self._close.setAutoRaise(True)
        self._close.setIconSize(QSize(14, 14))
        self._close.setAccessibleName("Close")
        self._close.setToolTip("Close this panel; the file stays on the map.")
        self._items.setAccessibleName("Items of the file")
        self._items.setToolTip("What was found in the file: arrow keys go through it.")
        self._items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._notes.setObjectName("dim")
        self._notes.setWordWrap(True)
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._notes.setAccessibleName("Notes on how the file was read")
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._waypoint.setObjectName("primary")
        self._waypoint.setToolTip("The item becomes the last waypoint of the walk.")
        self._pin.setToolTip("Keep the item beside another one, to compare them.")
        self._remove.setToolTip("Take the file and its items off the map; undo brings them back.")
        for made in (self._waypoint, self._pin, self._remove):
            made.setAccessibleName(made.text())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._close)
        self._views.setSpacing(SPACE)
        for words in RESTORING:
            self._views.addWidget(self._column(words), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for made in (self._waypoint, self._pin, self._remove):
            buttons.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[SPACE + SPACE // 2] * 4)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self._items)
        column.addLayout(self._views)
        column.addWidget(self._notes)
        column.addLayout(buttons)

    def _column(self, words: str) -> QWidget:
        """A view under its words."""
        holder = QWidget()
        caption = QLabel(words)
        caption.setObjectName("dim")
        self._captions[words] = caption
        panel = panel_for(None)
        self._prepare(panel, words)
        self.panels[words] = panel
        column = self._columns[words] = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(caption)
        column.addWidget(panel, 1)
        return holder


def notes_of(read: Read) -> Sequence[str]:
    """What was done to the file, and what was left out, a line each."""
    lines = [f"{note[:1].upper()}{note[1:]}" for note in read.notes]
    lines += [f"Left out {name}: {reason}" for name, reason in read.rejected[:TOLD]]
    more = len(read.rejected) - TOLD
    if more > 0:
        lines.append(f"Left out {more:,} more")
    if read.left_out:
        lines.append(f"{read.left_out:,} more items of the file are not shown")
    return lines

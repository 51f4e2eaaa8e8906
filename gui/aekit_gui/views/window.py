# The main window: a gallery and an explorer in one frame, menus from the table of actions, and a status line.
"""The main window: a gallery and an explorer in one frame, menus from the table of actions, and a status line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QSplitter, QStackedWidget, QWidget

from aekit_gui.actions import ACTIONS, MENUS
from aekit_gui.theme import LIGHT, Theme
from aekit_gui.views.droplight import DropLight
from aekit_gui.views.keys import keeps_key
from aekit_gui.views.slot import Slot
from aekit_gui.views.status import StatusLine

Callback = Callable[[], object]

LEAST = {  # pixels of each part
    "sidebar": QSize(220, 200), "map": QSize(320, 240), "strip": QSize(320, 150), "inspector": QSize(260, 260),
    "facts": QSize(260, 260), "dropped": QSize(260, 120), "sliders": QSize(260, 140),
}  # fmt: skip
SPLITTERS = {  # the parts of each, from left to right or from top to bottom, and their sizes at first
    "middle": (Qt.Orientation.Vertical, ("map", "strip"), (620, 210)),
    "right": (Qt.Orientation.Vertical, ("inspector", "facts", "dropped", "sliders"), (560, 560, 240, 280)),
    "columns": (Qt.Orientation.Horizontal, ("sidebar", "middle", "right"), (260, 760, 344)),
}
FOLDS = {"view.journey": "strip", "view.sliders": "sliders"}
ONE_OF = (  # of these one is checked
    ("view.light", "view.dark", "view.system"),
    ("map.look", "map.box", "map.lasso", "map.draw"),
    ("map.pca", "map.umap", "map.dimensions", "map.items"),
    ("map.near", "map.plane"),
)
PAGES = ("gallery", "explorer")
LONGEST = 60  # letters of what can be undone, in a menu
BREAKS = frozenset({"file.quit", "file.screenshot", "edit.copy-picture", "edit.find", "view.light", "view.larger",
                    "view.sliders", "map.look", "map.pca", "map.near", "place.left", "place.next", "journey.play",
                    "sound.dwell", "sound.louder", "help.about"})  # a line in the menu stands above them  # fmt: skip


class MainWindow(QMainWindow):
    """The window.

    Attributes:
        slots: the parts of the explorer's page by name: sidebar, map, strip, inspector, facts, dropped, sliders.
        menus: by name; actions_by_id: what they show.
        status: the line at the bottom.

    Signals:
        closing: the window is being closed; sessions are to be saved.
        files_dropped(list of str): files or folders were dropped on a part that takes none itself.
        folded(str id, bool shown): "view.journey" or "view.sliders" was shown or folded away.
    """

    closing = Signal()
    files_dropped = Signal(list)
    folded = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.slots = {name: Slot(name, least) for name, least in LEAST.items()}
        self.splitters: dict[str, QSplitter] = {}
        self.pages = QStackedWidget()
        self.gallery = Slot("gallery", QSize(400, 300))
        self.gallery.setObjectName("page")  # on the window's own ground
        self.status = StatusLine()
        self.actions_by_id: dict[str, QAction] = {}
        self._titles = {action.id: action.title for action in ACTIONS}
        self._callbacks: dict[str, Callback] = {}
        self._open = {"": True, "run": False, "model": False, "heard": False}
        self._checked: set[str] = {"view.journey", "view.sliders"}
        self._undo: dict[str, str] | None = None
        self.light = DropLight(self)
        self.setWindowTitle("aekit")
        self.setAcceptDrops(True)
        self._lay_out()
        self._make_menus()
        self.setStatusBar(self.status)
        self.bind({id: self._folder(id) for id in FOLDS} | {"file.quit": self.close_all})
        self.resize(1360, 860)

    # ---- parts ----------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """Of `PAGES`, the one that is shown."""
        return PAGES[self.pages.currentIndex()]

    def show_page(self, name: str) -> None:
        """Show the gallery or the explorer; in the gallery actions on the run rest."""
        self.pages.setCurrentIndex(PAGES.index(name))
        self._enable()

    def put(self, name: str, widget: QWidget | None) -> None:
        """Put a widget into a slot, or "gallery"; what was there is deleted."""
        (self.gallery if name == "gallery" else self.slots[name]).put(widget)

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours, and hand them to what the slots hold."""
        self.theme = theme
        for slot in (*self.slots.values(), self.gallery):
            slot.set_theme(theme)
        self.light.set_theme(theme)
        self.status.set_theme(theme)

    def fold(self, id: str, shown: bool) -> None:
        """Show the journey ("view.journey") or the sliders ("view.sliders"), or fold them away."""
        self.slots[FOLDS[id]].fold(not shown)
        self._right_column()
        self.set_checked(id, shown)

    def make_room(self, wanted: bool) -> None:
        """Fold the inspector and the sliders away for what is told of a run, or show them as they were left."""
        self.slots["inspector"].fold(wanted)
        self.slots["sliders"].fold(wanted or "view.sliders" not in self._checked)

    def layout_state(self) -> dict[str, Any]:
        """Where everything is, as JSON values."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        sizes = {name: splitter.sizes() for name, splitter in self.splitters.items()}
        return {
            "geometry": geometry,
            "sizes": sizes,
            "folded": [id for id in FOLDS if id not in self._checked],
        }

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Put everything where it was; what is damaged stays as it is."""
        geometry = state.get("geometry")
        if isinstance(geometry, str) and geometry.isascii():
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))
        held = state.get("sizes")
        for name, splitter in self.splitters.items():
            sizes = held.get(name) if isinstance(held, dict) else None
            if isinstance(sizes, list) and good_sizes(sizes, splitter.count()):
                splitter.setSizes(sizes)
        folded = state.get("folded")
        for id in FOLDS:
            if isinstance(folded, list):
                self.fold(id, id not in folded)

    def _lay_out(self) -> None:
        parts: dict[str, QWidget] = dict(self.slots)
        for name, (way, names, sizes) in SPLITTERS.items():
            splitter = QSplitter(way)
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)  # Qt lets a pointer grab two pixels on either side
            for number, part in enumerate(names):
                splitter.addWidget(parts[part])
                splitter.setStretchFactor(number, 1 if part in ("map", "middle", "inspector") else 0)
            splitter.setSizes(list(sizes))
            self.splitters[name] = parts[name] = splitter
        for slot in self.slots.values():
            slot.seen.connect(self._right_column)
        self.gallery.show()
        self.pages.addWidget(self.gallery)
        self.pages.addWidget(self.splitters["columns"])
        self.setCentralWidget(self.pages)

    def _right_column(self) -> None:
        """A column without anything in it takes no room."""
        for name in ("middle", "right"):
            self.splitters[name].setHidden(all(self.slots[part].isHidden() for part in SPLITTERS[name][1]))

    # ---- actions --------------------------------------------------------------------------------------

    def bind(self, callbacks: Mapping[str, Callback]) -> None:
        """Say what actions do, by id; actions that do nothing can't be chosen.

        Raises:
            KeyError: there is no such action.
        """
        for id in callbacks:
            self.actions_by_id[id].setEnabled(True)
        self._callbacks |= callbacks
        self._enable()

    def unbind(self, ids: Iterable[str]) -> None:
        """Forget what actions do."""
        for id in ids:
            self._callbacks.pop(id, None)
        self._enable()

    def set_open(self, run: bool, model: bool, heard: bool) -> None:
        """Say what is open, and so what can be done: a run, one that decodes, one that can be heard."""
        self._open |= {"run": run, "model": run and model, "heard": run and heard}
        self._enable()

    def set_checked(self, id: str, checked: bool) -> None:
        """Mark a switch as on or off; of a group the others go off. A switch shows what is said here, nothing else."""
        group = next((group for group in ONE_OF if id in group), (id,))
        if checked:
            self._checked -= set(group)
            self._checked.add(id)
        else:
            self._checked.discard(id)
        self._show_checks(group)

    def set_undo(self, undo: str, redo: str) -> None:
        """Show in words what can be undone and done again; "" where there is nothing."""
        words = {"edit.undo": undo, "edit.redo": redo}
        if words == self._undo:
            return
        self._undo = words
        for id, what in words.items():
            title = next(action.title for action in ACTIONS if action.id == id)
            short = what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…"
            self._titles[id] = f"{title}: {short}" if what else title
            self.actions_by_id[id].setText(self._titles[id].replace("&", "&&"))
        self._enable()

    @property
    def enabled(self) -> set[str]:
        """Ids of what can be done now."""
        return {id for id, action in self.actions_by_id.items() if action.isEnabled()}

    @property
    def titles(self) -> dict[str, str]:
        """What the actions are called now, by id."""
        return dict(self._titles)

    def do(self, id: str) -> None:
        """Do something, where it can be done now."""
        if self.actions_by_id[id].isEnabled():
            self._callbacks[id]()

    def _make_menus(self) -> None:
        menus = self.menus = {name: self.menuBar().addMenu(title) for name, title in MENUS.items()}
        switched = {id for group in ONE_OF for id in group}
        for action in ACTIONS:
            if action.id in BREAKS:
                menus[action.menu].addSeparator()
            made = QAction(action.title.replace("&", "&&"), self)
            made.setShortcuts([QKeySequence(keys) for keys in action.keys])
            made.setToolTip(action.help or action.title)
            made.setStatusTip(action.help)
            made.setCheckable(action.checked or action.id in switched)
            made.setChecked(action.id in self._checked)
            made.setMenuRole(ROLES.get(action.id, QAction.MenuRole.NoRole))
            made.triggered.connect(self._doer(action.id))
            menus[action.menu].addAction(made)
            self.addAction(made)  # shortcuts work where the menu bar is hidden
            self.actions_by_id[action.id] = made
        self._enable()

    def _doer(self, id: str) -> Callback:
        def triggered() -> None:
            self._show_checks((id,))
            self.do(id)

        return triggered

    def _show_checks(self, ids: Iterable[str]) -> None:
        for id in ids:
            self.actions_by_id[id].setChecked(id in self._checked)

    def _enable(self) -> None:
        for action in ACTIONS:
            able = action.id in self._callbacks and self._open[action.when]
            if action.when and self.page == "gallery":
                able = False
            if self._undo is not None and action.id in self._undo:
                able = able and bool(self._undo[action.id])
            self.actions_by_id[action.id].setEnabled(able)

    def _folder(self, id: str) -> Callback:
        def toggle() -> None:
            shown = id not in self._checked
            self.fold(id, shown)
            self.folded.emit(id, shown)

        return toggle

    # ---- Qt -------------------------------------------------------------------------------------------

    def close_all(self) -> None:
        """Close the window."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        event.accept()

    def event(self, event: QEvent) -> bool:
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and keeps_key(QApplication.focusWidget(), event):  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(held, QAbstractButton):
            held.click()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.light.shine("Open it" if self.page == "gallery" else "Drop it on the map")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.light.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.light.hide()
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)


ROLES = {
    "help.about": QAction.MenuRole.AboutRole,
    "file.quit": QAction.MenuRole.QuitRole,
}


def good_sizes(sizes: list[Any], count: int) -> bool:
    """Whether these can be a splitter's sizes."""
    return (
        len(sizes) == count
        and all(
            isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 100_000 for size in sizes
        )
        and any(sizes)
    )

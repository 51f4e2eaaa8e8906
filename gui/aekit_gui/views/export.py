# The export dialog: what a walk or a place is written as, and where.
"""The export dialog: what a walk or a place is written as, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.exports import Choice, Format, clashing, fresh, place_of
from aekit_gui.theme import SPACE, TITLE, Theme
from aekit_gui.views.cards import CardDelegate

Ask = Callable[[str, Path, str], Path | None]  # title, where it begins, filter

WIDTH, HEIGHT = 560, 620  # pixels


class ExportDialog(QDialog):
    """Formats as a list of cards, the place, and for animations how long each picture stays.

    Signals:
        accepted_export(object Choice): the person wants this; the dialog is closed then.
    """

    accepted_export = Signal(object)

    def __init__(
        self,
        formats: Sequence[Format],
        count: int,
        path: Path,
        theme: Theme,
        seconds: float = 0.5,
        loop: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            formats: from `models.exports.formats`; one that is missing something is shown and can't be chosen.
            count: steps that are exported.
            path: where it is offered to go: a folder and a name, whose ending follows the format.
            seconds, loop: of an animation, as offered.
        """
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAccessibleName("Export")
        self.ask_place: Ask = self._by_file_dialog
        self._formats, self._count, self._stem = list(formats), count, path
        self._list = self._make_list(count, theme)
        self._place = QLineEdit()
        self._browse = QPushButton("Browse…")
        self._browse.setAutoDefault(False)  # Return exports
        self._seconds = QDoubleSpinBox()
        self._seconds.lineEdit().setTextMargins(SPACE - 2, 0, 0, 0)  # stylesheets don't reach it
        self._loop = QCheckBox("Start anew at the end")
        self._note = QLabel()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._dress(seconds, loop)
        self._lay_out(count)
        self._join()
        self.set_theme(theme)
        self.resize(WIDTH, HEIGHT)
        self._list.setCurrentRow(next((row for row, one in enumerate(self._formats) if not one.missing), 0))
        self._list.setFocus()

    # ---- what it says ---------------------------------------------------------------------------------

    @property
    def format(self) -> Format:
        """The format that is chosen."""
        return self._formats[max(0, self._list.currentRow())]

    @property
    def choice(self) -> Choice:
        """What is chosen so far."""
        return Choice(
            self.format.kind,
            place_of(self._place.text()),
            self.format.ending,
            self._seconds.value(),
            self._loop.isChecked(),
        )

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self._delegate.set_theme(theme)
        self._theme = theme
        self._list.viewport().update()
        self._check()

    def problem(self) -> tuple[str, bool]:
        """What is to be said about the place, and whether it is in the way of exporting."""
        text, chosen = self._place.text().strip(), self.format
        path = place_of(text)
        if chosen.missing:
            return f"{chosen.title} {chosen.missing}.", True
        if not text:
            return "Give a name, or browse for a place.", True
        if str(path).startswith("~"):
            return f"{path.parts[0]} is nobody's home here: give another place.", True
        named = path.suffix.lower() == f".{chosen.ending}"
        if chosen.folder and not (named and self._count == 1):  # a single file may be named
            if path.is_file():
                return "That is a file: give the name of a folder, which may be a new one.", True
            there = clashing(path, chosen.ending) if path.is_dir() else ""
            return (f"The folder already holds {there}: choose another one.", True) if there else ("", False)
        if path.is_dir():
            return "That is a folder: give the name of a file in it.", True
        if not named:
            return f"The name of this format ends in .{chosen.ending}.", True
        return ("A file of that name is there; it will be replaced.", False) if path.exists() else ("", False)

    # ---- what it is made of ---------------------------------------------------------------------------

    def _make_list(self, count: int, theme: Theme) -> QListWidget:
        cards = QListWidget()
        cards.setAccessibleName("Formats")
        cards.setToolTip("What comes out. Arrow keys choose, Enter exports.")
        self._delegate = CardDelegate(theme, cards)
        cards.setItemDelegate(self._delegate)
        cards.setMouseTracking(True)
        cards.setFrameShape(QFrame.Shape.NoFrame)
        cards.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        cards.viewport().setAutoFillBackground(False)
        cards.setSpacing(2)
        for one in self._formats:
            item = QListWidgetItem(one.title)
            item.setData(Qt.ItemDataRole.UserRole, one)
            words = f"{one.words} It {one.missing}." if one.missing else one.words
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one.title}: {words}")
            item.setToolTip(words)
            if one.missing:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            cards.addItem(item)
        return cards

    def _dress(self, seconds: float, loop: bool) -> None:
        self._place.setAccessibleName("Place")
        self._place.setToolTip("The file that is written, or for files of each step the folder.")
        self._browse.setToolTip("Choose the place in the system's dialog.")
        self._seconds.setRange(0.02, 60.0)
        self._seconds.setDecimals(2)
        self._seconds.setSingleStep(0.05)
        self._seconds.setSuffix(" s")
        self._seconds.setValue(seconds)
        self._seconds.setAccessibleName("Seconds of each picture")
        self._seconds.setToolTip("How long each picture of the film is shown.")
        self._loop.setChecked(loop)
        self._loop.setAccessibleName("Start anew at the end")
        self._loop.setToolTip("A GIF that goes round and round, or plays once.")
        self._note.setWordWrap(True)
        self._note.setAccessibleName("About the place")
        self._export.setDefault(True)
        self._export.setObjectName("primary")
        self._export.setToolTip("Decode all steps and write them; the window stays free meanwhile.")

    def _lay_out(self, count: int) -> None:
        heading = QLabel(f"Export {count:,} steps" if count != 1 else "Export the place at hand")
        heading.setStyleSheet(f"font-size: {TITLE}px; font-weight: 600;")
        place = QHBoxLayout()
        place.setSpacing(SPACE)
        place.addWidget(label_of("&Place", self._place))
        place.addWidget(self._place, 1)
        place.addWidget(self._browse)
        timing = QHBoxLayout()
        timing.setSpacing(SPACE)
        self._seconds_label = label_of("&Each picture", self._seconds)
        timing.addWidget(self._seconds_label)
        timing.addWidget(self._seconds)
        timing.addSpacing(2 * SPACE)
        timing.addWidget(self._loop)
        timing.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACE] * 4)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(heading)
        column.addWidget(self._list, 1)
        column.addLayout(timing)
        column.addLayout(place)
        column.addWidget(self._note)
        column.addWidget(self._buttons)
        self._note.setMinimumHeight(self._note.fontMetrics().height())
        for widget in (self._seconds, self._seconds_label, self._loop):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # nothing jumps where another format is chosen
            widget.setSizePolicy(policy)

    def _join(self) -> None:
        self._list.currentRowChanged.connect(self._format_changed)
        self._list.itemActivated.connect(lambda _: self._export.click())
        self._place.textChanged.connect(self._check)
        self._browse.clicked.connect(self._choose_place)
        self._buttons.accepted.connect(self._finish)
        self._buttons.rejected.connect(self.reject)

    # ---- what is done ---------------------------------------------------------------------------------

    def _format_changed(self) -> None:
        chosen = self.format
        self._seconds.setVisible(chosen.timed)
        self._seconds_label.setVisible(chosen.timed)
        self._loop.setVisible(chosen.loops)
        self._browse.setText("Choose folder…" if chosen.folder else "Browse…")
        self._place.setText(str(self._offered(chosen)))

    def _offered(self, chosen: Format) -> Path:
        """The place, its ending changed to the format's; a name that was typed stays."""
        typed = self._place.text().strip()
        path = place_of(typed) if typed else self._stem
        endings = {f".{one.ending}" for one in self._formats}
        bare = path.with_suffix("") if path.suffix.lower() in endings else path
        bare = bare if bare.name else bare / self._stem.name  # "/" is a place without a name
        if chosen.folder:
            return fresh(bare) if clashing(bare, chosen.ending) or bare.is_file() else bare
        return bare.with_name(f"{bare.name}.{chosen.ending}")

    def _check(self) -> None:
        text, in_the_way = self.problem()
        self._note.setText(text)
        self._export.setEnabled(not in_the_way)
        self._note.setStyleSheet(f"color: {self._theme.bad if in_the_way else self._theme.warm};")

    def _choose_place(self) -> None:
        chosen = self.format
        filter = "" if chosen.folder else f"{chosen.title} (*.{chosen.ending})"
        found = self.ask_place(f"Export as {chosen.title}", place_of(self._place.text()), filter)
        if found is None:
            return
        if not chosen.folder and not found.suffix:
            found = found.with_name(f"{found.name}.{chosen.ending}")
        self._place.setText(str(found))

    def _by_file_dialog(self, title: str, start: Path, filter: str) -> Path | None:
        if not filter:
            found = QFileDialog.getExistingDirectory(self, title, str(start.parent))
        else:
            found, _ = QFileDialog.getSaveFileName(self, title, str(start), filter)
        return Path(found) if found else None

    def _finish(self) -> None:
        if not self.problem()[1]:
            choice = self.choice
            self.accept()
            self.accepted_export.emit(choice)


def label_of(text: str, widget: QWidget) -> QLabel:
    """A label whose letter after & leads to a widget."""
    label = QLabel(text)
    label.setBuddy(widget)
    return label

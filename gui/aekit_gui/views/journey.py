# The journey strip: the filmstrip of the walk, and over it one calm row of controls.
"""The journey strip: the filmstrip of the walk, and over it one calm row of controls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontInfo, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.exports import Format
from aekit_gui.models.journey import FEWEST, METHODS, MOST, SPEEDS
from aekit_gui.models.look import Journey
from aekit_gui.theme import LIGHT, SPACE, TEXT, Theme
from aekit_gui.views.export import ExportDialog
from aekit_gui.views.filmstrip import Filmstrip
from aekit_gui.views.icons import icon
from aekit_gui.work.protocol import Pixels

BEAT = 33  # milliseconds between two ticks while it plays
ICON = 16  # pixels
LEAST = 84  # pixels of the speed and of the method, at the normal scale
STEPS = (104, 60)  # of the steps, with their words and without
DENSE = 3  # how far words are left out at most


class JourneyStrip(QWidget):
    """The walk: its pictures, how it is walked, playback and export.

    Signals:
        method_changed(str), steps_changed(int), speed_changed(float), loop_changed(bool): what was set.
        waypoint_moved(int, int), waypoint_removed(int), step_clicked(int): see `Filmstrip`.
        add_wanted(), clear_wanted(), export_wanted(), play_wanted(bool): what a person wants.
        export_chosen(object models.exports.Choice): what the walk is to be written as.
        files_dropped(list of str): files that are to be waypoints.
        ticked(): some 30 times a second while it plays.
    """

    method_changed = Signal(str)
    steps_changed = Signal(int)
    speed_changed = Signal(float)
    loop_changed = Signal(bool)
    waypoint_moved = Signal(int, int)
    waypoint_removed = Signal(int)
    step_clicked = Signal(int)
    add_wanted = Signal()
    clear_wanted = Signal()
    play_wanted = Signal(bool)
    export_wanted = Signal()
    export_chosen = Signal(object)
    files_dropped = Signal(list)
    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.film = Filmstrip()
        self.dialog: ExportDialog | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self.ticked)
        self._play = tool(
            "Play the walk",
            "Walk along: pictures move on, what is heard plays as one piece. Ctrl+Space",
            True,
        )
        self._loop = tool("Loop", "Go on from the start. Ctrl+L", True)
        self._speed = QComboBox()
        self._title = QLabel()
        self._method = QComboBox()
        self._steps = QSpinBox()
        self._add = button("Waypoint", "Add a waypoint", "Add the place at hand to the walk. W, on the map")
        self._clear = tool("New walk", "Forget all waypoints; undo brings them back. Ctrl+Backspace")
        self._export = button(
            "Export…", "Export the walk", "Pictures, animation, sound, MIDI, arrays. Ctrl+E"
        )
        self._busy = QProgressBar()
        self._narrowest = 0  # pixels of the strip
        self._dress()
        self._lay_out()
        self._join()
        self.setAcceptDrops(True)
        self.setAccessibleName("Journey")
        self.set_theme(self.theme)
        self.show_journey(Journey(), ())

    # ---- facts ----------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.film.set_theme(theme)
        self._draw_icons()

    def show_journey(self, journey: Journey, stops: tuple[int, ...] = ()) -> None:
        """Show a journey whose waypoints are passed at the steps `stops`."""
        self.film.show_journey(journey, stops)
        with QSignalBlocker(self._method), QSignalBlocker(self._steps), QSignalBlocker(self._speed):
            self._method.setCurrentIndex(self._method.findData(journey.method))
            self._steps.setValue(journey.steps)
            near = min(range(len(SPEEDS)), key=lambda row: abs(SPEEDS[row] - journey.speed))
            self._speed.setCurrentIndex(near)
        with QSignalBlocker(self._loop):
            self._loop.setChecked(journey.loop)
        self._method.setToolTip(METHODS[journey.method][1])
        points = len(journey.waypoints)
        self._title.setText("" if not points else f"{points} waypoint{'' if points == 1 else 's'}")
        self._fit()
        self._play.setEnabled(points > 1)
        self._clear.setEnabled(points > 0)

    def set_drawn(self, drawn: bool) -> None:
        """Whether pictures are drawings on white paper (notes, curves), which dark themes turn dark."""
        self.film.set_drawn(drawn)

    def show_pictures(self, pictures: dict[int, Pixels]) -> None:
        """Pictures (h, w, 3) have come, by step."""
        self.film.show_pictures(pictures)

    def set_position(self, position: float | None) -> None:
        """Mark where playback is, in steps; None where nothing plays."""
        self.film.set_position(position)

    def set_playing(self, plays: bool) -> None:
        """Whether it plays, and ticks."""
        with QSignalBlocker(self._play):
            self._play.setChecked(plays)
        self._play.setAccessibleName("Stop the walk" if plays else "Play the walk")
        self._draw_icons()
        if plays:
            self._timer.start()
        else:
            self._timer.stop()

    def set_busy(self, share: float | None) -> None:
        """Show how far something is; 0 for nobody knows, None for nothing."""
        self._busy.setRange(0, 100 if share else 0)
        self._busy.setValue(round(100 * (share or 0)))
        self._busy.setVisible(share is not None)

    def ask_export(
        self, formats: Sequence[Format], count: int, path: Path, seconds: float, loop: bool
    ) -> None:
        """Ask what `count` steps are to be written as; `export_chosen` follows where it was not cancelled."""
        self.dialog = ExportDialog(formats, count, path, self.theme, seconds, loop, self)
        self.dialog.accepted_export.connect(self.export_chosen)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    # ---- what it is made of ---------------------------------------------------------------------------

    def _dress(self) -> None:
        for method, (title, words) in METHODS.items():
            self._method.addItem(title, method)
            self._method.setItemData(self._method.count() - 1, words, 3)  # Qt.ItemDataRole.ToolTipRole
        self._method.setAccessibleName("How the walk goes")
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip("Speed of playback: 1× is two pictures a second, or as it is heard.")
        self._steps.setRange(FEWEST, MOST)
        self._steps.setKeyboardTracking(False)
        self._steps.lineEdit().setTextMargins(SPACE - 2, 0, 0, 0)  # stylesheets don't reach it
        self._steps.setSuffix(" steps")
        self._steps.setAccessibleName("Steps of the walk")
        self._steps.setToolTip("How many steps the whole walk has, both ends included.")
        self._title.setObjectName("dim")
        self._busy.setTextVisible(False)
        self._busy.setFixedSize(64, 4)
        self._busy.setAccessibleName("Progress")
        self._busy.hide()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout()
        row.setSpacing(SPACE)
        for widget in (self._play, self._loop, self._speed):
            row.addWidget(widget)
        row.addSpacing(SPACE)
        row.addWidget(self._method)
        row.addWidget(self._steps)
        row.addSpacing(SPACE)
        row.addWidget(self._title)
        row.addWidget(self._busy)
        row.addStretch(1)
        for last in (self._add, self._clear, self._export):
            row.addWidget(last)
        row.setContentsMargins(SPACE, 0, SPACE, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE, 0, SPACE // 2)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.film, 1)

    @property
    def _scale(self) -> float:
        return QFontInfo(self.font()).pixelSize() / TEXT

    def _fit(self) -> None:
        """Leave words out where the row has too little room: glyphs, tooltips and accessible names stay."""
        for field in (self._speed, self._method):
            field.setMinimumWidth(round(LEAST * self._scale))
        for pressed in (self._play, self._loop, self._add, self._clear, self._export):
            pressed.setIconSize(QSize(ICON, ICON) * self._scale)
        self._leave_out(DENSE)
        narrowest = self._row.minimumSize().width()
        if narrowest != self._narrowest:
            self._narrowest = narrowest
            self.updateGeometry()
        for dense in range(DENSE + 1):
            self._leave_out(dense)
            if self._row.minimumSize().width() <= self.width():
                return

    def _leave_out(self, dense: int) -> None:
        self._title.setVisible(dense < 1)
        self._add.setText("Waypoint" if dense < 2 else "")
        self._export.setText("Export…" if dense < 2 else "")
        self._steps.setSuffix(" steps" if dense < DENSE else "")
        self._steps.setMinimumWidth(round(STEPS[dense == DENSE] * self._scale))
        self._row.invalidate()  # Qt tells the outer layout alone, and later

    def _join(self) -> None:
        self.film.step_clicked.connect(self.step_clicked)
        self.film.waypoint_moved.connect(self.waypoint_moved)
        self.film.waypoint_removed.connect(self.waypoint_removed)
        self._method.activated.connect(lambda row: self.method_changed.emit(self._method.itemData(row)))
        self._speed.activated.connect(lambda row: self.speed_changed.emit(self._speed.itemData(row)))
        self._steps.valueChanged.connect(self.steps_changed)
        self._loop.toggled.connect(self.loop_changed)
        self._play.toggled.connect(self.play_wanted)
        self._add.clicked.connect(lambda: self.add_wanted.emit())
        self._clear.clicked.connect(lambda: self.clear_wanted.emit())
        self._export.clicked.connect(lambda: self.export_wanted.emit())

    def _draw_icons(self) -> None:
        for widget, name in (
            (self._play, "stop" if self._play.isChecked() else "play"), (self._loop, "loop"), (self._add, "plus"),
            (self._clear, "trash"), (self._export, "export"),
        ):  # fmt: skip
            widget.setIcon(icon(name, self.theme))

    # ---- Qt -------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._narrowest:
            self._fit()

    # ---- files ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may come in."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files are to be waypoints."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)


def tool(name: str, words: str, checkable: bool = False) -> QToolButton:
    """A button with a glyph alone."""
    made = QToolButton()
    made.setCheckable(checkable)
    made.setAutoRaise(True)
    made.setAccessibleName(name)
    made.setToolTip(words)
    return made


def button(text: str, name: str, words: str) -> QPushButton:
    """A button with a glyph and a word."""
    made = QPushButton(text)
    made.setAccessibleName(name)
    made.setToolTip(words)
    return made

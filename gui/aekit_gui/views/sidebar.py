# The sidebar: what run this is, tools, search, colours and their legend, and how codes become a map.
"""The sidebar: what run this is, tools, search, colours and their legend, and how codes become a map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.models.colours import Legend
from aekit_gui.models.sliders import capital
from aekit_gui.theme import LIGHT, SPACE, Theme
from aekit_gui.views.elided import breakable, narrow
from aekit_gui.views.icons import icon
from aekit_gui.views.legend import LegendList, Ramp
from aekit_gui.views.segments import Choice, Segments

PAUSE = 150  # milliseconds without a key after which is searched

TOOLS = (
    Choice("look", "Look", "Look: the pointer decodes, dragging moves the map, a click pins. V", "look"),
    Choice("box", "Select in a box", "Select in a box: Shift adds, Alt or Ctrl removes. B", "box"),
    Choice(
        "lasso", "Select with a lasso", "Select with a lasso: Shift adds, Alt or Ctrl removes. L", "lasso"
    ),
    Choice("draw", "Draw a path", "Draw a path: a line by hand becomes a walk. P", "draw"),
)
LIFTS = (
    Choice("near", "Near items", "The pointer's place becomes the mean of near items' codes."),
    Choice("plane", "Plane", "The pointer's place becomes the code on the map's own plane."),
)
PROJECTIONS = (
    ("pca", "PCA", "The two directions along which codes differ most; there at once."),
    ("umap", "UMAP", "Keeps neighbours together; computed in another process, kept with the run."),
    ("dimensions", "Two dimensions", "A plane along two latent dimensions."),
    ("items", "Three items", "The plane through three items of the selection, or of the walk."),
)
TIP = Qt.ItemDataRole.ToolTipRole


class Sidebar(QWidget):
    """The left column.

    Signals:
        colour_chosen(str): "label", "" for one colour, or an attribute.
        label_toggled(int), label_isolated(int), all_wanted(): see `LegendList`.
        projection_chosen(str), lift_chosen(str), tool_chosen(str): of the look.
        search_changed(str): what is searched for, a moment after the last key.
        search_entered(): Return was pressed: a person wants to go to what was found.
    """

    colour_chosen = Signal(str)
    label_toggled = Signal(int)
    label_isolated = Signal(int)
    all_wanted = Signal()
    projection_chosen = Signal(str)
    lift_chosen = Signal(str)
    search_changed = Signal(str)
    search_entered = Signal()
    tool_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.name, self.facts = label("title", wraps=True), label("small", wraps=True)
        self.tools = Segments("Tools", TOOLS)
        self.search = SearchField()
        self.found = label("small", wraps=True)
        self.colour, self.legend, self.ramp = QComboBox(), LegendList(), Ramp()
        self.all = QPushButton("All")
        self.projection, self.lift = QComboBox(), Segments("How a place becomes a code", LIFTS)
        self.says = label("small", wraps=True)
        self.above_two: list[QWidget] = [heading("Map"), self.projection, heading("Pointer"), self.lift]
        self.setAccessibleName("Sidebar")
        self._dress()
        self._lay_out()
        self._join()
        self.set_theme(self.theme)

    # ---- facts ----------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        for part in (self.tools, self.legend, self.ramp, self.lift, self.search):
            part.set_theme(theme)

    def set_run(self, name: str, facts: str) -> None:
        """The run's name, and one line of facts."""
        self.name.setText(breakable(name))
        self.name.setToolTip(name)
        self.facts.setText(" · ".join(part.replace(" ", "\u00a0") for part in facts.split(" · ")))

    def set_tool(self, tool: str) -> None:
        """The tool of now."""
        self.tools.show_choice(tool)

    def set_search(self, text: str) -> None:
        """What is searched for, where that was changed elsewhere (undo)."""
        if text != self.search.text():
            self.search.show_text(text)

    def focus_search(self) -> None:
        """Let a person type into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def set_found(self, count: int, total: int, chosen: str) -> None:
        """How many items are shown; `chosen` says what part of the data they are."""
        how = "found" if self.search.text().strip() else "shown"
        lead = f"{count:,} of {total:,} {how}" if count < total else ""
        words = "" if lead and chosen.startswith("showing all") else chosen[:1].upper() + chosen[1:]
        self.found.setText(" · ".join(part for part in (lead, words) if part))

    def set_colours(self, names: Sequence[str], chosen: str) -> None:
        """What items can be coloured by: "label", "" for one colour, attributes."""
        self._fill(self.colour, [(name, titled(name), "") for name in names], chosen)

    def set_legend(self, legend: Legend) -> None:
        """What the colours mean."""
        self.ramp.setVisible(bool(legend.ramp))
        self.ramp.show_legend(legend)
        self.legend.show_rows(legend.rows)
        self.legend.setVisible(bool(legend.rows))
        self.all.setVisible(any(row.hidden for row in legend.rows))
        at = self.colour.findData(legend.title)
        if at >= 0:
            with QSignalBlocker(self.colour):
                self.colour.setCurrentIndex(at)

    def set_projection(self, latent_dim: int, projection: str, lift: str) -> None:
        """How codes become places, and places codes; there is nothing to choose in up to two dimensions."""
        self._fill(self.projection, PROJECTIONS, projection)
        self.lift.buttons["plane"].setEnabled(projection != "umap")
        self.lift.show_choice("near" if projection == "umap" else lift)
        for widget in self.above_two:
            widget.setVisible(latent_dim > 2)

    def set_says(self, sentence: str) -> None:
        """How the pointer's place becomes a code."""
        self.says.setText(sentence)

    # ---- what it is made of ---------------------------------------------------------------------------

    def _dress(self) -> None:
        narrow(self.colour)
        self.colour.setAccessibleName("Colour by")
        self.colour.setToolTip(
            "What the colours of the items say: their label, or an attribute of each item."
        )
        self.projection.setAccessibleName("Map by")
        self.projection.setToolTip("How codes of more than two dimensions become places of the map.")
        self.all.setObjectName("flat")
        self.all.setAccessibleName("Show all classes")
        self.all.setToolTip("Show all classes again.")
        keep = self.all.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.all.setSizePolicy(keep)
        self.all.hide()
        self.ramp.hide()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("sidebar")
        inner.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # a long word widens nothing
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        over = QHBoxLayout()
        over.addWidget(heading("Colour"), 1)
        over.addWidget(self.all)
        column.addWidget(self.name)
        column.addWidget(self.facts)
        top: list[QWidget] = [self.tools, self.search]
        middle: list[QWidget] = [self.colour, self.ramp, self.legend]
        for part in top:
            column.addSpacing(SPACE)
            column.addWidget(part)
        column.addWidget(self.found)
        column.addSpacing(SPACE)
        column.addLayout(over)
        for part in middle:
            column.addWidget(part)
        column.addSpacing(SPACE)
        for part in (*self.above_two, self.says):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        for ground in (inner, area.viewport()):
            ground.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _join(self) -> None:
        self.tools.chosen.connect(self.tool_chosen)
        self.search.searched.connect(self.search_changed)
        self.search.returnPressed.connect(self.search_entered)
        self.colour.activated.connect(lambda at: self.colour_chosen.emit(self.colour.itemData(at)))
        self.legend.toggled.connect(self.label_toggled)
        self.legend.isolated.connect(self.label_isolated)
        self.legend.all_wanted.connect(self.all_wanted)
        self.all.clicked.connect(lambda: self.all_wanted.emit())
        self.projection.activated.connect(
            lambda at: self.projection_chosen.emit(self.projection.itemData(at))
        )
        self.lift.chosen.connect(self.lift_chosen)

    def _fill(self, combo: QComboBox, choices: Sequence[tuple[str, str, str]], chosen: str) -> None:
        with QSignalBlocker(combo):
            if [combo.itemData(at) for at in range(combo.count())] != [key for key, _, _ in choices]:
                combo.clear()
                for at, (key, title, help) in enumerate(choices):
                    combo.addItem(title, key)
                    combo.setItemData(at, help, TIP)
            combo.setCurrentIndex(combo.findData(chosen))


class SearchField(QLineEdit):
    """The search field; Escape empties it.

    Signals:
        searched(str): the text has rested.
    """

    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Search labels and names")
        self.setAccessibleName("Search labels and names")
        self.setToolTip(
            "Show only items of this map whose label or name has these words. Return goes to the first, "
            "then to the next; Escape empties it."
        )
        self.setClearButtonEnabled(True)
        self._sign = QAction(self)
        self.addAction(self._sign, QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda: self._timer.start())

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self._sign.setIcon(icon("search", theme))

    def show_text(self, text: str) -> None:
        """Show a text without searching for it."""
        with QSignalBlocker(self):
            self.setText(text)
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._timer.stop()
            self.searched.emit(self.text())
        else:
            super().keyPressEvent(event)


def label(kind: str, wraps: bool = False) -> QLabel:
    """Words of one of the stylesheet's kinds."""
    made = QLabel()
    made.setObjectName(kind)
    made.setWordWrap(wraps)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def heading(text: str) -> QLabel:
    """The words over a part."""
    made = label("heading")
    made.setText(text)
    return made


def titled(name: str) -> str:
    """A choice of colours in words."""
    special = {"label": "Label", "": "One colour"}
    return special.get(name) or capital(name)

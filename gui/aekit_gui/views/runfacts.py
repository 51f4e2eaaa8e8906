# What is shown of a run that cannot be decoded: why, what to install, its curves and its settings.
"""What is shown of a run that cannot be decoded: why, what to install, its curves and its settings."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aekit.errors import AekitError
from aekit.runs import Run
from aekit_gui.models.runfacts import advice, settings, training_curves
from aekit_gui.theme import LIGHT, RADIUS, SMALL, SPACE, TEXT, TITLE, Theme
from aekit_gui.views.drawing import scaled_font, scroll_sheet
from aekit_gui.views.elided import Elided, breakable
from aekit_gui.views.panels.curves import CurvesPanel
from aekit_gui.views.panels.panel import Panel
from aekit_gui.views.panels.table import TablePanel
from aekit_gui.views.pressed import TextButton
from aekit_gui.work.protocol import Problem

PLOT, TABLE = 210, 420  # pixels high
TWO_COLUMNS = 620  # pixels; in more, curves stand in pairs
COPIED = 1500  # milliseconds that "Copied" is shown


class Card(QWidget):
    """What went wrong, and the command that mends it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.sentence, self.advice, self.command = QLabel(self), QLabel(self), QLabel(self)
        for label in (self.sentence, self.advice, self.command):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.copy = TextButton("Copy", "Put the command on the clipboard.", self, primary=True)
        self.copy.setAccessibleName("Copy the command")
        self.details = TextButton(
            "Copy details", "Put the whole report on the clipboard: for the plugin's author.", self
        )
        self.again = TextButton("Try again", "Open the run anew, once the package is installed.", self)
        row = QHBoxLayout()
        row.addWidget(self.command, 1)
        row.addWidget(self.copy)
        foot = QHBoxLayout()
        foot.addWidget(self.again)
        foot.addWidget(self.details)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE + 4, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.sentence)
        column.addWidget(self.advice)
        column.addLayout(row)
        column.addLayout(foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(edge, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.bad))
        painter.drawRoundedRect(QRectF(0, 0, 4, self.height()), 2, 2)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for button in (self.copy, self.details, self.again):
            button.set_theme(theme)
        self.sentence.setStyleSheet(f"color: {theme.text}; background: transparent;")
        self.advice.setStyleSheet(f"color: {theme.dim}; background: transparent;")
        self.command.setStyleSheet(
            f"color: {theme.text}; background: {theme.map}; border: 1px solid {theme.line}; "
            f"border-radius: 4px; padding: 5px 8px;"
        )
        self.sentence.setFont(scaled_font(self, TEXT, QFont.Weight.Medium))
        self.advice.setFont(scaled_font(self, TEXT))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(scaled_font(self, TEXT).pixelSize())
        self.command.setFont(fixed)
        self.update()


class RunFacts(QWidget):
    """A run whose plugin is missing or broken.

    Signals:
        again_wanted: the run is to be opened anew.
    """

    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.problem: Problem | None = None
        self.setAccessibleName("Facts of the run")
        self.title, self.lead = Elided(parent=self), QLabel(self)
        self.lead.setWordWrap(True)
        self.lead.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.lead.setTextFormat(Qt.TextFormat.PlainText)
        self.card, self.table = Card(self), TablePanel(self)
        self.table.setFixedHeight(TABLE)
        self.table.setAccessibleName("Settings of the run")
        self.headings = [QLabel("Training", self), QLabel("Settings", self)]
        self.captions: list[QLabel] = []
        self.plots: list[CurvesPanel] = []
        self.card.copy.clicked.connect(lambda: self.put(self.card.copy, self.card.command.text(), "Copy"))
        self.card.details.clicked.connect(self.copy_details)
        self.card.again.clicked.connect(self.again_wanted)
        self.build()
        self.set_theme(LIGHT)

    def build(self) -> None:
        """Lay the page out."""
        content = QWidget(self)
        content.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # a long word widens nothing
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        self.grid = QGridLayout()
        self.grid.setSpacing(SPACE)
        for part in (self.title, self.lead, self.card, self.headings[0]):
            column.addWidget(part)
        column.addLayout(self.grid)
        column.addWidget(self.headings[1])
        column.addWidget(self.table)
        column.addStretch(1)
        self.page = QScrollArea(self)
        self.page.setWidget(content)
        self.page.setWidgetResizable(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)

    # ---- facts ----------------------------------------------------------------------------------------

    def show_run(self, run: Run, problem: Problem | None) -> None:
        """Show a run, and why it cannot be decoded."""
        self.problem = problem
        record = run.record
        self.title.setText(run.name)
        self.lead.setText(
            breakable(
                f"{record.objective} of {record.latent_dim} dimensions on {record.source}, "
                f"{record.items:,} items; {run.status()}."
            )
        )
        self.card.setVisible(problem is not None)
        if problem is not None:
            self.card.sentence.setText(problem.sentence)
            said, command = advice(record)
            self.card.advice.setText(said)
            self.card.command.setText(command)
            self.card.command.setVisible(bool(command))
            self.card.copy.setVisible(bool(command))
            self.card.details.setVisible(bool(problem.details))
        self.table.show_view(settings(run))
        self.show_curves(run)

    def show_curves(self, run: Run) -> None:
        """Draw what was logged."""
        for widget in (*self.plots, *self.captions):
            widget.hide()
            widget.deleteLater()
        try:
            curves = training_curves(run.metrics())
        except (AekitError, OSError):
            curves = {}
        self.plots, self.captions = (
            [CurvesPanel(self) for _ in curves],
            [QLabel(name, self) for name in curves],
        )
        for plot, (name, curve) in zip(self.plots, curves.items(), strict=True):
            plot.setFixedHeight(PLOT)
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            plot.show_view(curve)
            plot.setAccessibleName(f"{name} over steps")
        self.headings[0].setText("Training" if curves else "Training: nothing was logged yet")
        self.set_theme(self.theme)
        self.lay_out()

    def lay_out(self) -> None:
        """Put the curves in one column or two."""
        columns = 2 if self.width() > TWO_COLUMNS else 1
        for number, (plot, caption) in enumerate(zip(self.plots, self.captions, strict=True)):
            row, column = divmod(number, columns)
            self.grid.addWidget(caption, 2 * row, column)
            self.grid.addWidget(plot, 2 * row + 1, column)
            caption.show()
            plot.show()
        self.grid.setColumnStretch(0, 1)
        self.grid.setColumnStretch(1, columns - 1)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.page.setStyleSheet(scroll_sheet(theme))
        self.card.set_theme(theme)
        panels: list[Panel] = [self.table, *self.plots]
        for panel in panels:
            panel.set_theme(theme)
        self.title.setFont(scaled_font(self, TITLE, QFont.Weight.DemiBold))
        self.title.setStyleSheet(f"color: {theme.text}; background: transparent;")
        for label in (self.lead, *self.headings, *self.captions):
            label.setStyleSheet(f"color: {theme.dim}; background: transparent;")
        self.lead.setFont(scaled_font(self, TEXT))
        for heading in self.headings:
            heading.setFont(scaled_font(self, TEXT, QFont.Weight.DemiBold))
        for caption in self.captions:
            caption.setFont(scaled_font(self, SMALL))

    # ---- what a person does ---------------------------------------------------------------------------

    def copy_details(self) -> None:
        """Put sentence and traceback on the clipboard."""
        if self.problem is not None:
            self.put(self.card.details, f"{self.problem.sentence}\n\n{self.problem.details}", "Copy details")

    def put(self, button: TextButton, text: str, name: str) -> None:
        """Put text on the clipboard, and say so on the button for a moment."""
        QGuiApplication.clipboard().setText(text)
        button.setText("Copied")
        QTimer.singleShot(COPIED, button, lambda: button.setText(name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.lay_out()

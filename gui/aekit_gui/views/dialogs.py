# Small dialogs: about aekit, and the two dimensions of the map.
"""Small dialogs: about aekit, and the two dimensions of the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aekit_gui.theme import SPACE
from aekit_gui.views.details import versions

WORDS = (
    "A toolkit for latent spaces: train autoencoders on any kind of data, trust the numbers, walk the space."
)


class About(QDialog):
    """What this is, and its versions to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About aekit")
        self.setAccessibleName("About aekit")
        known = versions()
        title = QLabel("aekit")
        title.setObjectName("title")
        words = QLabel(WORDS)
        words.setWordWrap(True)
        words.setMinimumWidth(360)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, value in (known | {"License": "Apache 2.0"}).items():
            caption, held = QLabel(name), QLabel(value)
            caption.setObjectName("dim")
            held.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            held.setAccessibleName(f"{name} {value}")
            form.addRow(caption, held)
        self.copy = QPushButton("Copy the versions")
        self.copy.setToolTip("To paste into a report.")
        self.copy.clicked.connect(lambda: self._copy(known))
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * SPACE] * 4)
        column.setSpacing(2 * SPACE)
        column.addWidget(title)
        column.addWidget(words)
        column.addLayout(form)
        column.addLayout(ends(self.copy, close))
        close.setFocus()

    def _copy(self, known: dict[str, str]) -> None:
        QGuiApplication.clipboard().setText(", ".join(f"{name} {value}" for name, value in known.items()))
        self.copy.setText("Copied")


class DimensionsDialog(QDialog):
    """Which two latent dimensions the map shows.

    Signals:
        chosen(int, int): the dimension to the right, and the one upwards; the dialog is closed by then.
    """

    chosen = Signal(int, int)

    def __init__(
        self, kl: Sequence[float], axes: tuple[int, ...] = (), parent: QWidget | None = None
    ) -> None:
        """Offer the dimensions, those that say most first.

        Args:
            kl: (D,), D at least 2: nats that each dimension carries.
            axes: the two that are shown now; without them the two that say most.
        """
        super().__init__(parent)
        self.setWindowTitle("Map of two dimensions")
        self.setAccessibleName("Map of two dimensions")
        order = sorted(range(len(kl)), key=lambda number: -kl[number])
        words = QLabel("The map is a plane along two latent dimensions; those that carry most come first.")
        words.setWordWrap(True)
        words.setMinimumWidth(360)
        self.right, self.up = QComboBox(), QComboBox()
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        shown = axes if len(axes) == 2 and set(axes) <= set(order) else tuple(order[:2])
        for box, name, now in ((self.right, "To the &right", shown[0]), (self.up, "&Upwards", shown[1])):
            for number in order:
                box.addItem(f"Dimension {number + 1}   {kl[number]:.2f} nats", number)
            box.setCurrentIndex(box.findData(now))
            box.setAccessibleName(name.replace("&", ""))
            box.setToolTip("A dimension of the code, with the KL that it carries on average.")
            box.currentIndexChanged.connect(self._check)
            form.addRow(name, box)
        self.show_button = QPushButton("Show")
        self.show_button.setObjectName("primary")
        self.show_button.setDefault(True)
        self.show_button.clicked.connect(self._finish)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.note = QLabel()
        self.note.setObjectName("dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACE] * 4)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(words)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addLayout(ends(cancel, self.show_button))
        self._check()

    def _check(self) -> None:
        same = self.right.currentData() == self.up.currentData()
        self.note.setText("Choose two different dimensions." if same else "")
        self.show_button.setEnabled(not same)

    def _finish(self) -> None:
        self.accept()
        self.chosen.emit(self.right.currentData(), self.up.currentData())


def ends(first: QWidget, last: QWidget) -> QHBoxLayout:
    """A row with one button at each end."""
    row = QHBoxLayout()
    row.addWidget(first)
    row.addStretch(1)
    row.addWidget(last)
    return row

# Dialogs that show text to copy: the details of a problem.
"""Dialogs that show text to copy: the details of a problem."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from aekit_gui.theme import SPACE
from aekit_gui.views.elided import breakable
from aekit_gui.work.protocol import Problem


def versions() -> dict[str, str]:
    """What support asks for first."""
    try:
        aekit = metadata.version("aekit")
    except metadata.PackageNotFoundError:
        aekit = "from a checkout"
    return {
        "aekit": aekit,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "System": platform.platform(),
    }


class DetailsDialog(QDialog):
    """A problem's sentence, its traceback, and a button that copies both with the versions."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What happened")
        self.setAccessibleName("What happened")
        self._problem = problem
        sentence = QLabel(breakable(problem.sentence))
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self.text = QPlainTextEdit(problem.details)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Traceback")
        self.text.setToolTip("What the program was doing, the last step at the end.")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("The sentence, the traceback and the versions, to paste into a report.")
        self.copy.clicked.connect(self.copy_all)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACE] * 4)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(sentence)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.resize(720, 460)
        close.setFocus()
        end = self.text.verticalScrollBar()
        end.setValue(end.maximum())

    @property
    def report(self) -> str:
        """All of it, to paste."""
        facts = ", ".join(f"{name} {value}" for name, value in versions().items())
        return f"{self._problem.sentence}\n\n{self._problem.details.rstrip()}\n\n{facts}\n"

    def copy_all(self) -> None:
        """Put all of it on the clipboard."""
        QGuiApplication.clipboard().setText(self.report)
        self.copy.setText("Copied")

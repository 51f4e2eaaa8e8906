# A small field that a number is typed into, over the number that it replaces.
"""A small field that a number is typed into, over the number that it replaces."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from aekit_gui.views.pressed import ARROWS

TYPED = "0123456789-.,"  # what begins a typed value


class ValueEditor(QLineEdit):
    """A small field for one value: Return takes it, Escape or leaving it does not.

    Signals:
        typed(str): what was typed.
    """

    typed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; }")
        self.setToolTip("Return takes the value, Escape leaves it as it was.")
        self.returnPressed.connect(lambda: self.typed.emit(self.text()))

    def event(self, event: QEvent) -> bool:
        own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, *ARROWS)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in own
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._owner.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
            event.accept()  # Return is nobody else's

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.hide()


def begins_number(event: QKeyEvent) -> bool:
    """Whether a key types the beginning of a number."""
    return bool(event.text()) and event.text() in TYPED


def number_of(text: str) -> float | None:
    """A typed number, with a point or a comma; None where it is none."""
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None

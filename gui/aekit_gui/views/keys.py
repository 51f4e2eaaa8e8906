# Which keys belong to the widget that has the keyboard, though the window has shortcuts on them.
"""Which keys belong to the widget that has the keyboard, though the window has shortcuts on them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

PRESS = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})
MOVE = frozenset(
    {
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
        Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    }
)  # fmt: skip
EDIT = MOVE | {
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
}

KEPT: tuple[tuple[tuple[type[QWidget], ...], frozenset[Qt.Key]], ...] = (
    ((QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox), EDIT),
    ((QComboBox, QAbstractItemView), MOVE | PRESS),
    ((QAbstractSlider, QTabBar), MOVE),
    ((QAbstractButton,), PRESS),
)


def keeps_key(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key means something in a widget, so that no shortcut of the window may take it."""
    if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
        return False
    return any(isinstance(widget, kinds) and event.key() in keys for kinds, keys in KEPT)

# A map on the screen, and hands to work it with.
"""A map on the screen, and hands to work it with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from aekit_gui.models.camera import to_screen, to_world
from aekit_gui.models.look import Camera
from aekit_gui.views.map import MapView, Mark
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SIZE = (600, 400)
CAMERA = Camera(1.0, -2.0, 40.0)


def grid(count: int = 11) -> np.ndarray:
    """Items on whole numbers around the camera's middle."""
    x, y = np.meshgrid(np.arange(count) - count // 2 + 1, np.arange(count) - count // 2 - 2)
    return np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)


def heard(signal: Any) -> list[Any]:
    """What a signal says from now on."""
    said: list[Any] = []
    signal.connect(lambda *values: said.append(values[0] if len(values) == 1 else values))
    return said


@pytest.fixture(name="view")
def map_on_screen(qtbot: Any) -> Any:
    host = QWidget()
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    made = MapView()
    column.addWidget(made)
    host.resize(*SIZE)
    qtbot.addWidget(host)
    host.show()
    qtbot.waitActive(host)
    made.set_points(grid())
    made.set_camera(CAMERA)
    qtbot.waitUntil(lambda: made._ground.made > 0)
    yield made
    made.close_down()


def pixel(view: MapView, x: float, y: float) -> QPoint:
    return QPointF(*to_screen(view._glide.now, SIZE, np.array([[x, y]]))[0]).toPoint()


def place(view: MapView, at: QPoint) -> np.ndarray:
    return to_world(view._glide.now, SIZE, np.array([[at.x(), at.y()]]))[0]


def drag(qtbot: Any, view: MapView, points: list[QPoint], button: Any = LEFT, keys: Any = NONE) -> None:
    qtbot.mousePress(view, button, keys, points[0])
    for point in points[1:]:
        qtbot.mouseMove(view, point)
    qtbot.mouseRelease(view, button, keys, points[-1])


def turn(view: MapView, at: QPoint, notches: int = 0, pixels: int = 0) -> None:
    QApplication.sendEvent(
        view,
        QWheelEvent(
            QPointF(at), view.mapToGlobal(QPointF(at)), QPoint(0, pixels), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def picture(view: QWidget) -> np.ndarray:
    """(h, w, 4), as bytes lie in memory."""
    image = view.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def settled(qtbot: Any, view: MapView) -> None:
    qtbot.waitUntil(lambda: not view._glide.moving)
    view._ask()
    qtbot.waitUntil(lambda: view._ground._asked is None)


def waypoints() -> list[Mark]:
    return [Mark(0, -2, "A", "pin"), Mark(0, 0, "1", "waypoint"), Mark(3, -3, "2", "waypoint")]

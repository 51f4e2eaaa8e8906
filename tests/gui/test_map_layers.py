# The map's layers on screens with several device pixels a pixel.
"""The map's layers on screens with several device pixels a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from aekit_gui.models.look import Camera
from aekit_gui.views.map_layers import PLAIN, Content, Items, Layers, Request, TilePicture
from PySide6.QtGui import QColor, QImage


def tile(left, right):
    """A red tile over a part of the map."""
    image = QImage(8, 8, PLAIN)
    image.fill(QColor("#ff0000"))
    return TilePicture(image, (0, 0, 8, 8), left, -1.0, right, 1.0)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_tile_over_items_that_were_drawn_before_lies_where_it_belongs(ratio):
    items = Items(np.array([[-0.9, 0.9], [0.9, 0.9]], np.float32))
    content = Content(items, np.full((2, 3), 255, np.uint8))
    size = (round(200 * ratio), round(200 * ratio))
    camera, layers = Camera(0, 0, 100), Layers()
    layers.drawn(Request(content, camera, size, ratio))
    image = layers.drawn(Request(content, camera, size, ratio, 1, 1.0, (tile(0, 0.5),)))
    row = size[1] // 2
    red = [x for x in range(size[0]) if image.pixelColor(x, row) == QColor("#ff0000")]
    assert red == list(range(round(100 * ratio), round(150 * ratio)))
    assert image.devicePixelRatio() == ratio

# Camera: between places of the map and pixels of the window, and how zooming and moving change that.
"""Camera: between places of the map and pixels of the window, and how zooming and moving change that.

Sizes are (width, height) in device-independent pixels; pixels count from the upper left corner downwards, the map's
y grows upwards. All arithmetic is in float64, so that zooming in stays exact to far below a pixel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.look import Camera

Size = tuple[float, float]
SCALES = (1e-6, 1e12)  # pixels a unit that zooming keeps to; beyond the last one float64 runs out of digits
NARROWEST = 1e-9  # units that are fitted at least, where all items lie on one place
ALONE = 1.0  # units of the map around a single place
ENOUGH = 100_000  # positions from which the span is taken; more change nothing that can be seen
FAR = 0.25  # of the span of all but two in a thousand: farther out than that, nothing is fitted


def to_world(camera: Camera, size: Size, points: NDArray[Any]) -> NDArray[np.float64]:
    """Places of the map (n, 2) of pixels (n, 2)."""
    pixels = np.asarray(points, np.float64)
    middle = np.array([camera.x, camera.y])
    return middle + (pixels - np.divide(size, 2)) * (1, -1) / camera.scale


def to_screen(camera: Camera, size: Size, points: NDArray[Any]) -> NDArray[np.float64]:
    """Pixels (n, 2) of places of the map (n, 2)."""
    places = np.asarray(points, np.float64)
    return (places - (camera.x, camera.y)) * (camera.scale, -camera.scale) + np.divide(size, 2)


def zoomed(camera: Camera, size: Size, at: tuple[float, float], factor: float) -> Camera:
    """The camera closer by `factor` (farther below 1); the place at the pixel `at` stays where it is."""
    scale = float(np.clip(camera.scale * factor, *SCALES))
    x, y = to_world(camera, size, np.array([at]))[0]
    share = camera.scale / scale
    return Camera(float(x + (camera.x - x) * share), float(y + (camera.y - y) * share), scale)


def moved(camera: Camera, dx: float, dy: float) -> Camera:
    """The camera after the map was dragged by `dx` pixels to the right and `dy` downwards."""
    return replace(camera, x=camera.x - dx / camera.scale, y=camera.y + dy / camera.scale)


def fitted(positions: NDArray[Any], size: Size, margin: float = 0.06) -> Camera:
    """The camera that sees the positions (N, 2), with a share `margin` of the window free on each side.

    All are seen, but for the few that lie so far out that the rest would be small: a quarter of the span beyond
    where all but one in a thousand on each side are. Positions that are not finite are left out; without any other
    the camera is the default one.
    """
    places = np.asarray(positions).reshape(-1, 2)
    ends = _ends(places)
    if not np.isfinite(ends).all():
        places = places[np.isfinite(places).all(1)]
        ends = _ends(places)
    if not len(places):
        return Camera()
    least, most = ends
    some = np.asarray(places[:: -(-len(places) // ENOUGH)], np.float64)
    inner, outer = np.percentile(some, [0.1, 99.9], axis=0)
    far = FAR * (outer - inner)
    low, high = np.maximum(least, inner - far), np.minimum(most, outer + far)
    spans = high - low
    if (spans < NARROWEST).all():
        spans = np.full(2, ALONE)
    room = np.maximum(1.0, np.array(size, float)) * (1 - 2 * margin)
    scale = float(np.clip((room / np.maximum(spans, NARROWEST)).min(), *SCALES))
    x, y = (low + high) / 2
    return Camera(float(x), float(y), scale)


def _ends(places: NDArray[Any]) -> NDArray[np.float64]:
    """The least and the greatest coordinates (2, 2) of places (n, 2), not finite where one of them isn't."""
    if not len(places):
        return np.full((2, 2), np.nan)
    return np.array([[end(column) for column in places.T] for end in (np.min, np.max)], np.float64)


def seen(camera: Camera, size: Size) -> tuple[float, float, float, float]:
    """The part of the map that the window shows: (left, bottom, right, top)."""
    across, up = (float(side) / 2 / camera.scale for side in size)
    return camera.x - across, camera.y - up, camera.x + across, camera.y + up

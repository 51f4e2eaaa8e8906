# Journeys as data: waypoints in and out, the walk through them, and lines drawn by hand.
"""Journeys as data: waypoints in and out, the walk through them, and lines drawn by hand.

M waypoints, S steps, D latent dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError
from aekit.latent import path
from aekit_gui.models.follow import NearGraph, even
from aekit_gui.models.look import Journey, Place

Floats = NDArray[np.float32]
Points = NDArray[np.float64]

METHODS = {
    "slerp": ("Arc", "Turns evenly, and keeps the distance from the origin: as codes of a normal prior lie."),
    "lerp": ("Straight", "The straight line. In many dimensions it dips to where no data are."),
    "norm_corrected": ("Line on the shell", "The straight line's directions, at an even distance from the origin."),
    "spline": ("Smooth curve", "A curve through all waypoints without corners."),
    "data": ("Along the data", "Keeps to where items are, over their near neighbours."),
}  # fmt: skip
FEWEST, MOST = 2, 200  # steps
SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
PACE = 2.0  # pictures a second at speed 1
LINE = 256  # points of the walk's line on the map, about
DRAWN = 256  # points of a line drawn by hand that are looked at
FLAT = 2e-3  # area, of the square of a drawn line's extent, below which a corner is none


# ---- waypoints ----------------------------------------------------------------------------------------------


def inserted(journey: Journey, place: Place, at: int | None = None) -> Journey:
    """With one more waypoint, before the one of number `at`, or behind all."""
    points = list(journey.waypoints)
    points.insert(len(points) if at is None else at, place)
    return replace(journey, waypoints=tuple(points))


def removed(journey: Journey, number: int) -> Journey:
    """Without a waypoint."""
    points = list(journey.waypoints)
    del points[number]
    return replace(journey, waypoints=tuple(points))


def reordered(journey: Journey, number: int, to: int) -> Journey:
    """With a waypoint moved, so that it is number `to`."""
    points = list(journey.waypoints)
    points.insert(to, points.pop(number))
    return replace(journey, waypoints=tuple(points))


def exchanged(journey: Journey, number: int, place: Place) -> Journey:
    """With another place as a waypoint."""
    points = list(journey.waypoints)
    points[number] = place
    return replace(journey, waypoints=tuple(points))


def sound(journey: Journey) -> Journey:
    """The journey itself, or with steps, speed and method within what there is."""
    steps, speed = min(max(journey.steps, FEWEST), MOST), min(max(journey.speed, SPEEDS[0]), SPEEDS[-1])
    method = journey.method if journey.method in METHODS else "slerp"
    if (steps, speed, method) == (journey.steps, journey.speed, journey.method):
        return journey
    return replace(journey, steps=steps, speed=speed, method=method)


def codes_of(places: Sequence[Place], latent_dim: int) -> Floats:
    """The codes (M, D) of those places that lie in this space."""
    fit = [place.code for place in places if len(place.code) == latent_dim]
    return np.array(fit, np.float32).reshape(-1, latent_dim)


# ---- the walk -----------------------------------------------------------------------------------------------


def walk(codes: Floats, method: str, steps: int, data: NearGraph | None = None) -> Floats:
    """Walk through waypoints (M, D) in `steps` even steps: (steps, D); fewer than two waypoints are given back.

    Raises:
        UsageError: the method is unknown, `steps` is below 2, or "data" is asked for without `data`.
    """
    if len(codes) < 2:
        return codes
    if method != "data":
        return path(codes, steps, method)
    if data is None:
        raise UsageError("A walk along the data needs the graph of near codes (received none).")
    return data.follow(codes, steps).astype(np.float32)


def finely(steps: int) -> int:
    """Into how many parts a step is cut, so that the walk is a smooth line on the map."""
    return max(1, LINE // max(steps - 1, 1))


def stops(codes: Floats, walked: Floats) -> tuple[int, ...]:
    """The step (of S, D) at which each waypoint (of M, D) is passed: rising, and nearest in all."""
    if not len(codes) or not len(walked):
        return ()
    apart = ((codes[:, None].astype(np.float64) - walked[None]) ** 2).sum(2)  # (M, S)
    apart[0, 1:] = np.inf
    apart[-1, :-1] = np.inf
    total, came = apart[0], []
    for row in apart[1:]:
        first = np.minimum.accumulate(total)
        came.append(np.maximum.accumulate(np.where(total <= first, np.arange(len(total)), 0)))
        total = first + row
    at = [len(walked) - 1 if len(codes) > 1 else 0]
    for best in reversed(came):
        at.append(int(best[at[-1]]))
    return tuple(reversed(at))


def coarse_to_fine(count: int) -> list[int]:
    """0 to count - 1 in such an order that each beginning of it is spread over all."""
    bits = max(count - 1, 1).bit_length()
    return sorted(range(count), key=lambda number: int(f"{number:0{bits}b}"[::-1], 2))


def thinned(drawn: NDArray[np.floating], most: int = 12) -> Points:
    """At most `most` points (m, 2) that keep the shape of a line drawn by hand (n, 2); both ends are kept.

    Those that span the smallest triangle with their neighbours are left out first (Visvalingam and Whyatt 1993).
    """
    points = np.asarray(drawn, np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(1)]
    if len(points) < 2 or not np.ptp(points, 0).any():
        return points[:1]
    ends = points[0], points[-1]
    points = even(points, DRAWN)
    points[0], points[-1] = ends
    small = FLAT * float((np.ptp(points, 0) ** 2).sum())
    while len(points) > 2:
        (ax, ay), (bx, by) = (points[1:-1] - points[:-2]).T, (points[2:] - points[:-2]).T
        areas = np.abs(ax * by - ay * bx) / 2
        least = int(areas.argmin())
        if len(points) <= most and areas[least] >= small:
            break
        points = np.delete(points, least + 1, 0)
    return points

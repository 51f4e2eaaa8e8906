# Paths between codes: straight, on the sphere, with the norm corrected, and smooth through waypoints.
"""Paths between codes: straight, on the sphere, with the norm corrected, and smooth through waypoints.

A curve through M waypoints is a function of u in [0, M - 1] that meets waypoint i at u = i. `path` walks
along any of them at an even pace.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aekit.errors import UsageError, unknown_name
from aekit.latent.arrays import Array, Floats, as_floats, checked_codes, like

Segment = Callable[[Floats, Floats, Floats], Floats]  # a (D,), b (D,), t (S, 1) in [0, 1] -> (S, D)
Curve = Callable[[Floats, Floats], Floats]  # waypoints (M, D), u (S,) in [0, M - 1] -> (S, D)

TINY = 1e-9  # relative size below which a vector has no direction and a gap no length
GRID = 128  # points a segment at which the length of a curve is measured


def lerp(a: Array, b: Array, steps: int) -> Array:
    """The straight line from a to b (D,), both included, in `steps` even steps: (steps, D)."""
    return _between(straight, a, b, steps)


def slerp(a: Array, b: Array, steps: int) -> Array:
    """The arc from a to b (D,): the direction turns at an even pace, the norm changes evenly: (steps, D).

    For codes of one norm this is the great circle (Shoemake 1985, section 3.3; White 2016, section 2.1).
    Opposite points are joined by one of their many arcs, always the same; a zero vector by a line.
    """
    return _between(spherical, a, b, steps)


def norm_corrected(a: Array, b: Array, steps: int) -> Array:
    """The straight line's directions with evenly changing norm, a and b (D,): (steps, D).

    A straight line between two draws from N(0, I) dips to where the prior has no mass; this one does not.
    A line through the origin loses its direction there, and the arc is taken in its place.
    """
    return _between(corrected, a, b, steps)


def spline(waypoints: Array, steps: int) -> Array:
    """The centripetal Catmull-Rom curve through waypoints (M, D), at an even pace: (steps, D).

    Such a curve has no cusp and does not cross itself between two waypoints (Yuksel et al. 2011, section 4).
    """
    return path(waypoints, steps, "spline")


def path(waypoints: Array, steps: int, method: str = "slerp") -> Array:
    """Walk through waypoints (M, D) in `steps` steps of equal length along the curve: (steps, D).

    The first and last waypoint are met exactly; those between are passed, and met where a step falls there.

    Args:
        method: one of PATHS; "norm-corrected" may have a dash, as on the command line.

    Raises:
        UsageError: `method` is not in PATHS, `steps` is below 2, or the waypoints are no finite (M, D) table.
    """
    name = method.replace("-", "_")
    if name not in PATHS:
        raise UsageError(unknown_name("path", method, PATHS))
    _check_steps(steps)
    points, curve = checked_codes(waypoints, "waypoints"), PATHS[name]
    walked = curve(points, _even_pace(points, curve, steps))
    walked[0], walked[-1] = points[0], points[-1]
    return like(walked, waypoints)


def straight(a: Floats, b: Floats, t: Floats) -> Floats:
    """The line from a (t = 0) to b (t = 1)."""
    return (1 - t) * a + t * b


def spherical(a: Floats, b: Floats, t: Floats) -> Floats:
    """The arc from a to b, the norm changing evenly."""
    norm_a, norm_b = _norm(a), _norm(b)
    if min(norm_a, norm_b) <= TINY * max(norm_a, norm_b):
        return straight(a, b, t)
    start, end = a / norm_a, b / norm_b
    aside = _aside(start, end)
    angle = np.arctan2(aside @ end, start @ end)
    norms = (1 - t) * norm_a + t * norm_b
    return norms * (np.cos(t * angle) * start + np.sin(t * angle) * aside)


def corrected(a: Floats, b: Floats, t: Floats) -> Floats:
    """The line's directions from a to b, the norm changing evenly."""
    norm_a, norm_b, line = _norm(a), _norm(b), straight(a, b, t)
    if min(norm_a, norm_b) <= TINY * max(norm_a, norm_b):
        return line
    if np.allclose(a / norm_a, -b / norm_b, atol=1e-6):
        return spherical(a, b, t)
    norms = (1 - t) * norm_a + t * norm_b
    lengths: Floats = np.linalg.norm(line, axis=1, keepdims=True)
    return line * (norms / lengths)


def catmull_rom(points: Floats, u: Floats) -> Floats:
    """The centripetal Catmull-Rom curve as cubic Hermite pieces; waypoints repeated in a row count once."""
    kept = np.r_[True, _gaps(points) > TINY * max(np.abs(points).max(), 1.0)]
    distinct = points[kept]
    if len(distinct) < 2:
        return np.repeat(points[:1], len(u), 0)
    u = np.interp(u, np.arange(len(points)), np.cumsum(kept) - 1.0)
    gaps = np.sqrt(_gaps(distinct))[:, None]  # (M - 1, 1), the centripetal knots' distances
    tangents = _tangents(distinct, gaps)
    i, t = _locate(u, len(distinct))
    h = gaps[i]
    return (
        (2 * t**3 - 3 * t**2 + 1) * distinct[i]
        + (t**3 - 2 * t**2 + t) * h * tangents[i]
        + (3 * t**2 - 2 * t**3) * distinct[i + 1]
        + (t**3 - t**2) * h * tangents[i + 1]
    )


def chain(segment: Segment) -> Curve:
    """The curve that joins each waypoint to the next by `segment`."""

    def curve(points: Floats, u: Floats) -> Floats:
        i, t = _locate(u, len(points))
        out = np.repeat(points[:1], len(u), 0)
        for index in range(len(points) - 1):
            here = i == index
            out[here] = segment(points[index], points[index + 1], t[here])
        return out

    return curve


PATHS: dict[str, Curve] = {
    "lerp": chain(straight),
    "slerp": chain(spherical),
    "norm_corrected": chain(corrected),
    "spline": catmull_rom,
}


def _between(segment: Segment, a: Array, b: Array, steps: int) -> Array:
    _check_steps(steps)
    ends = as_floats(a), as_floats(b)
    if ends[0].ndim != 1 or ends[0].shape != ends[1].shape:
        shapes = f"{ends[0].shape} and {ends[1].shape}"
        raise UsageError(f"A path joins two codes of one shape (D,) (received {shapes})")
    walked = segment(*ends, np.linspace(0, 1, steps)[:, None])
    walked[0], walked[-1] = ends
    return like(walked, a)


def _norm(a: Floats) -> float:
    return float(np.linalg.norm(a))


def _check_steps(steps: int) -> None:
    if steps < 2:
        raise UsageError(f"steps must be at least 2, the two ends (received {steps})")


def _aside(start: Floats, end: Floats) -> Floats:
    """The unit vector towards which `start` turns to reach `end`; a fixed one where any would do."""
    aside = end - (start @ end) * start
    if _norm(aside) < 1e-7:
        aside = np.zeros_like(start)
        aside[np.abs(start).argmin()] = 1.0
        aside -= (start @ aside) * start
    length = _norm(aside)
    return aside / length if length > TINY else aside  # in one dimension there is no way round


def _tangents(points: Floats, gaps: Floats) -> Floats:
    """Derivatives (M, D) by the knots' distances; at the ends those of the outermost chords."""
    slopes = np.diff(points, axis=0) / gaps
    wide = (points[2:] - points[:-2]) / (gaps[1:] + gaps[:-1])
    return np.concatenate([slopes[:1], slopes[:-1] - wide + slopes[1:], slopes[-1:]])


def _gaps(points: Floats) -> Floats:
    return np.linalg.norm(np.diff(points, axis=0), axis=1)  # type: ignore[no-any-return]


def _locate(u: Floats, count: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """The segment (S,) of each u and the place (S, 1) within it, in [0, 1]."""
    index = np.clip(u.astype(np.int64), 0, max(count - 2, 0))
    return index, (u - index)[:, None]


def _even_pace(points: Floats, curve: Curve, steps: int) -> Floats:
    """The u (steps,) at which the curve's length from its start is 0, 1, 2, ... equal shares."""
    grid = np.linspace(0, len(points) - 1, GRID * (len(points) - 1) + 1)
    lengths = np.r_[0.0, np.cumsum(_gaps(curve(points, grid)))]
    if lengths[-1] <= 0:
        return np.zeros(steps)
    return np.interp(np.linspace(0, lengths[-1], steps), lengths, grid)

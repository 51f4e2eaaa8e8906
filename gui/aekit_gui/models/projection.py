# Projection: where codes lie on the map, and which code a place of the map stands for.
"""Projection: where codes lie on the map, and which code a place of the map stands for.

N items, D latent dimensions.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.latent import PCA
from aekit_gui.models.lifting import NEAR, Near
from aekit_gui.models.look import Look
from aekit_gui.models.space import Space

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

FITTED = 20_000  # items from which principal axes are found; more change nothing that can be seen
CHUNK = 65_536  # items at a time
SPREAD = 0.35  # of one row of a map of one dimension, up and down
FLAT = 1e-5  # share of a direction that has to be new for it to span a plane; codes are float32


@dataclass(frozen=True)
class Projected:
    """The items on the map.

    Attributes:
        kind: "line" (one dimension), "codes" (two), "pca", "umap", "dimensions" or "items".
        positions: (N, 2) float32, each item's place.
        lift: places (n, 2) to codes (n, D) float32.
        place: codes (n, D) to places (n, 2) float64.
        says: one sentence for a person: how the pointer's place becomes a code.
        exact: whether the map is a plane of the latent space, so that all of it can be decoded.
    """

    kind: str
    positions: Floats
    lift: Callable[[NDArray[Any]], Floats]
    place: Callable[[NDArray[Any]], Doubles]
    says: str
    exact: bool


@dataclass(frozen=True)
class Plane:
    """A plane in the latent space.

    Attributes:
        origin: (D,), what lies at (0, 0).
        axes: (2, D), orthonormal.
        offset: (2,), what is added to coordinates, so that planes of two dimensions show the dimensions' own values.
    """

    origin: Doubles
    axes: Doubles
    offset: Doubles

    def place(self, codes: NDArray[Any]) -> Doubles:
        """Codes (n, D) to places (n, 2)."""
        given = np.asarray(codes, np.float64)
        return np.asarray((given - self.origin) @ self.axes.T + self.offset)

    def correction(self, codes: Doubles, points: Doubles) -> Doubles:
        """What moves codes (n, D) along the plane until they lie at points (n, 2): (n, D)."""
        return np.asarray((points - self.place(codes)) @ self.axes)

    def lift(self, points: NDArray[Any]) -> Floats:
        """Places (n, 2) to the codes (n, D) of the plane."""
        given = np.asarray(points, np.float64).reshape(-1, 2)
        return ((given - self.offset) @ self.axes + self.origin).astype(np.float32)


@dataclass(frozen=True)
class Layout:
    """Where items lie, before it is chosen how places become codes.

    Attributes:
        kind: as of `Projected`; "pca" where what was asked for is not to be had.
        positions: (N, 2).
        plane: None for UMAP.
        share: of the codes' variance that the map shows, in [0, 1]; 0 for UMAP.
    """

    kind: str
    positions: Floats
    plane: Plane | None
    share: float = 0.0


def project(space: Space, look: Look, umap: Floats | None = None) -> Projected:
    """Lay the codes of a space out as a look says.

    Asking again for the layout of before, say with another lift, costs nothing, and gives the same positions.

    Args:
        umap: (N, 2), the layout by UMAP; while it is None, "umap" is laid out by PCA.
    """
    if space.latent_dim == 1:
        return _line(space)
    if space.latent_dim == 2:
        return _codes(space)
    layout = _layout(space, look, umap)
    if layout.plane is None:
        near = Near(space.codes, layout.positions, None)
        return Projected(layout.kind, layout.positions, near.lift, near.place, _says(layout, look), False)
    if look.lift == "plane":
        plane = layout.plane
        return Projected(layout.kind, layout.positions, plane.lift, plane.place, _says(layout, look), True)
    near = Near(space.codes, layout.positions, layout.plane.correction)
    return Projected(layout.kind, layout.positions, near.lift, layout.plane.place, _says(layout, look), False)


# ---- one and two dimensions -----------------------------------------------------------------------------


def _codes(space: Space) -> Projected:
    def lift(points: NDArray[Any]) -> Floats:
        return np.array(points, np.float32).reshape(-1, 2)

    def place(codes: NDArray[Any]) -> Doubles:
        return np.array(codes, np.float64).reshape(-1, 2)

    says = "Two dimensions: the map is the latent space itself, and each of its places is one code."
    return Projected("codes", space.codes, lift, place, says, True)


def _line(space: Space) -> Projected:
    """One dimension to the right; upwards a row for each class, and items spread within it."""

    def lift(points: NDArray[Any]) -> Floats:
        return np.array(np.asarray(points).reshape(-1, 2)[:, :1], np.float32)

    def place(codes: NDArray[Any]) -> Doubles:
        across = np.asarray(codes, np.float64).reshape(-1, 1)
        return np.concatenate([across, np.zeros_like(across)], 1)

    numbers, row = np.unique(space.labels, return_inverse=True)
    spread = np.random.default_rng(0).uniform(-SPREAD, SPREAD, len(space))
    span = float(np.ptp(space.codes)) if len(space) else 0.0
    height = (span or 1.0) / 2 / max(len(numbers), 2)  # so that the map is twice as wide as high
    up = ((len(numbers) - 1) / 2 - row.reshape(-1) + spread) * height
    positions = np.stack([space.codes[:, 0], up], 1).astype(np.float32)
    says = "One dimension: left and right is the code; up and down only keeps classes and items apart."
    return Projected("line", positions, lift, place, says, False)


# ---- layouts of more dimensions -------------------------------------------------------------------------

_last: tuple[Any, tuple[Any, ...], Layout] | None = (
    None  # the codes they are of, what was asked for, the layout
)


def _layout(space: Space, look: Look, umap: Floats | None) -> Layout:
    """The layout that is asked for; that of before where nothing differs."""
    global _last
    kind = look.projection
    asked = (kind, look.axes if kind in ("dimensions", "items") else (), id(umap) if kind == "umap" else 0)
    kept = _last  # read once: another thread may ask
    if kept is not None and kept[0]() is space.codes and kept[1] == asked:
        return kept[2]
    made = _lay_out(space, look, umap)
    _last = (weakref.ref(space.codes, _forget), asked, made)
    return made


def _forget(gone: Any) -> None:
    global _last
    if _last is not None and _last[0] is gone:
        _last = None


def _lay_out(space: Space, look: Look, umap: Floats | None) -> Layout:
    codes, axes = space.codes, look.axes
    if look.projection == "umap" and umap is not None and umap.shape == (len(codes), 2):
        return Layout("umap", np.ascontiguousarray(umap, np.float32), None)
    if look.projection == "dimensions" and _valid(axes, 2, space.latent_dim):
        return _of_plane("dimensions", codes, _of_dimensions(codes, axes))
    if look.projection == "items" and _valid(axes, 3, len(codes)):
        plane = _of_items(codes[list(axes)].astype(np.float64), codes)
        return _of_plane("items", codes, plane)
    return _of_plane("pca", codes, _principal(codes))


def _valid(axes: tuple[int, ...], count: int, below: int) -> bool:
    return len(axes) == len(set(axes)) == count and all(0 <= number < below for number in axes)


def _of_plane(kind: str, codes: Floats, plane: Plane) -> Layout:
    axes, shift = plane.axes.T.astype(np.float32), plane.offset - plane.origin @ plane.axes.T
    positions = np.empty((len(codes), 2), np.float32)
    for start in range(0, len(codes), CHUNK):
        positions[start : start + CHUNK] = (codes[start : start + CHUNK] @ axes) + shift
    sample = _sample(codes)
    total = float(sample.var(0, dtype=np.float64).sum())
    seen = float(plane.place(sample).var(0).sum())
    return Layout(kind, positions, plane, min(seen / total, 1.0) if total > 0 else 1.0)


def _sample(codes: Floats) -> Floats:
    """At most `FITTED` items, evenly chosen, that are finite."""
    chosen = codes if len(codes) <= FITTED else codes[np.linspace(0, len(codes) - 1, FITTED).astype(int)]
    finite = np.isfinite(chosen).all(1)
    return chosen if finite.all() else chosen[finite]


def _principal(codes: Floats) -> Plane:
    """The plane of the two principal axes; where there are fewer, dimensions stand in."""
    sample, dims = _sample(codes), codes.shape[1]
    if len(sample) < 2:
        origin = sample[0].astype(np.float64) if len(sample) else np.zeros(dims)
        return Plane(origin, np.eye(2, dims), np.zeros(2))
    fitted = PCA.fit(sample, 2)
    return Plane(fitted.mean, fitted.axes, np.zeros(2))


def _of_dimensions(codes: Floats, axes: tuple[int, ...]) -> Plane:
    """Through the mean code along two dimensions; places are the dimensions' own values."""
    sample = _sample(codes)
    mean = sample.mean(0, dtype=np.float64) if len(sample) else np.zeros(codes.shape[1])
    return Plane(mean, np.eye(codes.shape[1])[list(axes)], mean[list(axes)])


def _of_items(three: Doubles, codes: Floats) -> Plane:
    """Through three codes (3, D), their mean at (0, 0); where they lie on a line, a principal axis goes across."""
    basis: list[Doubles] = []
    for candidate in (three[1] - three[0], three[2] - three[0], *_principal(codes).axes):
        left = candidate - sum((candidate @ one) * one for one in basis)
        if float(np.linalg.norm(left)) > FLAT * float(np.linalg.norm(candidate)) and len(basis) < 2:
            basis.append(left / np.linalg.norm(left))
    return Plane(three.mean(0), np.stack(basis), np.zeros(2))


def _says(layout: Layout, look: Look) -> str:
    if layout.kind == "umap":
        return f"The pointer's place becomes a code by the {NEAR} items nearest to it; UMAP itself has no way back."
    over = {
        "pca": "the two principal axes",
        "dimensions": f"dimensions {' and '.join(str(axis + 1) for axis in look.axes[:2])}",
        "items": "the plane through three items",
    }[layout.kind]
    shows = f"The map is {over}, {100 * layout.share:.0f} % of all variance"
    waits = " while UMAP is on its way" if look.projection == "umap" else ""
    if look.lift == "plane":
        return f"{shows}{waits}; the pointer's place is the code on that plane itself."
    return f"{shows}{waits}; the rest of the code comes from the {NEAR} items nearest to the pointer."

# Sessions: the look of each run, saved by itself and found again at the next opening; JSON, no code.
"""Sessions: the look of each run, saved by itself and found again at the next opening; JSON, no code.

N items on the map, D latent dimensions.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.places import state_folder
from aekit.runs import Run
from aekit_gui.models.journey import FEWEST, METHODS, MOST
from aekit_gui.models.keeping import Kept, read_json
from aekit_gui.models.look import Camera, Journey, Look, Place, from_json, to_json
from aekit_gui.models.numbering import positions_in, renumbered, rows_in
from aekit_gui.models.store import Store

SCHEMA = 1
AXES = {"dimensions": 2, "items": 3}  # by projection


@dataclass(frozen=True)
class Restored:
    """What was found of a session.

    Attributes:
        look: to begin with.
        note: one sentence on what was left out, or "".
    """

    look: Look
    note: str = ""


class Session:
    """Saves the look of one run after each change, at most every two seconds, and at the end."""

    def __init__(
        self,
        run: Run,
        store: Store,
        index: Callable[[], NDArray[np.int64]],
        tell: Callable[[str], None],
        folder: Path | None = None,
        later: Any = None,
    ) -> None:
        """Follow a store.

        Args:
            index: gives each row's position in the training split (N,): rows are saved as positions, since later
                codes have other rows.
            tell: called with one sentence where the session can't be saved, once.
            folder: where sessions are, if not where this person's are.
            later: writes in a thread what is due; see `Kept`.
        """
        self.path = session_path(run.path, folder)
        self._head = {"schema": SCHEMA, "run": str(run.path.absolute()), "created": run.record.created}
        self._kept = Kept(self.path, lambda: (store.look, index()), tell, later, self._values)
        self._leave = store.listen(lambda before, now: self._changed())

    def due(self, now: float) -> bool:
        """Save where it is time to; see `Kept.due`."""
        return self._kept.due(now)

    def save(self) -> bool:
        """Save what changed at once; whether all is on the disk."""
        return self._kept.save()

    def close(self) -> None:
        """Save, and follow the store no longer."""
        self._leave()
        self._leave = lambda: None
        self.save()

    def _changed(self) -> None:
        self._kept.changed = True

    def _values(self, content: tuple[Look, NDArray[np.int64]]) -> dict[str, Any]:
        look, index = content
        return {**self._head, "look": to_json(renumbered(look, positions_in(index)))}


def session_path(run: Path, folder: Path | None = None) -> Path:
    """The file of a run's session."""
    whole = str(run.absolute())
    key = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return (folder or state_folder() / "sessions") / f"{run.absolute().name[:60]}-{key}.json"


def restored(run: Run, latent_dim: int, index: NDArray[np.int64], folder: Path | None = None) -> Restored:
    """The look of a run as it was left.

    Args:
        latent_dim: D; places of other lengths are left out.
        index: each row's position in the training split (N,); items that are not among them are left out.
        folder: where sessions are, if not where this person's are.

    Returns:
        a fresh look where there is no session, or one that is damaged, another run's or a newer aekit's.
    """
    path = session_path(run.path, folder)
    try:
        content = read_json(path)
        if not isinstance(content, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return Restored(Look())
    except (OSError, ValueError):
        return Restored(Look(), "The last session of this run is damaged; it starts afresh.")
    refusal = _refusal(content, run)
    if refusal:
        return Restored(Look(), refusal)
    positions = int(index.max(initial=-1)) + 1
    look, left_out = fitting(from_json(content.get("look")), latent_dim, positions)
    look = renumbered(look, rows_in(index))
    if not left_out:
        return Restored(look)
    places = "1 place" if left_out == 1 else f"{left_out} places"
    return Restored(look, f"{places} of the last session did not fit this run's {latent_dim} dimensions.")


def _refusal(content: dict[str, Any], run: Run) -> str:
    """Why a session is not this run's, or ""."""
    schema = content.get("schema")
    if (
        not isinstance(schema, int)
        or isinstance(schema, bool)
        or schema < 1
        or not isinstance(content.get("look"), dict)
    ):
        return "The last session of this run is damaged; it starts afresh."
    if schema > SCHEMA:
        return "The last session of this run was saved by a newer aekit; it starts afresh."
    if content.get("run") != str(run.path.absolute()):
        return "The session that was found belongs to another run; it starts afresh."
    if content.get("created") != run.record.created:
        return "The run was trained anew since the last session; it starts afresh."
    return ""


def fitting(look: Look, latent_dim: int, count: int) -> tuple[Look, int]:
    """A look with only what D dimensions and so many items can show, and how many places were left out."""
    here = _places(() if look.here is None else (look.here,), latent_dim, count)
    pins = _places(look.pins, latent_dim, count)[:2]
    files = _places(look.files, latent_dim, count)
    walk = _places(look.journey.waypoints, latent_dim, count)
    before = len(look.pins[:2]) + len(look.files) + len(look.journey.waypoints) + (look.here is not None)
    projection, axes = _axes(look, latent_dim, count)
    fresh = replace(
        look,
        camera=_camera(look.camera),
        projection=projection,
        axes=axes,
        selected=tuple(sorted({row for row in look.selected if 0 <= row < count})),
        here=here[0] if here else None,
        pins=pins,
        files=files,
        steering={name: value for name, value in look.steering.items() if math.isfinite(value)},
        journey=_journey(look.journey, walk),
    )
    return fresh, before - len(here) - len(pins) - len(files) - len(walk)


def _places(places: tuple[Place, ...], latent_dim: int, count: int) -> tuple[Place, ...]:
    """Places whose code has D finite numbers; a row that is not there is forgotten."""
    return tuple(
        place if place.row is None or 0 <= place.row < count else replace(place, row=None)
        for place in places
        if len(place.code) == latent_dim and all(map(math.isfinite, place.code))
    )


def _camera(camera: Camera | None) -> Camera | None:
    if camera is None or not (math.isfinite(camera.x) and math.isfinite(camera.y)):
        return None
    return camera if math.isfinite(camera.scale) and camera.scale > 0 else None


def _axes(look: Look, latent_dim: int, count: int) -> tuple[Any, tuple[int, ...]]:
    """The projection and its axes; PCA where they are not of this run."""
    wanted = AXES.get(look.projection)
    if wanted is None:
        return look.projection, look.axes
    most = latent_dim if look.projection == "dimensions" else count
    whole = len(look.axes) == wanted == len(set(look.axes)) and all(0 <= axis < most for axis in look.axes)
    return (look.projection, look.axes) if whole else (Look().projection, ())


def _journey(journey: Journey, waypoints: tuple[Place, ...]) -> Journey:
    return Journey(
        waypoints,
        journey.method if journey.method in METHODS else Journey().method,
        min(max(journey.steps, FEWEST), MOST),
        journey.loop,
        journey.speed if math.isfinite(journey.speed) and journey.speed > 0 else Journey().speed,
    )

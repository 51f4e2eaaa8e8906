# Look: everything that a person can change about what is shown, as one immutable value.
"""Look: everything that a person can change about what is shown, as one immutable value.

Undo is a list of looks, a session is a look in JSON. D latent dimensions.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_type_hints

import pydantic

Code = tuple[float, ...]

Projection = Literal["pca", "umap", "dimensions", "items"]
Lift = Literal["near", "plane"]
Tool = Literal["look", "box", "lasso", "draw"]


@dataclass(frozen=True)
class Camera:
    """What part of the map is seen.

    Attributes:
        x, y: the map's place in the middle of the window; y grows upwards.
        scale: pixels (device-independent) a unit.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 50.0


@dataclass(frozen=True)
class Place:
    """A point of the latent space that a person keeps: a pin, a waypoint, a dropped file.

    Attributes:
        code: (D,).
        name: what it is called.
        row: the row of the item that it is, or None where it is no item of the data.
        file: the person's own file that it was read from, or "".
    """

    code: Code
    name: str = ""
    row: int | None = None
    file: str = ""


@dataclass(frozen=True)
class Journey:
    """A walk through waypoints.

    Attributes:
        waypoints: in order; fewer than two are no walk yet.
        method: of `aekit.latent.PATHS`, or "data" for a path that keeps to where items are.
        steps: items of the whole walk, both ends included.
        loop: whether playback goes on from the start.
        speed: of playback, 1 for as it is heard, or two pictures a second.
    """

    waypoints: tuple[Place, ...] = ()
    method: str = "slerp"
    steps: int = 16
    loop: bool = False
    speed: float = 1.0


@dataclass(frozen=True)
class Look:
    """What is shown of one run.

    Attributes:
        camera: None until the map was fitted.
        projection: how codes become places of the map, where there are more than two dimensions.
        axes: for "dimensions" the two dimensions, for "items" the rows of three items.
        lift: how the pointer's place becomes a code, where there are more than two dimensions.
        colour: "label", "" for one colour, or the name of an attribute.
        hidden: labels (numbers, -1 for none) whose items are filtered out.
        selected: rows of items, rising.
        search: what is searched for.
        tool: what the pointer does on the map.
        here: the place at hand, that sliders move; None while the pointer leads.
        pins: at most two places to compare.
        steering: standard deviations by which the place at hand is moved, for each attribute; 0 is left out.
        condition: what a conditional run decodes with: a class's name, a number in words, or "".
        journey: the walk.
        files: the person's own files that lie on the map.
    """

    camera: Camera | None = None
    projection: Projection = "pca"
    axes: tuple[int, ...] = ()
    lift: Lift = "near"
    colour: str = "label"
    hidden: frozenset[int] = frozenset()
    selected: tuple[int, ...] = ()
    search: str = ""
    tool: Tool = "look"
    here: Place | None = None
    pins: tuple[Place, ...] = ()
    steering: dict[str, float] = field(default_factory=dict)
    condition: str = ""
    journey: Journey = Journey()
    files: tuple[Place, ...] = ()


def to_json(look: Look) -> dict[str, Any]:
    """A look as JSON values."""
    return {**asdict(look), "hidden": sorted(look.hidden)}


def from_json(value: Any) -> Look:
    """A look from JSON values; what is unknown or damaged is left at its default, never executed."""
    if not isinstance(value, dict):
        return Look()
    found = {}
    for name, kind in get_type_hints(Look).items():
        with contextlib.suppress(KeyError, pydantic.ValidationError):
            found[name] = pydantic.TypeAdapter(kind).validate_python(value[name])
    return Look(**found)

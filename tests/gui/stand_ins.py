# Stand-ins for widgets and model processes: they keep what they were told, and can be made to speak.
"""Stand-ins for widgets and model processes: they keep what they were told, and can be made to speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from aekit_gui.models.look import Camera
from aekit_gui.models.space import Space
from aekit_gui.theme import LIGHT
from aekit_gui.work.protocol import Opened, PriorFacts

from aekit.runs import Record, Run
from aekit.views import Picture


class Signal:
    """Like a Qt signal, without Qt."""

    def __init__(self) -> None:
        self.slots: list[Any] = []

    def connect(self, slot: Any) -> None:
        self.slots.append(slot)

    def emit(self, *values: Any) -> None:
        for slot in list(self.slots):
            slot(*values)


class Widget:
    """Any view: its attributes that are signals by name are signals, its methods keep their arguments.

    `told` holds the last arguments of each method, `all_told` all of them in order.
    """

    def __init__(self, *signals: str, **values: Any) -> None:
        self.told: dict[str, tuple[Any, ...]] = {}
        self.all_told: list[tuple[str, tuple[Any, ...]]] = []
        for name in signals:
            setattr(self, name, Signal())
        for name, value in values.items():
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        def keep(*arguments: Any, **named: Any) -> None:
            self.told[name] = arguments
            self.all_told.append((name, arguments))

        return keep


def sidebar() -> Widget:
    """A sidebar with the signals of `views.sidebar.Sidebar`."""
    return Widget(
        "colour_chosen", "label_toggled", "label_isolated", "all_wanted", "projection_chosen", "lift_chosen",
        "search_changed", "search_entered", "tool_chosen",
    )  # fmt: skip


class Map(Widget):
    """A map of 800 by 600 pixels that takes the camera it is given."""

    def __init__(self) -> None:
        names = (
            "hovered",
            "left",
            "clicked",
            "camera_changed",
            "rows_selected",
            "place_dragged",
            "path_drawn",
        )
        super().__init__(
            *names, "files_dropped", "menu_wanted", "tiles_wanted", "resized", camera=Camera(), theme=LIGHT
        )

    def width(self) -> int:
        return 800

    def height(self) -> int:
        return 600

    def set_camera(self, camera: Camera) -> None:
        self.camera = camera
        self.told["set_camera"] = (camera,)


@dataclass
class Asked:
    """One request, with what is to be called at its end."""

    slot: str
    name: str
    done: Any
    failed: Any
    arguments: dict[str, Any]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Model:
    """A model process that answers when the test says so."""

    asked: list[Asked] = field(default_factory=list)
    restarts: int = 0

    def call(self, name: str, done: Any, failed: Any = None, progress: Any = None, **arguments: Any) -> Asked:
        self.asked.append(Asked("", name, done, failed, arguments))
        return self.asked[-1]

    def latest(self, slot: str, name: str, done: Any, failed: Any = None, **arguments: Any) -> None:
        self.asked = [one for one in self.asked if one.slot != slot]
        self.asked.append(Asked(slot, name, done, failed, arguments))

    def restart(self) -> None:
        self.restarts += 1

    def names(self) -> list[str]:
        return [one.name for one in self.asked]

    def take(self, name: str) -> Asked:
        """The oldest request of that name, which is no longer waiting."""
        found = next(one for one in self.asked if one.name == name)
        self.asked.remove(found)
        return found


class Now:
    """Work that is done at once instead of later."""

    def run(self, function: Any, done: Any, failed: Any = None, slot: str = "") -> None:
        done(function())


class Messages:
    """Keeps what the person was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.problems: list[Any] = []
        self.bars: list[Widget] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def problem(self, problem: Any) -> None:
        self.problems.append(problem)

    def progress(self, text: str, cancel: Any = None) -> Widget:
        self.bars.append(Widget(cancel_it=cancel))
        return self.bars[-1]


def record(latent_dim: int, items: int, names: tuple[str, ...] = ()) -> Record:
    """What a run's run.json would hold."""
    return Record(
        plugin="image", options={}, objective="vae", objective_options={}, training={"latent_dim": latent_dim},
        stages=[], source="mnist", fingerprint="", spec={}, item={"shape": [1], "dtype": "uint8"}, items=items,
        validation=0, label_names=list(names), versions={},
    )  # fmt: skip


def space(latent_dim: int = 2, count: int = 300, classes: int = 3, seed: int = 0) -> Space:
    """A space of clusters, one for each class."""
    random = np.random.default_rng(seed)
    labels = random.integers(classes, size=count)
    centres = random.normal(0, 3, (classes, latent_dim))
    codes = (centres[labels] + random.normal(0, 0.4, (count, latent_dim))).astype(np.float32)
    run = Run.__new__(Run)
    run.path, run.record = Path("somewhere"), record(latent_dim, count, tuple("abcdefghij"[:classes]))
    return Space(
        run, codes, np.full_like(codes, -4), np.arange(count), labels.astype(np.int64), run_names(run)
    )


def run_names(run: Run) -> tuple[str, ...]:
    return tuple(run.record.label_names)


def opened(**changes: Any) -> Opened:
    """What a model process would say of a run."""
    example = Picture(np.zeros((4, 4), np.uint8))
    return Opened(
        **{
            "conditions": (), "condition_of": "", "attributes": ("ink",),
            "prior": PriorFacts((0.0, 0.0), (1.0, 1.0), (-2.8, 1.0), 1.8),
            "kind": "Picture", "example": example, "joined_formats": (), "has_bound": True, **changes,
        }
    )  # fmt: skip

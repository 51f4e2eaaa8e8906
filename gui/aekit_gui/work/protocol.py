# What the window and a model process say to each other: requests by name, and what comes back.
"""What the window and a model process say to each other: requests by name, and what comes back.

A model process (`server.py`) holds one run with its torch and its plugin, so that nothing that a plugin does can
stop the window. Requests and replies are pickled over pipes between a parent and the child that it started; nothing
from a file is ever unpickled. Codes are float32 (B, D), a condition is what `aekit decode --condition` takes, or "".

| request | arguments | reply |
|---|---|---|
| open | path, device | Opened |
| decode | code (D,), condition, steering | Decoded |
| bound | code (D,), condition | float: nats, or NaN where the objective has none |
| pictures | codes (B, D), condition, height | list of (h, w, 3) uint8 |
| views | codes (B, D), condition | list of View |
| items | index (K,) positions in the training split | list of Item |
| restored | index, a position in the training split, condition | Restored |
| names | index (K,) | list of str |
| attributes | index (K,) | dict of name to (K,) float64 |
| read | path | Read |
| steer | code (D,), amounts {name: standard deviations} | (D,) float32 |
| umap | codes (N, D), path of the run | (N, 2) float32 |
| export | Export | list of paths |
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.views import View

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Request:
    """One request; replies carry its number."""

    number: int
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """The end of a request, in a value or in a problem; or, where `progress` is not None, news on its way."""

    number: int
    value: Any = None
    problem: Problem | None = None
    progress: tuple[float, str] | None = None


@dataclass(frozen=True)
class Problem:
    """Something that went wrong in a model process.

    Attributes:
        sentence: for a person: what was received, what was expected, what to do next.
        details: a traceback to copy, or "".
        expected: whether it is one of aekit's own errors, which needs no traceback.
    """

    sentence: str
    details: str = ""
    expected: bool = True


@dataclass(frozen=True)
class PriorFacts:
    """Where the run's prior draws codes from, whatever kind of prior it is.

    Attributes:
        mean, spread: (D,), of each dimension; 0 and 1 for N(0, I).
        density: the middle and the standard deviation of log p(z) of its own draws, nats.
        apart: the usual distance of two draws.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    density: tuple[float, float]
    apart: float


@dataclass(frozen=True)
class Opened:
    """What is known of a run once its model is loaded.

    Attributes:
        conditions: what the run can be conditioned on: class names; empty where it takes none or takes a number.
        condition_of: "label", the name of an attribute, or "" where the run takes no condition.
        attributes: names of what the plugin measures.
        prior: where the prior draws codes from.
        kind: of the views: "Picture", "Notes", "Sound", "Curves" or "Table".
        example: one decoded view, at the mean of the codes.
        joined_formats: what a walk can be saved as in one continuous piece.
        has_bound: whether the objective has a bound on the likelihood.
        degradation: how items are made worse before the model sees them, in words ("noise 0.5"); "" where they are not.
        words_used: where codes are written in words, how many different ones the items' codes use, and of how many.
    """

    conditions: tuple[str, ...]
    condition_of: str
    attributes: tuple[str, ...]
    prior: PriorFacts
    kind: str
    example: View
    joined_formats: tuple[str, ...]
    has_bound: bool
    degradation: str = ""
    words_used: tuple[int, int] | None = None


@dataclass(frozen=True)
class Decoded:
    """One decoded place.

    Attributes:
        view: what it looks or sounds like.
        picture: (h, w, 3), the view drawn; for pictures their own pixels.
        code: (D,), the code that was decoded, steering included.
        seconds: what decoding took in the model process.
        log_prior: log p(z) of that code under the run's prior, nats; NaN where it has none.
        words: what the code is written in, where the objective has words: their numbers.
    """

    view: View
    picture: Pixels
    code: NDArray[np.float32]
    seconds: float
    log_prior: float = math.nan
    words: tuple[int, ...] = ()


@dataclass(frozen=True)
class Item:
    """One item of the data.

    Attributes:
        index: its position in the training split.
        name: where it comes from (file, bar).
        label: its class's name, or "".
        picture: (h, w, 3).
        view: what it looks or sounds like.
    """

    index: int
    name: str
    label: str
    picture: Pixels
    view: View


@dataclass(frozen=True)
class Restored:
    """One item of the data, for models that restore.

    Attributes:
        index: its position in the training split.
        item, degraded, made: as it is, as the model sees it, and what the model makes of that.
    """

    index: int
    item: View
    degraded: View
    made: View


@dataclass(frozen=True)
class ReadItem:
    """One item of a person's own file, encoded.

    Attributes:
        name: of the item within the file.
        code: (D,).
        view, rebuilt: the item, and its reconstruction.
    """

    name: str
    code: NDArray[np.float32]
    view: View
    rebuilt: View


@dataclass(frozen=True)
class Read:
    """A person's own file, read and encoded.

    Attributes:
        path: of the file.
        items: at most `MOST_READ` of them.
        left_out: how many more there were.
        notes: what was done to the file.
        rejected: what was left out, and why.
    """

    path: Path
    items: tuple[ReadItem, ...]
    left_out: int = 0
    notes: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()


MOST_READ = 64


@dataclass(frozen=True)
class Export:
    """What is to be written where.

    Attributes:
        run: the run's folder.
        codes: (B, D), what is decoded, in order.
        path: of the file; its ending says the format; a folder for "files".
        kind: "sheet" (PNG), "animation" (GIF or MP4), "piece" (one continuous piece), "files" (one file each),
            "arrays" (NPZ with items and codes).
        condition: as everywhere.
        ending: of "files".
        seconds: of each picture of an animation.
        loop: whether an animation starts anew.
    """

    run: Path
    codes: NDArray[np.float32]
    path: Path
    kind: str
    condition: str = ""
    ending: str = ""
    seconds: float = 0.5
    loop: bool = True

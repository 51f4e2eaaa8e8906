# What a model process does at each request: one function each, which gives the reply's value.
"""What a model process does at each request: one function each, which gives the reply's value.

All take what is held, and a function for progress, before the request's own arguments; `protocol.py` lists them.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import aekit.autoencoder
from aekit.autoencoder import Autoencoder
from aekit.data import Batch, Dataset
from aekit.errors import AekitError, DataError, RunError, UsageError
from aekit.figures import middle_condition
from aekit.modality import ReadResult
from aekit.steering import Steering, kept_or_learnt, measured
from aekit.views import View
from aekit_gui.work.boundary import Boundary, cell_text, shrunk
from aekit_gui.work.given import condition_of
from aekit_gui.work.known import degradation_of, log_prior, prior_facts, words_of, words_used
from aekit_gui.work.ownfiles import usable_file
from aekit_gui.work.protocol import (
    MOST_READ,
    Decoded,
    Export,
    Item,
    Opened,
    Pixels,
    Problem,
    Read,
    ReadItem,
    Request,
    Restored,
)

Codes = NDArray[np.float32]
Progress = Callable[[float, str], None]

BOUND_DRAWS = 16
TOGETHER = 64  # items that are decoded or drawn between two looks at whether it was cancelled
MEASURED_TOGETHER = 4096


@dataclass
class Held:
    """The run that this process holds, and what was loaded for it on demand.

    Attributes:
        why_not: why no run is open.
    """

    model: Autoencoder | None = None
    dataset: Dataset | None = None
    steering: Steering | None = None
    boundary: Boundary = field(default_factory=lambda: Boundary("A plugin"))
    why_not: str = "No run is open in this process. Open one first."

    def opened(self) -> Autoencoder:
        """The model.

        Raises:
            RunError: no run is open; says why.
        """
        if self.model is None:
            raise RunError(self.why_not)
        return self.model


# ---- the run --------------------------------------------------------------------------------------------


def open_run(held: Held, progress: Progress, path: Path, device: str = "cpu") -> Opened:
    """Load a run in the place of the one that was open, and decode once."""
    held.model = held.dataset = held.steering = None
    try:
        progress(0.2, "Loading the model")
        model = aekit.autoencoder.load(path, device)
        record = model.run.record
        whose = f"The plugin '{record.plugin}' ({record.plugin_distribution} {record.plugin_version})"
        held.boundary = Boundary(whose)
        return described(held, model)
    except AekitError as error:
        held.why_not = str(error)
        raise
    except Exception as error:
        held.why_not = f"The run {path} could not be opened: {one_line(error)}"
        raise


def described(held: Held, model: Autoencoder) -> Opened:
    """What the window is told of a model that was loaded; holds it."""
    middle = model.run.codes()[0]["mean"].mean(0, dtype=np.float64).astype(np.float32)
    item = torch.from_numpy(model.decode(middle[None], middle_condition(model)))
    example = held.boundary.view(model.view(item[0]))
    prior, used, degradation = prior_facts(model), words_used(model), degradation_of(model)
    held.model = model
    held.boundary.drawn(example)
    of = model.condition.of if model.condition is not None else ""
    return Opened(
        conditions=tuple(model.condition.names) if model.condition is not None and of == "label" else (),
        condition_of=of,
        attributes=attribute_names(model, item),
        prior=prior,
        kind=type(example).__name__,
        example=example,
        joined_formats=tuple(example.joined_formats),
        has_bound=bool(model.objective.has_bound),
        degradation=degradation,
        words_used=used,
    )


def attribute_names(model: Autoencoder, item: Any) -> tuple[str, ...]:
    """What the plugin measures; nothing where it fails to: the run can be looked at all the same."""
    try:
        return tuple(str(name) for name in model.modality.attributes(item[:1]))
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return ()


# ---- codes to views -------------------------------------------------------------------------------------


def decode(
    held: Held, progress: Progress, code: Codes, condition: str = "", steering: dict[str, float] | None = None
) -> Decoded:
    """One code (D,), moved by so many standard deviations of each attribute, as a view."""
    model = held.opened()
    started = perf_counter()
    moved = steer(held, progress, code, steering) if steering else np.asarray(code, np.float32)
    item = model.decode(moved[None], condition_of(model, condition))
    view = held.boundary.view(model.view(item[0]))
    words = words_of(model, moved[None])
    likely = float(log_prior(model, moved[None])[0])
    written = () if words is None else tuple(words[0].tolist())
    return Decoded(view, held.boundary.drawn(view), moved, perf_counter() - started, likely, written)


def views(held: Held, progress: Progress, codes: Codes, condition: str = "") -> list[View]:
    """Codes (B, D) as views."""
    model, given = held.opened(), condition_of(held.opened(), condition)
    found: list[View] = []
    for start in range(0, len(codes), TOGETHER):
        progress(start / len(codes), "Decoding")
        part = np.asarray(codes[start : start + TOGETHER], np.float32)
        items = model.decode(part, given)
        if len(items) != len(part):
            raise held.boundary.wrong(f"{len(items)} decoded items of {len(part)} codes")
        found += [held.boundary.view(model.view(item)) for item in torch.from_numpy(items)]
    return found


def pictures(
    held: Held, progress: Progress, codes: Codes, condition: str = "", height: int = 0
) -> list[Pixels]:
    """Codes (B, D) drawn, so that they can be compared: (h, w, 3) each, at most `height` high where it is not 0."""
    found = views(held, progress, codes, condition)
    if not found:
        return []
    same = all(type(view) is type(found[0]) for view in found)
    drawn = type(found[0]).pictures(found) if same else [view.picture() for view in found]
    return [lower(np.ascontiguousarray(pixels), height) for pixels in drawn]


def lower(pixels: Pixels, height: int) -> Pixels:
    """Pixels (H, W, 3) scaled down to a height, where they are higher; 0 leaves them as they are."""
    pixels = shrunk(pixels)
    if not height or pixels.shape[0] <= height:
        return pixels
    from PIL import Image

    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))


def bound(held: Held, progress: Progress, code: Codes, condition: str = "") -> float:
    """The objective's bound on the log-likelihood of what a code decodes to, in nats; NaN where it has none."""
    model = held.opened()
    if not model.objective.has_bound:
        return float("nan")
    given = condition_of(model, condition)
    items = torch.from_numpy(model.decode(np.asarray(code, np.float32)[None], given))
    batch = Batch(model.prepared(items), model.columns_for(1, given).to(model.device))
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        found = model.objective.bound(batch, BOUND_DRAWS)
    return float("nan") if found is None else float(found.reshape(-1)[0])


def steer(held: Held, progress: Progress, code: Codes, amounts: dict[str, float]) -> Codes:
    """A code (D,) moved by so many standard deviations of each attribute.

    Raises:
        UsageError: an attribute does not differ over the run's items.
    """
    if held.steering is None:
        progress(0.0, "Learning which way attributes grow")
        held.steering = kept_or_learnt(held.opened())
    for name in amounts:
        if name not in held.steering.names:
            known = ", ".join(held.steering.names)
            raise UsageError(
                f"'{name}' is the same for all items of this run, so nothing steers it. Others: {known}."
            )
    return np.asarray(held.steering.moved(np.asarray(code, np.float32)[None], amounts)[0])


# ---- the data -------------------------------------------------------------------------------------------


def data_of(held: Held, progress: Progress) -> Dataset:
    """The training split, loaded at its first use.

    Raises:
        DataError: it is gone, or is not what the run was trained on.
    """
    if held.dataset is None:
        model = held.opened()
        progress(0.0, "Loading the data")
        found, record = model.dataset("train"), model.run.record
        if record.fingerprint and found.fingerprint() != record.fingerprint:
            raise DataError(
                f"The data of '{record.source}' have changed since the run was trained, so its items cannot be shown. "
                "Bring the old ones back, or train again."
            )
        held.dataset = found
    return held.dataset


def positions_in(dataset: Dataset, index: NDArray[Any]) -> torch.Tensor:
    """Positions in the training split (K,).

    Raises:
        DataError: there are no such items.
    """
    positions = np.asarray(index, np.int64).reshape(-1)
    if len(positions) and not 0 <= positions.min() <= positions.max() < len(dataset):
        raise DataError(
            f"The data have items 0 to {len(dataset) - 1} (received {positions.min()} to {positions.max()}). "
            "Were they replaced since the run was trained?"
        )
    return torch.from_numpy(positions)


def items(held: Held, progress: Progress, index: NDArray[Any]) -> list[Item]:
    """Items of the training split, as views with where they come from."""
    model, dataset = held.opened(), data_of(held, progress)
    positions = positions_in(dataset, index)
    found = []
    for place, stored in zip(positions.tolist(), dataset.items[positions], strict=True):
        view = held.boundary.view(model.view(stored))
        name = cell_text(dataset.name(place))
        found.append(Item(place, name, label_of(dataset, place), held.boundary.drawn(view), view))
    return found


def restored(held: Held, progress: Progress, index: int, condition: str = "") -> Restored:
    """An item of the training split before and after a model that restores."""
    model, dataset = held.opened(), data_of(held, progress)
    item = dataset.items[positions_in(dataset, np.array([index]))]
    seen = model.degrade(item)
    made = model.reconstruct(seen, condition_of(model, condition))
    shown = (held.boundary.view(model.view(each[0])) for each in (item, seen, made))
    return Restored(index, *shown)


def label_of(dataset: Dataset, place: int) -> str:
    """The name of an item's class; "" where it has none."""
    number = -1 if dataset.labels is None else int(dataset.labels[place])
    if not 0 <= number < len(dataset.label_names):
        return "" if number < 0 else str(number)
    return str(dataset.label_names[number])


def names(held: Held, progress: Progress, index: NDArray[Any]) -> list[str]:
    """Where items of the training split come from."""
    dataset = data_of(held, progress)
    return [cell_text(dataset.name(place)) for place in positions_in(dataset, index).tolist()]


def attributes(held: Held, progress: Progress, index: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """What the plugin measures of items of the training split: (K,) each, NaN where an item has none."""
    model, dataset = held.opened(), data_of(held, progress)
    positions = positions_in(dataset, index)
    parts: list[dict[str, NDArray[np.float64]]] = []
    for start in range(0, len(positions), MEASURED_TOGETHER):
        progress(start / len(positions), "Measuring attributes")
        part = positions[start : start + MEASURED_TOGETHER]
        parts.append(measured(model, dataset.items[part]))
        for name, values in parts[-1].items():
            if values.shape != (len(part),):
                raise held.boundary.wrong(
                    f"the attribute '{name}' of shape {values.shape} for {len(part)} items; expected ({len(part)},)"
                )
    return {str(name): np.concatenate([part[name] for part in parts]) for name in (parts or [{}])[0]}


# ---- people's own files ---------------------------------------------------------------------------------


def read(held: Held, progress: Progress, path: Path, condition: str = "") -> Read:
    """A person's own file, encoded and rebuilt: its first `MOST_READ` items."""
    model = held.opened()
    path = usable_file(Path(path))
    progress(0.0, f"Reading {path.name}")
    result = model.modality.read(path)
    if not isinstance(result, ReadResult) or len(result.items) == 0:
        raise held.boundary.wrong(
            f"a {type(result).__name__} for {path.name}; expected a ReadResult with items"
        )
    given = None
    if model.condition is not None and (condition or model.condition.of == "label"):
        given = condition_of(model, condition)
    stored = torch.as_tensor(result.items[:MOST_READ])
    progress(0.3, f"Encoding {path.name}")
    codes = np.asarray(model.encode(stored, given), np.float32)
    rebuilt = model.reconstruct(stored, given)
    listed = [cell_text(name) for name in result.names]
    found = []
    for place, (one, again) in enumerate(zip(stored, rebuilt, strict=True)):
        name = listed[place] if place < len(listed) else f"{path.stem} {place + 1}"
        shown = (held.boundary.view(model.view(each)) for each in (one, again))
        found.append(ReadItem(name, codes[place], *shown))
    rejected = tuple((cell_text(one.name), cell_text(one.reason)) for one in result.rejected)
    notes = tuple(cell_text(note) for note in result.notes)
    return Read(path, tuple(found), len(result.items) - len(found), notes, rejected)


# ---- long work ------------------------------------------------------------------------------------------


def umap(held: Held, progress: Progress, codes: Codes, path: Path) -> Codes:
    """Codes (N, D) laid out by UMAP: (N, 2)."""
    from aekit_gui.work.layout import umap_positions

    return np.asarray(umap_positions(codes, path, progress), np.float32)


def export(held: Held, progress: Progress, job: Export) -> list[Path]:
    """Write what a person wants to keep; the files."""
    from aekit_gui.work.export import export as carried_out

    return [Path(path) for path in carried_out(held.opened(), job, progress)]


ANSWERS: dict[str, Callable[..., Any]] = {
    "open": open_run,
    "decode": decode,
    "bound": bound,
    "pictures": pictures,
    "views": views,
    "items": items,
    "restored": restored,
    "names": names,
    "attributes": attributes,
    "read": read,
    "steer": steer,
    "umap": umap,
    "export": export,
}

DOING = {
    "open": "opening the run",
    "decode": "decoding",
    "bound": "bounding the likelihood",
    "pictures": "decoding pictures",
    "views": "decoding",
    "items": "showing items of the data",
    "names": "naming items of the data",
    "attributes": "measuring attributes",
    "read": "reading a file",
    "steer": "steering",
    "umap": "laying out by UMAP",
    "export": "exporting",
}


def problem_of(held: Held, request: Request, error: BaseException) -> Problem:
    """What a person is told of an exception."""
    if isinstance(error, AekitError):
        return Problem(" ".join(str(error).split()))
    doing = DOING.get(request.name, request.name)
    whose = held.boundary.whose
    details = "".join(traceback.format_exception(error))
    return Problem(
        f"{whose} failed while {doing}: {one_line(error)}. Go on with something else; send its author the details.",
        details,
        expected=False,
    )


def one_line(error: BaseException) -> str:
    """An exception on one line."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    text = text if len(text) <= 300 else text[:299] + "…"
    return f"{type(error).__name__}: {text}".rstrip(": .")

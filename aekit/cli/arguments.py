# Arguments and output that several commands share.
"""Arguments and output that several commands share."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aekit.errors import DataError, UsageError
from aekit.files import finite

if TYPE_CHECKING:
    from torch import Tensor

    from aekit.autoencoder import Autoencoder
    from aekit.data import Dataset
    from aekit.modality import ReadResult, Split

RunPath = Annotated[Path, typer.Argument(help="The run's folder.", metavar="RUN", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Seed = Annotated[int, typer.Option(help="Seed of the random draws.", min=0)]
ComputeDevice = Annotated[str, typer.Option("--device", help="cpu, cuda, mps or auto.")]
Given = Annotated[
    str | None,
    typer.Option(
        "--condition", help="For conditional runs: a class, or an attribute's value.", show_default=False
    ),
]
TopP = Annotated[
    float,
    typer.Option(
        "--top-p",
        min=0.01,
        max=1,
        help="Draw from the likeliest outcomes that have this probability together.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="A .png for one sheet, an .npz for arrays, a .mid or .wav for one piece of items that can be heard, "
        "a name without an ending for a folder with files for each item.",
        show_default=False,
    ),
]


MOST_NAMED = 8  # items of a file that an error names


def open_model(run: Path, device: str = "cpu") -> Autoencoder:
    """The run, ready to use."""
    from aekit.autoencoder import load
    from aekit.training.precision import resolve_device

    if device not in ("auto", "cpu", "cuda", "mps"):
        raise UsageError(f"--device takes cpu, cuda, mps or auto (received '{device}').")
    return load(run, "cpu" if device == "cpu" else resolve_device(device))  # type: ignore[arg-type]


def chosen_items(
    model: Autoencoder, names: list[str], split: Split = "test", as_seen: bool = True
) -> tuple[Tensor, list[str], list[int]]:
    """Items by number in the test split, or from people's own files: (items, names, class of each or -1).

    Args:
        as_seen: where the model restores, numbered items come degraded, as it is to see them; files are never changed.

    Raises:
        DataError: there is no such item, or a file cannot be used.
    """
    import torch

    dataset: Dataset | None = None
    items, found, labels = [], [], []
    for name in names:
        if is_number(name):
            dataset = dataset or model.dataset(split)
            if int(name) >= len(dataset):
                raise DataError(
                    f"There is no {split} item {name}: the split has items 0 to {len(dataset) - 1}."
                )
            item = dataset.items[torch.tensor([int(name)])]
            items.append(model.degrade(item) if as_seen else item)
            found.append(dataset.name(int(name)))
            labels.append(int(dataset.labels[int(name)]) if dataset.labels is not None else -1)
        else:
            read, chosen = own_items(model, name)
            items.append(read.items[chosen])
            found.extend(read.names[number] for number in chosen)
            labels.extend([-1] * len(chosen))
    return torch.cat(items), found, labels


def own_items(model: Autoencoder, asked: str) -> tuple[ReadResult, list[int]]:
    """A person's own file, and which of its items were asked for; tells what was done for it and what left out.

    Args:
        asked: a file, for all of its items, or 'FILE, NAME' for one by its name, with or without the file's.

    Raises:
        DataError: the file cannot be used, or has no item of this name.
    """
    path, name = file_and_name(asked)
    read = model.modality.read(Path(path))
    for note in read.notes:
        tell(f"{path}: {note}")
    chosen = [
        number
        for number, own in enumerate(read.names)
        if name is None or own in (name, f"{Path(path).name}, {name}")
    ]
    if name is None or not chosen:
        for rejection in read.rejected:
            tell(f"{rejection.name}: left out: {rejection.reason}")
    if not chosen:
        known = ", ".join(f"'{one}'" for one in read.names[:MOST_NAMED])
        more = len(read.names) - MOST_NAMED
        raise DataError(
            f"'{path}' has no item '{name}'. It has {known}{f' and {more} more' if more > 0 else ''}."
        )
    return read, chosen if name is None else chosen[:1]


def file_and_name(asked: str) -> tuple[str, str | None]:
    """'FILE, NAME' in its parts, the longest FILE that there is; a file alone has no name."""
    parts = asked.split(", ")
    for count in range(len(parts), 0, -1):
        path = ", ".join(parts[:count])
        if is_there(Path(path)):
            return path, ", ".join(parts[count:]) or None
    return asked, None


def is_there(path: Path) -> bool:
    """Whether there is such a file; of a name that is too long for one, there is none."""
    try:
        return path.exists()
    except OSError:
        return False


def one_item(model: Autoencoder, name: str) -> tuple[Tensor, list[int]]:
    """A test item by number, or a file's first item, (1, ...), and its class or -1; tells what of a file it took.

    Raises:
        DataError: there is no such item, or the file cannot be used.
    """
    items, names, labels = chosen_items(model, [name])
    more = len(items) - 1
    if more:
        another = names[1].removeprefix(f"{Path(name).name}, ")
        tell(
            f"{name}: '{names[0]}' is taken, and {more} further item{'s' if more > 1 else ''} of the file not; "
            f"another is taken as '{name}, {another}'."
        )
    return items[:1], labels[:1]


def is_number(name: str) -> bool:
    """Whether an argument names an item by its number; a file of that name goes first."""
    return name.isdigit() and not Path(name).exists()


def condition_for(model: Autoencoder, given: str | None, labels: list[int]) -> Any:
    """The condition of items: what was given, else their own classes; None where no item has one.

    Raises:
        UsageError: some items have a class and others none.
    """
    if model.condition is None or given is not None:
        return given if model.condition is None or model.condition.of == "label" else parsed_number(given)
    if model.condition.of != "label" or max(labels, default=-1) < 0:
        return None
    without = [number for number, label in enumerate(labels) if label < 0]
    if without:
        raise UsageError(
            f"This model is conditioned on 'label', and {len(without):,} of {len(labels):,} items have no class (label "
            f"-1), the first is number {without[0]} of them, counted from 0: give one for all with --condition, one "
            f"of {', '.join(model.condition.names)}, or leave those items out."
        )
    return model.condition.names_of(labels)


def parsed_number(given: str | None) -> float | None:
    """A condition's number.

    Raises:
        UsageError: it is none.
    """
    try:
        return None if given is None else float(given)
    except ValueError:
        raise UsageError(f"--condition takes a number for this run (received '{given}').") from None


def tell(text: str) -> None:
    """A line for the person, on standard error."""
    typer.echo(text, err=True)


def emit(values: dict[str, Any], as_json: bool) -> None:
    """Print figures, as JSON (null for numbers that are not finite) or as lines."""
    if as_json:
        typer.echo(json.dumps(finite(values), allow_nan=False))
        return
    width = max((len(name) for name in values), default=0)
    for name, value in values.items():
        typer.echo(f"{name:{width}}  {shown(value)}")


def shown(value: Any) -> str:
    """A figure as people read it."""
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def written(path: Path) -> None:
    """Say what was written."""
    typer.echo(f"Wrote {path}")


def table(columns: list[str], rows: list[list[str]]) -> None:
    """Print a table that fits the terminal."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*row)
    # Where there is no terminal, lines may be as long as they need to be
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 240).print(drawn)

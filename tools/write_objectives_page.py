# Writes docs/objectives-reference.md: every objective's formula, options and use, and a table of what each trains.
"""Writes docs/objectives-reference.md: every objective's formula, options and use, and a table of what each trains.

    python tools/write_objectives_page.py                   (trains each for a moment on four kinds of data)
    python tools/write_objectives_page.py --keep-table      (the page's texts alone)

Needs a checkout: words and rows are the strangers' plugins of `tests/outside`.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import inspect
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from aekit import plugins
from aekit.data import Dataset
from aekit.errors import AekitError
from aekit.modality import Modality
from aekit.objective import Objective

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "objectives-reference.md"
BEGIN, END = "<!-- trained: begin -->", "<!-- trained: end -->"
USE = "When to use it:"

ITEMS = 600  # of each kind
SHORT = {"epochs": 1, "snapshots": 0, "validation": 0.1, "device": "cpu", "precision": "32", "quiet": True}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "digits": ("image", {"width": 16, "depth": 1, "latent_dim": 4, "batch_size": 64}),
    "melodies": ("music", {"width": 16, "depth": 1, "latent_dim": 4, "batch_size": 64}),
    "words": ("words", {"width": 16, "longest": 6, "latent_dim": 4, "batch_size": 32}),
    "rows": ("rows", {"width": 16, "latent_dim": 4, "batch_size": 32}),
}
# Options without which an objective's own do not suit codes of four dimensions
FITTED = {"vq": {"word_dim": 2}, "vampprior": {"pseudo_inputs": 16}, "twolayer": {}}

HEAD = """# The objectives, one by one

Made by `python tools/write_objectives_page.py` from the classes themselves; change a docstring or an option and run it.
How to add one: [objectives.md](objectives.md).

## What each trains

Each was trained for a few steps on digits (`image`), folk melodies (`music`), and the words and rows of two plugins
that know nothing of any objective (`tests/outside/`). Where it does not train, the line that it says is the reason.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep-table", action="store_true", help="keep the page's table of what each trains")
    asked = parser.parse_args()
    table = kept_table() if asked.keep_table else trained_table()
    PAGE.write_text(page(table), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def names() -> list[str]:
    """The objectives that aekit brings."""
    entries = plugins.registrations(plugins.OBJECTIVES)
    return [entry.name for entry in entries if entry.value.startswith("aekit.objectives.")]


def page(table: str) -> str:
    """The whole page."""
    sections = [section(name, plugins.objective(name)) for name in names()]
    return "\n".join([HEAD, BEGIN, table, END, "", *sections])


def section(name: str, kind: type[Objective]) -> str:
    """What an objective is, when to use it, and its options."""
    texts = [text for text in paragraphs(kind) if not text.startswith("Attributes:")]
    use = next((text for text in texts if text.startswith(USE)), None)
    rest = [text for text in texts if text != use]
    lines = [f"## {name}", ""]
    for text in rest:
        lines += [plain(text), ""]
    if use is not None:
        lines += [f"**{USE}**{plain(use).removeprefix(USE)}", ""]
    return "\n".join([*lines, options(kind)])


def paragraphs(kind: type[Objective]) -> list[str]:
    """A class's docstring, a paragraph each, on one line each."""
    text = inspect.cleandoc(kind.__doc__ or "")
    return [" ".join(part.split()) for part in text.split("\n\n")]


def plain(text: str) -> str:
    """A docstring's text as Markdown: what stands for itself must not become emphasis or a tag."""
    pieces = text.split("`")
    for number in range(0, len(pieces), 2):  # outside of backticks
        for sign in ("*", "_", "<", ">", "|", "~"):
            pieces[number] = pieces[number].replace(sign, "\\" + sign)
    return "`".join(pieces)


def options(kind: type[Objective]) -> str:
    """The table of an objective's options."""
    fields = kind.Options.model_fields
    if not fields:
        return "No options of its own.\n"
    rows = [
        f"| `--{name.replace('_', '-')}` | {default(field.default)} | {plain(field.description or '')} |"
        for name, field in fields.items()
    ]
    return "\n".join(["| option | default | |", "|---|---|---|", *rows, ""])


def default(value: Any) -> str:
    """A default as a person would type it."""
    return (
        ""
        if value is None or value == ""
        else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    )


# ---- what each trains ---------------------------------------------------------------------------------


def kept_table() -> str:
    """The table that the page has."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def trained_table() -> str:
    """Every objective on every kind of data."""
    reasons: dict[str, int] = {}
    lines = ["| | " + " | ".join(KINDS) + " |", "|---" * (len(KINDS) + 1) + "|"]
    with tempfile.TemporaryDirectory() as folder, strangers(Path(folder)):
        for plugin, _ in KINDS.values():
            load_a_few_once(plugins.modality(plugin))
        for name in names():
            cells = [cell(outcome(name, kind, Path(folder)), reasons) for kind in KINDS]
            lines.append(f"| [{name}](#{name}) | " + " | ".join(cells) + " |")
            print(lines[-1], flush=True)
    notes = [f"{number}. {plain(reason)}" for reason, number in reasons.items()]
    return "\n".join([*lines, "", *notes])


def cell(reason: str | None, reasons: dict[str, int]) -> str:
    """`yes`, or the number of the reason why not."""
    if reason is None:
        return "yes"
    return f"no ({reasons.setdefault(reason, len(reasons) + 1)})"


def outcome(name: str, kind: str, folder: Path) -> str | None:
    """None where the objective trains on the kind of data, gives codes and draws items; else what it says."""
    import aekit

    plugin, sizes = KINDS[kind]
    known: Mapping[str, Any] = plugins.objective(name).Options.model_fields
    own = {option: value for option, value in FITTED.get(name, {}).items() if option in known}
    asked = {**SHORT, **sizes, **own}
    try:
        run = aekit.train(plugin, objective=name, out=folder / f"{name}-{kind}", **asked)
        model = aekit.load(run)
        model.sample(2, condition=model.condition.names[0] if model.condition is not None else None)
    except AekitError as error:
        return " ".join(str(error).split())
    return None


def load_a_few_once(kind: type[Modality]) -> None:
    """Make a plugin remember what it has loaded, the first items of it: here loading takes longer than training."""
    load = kind.load

    @functools.cache
    def few(options: Any, source: str, split: Any) -> Dataset:
        whole = load(options, source, split)
        first = torch.arange(min(ITEMS, len(whole)))
        labels = None if whole.labels is None else whole.labels[first]
        names = None if whole.names is None else whole.names[: len(first)]
        return replace(whole, items=whole.items[first], labels=labels, names=names)

    kind.load = classmethod(lambda cls, *asked: few(*asked))  # type: ignore[assignment, method-assign]


@contextlib.contextmanager
def strangers(folder: Path) -> Iterator[None]:
    """The plugins of `tests/outside`, importable."""
    sys.path.insert(0, str(ROOT / "tests" / "outside"))
    from site_folders import put_in_place, visible

    site = folder / "site"
    site.mkdir()
    for name in ("words", "rows"):
        put_in_place(ROOT / "tests" / "outside" / name, site)
    with contextlib.contextmanager(visible)(site):
        yield


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

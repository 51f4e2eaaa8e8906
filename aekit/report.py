# One self-contained page about a run: settings, numbers, sounds, figures.
"""One self-contained page about a run: settings, numbers, sounds, figures."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Any

from aekit.errors import AekitError
from aekit.listening import listening
from aekit.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

STYLE = """
:root { color-scheme: light dark; --ink: #1e222a; --soft: #5b6470; --rule: #dfe3e8; --paper: #fff; --card: #f7f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --soft: #9aa4b0; --rule: #333a44; --paper: #16191e; --card: #1e2229; }
  figure img { background: #fff; border-radius: 4px; }
}
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 1060px; padding: 32px 24px 80px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 12px; }
p.lead { color: var(--soft); margin: 0 0 20px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px; }
.number { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px; }
.number b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
.number span { color: var(--soft); font-size: 13px; }
figure { margin: 0 0 28px; } figure img { max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: 13px; margin-top: 6px; }
table { border-collapse: collapse; width: 100%; }
td { border-bottom: 1px solid var(--rule); padding: 4px 8px 4px 0; vertical-align: top; }
td:first-child { color: var(--soft); width: 240px; }
summary { cursor: pointer; margin: 8px 0; } code { font-size: 13px; }
"""

MOST_KINDS, MOST_LISTED = 12, 200  # reasons, and things left out, that a page names
CAPTIONS = {
    "curves.png": "Training and validation over epochs.",
    "samples.png": "New items, decoded from draws of the prior.",
    "reconstructions.png": "Test items, as they were degraded where the model restores, and what it makes of them.",
    "map.png": "The codes of the training items.",
    "manifold.png": "The space decoded on a grid of the prior's quantiles.",
    "traversal.png": "One dimension at a time, in spreads of the prior, those with the most KL first.",
}


def report(run: Run) -> str:
    """The page, as HTML that needs no other file.

    A run whose plugin is missing still gets its settings, curves and whatever figures it already has.
    """
    parts = [heading(run), numbers(run), listening(run), *figures(run), left_out(run), settings(run)]
    title = html.escape(run.name)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )


def heading(run: Run) -> str:
    """The page's title, and the run in one sentence."""
    record, best = run.record, run.best()
    reached = f", best at epoch {best['epoch']:.1f}" if best else ""
    lead = (
        f"{record.objective} of {record.latent_dim} dimensions on {record.source} ({record.items:,} items), plugin "
        f"{record.plugin} {record.plugin_version}{reached}; {run.status()}."
    )
    return f'<h1>{html.escape(run.name)}</h1><p class="lead">{html.escape(lead)}</p>'


def numbers(run: Run) -> str:
    """The evaluation's figures, or the last validation's where there was none."""
    values = evaluated(run)
    title = "Evaluation on the test split"
    if values is None:
        best = run.best() or {}
        values = {
            name: value for name, value in best.items() if isinstance(value, float) and name != "seconds"
        }
        title = "Validation (run `aekit evaluate` for the test split)"
    cards = "".join(
        f'<div class="number"><b>{value:.4g}</b><span>{html.escape(name.replace("_", " "))}</span></div>'
        for name, value in values.items()
        if isinstance(value, int | float)
    )
    return f'<h2>{html.escape(title)}</h2><div class="numbers">{cards}</div>'


def evaluated(run: Run) -> dict[str, Any] | None:
    """What evaluation.json holds; None where there is none that can be read."""
    try:
        values = json.loads((run.path / "evaluation.json").read_bytes())
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def figures(run: Run) -> list[str]:
    """The run's figures, drawn anew where that is possible."""
    from aekit.figures import curves_figure, draw_all

    note = ""
    try:
        draw_all(run)
    except Exception as error:  # of aekit's own kinds, or whatever a plugin raises
        said = str(error) if isinstance(error, AekitError) else f"{type(error).__name__}: {error}"
        note = f"<p>Figures that need the model were not drawn: {html.escape(said)}</p>"
    found = {path.name: path.read_bytes() for path in sorted(run.figures.glob("*.png"))}
    if "curves.png" not in found and run.metrics():
        found["curves.png"] = curves_figure(run.metrics())
    order = [*CAPTIONS, *sorted(found.keys() - CAPTIONS.keys())]
    return ["<h2>Figures</h2>", note, *(figure(name, found[name]) for name in order if name in found)]


def figure(name: str, content: bytes) -> str:
    """One picture with its caption."""
    caption = CAPTIONS.get(name, name.removesuffix(".png").replace("-", " ").capitalize() + ".")
    data = base64.b64encode(content).decode()
    picture = f'<img alt="{html.escape(caption)}" src="data:image/png;base64,{data}">'
    return f"<figure>{picture}<figcaption>{html.escape(caption)}</figcaption></figure>"


def left_out(run: Run) -> str:
    """What of the data was left out: each kind of reason with an example, and behind a fold the first of all."""
    from aekit.data import Rejection, kinds_of

    title = "<h2>Left out of the data</h2>"
    try:
        entries = [Rejection(entry.get("name", ""), entry.get("reason", "")) for entry in run.rejected()]
    except AekitError as error:
        return f"{title}<p>{html.escape(str(error))}</p>"
    if not entries:
        return ""
    kinds = [
        (f"{count:,}", f"{first.name}: {first.reason}" if count == 1 else f"as {first.name}: {first.reason}")
        for count, first in kinds_of(entries)
    ]
    more, others = len(entries) - MOST_LISTED, kinds[MOST_KINDS:]
    further = f"<p>And {len(others):,} further reasons.</p>" if others else ""
    rest = f"<p>The other {more:,} are in <code>rejected.json</code>.</p>" if more > 0 else ""
    return (
        f"{title}{rows_of(kinds[:MOST_KINDS])}{further}"
        f"<details><summary>{'The first ' if more > 0 else 'All '}{min(len(entries), MOST_LISTED):,}</summary>"
        f"{rows_of(entries[:MOST_LISTED])}{rest}</details>"
    )


def rows_of(pairs: Iterable[tuple[str, str]]) -> str:
    """A table of two columns."""
    cells = "".join(
        f"<tr><td>{html.escape(first)}</td><td>{html.escape(second)}</td></tr>" for first, second in pairs
    )
    return f"<table>{cells}</table>"


def settings(run: Run) -> str:
    """Every option, as run.json keeps it."""
    record = run.record
    groups: dict[str, Mapping[str, Any]] = {
        "Trainer": record.training,
        f"Plugin {record.plugin}": record.options,
        f"Objective {record.objective}": record.objective_options,
        "Versions": record.versions,
    }
    row: Callable[[str, Any], str] = lambda name, value: (  # noqa: E731
        f"<tr><td>{html.escape(name)}</td><td><code>{html.escape(str(value))}</code></td></tr>"
    )
    tables = [
        f"<h2>{html.escape(title)}</h2><table>{''.join(row(name, value) for name, value in values.items())}</table>"
        for title, values in groups.items()
        if values
    ]
    return "".join(tables)

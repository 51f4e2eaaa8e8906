# One self-contained page with the table of a comparison and the pictures side by side.
"""One self-contained page with the table of a comparison and the pictures side by side."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aekit.comparison.outcome import Outcome, said
from aekit.comparison.rows import Row
from aekit.errors import AekitError
from aekit.figures import SHEET_ITEMS, aligned_sheet, map_of, samples_sheet
from aekit.report import STYLE
from aekit.restoring import before_and_after
from aekit.views import png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aekit.autoencoder import Autoencoder

SAMPLES = 21  # three whole lines
OWN_STYLE = """
body { max-width: 1500px; }
.wide { overflow-x: auto; } .wide td, .wide th { white-space: nowrap; padding: 5px 18px 5px 0; text-align: right;
  font-variant-numeric: tabular-nums; border-bottom: 1px solid var(--rule); font-weight: normal; }
.wide th { color: var(--soft); } .wide td:first-child, .wide th:first-child { text-align: left; width: auto;
  color: var(--ink); font-weight: 600; }
.side { display: grid; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)); gap: 18px; }
ul.notes { color: var(--soft); padding-left: 18px; }
"""


def page(outcome: Outcome, models: Sequence[Autoencoder]) -> str:
    """The page, as HTML that needs no other file.

    Args:
        models: of the first run of each row; they give the pictures.
    """
    record, names = models[0].run.record, [row.name for row in outcome.rows]
    title = f"{' / '.join(names)} on {record.source}"
    lead = f"{record.items:,} items of {record.source}, plugin {record.plugin} {record.plugin_version}."
    rows, notes = outcome.rows, "".join(f"<li>{html.escape(note)}</li>" for note in outcome.notes)
    same = attempted("Test items and what each makes of them.", lambda: reconstructed(rows, models))
    parts = [
        f'<h1>Comparison of {len(names)}</h1><p class="lead">{html.escape(lead)}</p>',
        f'<h2>Figures on the test split</h2>{table(outcome)}<ul class="notes">{notes}</ul>',
        f"<h2>Reconstructions of the same items</h2>{same}",
        f'<h2>Samples</h2><div class="side">{side_by_side(rows, models, samples)}</div>',
        f'<h2>Maps</h2><div class="side">{side_by_side(rows, models, mapped)}</div>',
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}{OWN_STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )


def table(outcome: Outcome) -> str:
    """Rows and figures."""
    columns = outcome.columns
    head = "".join(f"<th>{html.escape(name)}</th>" for name in head_of(columns))
    lines = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells_of(row, columns))}</tr>"
        for row in outcome.rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def head_of(columns: Sequence[str]) -> list[str]:
    """The names of a table's columns."""
    return ["", "runs", "seconds", "epochs", *(name.replace("_", " ") for name in columns)]


def cells_of(row: Row, columns: Sequence[str]) -> list[str]:
    """A row's cells."""
    figures = row.figures
    spent = [f"{row.spent('seconds'):.0f}", f"{row.spent('epoch'):.1f}"]
    return [row.name, str(len(row.runs)), *spent, *(said(figures.get(name)) for name in columns)]


def side_by_side(
    rows: Sequence[Row], models: Sequence[Autoencoder], draw: Callable[[Autoencoder], bytes]
) -> str:
    """A picture of each row's model."""
    return "".join(
        attempted(row.name, lambda model=model: draw(model))  # type: ignore[misc]
        for row, model in zip(rows, models, strict=True)
    )


def attempted(caption: str, draw: Callable[[], bytes]) -> str:
    """A picture with its caption, or why there is none."""
    try:
        data = base64.b64encode(draw()).decode()
    except AekitError as error:
        return f"<p>{html.escape(caption)}: not drawn. {html.escape(str(error))}</p>"
    picture = f'<img alt="{html.escape(caption)}" src="data:image/png;base64,{data}">'
    return f"<figure>{picture}<figcaption>{html.escape(caption)}</figcaption></figure>"


def samples(model: Autoencoder) -> bytes:
    """New items of one model."""
    return png(samples_sheet(model, SAMPLES, 1.0, 0))


def mapped(model: Autoencoder) -> bytes:
    """One model's codes."""
    return map_of(model.run)


def reconstructed(rows: Sequence[Row], models: Sequence[Autoencoder]) -> bytes:
    """The first test items, and below them what each model makes of them; and what it saw, where that is worse."""
    block: dict[str, NDArray[np.generic]] = {}
    for row, model in zip(rows, models, strict=True):
        items, made, degraded = before_and_after(model, SHEET_ITEMS)
        block.setdefault("item", items)
        if degraded is not None:
            block[f"{row.name} sees"] = degraded
        block[row.name] = made
    return png(aligned_sheet(models[0], [block]))

# The part of the report that can be heard: samples, reconstructions and a walk, each with its picture.
"""The part of the report that can be heard: samples, reconstructions and a walk, each with its picture.

Sounds are MP3, which every browser plays and which takes a tenth of the bytes of WAV.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError, DataError
from aekit.runs import Run
from aekit.views import Heard, Pixels, png

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder

SAMPLES, PAIRS, STEPS = 6, 4, 9  # at most, where items are short
BUDGET = 60.0  # seconds of sound in each of the three parts, as far as their least numbers allow

STYLE = """
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 14px; margin: 0 0 22px; }
.cards.pairs { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.cards.triples { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.heard { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px; }
.heard.wide { margin-bottom: 22px; }
.heard h4 { margin: 0 0 6px; font-size: 13px; font-weight: 500; color: var(--soft); }
.heard .roll { position: relative; cursor: pointer; line-height: 0; border-radius: 4px; overflow: hidden; }
.heard img { width: 100%; min-height: 72px; background: #fff; }
.heard i { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: #e0435c; opacity: 0; }
.heard audio { display: block; width: 100%; height: 34px; margin-top: 8px; }
h3 { font-size: 15px; margin: 0 0 10px; }
"""
SCRIPT = """
document.querySelectorAll('.heard').forEach(card => {
  const audio = card.querySelector('audio'), roll = card.querySelector('.roll'), line = card.querySelector('i');
  const seconds = +card.dataset.seconds;
  const follow = () => {
    line.style.left = `calc(${Math.min(audio.currentTime / seconds, 1) * 100}% - 1px)`;
    if (!audio.paused) requestAnimationFrame(follow);
  };
  audio.onplay = () => {
    document.querySelectorAll('audio').forEach(other => other === audio || other.pause());
    line.style.opacity = 1;
    follow();
  };
  audio.onseeked = follow;
  roll.onclick = event => {
    const box = roll.getBoundingClientRect();
    audio.currentTime = (event.clientX - box.left) / box.width * seconds;
    audio.play();
  };
});
"""


def listening(run: Run) -> str:
    """Players for what a run makes; empty for items that cannot be heard, or a run without weights."""
    from aekit.autoencoder import load
    from aekit.figures import middle_condition

    try:
        model = load(run)
        made = model.sample(SAMPLES, condition=middle_condition(model))
    except AekitError:
        return ""
    first = model.view(made[0])
    if not isinstance(first, Heard):
        return ""
    try:
        count = fitting(first.seconds, SAMPLES, 2)
        parts = ["<h2>To hear</h2>", samples(model, made[:count]), *reconstructions_and_walk(model, made)]
    except AekitError as error:
        return f"<h2>To hear</h2><p>The sounds were not made: {html.escape(str(error))}</p>"
    return f"<style>{STYLE}</style>{''.join(parts)}<script>{SCRIPT}</script>"


def fitting(seconds: float, most: int, least: int) -> int:
    """How many items of so many seconds a part of the page has."""
    return max(least, min(most, int(BUDGET / max(seconds, 1e-9))))


def samples(model: Autoencoder, made: NDArray[Any]) -> str:
    """New items."""
    views = [model.view(item) for item in made]
    names = [f"Sample {number + 1}" for number in range(len(views))]
    return f'<h3>New items</h3><div class="cards">{"".join(cards(names, views))}</div>'


def reconstructions_and_walk(model: Autoencoder, made: NDArray[Any]) -> list[str]:
    """Test items beside their reconstructions, and a walk from the first of them to the last.

    Where the source is gone, the walk leads between two samples.
    """
    from aekit.figures import middle_condition
    from aekit.restoring import before_and_after

    try:
        items, decoded, degraded = before_and_after(model, PAIRS)
        parts, ends = [pairs(model, items, decoded, degraded)], items if degraded is None else degraded
    except DataError:
        parts, ends = [], made
    return [*parts, walk(model, ends[[0, -1]], middle_condition(model))]


def pairs(
    model: Autoencoder, items: NDArray[Any], made: NDArray[Any], degraded: NDArray[Any] | None = None
) -> str:
    """Items at the left, what is decoded from their codes at the right; degraded ones, where given, in between."""
    title, style = "Test items, and what is decoded from their codes", "pairs"
    kinds = {"Test item": items, "Decoded": made}
    if degraded is not None:
        title, style = "Test items, degraded, and what the model restores", "triples"
        kinds = {"Test item": items, "Degraded": degraded, "Restored": made}
    count = fitting(len(kinds) * model.view(items[0]).seconds, PAIRS, 1)  # type: ignore[attr-defined]
    count = min(count, len(items))
    views = [model.view(kind[number]) for number in range(count) for kind in kinds.values()]
    names = [f"{what} {number + 1}" for number in range(count) for what in kinds]
    return f'<h3>{title}</h3><div class="cards {style}">{"".join(cards(names, views))}</div>'


def walk(model: Autoencoder, ends: NDArray[Any], condition: Any) -> str:
    """One continuous piece from one item to another."""
    first = model.view(ends[0])
    steps = fitting(first.seconds, STEPS, 3)  # type: ignore[attr-defined]
    walked = model.interpolate(ends[0], ends[1], steps, condition=condition)
    piece = type(first).joined([model.view(item) for item in np.asarray(walked)])
    name = f"{steps} items, one after another, from one code to the other"
    return f"<h3>A walk between two items</h3>{''.join(cards([name], [piece], 'heard wide'))}"


def cards(names: Sequence[str], views: Sequence[Any], style: str = "heard") -> list[str]:
    """A card for each view: its name, its picture, all drawn alike, and its player."""
    pictures = type(views[0]).pictures(views, large=True)
    return [card(*parts, style) for parts in zip(names, views, pictures, strict=True)]


def card(name: str, view: Heard, picture: Pixels, style: str) -> str:
    """One view, with a line that follows the sound across the picture."""
    data = base64.b64encode(png(picture)).decode()
    return (
        f'<div class="{style}" data-seconds="{view.seconds:.4f}"><h4>{html.escape(name)}</h4><div class="roll">'
        f'<img alt="{html.escape(name)}" src="data:image/png;base64,{data}"><i></i></div>'
        f"{view.sound()._repr_html_()}</div>"
    )

# The chapter on music: a melody's code, its copy, and an interpolation that can be heard.
"""The chapter on music: a melody's code, its copy, and an interpolation that can be heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from aekit.audio import for_pages
from aekit.views import png
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content, Hearing
from aekit_lesson.workshop import Workshop

STEPS = 7
CODE_COLUMNS = 16
LEARNT = 0.8  # of the steps; below, copies are hardly melodies


def make_music(workshop: Workshop, content: Content) -> None:
    """A melody's code, its copy, new melodies, and a walk from one melody to another."""
    model, found = workshop.model("music"), workshop.figures("music")
    content.share(
        "music_steps", "steps of a melody that come back as they were", found["free_running_step_accuracy"]
    )
    content.share("music_exact", "melodies that come back without a fault", found["exact_windows"])
    content.figure("music_bits", "bits that the code takes", found["kl_bits"], ".1f")
    content.figure(
        "music_smooth", "smoothness of interpolations, 1 at best", found["interpolation_smoothness"], ".2f"
    )
    items = liveliest(model.dataset("test").items)
    codes, copies = model.encode(items), model.reconstruct(items)
    pairs = [model.view(item) for pair in zip(items, copies, strict=True) for item in pair]
    names = ["A melody", "Decoded from its code", "Another melody", "Decoded from its code"]
    add(content, "melody", pairs, names)
    walked = model.interpolate(items[0], items[1], STEPS)
    views = [model.view(item) for item in walked]
    walk = type(views[0]).joined(views)
    add(content, "walk", [walk], ["From the first melody to the second, one after another"])
    samples = [model.view(torch.from_numpy(item)) for item in model.sample(2)]
    add(content, "new", samples, ["A new melody", "Another new one"])
    tables = pictures.code_cells(torch.as_tensor(codes), CODE_COLUMNS)
    content.picture(
        "codes",
        pictures.sheet({"codes": tables}, framed=("codes",), cell=320),
        "The codes of the two melodies.",
    )
    content.say(
        "Nothing in an autoencoder is about pictures. Here it has learnt melodies, two bars of folk tunes, "
        "as a row of steps. Each becomes a code of {dims} numbers, of which the encoder uses {music_bits} "
        "bits, and {music_steps} of the steps come back as they were.",
        dims=model.latent_dim,
    )
    content.say(
        "A walk between two codes is a piece that begins as one melody and ends as the other. On the way it "
        "passes melodies that nobody wrote: listen."
        if found["free_running_step_accuracy"] >= LEARNT
        else "A walk between two codes should be a piece that begins as one melody and ends as the other. This "
        "training was too short for that: copies and walk are rests and fragments. The full lesson, or a "
        "quicker machine, gives it longer."
    )


def liveliest(items: Any, among: int = 200) -> torch.Tensor:
    """Two items among the first that have the most different steps and are not each other's like: (2, T, ...)."""
    rows = items[torch.arange(min(among, len(items)))]
    kinds = torch.tensor([len(row.unique()) for row in rows])
    first = int(kinds.argmax())
    unlike = (rows != rows[first]).flatten(1).float().mean(1)
    second = int((unlike * kinds).argmax())
    return torch.stack([rows[first], rows[second]])


def add(content: Content, stem: str, views: Sequence[Any], names: Sequence[str]) -> None:
    """Keep views that can be heard, their pictures drawn alike."""
    drawn = type(views[0]).pictures(views, large=True)
    for number, (view, picture, name) in enumerate(zip(views, drawn, names, strict=True)):
        sound = view.sound()
        media, audio = for_pages(sound.samples, sound.rate)
        content.hearings.append(
            Hearing(f"{stem}-{number + 1}", png(picture), name, view.seconds, media, audio)
        )


MUSIC = Chapter(
    "music",
    "Melodies",
    "Does any of this hold for something other than pictures?",
    ("music",),
    make_music,
)

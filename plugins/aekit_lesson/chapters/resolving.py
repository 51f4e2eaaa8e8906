# Chapters on super-resolution: twice and four times finer, in colour, and noise where a picture should be.
"""Chapters on super-resolution: twice and four times finer, in colour, and noise where a picture should be."""

from __future__ import annotations

import torch

from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.measuring import enlarged, grey, grey_bce, squared_error
from aekit_lesson.recipes import RECIPES
from aekit_lesson.workshop import Workshop

BCE = "cross-entropy a pixel"
JUDGED = 1000


def make_twice(workshop: Workshop, content: Content) -> None:
    """14 to 28 pixels."""
    finer(workshop, content, "superresolution", "superresolution")
    content.say(
        "The network sees digits of half the size and gives them at full size. A viewer that only smooths "
        "the coarse picture errs by {superresolution_smooth_bce}; the network, which knows how strokes run "
        "and how sharp their edges are, by {superresolution_bce}."
    )


def make_four_times(workshop: Workshop, content: Content) -> None:
    """7 to 28 pixels."""
    finer(workshop, content, "superresolution-4x", "four_times")
    items, labels = workshop.digits(JUDGED)
    model = workshop.model("superresolution-4x")
    seen = model.degrade(items)
    content.share(
        "four_times_read_before", "read rightly while coarse", workshop.judge.accuracy(seen, labels)
    )
    after = workshop.judge.accuracy(model.reconstruct(seen), labels)
    content.share("four_times_read_after", "and once made finer", after)
    content.say(
        "Now one cell stands for sixteen pixels, and what stood in them cannot be known. The network fills "
        "in what is usual there: its error is {four_times_bce} where smoothing makes "
        "{four_times_smooth_bce}, and the judge reads {four_times_read_after} of its digits rightly, after "
        "{four_times_read_before} of the coarse ones."
    )
    content.say(
        "The strokes are clean even where they are wrong: sharpness is no sign that something was seen."
    )


def finer(workshop: Workshop, content: Content, name: str, key: str) -> None:
    """The figures and the picture of a network that makes digits finer."""
    model, factor = workshop.model(name), RECIPES[name].options["factor"]
    items = workshop.labelled("test")[0]
    bce = float(workshop.figures(name)["grey_bce_per_pixel"])
    sides = f"{items.shape[2] // factor} to {items.shape[2]} pixels"
    content.figure(f"{key}_bce", f"{BCE}, {sides}", bce, ".4f")
    smooth = grey_bce(enlarged(items, factor), grey(items))
    content.figure(f"{key}_smooth_bce", "the same of smoothing", smooth, ".4f")
    seen = model.degrade(workshop.shown)
    smoothed = (enlarged(workshop.shown, factor) * 255).round().byte().view_as(workshop.shown)
    rows = {"coarse": seen, "smoothed": smoothed, "network": model.reconstruct(seen), "digit": workshop.shown}
    content.picture(
        "finer",
        pictures.sheet({row: pictures.cells(found) for row, found in rows.items()}),
        "What the network sees, the same smoothed, what the network makes of it, and the digit as it was.",
    )


def make_from_noise(workshop: Workshop, content: Content) -> None:
    """Noise fed to the network that makes pictures four times finer."""
    model = workshop.model("superresolution-4x")
    shape = (JUDGED, *workshop.shown.shape[1:])
    noise = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    dark = (noise.float() / 255).pow(DARK).mul(255).round().byte()
    kinds = {
        "even": model.degrade(noise),
        "dark": cells_of(dark, RECIPES["superresolution-4x"].options["factor"]),
    }
    rows = {}
    for name, seen in kinds.items():
        made = model.reconstruct(seen)
        content.share(
            f"from_noise_{name}_sure",
            f"share that the judge is sure of, {name} noise",
            workshop.judge.sure(made),
        )
        rows[f"{name} noise"], rows["made of it" + " " * len(rows)] = seen[:10], made[:10]
    drawn = {row: pictures.cells(found) for row, found in rows.items()}
    content.picture(
        "noise", pictures.sheet(drawn), "Noise instead of a coarse digit, and what the network sees in it."
    )
    content.say(
        "The network is given coarse pictures of nothing: random cells. It answers with strokes all the "
        "same, for it has no way to say that there is no digit. Where cells are random but as dark as those "
        "of digits, the judge is sure of {from_noise_dark_sure} of the answers."
    )


DARK = 4.0  # the exponent that makes even noise about as dark as digits are


def cells_of(items: torch.Tensor, factor: int) -> torch.Tensor:
    """Pictures (N, 1, H, W) of cells that each take the level of one of their pixels."""
    small = items[:, :, ::factor, ::factor]
    return small.repeat_interleave(factor, 2).repeat_interleave(factor, 3)


def make_colour(workshop: Workshop, content: Content) -> None:
    """Colour pictures made finer."""
    if workshop.colour is None:
        content.note = (
            "There are no colour pictures at hand. Name a folder of your own with --pictures, or a copy of "
            "CIFAR-10 with --data-dir, and call the lesson again."
        )
        return
    model = workshop.model("colour")
    test = model.dataset("test")
    items = test.items[torch.linspace(0, len(test) - 1, min(len(test), JUDGED)).long()]
    seen = model.degrade(items)
    made = model.reconstruct(seen)
    levels = items.flatten(1).float() / 255
    factor = RECIPES["colour"].options["factor"]
    smooth = enlarged(items, factor)
    content.figure(
        "colour_squared", "squared error a level, network", squared_error(grey(made), levels), ".5f"
    )
    content.figure(
        "colour_smooth_squared", "squared error a level, smoothing", squared_error(smooth, levels), ".5f"
    )
    detailed = items.flatten(1).float().std(1).argsort()[len(items) // 2 :].sort().values
    places = detailed[torch.linspace(0, len(detailed) - 1, 10).long()]
    smoothed = (smooth * 255).round().byte().view_as(items)
    rows = {"coarse": seen, "smoothed": smoothed, "network": made, "picture": items}
    drawn = {row: pictures.cells(found[places]) for row, found in rows.items()}
    content.picture(
        "finer",
        pictures.sheet(drawn),
        "Colour pictures of the test part: {title}.",
        title=workshop.colour.title,
    )
    content.say(
        "The same in colour, on {title}: three levels for each pixel, and no objective or network that "
        "knows of colour. The squared error is {colour_squared}, where smoothing makes "
        "{colour_smooth_squared}.",
        title=workshop.colour.title,
    )
    better = content.figures[0].value < content.figures[1].value
    content.say(
        "The network has learnt what edges and surfaces of such pictures look like."
        if better
        else "A code is a narrow place for photographs: what the network gains by knowing edges it loses again, since "
        "all must pass through {dims} numbers. Networks made for this task carry the coarse picture past "
        "the code.",
        dims=model.latent_dim,
    )


TWICE = Chapter(
    "superresolution",
    "Twice as fine: 14 to 28 pixels",
    "Can a network draw what a coarse picture does not show?",
    ("superresolution",),
    make_twice,
)
FOUR_TIMES = Chapter(
    "superresolution-4x",
    "Four times as fine: 7 to 28 pixels",
    "And where there is hardly anything to see?",
    ("superresolution-4x",),
    make_four_times,
)
FROM_NOISE = Chapter(
    "noise-made-finer",
    "Noise made finer",
    "What does such a network see where there is nothing?",
    ("superresolution-4x",),
    make_from_noise,
)
COLOUR_CHAPTER = Chapter(
    "colour",
    "Twice as fine, in colour",
    "Does the same work with photographs?",
    ("colour",),
    make_colour,
    lambda workshop: str(workshop.colour),
)

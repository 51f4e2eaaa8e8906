# Chapters on denoising: digits out of haze, and what the digits' denoiser makes of clothes.
"""Chapters on denoising: digits out of haze, and what the digits' denoiser makes of clothes."""

from __future__ import annotations

import torch

from aekit import plugins
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.measuring import copies, grey, grey_bce
from aekit_lesson.recipes import RECIPES
from aekit_lesson.workshop import Workshop

BCE = "cross-entropy a pixel"
JUDGED = 1000


def make_denoising(workshop: Workshop, content: Content) -> None:
    """Haze N(.5, .5) and N(.5, .3), clipped."""
    rows = {"digit": pictures.cells(workshop.shown)}
    items, labels = workshop.digits(JUDGED)
    for name, key in (("denoising", "denoising"), ("denoising-lighter", "denoising_lighter")):
        model, amount = workshop.model(name), RECIPES[name].options["noise_amount"]
        bce = float(workshop.figures(name)["grey_bce_per_pixel"])
        content.figure(f"{key}_bce", f"{BCE}, haze N(.5, {amount:g})", bce, ".4f")
        seen = model.degrade(items)
        before, after = (workshop.judge.accuracy(x, labels) for x in (seen, model.reconstruct(seen)))
        content.share(f"{key}_read_before", f"read rightly in haze N(.5, {amount:g})", before)
        content.share(f"{key}_read_after", "and once restored", after)
        seen = model.degrade(workshop.shown)
        rows[f"haze {amount:g}"] = pictures.cells(seen)
        rows[f"restored {amount:g}"] = pictures.cells(model.reconstruct(seen))
    content.picture(
        "restored", pictures.sheet(rows), "Test digits, the same in haze, and what the network makes of them."
    )
    content.say(
        "Each grey level gets noise of mean one half, so that paper turns to grey snow, and what leaves the "
        "range is clipped. The network sees the snow and must give the digit as it was; the snow falls anew "
        "each time."
    )
    content.say(
        "A classifier that has only seen clean digits reads {denoising_read_before} of those in heavy haze "
        "rightly, and {denoising_read_after} once they are restored; in light haze "
        "{denoising_lighter_read_before} and {denoising_lighter_read_after}. The network has not learnt "
        "what noise is, but what digits are: it draws the likeliest digit under the snow, and is now and "
        "then wrong without hesitation."
    )


def make_clothes(workshop: Workshop, content: Content) -> None:
    """The digits' denoiser on Fashion-MNIST."""
    if workshop.clothes is None:
        content.note = (
            "There are no clothes at hand. On Debian or Ubuntu: apt-get install dataset-fashion-mnist; "
            "elsewhere name a folder with a copy by --data-dir, and call the lesson again."
        )
        return
    modality = plugins.modality("image")
    options = modality.Options(**workshop.clothes.options)
    clothes = modality.load(options, workshop.clothes.source, "test")
    items, digits = clothes.items[torch.arange(JUDGED)], workshop.digits(JUDGED)[0]
    model = workshop.model("denoising")
    seen, seen_digits = model.degrade(items), model.degrade(digits)
    of_clothes = grey_bce(copies(model, seen), grey(items))
    of_digits = grey_bce(copies(model, seen_digits), grey(digits))
    content.figure("clothes_digits_bce", f"{BCE}, digits in haze", of_digits, ".4f")
    content.figure("clothes_bce", f"{BCE}, clothes in haze", of_clothes, ".4f")
    sure = workshop.judge.sure(model.reconstruct(seen))
    content.share("clothes_sure", "restored clothes that the judge is sure are a digit", sure)
    rows = {
        "clothes": pictures.cells(items[:10]),
        "in haze": pictures.cells(seen[:10]),
        "restored": pictures.cells(model.reconstruct(seen[:10])),
    }
    content.picture(
        "restored", pictures.sheet(rows), "Clothes, the same in haze, and what the digits' denoiser gives."
    )
    content.say(
        "The denoiser of the chapter before is shown clothes. It has never seen any, and takes the snow "
        "away only by putting what it knows in the place: strokes of digits. The shirts and shoes are gone; "
        "the error is {clothes_bce} where it was {clothes_digits_bce} with digits, and of {clothes_sure} of "
        "the results the judge is sure that they are a digit."
    )
    content.say(
        "A network that restores fills in from what it was trained on. On anything else it makes things up."
    )


DENOISING = Chapter(
    "denoising",
    "Denoising",
    "Can a network find a digit that the eye hardly sees?",
    ("denoising", "denoising-lighter"),
    make_denoising,
)
CLOTHES = Chapter(
    "clothes",
    "The digits' denoiser on clothes",
    "Has it learnt what noise is, or what digits are?",
    ("denoising",),
    make_clothes,
    lambda workshop: str(workshop.clothes),
)

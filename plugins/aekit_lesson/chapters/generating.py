# Chapters on what lies between codes: random codes, and codes with noise, of a plain and a variational autoencoder.
"""Chapters on what lies between codes: random codes, and codes with noise, of a plain and a variational autoencoder."""

from __future__ import annotations

import torch

from aekit.view import Pixels
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.judging import SURE
from aekit_lesson.measuring import shaken
from aekit_lesson.workshop import Workshop

DRAWS = 1000
AMOUNTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)  # of the codes' own spread
JUDGED = 2000


def make_random(workshop: Workshop, content: Content) -> None:
    """Random codes decoded: a plain autoencoder cannot generate, a variational one can."""
    plain, variational = workshop.model("plain-32"), workshop.model("vae-32")
    normal = torch.randn(DRAWS, plain.latent_dim, generator=torch.Generator().manual_seed(0))
    made = {
        "plain": plain.decode(normal),
        "fitted": torch.from_numpy(plain.sample(DRAWS)),
        "vae": torch.from_numpy(variational.sample(DRAWS)),
    }
    judge = workshop.judge
    items, classes = workshop.labelled("test")
    content.share("judge_accuracy", "the judge's accuracy on test digits", judge.accuracy(items, classes))
    real = content.share("random_real_sure", "share it is sure of, test digits", judge.sure(items))
    labels = {
        "plain": "plain, normal codes",
        "fitted": "plain, a Gaussian fitted to its codes",
        "vae": "variational, normal codes",
    }
    sure = {
        name: content.share(f"random_{name}_sure", f"share it is sure of, {labels[name]}", judge.sure(found))
        for name, found in made.items()
    }
    names = {"plain": "plain", "vae": "variational", "fitted": "plain, fitted"}
    rows = {names[name]: pictures.cells(made[name][:20]) for name in names}
    caption = "Pictures decoded from random codes, the first of many, not picked."
    content.picture("random", pictures.sheet(two_rows(rows)), caption)
    shares = {"test digits": {"sure": real}} | {names[name]: {"sure": sure[name]} for name in names}
    content.picture(
        "shares", pictures.bars(shares, "share that the judge is sure of"), "How many could be digits."
    )
    content.say(
        "Codes are drawn at random, every number from a normal distribution, and decoded. The variational "
        "autoencoder was trained so that its codes fill just this distribution; it has the same networks as "
        "the plain one and learnt as long. The plain one put its codes where it liked, and nobody knows "
        "where: random codes fall beside them, and are decoded to what lies between all digits."
    )
    content.say(
        "How many are digits? A classifier, the judge, is asked, and counts those of whose class it is "
        "surer than {least:.0%}. It is sure of {random_real_sure} of real digits, of {random_plain_sure} of "
        "the plain autoencoder's pictures, and of {random_vae_sure} of the variational one's.",
        least=SURE,
    )
    content.say(
        "A plain autoencoder can be helped: look where its codes lie, fit a Gaussian to them, and draw from "
        "that. Then the judge is sure of {random_fitted_sure}. "
        + (
            "After so much training that is still more than the variational one has."
            if sure["fitted"] > sure["vae"]
            else "The variational one needs no such help, and has more."
        )
    )


def two_rows(rows: dict[str, list[Pixels]]) -> dict[str, list[Pixels]]:
    """Each row broken in two, the second without a name."""
    broken = {}
    for number, (name, cells) in enumerate(rows.items()):
        half = (len(cells) + 1) // 2
        broken[name], broken[" " * (number + 1)] = cells[:half], cells[half:]
    return broken


def make_noise(workshop: Workshop, content: Content) -> None:
    """Noise added to codes, of a plain and of a variational autoencoder."""
    items, labels = workshop.digits(JUDGED)
    columns = [f"{amount:g}" for amount in AMOUNTS]
    rows: dict[str, list[Pixels]] = {}
    curves: dict[str, list[float]] = {}
    for name, run in (("plain", "plain-32"), ("variational", "vae-32")):
        model = workshop.model(run)
        codes = model.encode(items)
        shaken_codes = [shaken(codes, amount) for amount in AMOUNTS]
        curves[name] = [workshop.judge.accuracy(model.decode(moved), labels) for moved in shaken_codes]
        for digit in range(min(3, len(items))):
            row = [pictures.cells(model.decode(moved[digit : digit + 1]))[0] for moved in shaken_codes]
            rows[name if not digit else " " * (digit + 10 * len(curves))] = row
    middle = AMOUNTS.index(0.5)
    for name, curve in curves.items():
        content.share(f"noise_{name}_still", "read rightly without noise", curve[0], name)
        content.share(f"noise_{name}_half", "with noise of half the spread", curve[middle], name)
        content.share(f"noise_{name}_full", "with noise as large as the spread", curve[4], name)
    content.picture(
        "shaken",
        pictures.sheet(rows, columns),
        "Copies from codes with noise; above, how much of the codes' spread.",
    )
    axes = ("noise, in units of the codes' spread", "digits that the judge reads rightly")
    content.picture("curve", pictures.lines(AMOUNTS, curves, axes), "How long the digits can still be read.")
    content.say(
        "A code is changed a little, then more. With noise of half the codes' own spread the judge still "
        "reads {noise_plain_half} of the plain autoencoder's copies rightly, and {noise_variational_half} "
        "of the variational one's; with noise as large as the spread {noise_plain_full} and "
        "{noise_variational_full}."
    )
    content.say(
        "The variational one was trained with noise on its codes: what lies near a digit's code had to "
        "decode to that digit too. Near the plain one's codes nothing was promised."
        if curves["variational"][middle] > curves["plain"][middle]
        else "Both have codes in which neighbours look alike, and digits change slowly into others."
    )


RANDOM = Chapter(
    "random-codes",
    "Random codes",
    "Can an autoencoder make digits that nobody wrote?",
    ("plain-32", "vae-32"),
    make_random,
)
NOISE = Chapter(
    "noise-on-codes",
    "Noise on codes",
    "What does a small step in the space of codes change?",
    ("plain-32", "vae-32"),
    make_noise,
)

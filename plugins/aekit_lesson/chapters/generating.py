# Chapters on what lies between codes: random codes, and codes with noise, of a plain and a variational autoencoder.
"""Chapters on what lies between codes: random codes, and codes with noise, of a plain and a variational autoencoder."""

from __future__ import annotations

import torch

from aekit.view import Pixels
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.judging import SURE
from aekit_lesson.measuring import shaken, spread_alike
from aekit_lesson.workshop import Workshop

DRAWS = 1000
AMOUNTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)  # of the codes' own spread
JUDGED = 2000


def make_random(workshop: Workshop, content: Content) -> None:
    """Random codes decoded: a plain autoencoder cannot generate, a variational one can."""
    plain, variational = workshop.model("plain-32"), workshop.model("vae-32")
    codes = workshop.codes("plain-32", "test").codes
    made = {
        "alone": plain.decode(spread_alike(codes, DRAWS)),
        "fitted": torch.from_numpy(plain.sample(DRAWS)),
        "vae": torch.from_numpy(variational.sample(DRAWS)),
    }
    labels = {
        "alone": "plain, each number drawn by itself",
        "fitted": "plain, a Gaussian fitted to the codes",
        "vae": "variational, drawn from its prior",
    }
    judge = workshop.judge
    items, classes = workshop.labelled("test")
    content.share("judge_accuracy", "the judge's accuracy on test digits", judge.accuracy(items, classes))
    real = content.share("random_real_sure", "share it is sure of, test digits", judge.sure(items))
    sure = {
        name: content.share(f"random_{name}_sure", f"share it is sure of, {labels[name]}", judge.sure(found))
        for name, found in made.items()
    }
    rows = {
        "plain": pictures.cells(made["alone"][:20]),
        "plain, fitted": pictures.cells(made["fitted"][:20]),
        "variational": pictures.cells(made["vae"][:20]),
    }
    content.picture(
        "random",
        pictures.sheet(two_rows(rows)),
        "Pictures decoded from random codes, the first of many, not picked.",
    )
    shares = {"test digits": {"sure": real}, "plain": {"sure": sure["alone"]}}
    shares |= {"plain, fitted": {"sure": sure["fitted"]}, "variational": {"sure": sure["vae"]}}
    content.picture(
        "shares", pictures.bars(shares, "share that the judge is sure of"), "How many could be digits."
    )
    content.say(
        "Codes are drawn at random and decoded. For the plain autoencoder each number is drawn with the "
        "mean and the spread that it has over real digits, and still most of what comes out is no digit: "
        "its codes lie in corners of the space, and a random code falls between them."
    )
    content.say(
        "How many are digits? A classifier, the judge, is asked, and counts those of whose class it is "
        "surer than {sure:.0%}. It is sure of {random_real_sure} of real digits, but of {random_alone_sure} "
        "of the plain autoencoder's, or {random_fitted_sure} where the codes are drawn from a Gaussian that "
        "knows how the numbers hang together. The variational autoencoder has the same layers and learnt as "
        "long, and reaches {random_vae_sure}.",
        sure=SURE,
    )
    content.say(
        "Training made codes of the variational one fill a known distribution, so that drawing from it "
        "lands where the decoder has been."
        if sure["vae"] > sure["alone"]
        else "In this training the variational one does no better; a longer one shows the difference."
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

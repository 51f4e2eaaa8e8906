# Chapters on codes that match a distribution: the adversarial autoencoder, and codes of style beside a class.
"""Chapters on codes that match a distribution: the adversarial autoencoder, and codes of style beside a class."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aekit.evaluation import Labelled
from aekit.view import Pixels
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.judging import telling_apart
from aekit_lesson.workshop import Workshop, told_by_neighbours

STYLES, EACH = 8, 100
CHANCE, NEAR = 0.5, 0.1  # an accuracy so near chance counts as a match


def make_aae(workshop: Workshop, content: Content) -> None:
    """A critic pulls the codes towards the prior."""
    model, figures = workshop.model("aae"), workshop.figures("aae")
    content.figure("aae_bce", "cross-entropy a pixel", figures["grey_bce_per_pixel"], ".4f")
    logged = [line for line in model.run.metrics() if "critic_accuracy" in line and line.get("event") is None]
    best = model.run.best() or {}
    first = logged[0]["critic_accuracy"] if logged else best["critic_accuracy"]
    content.share("aae_critic_first", "its critic's accuracy, at the first", first)
    content.share("aae_critic_last", "its critic's accuracy, at the end", best["critic_accuracy"])
    content.figure(
        "aae_critic_loss", "the critic's loss, both halves summed, nats", 2 * best["critic_loss"], ".3f"
    )
    fresh = {name: fresh_accuracy(workshop, run) for name, run in (("aae", "aae"), ("plain", "deep"))}
    content.share("aae_fresh", "a fresh classifier's accuracy, its codes against the prior", fresh["aae"])
    content.share(
        "aae_fresh_plain", "the same with a plain autoencoder's codes, standardised", fresh["plain"]
    )
    samples = model.sample(1000)
    content.share(
        "aae_sure",
        "share of samples that the judge is sure of",
        workshop.judge.sure(torch.from_numpy(samples)),
    )
    shown = workshop.shown
    rows = {"digit": pictures.cells(shown), "copy": pictures.cells(model.reconstruct(shown))}
    rows |= {"new": pictures.cells(samples[:10]), " ": pictures.cells(samples[10:20])}
    content.picture(
        "copies", pictures.sheet(rows), "Test digits, their copies, and new digits from codes of the prior."
    )
    if len(logged) > 1:
        curve = {"critic": [line["critic_accuracy"] for line in logged]}
        axes = ("epoch", "codes told from the prior")
        epochs = [line["epoch"] for line in logged]
        content.picture(
            "critic", pictures.lines(epochs, curve, axes, CHANCE), "The critic's accuracy; dashed, chance."
        )
    content.say(
        "The encoder gives each digit a cloud. Beside it a critic learns to tell draws from these clouds from "
        "draws of a normal distribution, while the encoder learns to make that hard; nothing else keeps the "
        "codes together. The critic's accuracy begins at {aae_critic_first} and ends at {aae_critic_last}; "
        "chance is one half."
    )
    content.say(
        "An accuracy near chance may mean that the codes match, or that the critic has learnt nothing, as "
        "in a source whose discriminator never takes a step and whose loss stands still. So a fresh "
        "classifier is trained on the finished codes, with nobody to hinder it. It tells them from the "
        "prior with an accuracy of {aae_fresh}, where with a plain autoencoder's codes, brought to the same "
        "mean and spread, it reaches {aae_fresh_plain}."
    )
    content.say(
        "So the codes do match, as far as a classifier can see."
        if fresh["aae"] < CHANCE + NEAR
        else "So the codes do not match, whatever the critic inside says: an accuracy near chance proves nothing "
        "by itself."
    )


def fresh_accuracy(workshop: Workshop, name: str) -> float:
    """How often a fresh classifier tells draws of test codes from N(0, I); codes of plain runs standardised."""
    seen, unseen = (workshop.draws(name, split) for split in ("train", "test"))
    if workshop.model(name).objective.prior() is None:
        mean, spread = seen.mean(0), seen.std(0).clamp(min=1e-6)
        seen, unseen = (seen - mean) / spread, (unseen - mean) / spread
    return telling_apart(seen, unseen, workshop.steps(800, 2000))


def make_conditional(workshop: Workshop, content: Content) -> None:
    """The class is given: what is left in the code is style."""
    model = workshop.model("conditional")
    names = workshop.test.label_names
    codes = torch.from_numpy(model.sample_codes(STYLES, seed=1))
    grid = {
        "style" if not row else " " * row: in_each_class(workshop, code) for row, code in enumerate(codes)
    }
    content.picture(
        "styles",
        pictures.sheet(grid, names),
        "Each row one code, each column one class: the handwriting stays.",
    )
    given = [name for name in names for _ in range(EACH)]
    made = torch.from_numpy(model.sample(len(given), condition=given))
    classes = torch.arange(len(names)).repeat_interleave(EACH)
    content.share(
        "conditional_recovered", "classes recovered by the judge", workshop.judge.accuracy(made, classes)
    )
    items, labels = workshop.test.items, workshop.test.labels
    assert labels is not None
    rows = {}
    for row, number in enumerate(range(min(STYLES // 2, len(workshop.test)))):
        item = items[torch.tensor([number])]
        code = model.encode(item, names[int(labels[number])])[0]
        rows["a digit, its style" if not row else " " * row] = [
            *pictures.cells(item),
            *in_each_class(workshop, code),
        ]
    content.picture(
        "borrowed", pictures.sheet(rows), "At the left a test digit, then every class in its handwriting."
    )
    figures = workshop.figures("conditional")
    content.figure("conditional_elbo", "ELBO given the class, nats", figures["elbo"], ".1f")
    content.share(
        "conditional_knn", "classes told by 5 neighbours of the codes", conditional_neighbours(workshop)
    )
    content.say(
        "Encoder and decoder are told the class. The code, which costs, need not say it again, and is left "
        "with the rest: slant, width, weight, the manner of a hand. One code under all classes gives all "
        "digits in one writing."
    )
    content.say(
        "The judge recovers the class that was asked for in {conditional_recovered} of the samples. From "
        "the code alone the five nearest neighbours tell the class with an accuracy of only "
        "{conditional_knn}."
    )


def in_each_class(workshop: Workshop, code: Tensor) -> list[Pixels]:
    """One code (D,) decoded under every class."""
    names = list(workshop.test.label_names)
    repeated = np.repeat(code.numpy()[None], len(names), 0)
    return pictures.cells(workshop.model("conditional").decode(repeated, names))


def conditional_neighbours(workshop: Workshop) -> float:
    """The accuracy of neighbours of codes that were made knowing the class."""

    model = workshop.model("conditional")
    (seen, seen_labels), (unseen, labels) = workshop.labelled("train"), workshop.labelled("test")
    codes = [model.encode(*pair) for pair in ((seen, seen_labels), (unseen, labels))]
    return told_by_neighbours(Labelled(codes[0], seen_labels), Labelled(codes[1], labels))


AAE = Chapter(
    "aae",
    "An adversarial autoencoder",
    "Can a critic make codes fill a distribution, and how is it known that they do?",
    ("aae", "deep"),
    make_aae,
)
CONDITIONAL = Chapter(
    "conditional",
    "Class and style",
    "What is left in a code when the class is known?",
    ("conditional",),
    make_conditional,
)

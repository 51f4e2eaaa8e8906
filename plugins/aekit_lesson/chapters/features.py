# The chapter on features learnt without labels: a frozen encoder against a network from scratch.
"""The chapter on features learnt without labels: a frozen encoder against a network from scratch."""

from __future__ import annotations

from aekit.evaluation import Labelled, linear_accuracy
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.judging import balanced, grey, with_few_labels
from aekit_lesson.workshop import Workshop

COUNTS = {"few": 100, "many": 1000}
DRAWS = {"quick": 3, "full": 10}
LEARNT = "denoising"  # the training whose encoder is frozen


def make_features(workshop: Workshop, content: Content) -> None:
    """Linear and perceptron probes of frozen codes, against a perceptron that learns from pixels."""
    codes = {split: workshop.codes(LEARNT, split) for split in ("train", "test")}
    pixels = {
        split: Labelled(grey(workshop.labelled(split)[0]), workshop.labelled(split)[1]) for split in codes
    }
    steps, draws = workshop.steps(300, 600), DRAWS[workshop.terms.budget]
    groups: dict[str, dict[str, float]] = {}
    for key, wanted in COUNTS.items():
        count = min(wanted, len(workshop.train))
        found = {
            "linear": linear_probe(codes["train"], codes["test"], count, draws),
            "perceptron": with_few_labels(codes["train"], codes["test"], count, draws, steps),
            "scratch": with_few_labels(pixels["train"], pixels["test"], count, draws, steps),
        }
        names = {
            "linear": "linear probe of codes",
            "perceptron": "perceptron on codes",
            "scratch": "from scratch",
        }
        for how, accuracy in found.items():
            content.share(f"features_{key}_{how}", names[how], accuracy, f"{count:,} labels")
        groups[f"{count:,} labels"] = {names[how]: accuracy for how, accuracy in found.items()}
    content.picture(
        "accuracies", pictures.bars(groups, "accuracy on test digits"), "With few labels and with more."
    )
    content.say(
        "The denoising autoencoder looked at all training digits without their classes. Then its encoder is "
        "frozen, and a small network learns the classes from the codes of a few labelled digits. Beside it "
        "the same network learns from the pixels of the same digits, from scratch; each figure is the mean "
        "over {draws} draws of the labelled ones.",
        draws=draws,
    )
    gain = {key: best_probe(content, key) - value_of(content, f"features_{key}_scratch") for key in COUNTS}
    content.say(
        "With the fewest labels the codes give {features_few_perceptron}, the pixels "
        "{features_few_scratch}; with ten times as many {features_many_perceptron} and "
        "{features_many_scratch}."
    )
    content.say(
        "What was learnt without labels is worth most where labels are rare, and less with each one more."
        if gain["few"] > max(gain["many"], 0)
        else "What was learnt without labels is worth something here too, if not most where labels are rarest."
        if max(gain.values()) > 0
        else "Here the codes bring no gain over the pixels; a longer training of the autoencoder may."
    )


def linear_probe(train: Labelled, test: Labelled, count: int, draws: int) -> float:
    """The accuracy of a linear probe that saw `count` labels, the mean over several draws of them."""
    found = []
    for seed in range(draws):
        rows = balanced(train.labels, count, seed)
        found.append(linear_accuracy(Labelled(train.codes[rows], train.labels[rows]), test, l2=1e-2))
    return sum(found) / draws


def value_of(content: Content, name: str) -> float:
    """A figure that was measured in this chapter."""
    return next(figure.value for figure in content.figures if figure.name == name)


def best_probe(content: Content, key: str) -> float:
    """The better of the two probes of the codes."""
    return max(value_of(content, f"features_{key}_{how}") for how in ("linear", "perceptron"))


FEATURES = Chapter(
    "features",
    "Features learnt without labels",
    "Is what an encoder has learnt of use for something else?",
    (LEARNT,),
    make_features,
)

# Checks of what a modality loads and reads, and of what it does to items before the networks see them.
"""Checks of what a modality loads and reads, and of what it does to items before the networks see them.

A check's name is the name of its function, its rule the docstring.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import torch

from aekit import plugins
from aekit.data import Dataset, prepare_alone
from aekit.errors import AekitError
from aekit.options import Options, check, route
from aekit.testing.subject import BrokenRuleError, Subject, expect, looks, same, seeded
from aekit.training.settings import TrainOptions


def options_survive_json(subject: Subject) -> None:
    """Options written to JSON and read again are the same: a run keeps them so."""
    written = json.loads(json.dumps(subject.options.model_dump(mode="json"), allow_nan=False))
    again = check(type(subject.options), written, "the modality")
    expect(again == subject.options, f"{subject.options!r} came back as {again!r}")


def option_names_are_free(subject: Subject) -> None:
    """No option is named like one of the trainer's or of a built-in objective's, or like a command's own flag."""
    from aekit.cli import compare, train

    owners = {"the modality": subject.kind.Options}
    train.refuse_taken("train", train.own_names(train.begin_signature), owners)
    train.refuse_taken("compare", train.own_names(compare.signature), owners)
    for name, options in objectives().items():
        route({}, {"the trainer": TrainOptions, name: options, "the modality": subject.kind.Options})


def training_defaults_are_options(subject: Subject) -> None:
    """`training_defaults` names options of the trainer or of an objective, with values that these accept."""
    unknown = dict(subject.kind.training_defaults)
    owners: dict[str, type[Options]] = {"the trainer": TrainOptions, **objectives()}
    for owner, options in owners.items():
        share = {n: v for n, v in subject.kind.training_defaults.items() if n in options.model_fields}
        check(options, share, owner)
        unknown = {name: value for name, value in unknown.items() if name not in share}
    expect(not unknown, f"{', '.join(unknown)}: no option of the trainer or of a built-in objective")


def objectives() -> dict[str, type[Options]]:
    """The options of the built-in objectives."""
    entries = plugins.registrations(plugins.OBJECTIVES)
    return {f"the objective '{e.name}'": e.load().Options for e in entries if e.distribution == "aekit"}


def default_source_is_listed(subject: Subject) -> None:
    """`default_source` is one of `sources()`, where these are listed at all."""
    names = [source.name for source in subject.kind.sources()]
    known = any(source.accepts(subject.kind.default_source) for source in subject.kind.sources())
    expect(known or not names, f"default_source is '{subject.kind.default_source}', sources are {names}")


def unknown_source_is_refused(subject: Subject) -> None:
    """`load` raises an AekitError (DataError) on a source that does not exist."""
    try:
        subject.kind.load(subject.options, "no-such-source:at/all", "train")
    except AekitError:
        return
    except Exception as error:
        raise BrokenRuleError(f"load raised {type(error).__name__}; expected DataError") from error
    raise BrokenRuleError("load gave a data set for 'no-such-source:at/all'; expected DataError")


def missing_file_is_refused(subject: Subject) -> None:
    """`read` raises an AekitError (DataError) on a file that does not exist."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subject.modality.read(Path(folder) / "missing")
        except AekitError:
            return
        except Exception as error:
            raise BrokenRuleError(f"read raised {type(error).__name__}; expected DataError") from error
    raise BrokenRuleError("read gave items for a file that does not exist; expected DataError")


def both_splits_agree(subject: Subject) -> None:
    """Training and test split have the same item shape, type and class names, and the networks take both."""
    first, second = (
        {"item_shape": split.item_shape, "dtype": split.items.dtype, "label_names": split.label_names}
        for split in (subject.train, subject.test)
    )
    for name, value in first.items():
        expect(value == second[name], f"{name} is {value} in training, {second[name]} in the test split")
    x = prepare_alone(subject.modality, subject.test.items[torch.arange(1)])
    expect(bool(subject.encoder()(x).isfinite().all()), "the first test item's features are not finite")


def loading_twice_gives_the_same(subject: Subject) -> None:
    """`load` gives the same items and labels each time: resuming and evaluating depend on it."""
    again = subject.load("train")
    expect(again.fingerprint() == subject.train.fingerprint(), "loading again gave other items")
    first, second = (split.labels for split in (subject.train, again))
    both = first is None or second is None or same(first, second)
    expect((first is None) == (second is None) and both, "loading again gave other labels")


def labels_fit_their_names(subject: Subject) -> None:
    """Labels are (N,) integers from -1 (unknown) to the number of class names, exclusive."""
    for name, split in (("training", subject.train), ("test", subject.test)):
        if split.labels is not None:
            check_labels(name, split)


def check_labels(name: str, split: Dataset) -> None:
    """`labels_fit_their_names` for one split that has labels."""
    labels = split.labels
    assert labels is not None
    expect(not labels.is_floating_point(), f"{name} labels are {looks(labels)}; expected integers")
    expect(labels.shape == (len(split),), f"{name} labels are {looks(labels)}; expected ({len(split)},)")
    low, high = int(labels.min()), int(labels.max())
    names = len(split.label_names)
    expect(low >= -1 and high < names, f"{name} labels reach from {low} to {high}, with {names} label_names")


def spec_is_json(subject: Subject) -> None:
    """The spec survives JSON, without infinite or missing numbers, and makes the same networks again."""
    again = json.loads(json.dumps(subject.train.spec, allow_nan=False))
    expect(again == subject.train.spec, f"the spec {subject.train.spec} came back from JSON as {again}")
    rebuilt = Subject.__new__(Subject)
    rebuilt.modality = subject.kind(subject.options, again)
    for made, other in ((subject.encoder(), rebuilt.encoder()), (subject.decoder(), rebuilt.decoder())):
        shapes, others = ({name: x.shape for name, x in net.state_dict().items()} for net in (made, other))
        expect(shapes == others, f"the spec from JSON makes another {type(made).__name__}")


def prepare_keeps_the_batch(subject: Subject) -> None:
    """`prepare` gives as many items as it was given, each of the same shape whatever the batch."""
    items = subject.items()
    one, whole = subject.modality.prepare(items[:1].clone()), subject.modality.prepare(items)
    expect(len(whole) == len(items), f"prepare made {len(whole)} items of {len(items)}")
    expect(
        one.shape == (1, *whole.shape[1:]), f"prepare made {looks(one)} of one item, {looks(whole)} of more"
    )


def prepare_repeats_under_a_seed(subject: Subject) -> None:
    """`prepare` draws from torch's default stream only: the same seed gives the same items."""
    first, second = (seeded(4, lambda: subject.modality.prepare(subject.items())) for _ in range(2))
    expect(same(first, second), "prepare gave other items under the same seed")


def prepare_leaves_its_input_alone(subject: Subject) -> None:
    """`prepare` does not change the stored items that it is given."""
    x = subject.items()
    subject.modality.prepare(x)
    expect(same(x, subject.items()), "prepare changed its input in place")


def augment_keeps_shape_and_type(subject: Subject) -> None:
    """`augment` gives stored items: the shape and type that it was given."""
    x = subject.modality.augment(subject.items())
    expected = subject.items()
    kept = x.shape == expected.shape and x.dtype == expected.dtype
    expect(kept, f"augment made {looks(x)} of {looks(expected)}")


def augment_repeats_under_a_seed(subject: Subject) -> None:
    """`augment` draws from torch's default stream only: the same seed gives the same items."""
    first, second = (seeded(4, lambda: subject.modality.augment(subject.items())) for _ in range(2))
    expect(same(first, second), "augment gave other items under the same seed")


def augment_leaves_its_input_alone(subject: Subject) -> None:
    """`augment` does not change the stored items that it is given."""
    x = subject.items()
    subject.modality.augment(x)
    expect(same(x, subject.items()), "augment changed its input in place")


DATA_CHECKS = (
    options_survive_json,
    option_names_are_free,
    training_defaults_are_options,
    default_source_is_listed,
    unknown_source_is_refused,
    missing_file_is_refused,
    both_splits_agree,
    loading_twice_gives_the_same,
    labels_fit_their_names,
    spec_is_json,
    prepare_keeps_the_batch,
    prepare_repeats_under_a_seed,
    prepare_leaves_its_input_alone,
    augment_keeps_shape_and_type,
    augment_repeats_under_a_seed,
    augment_leaves_its_input_alone,
)

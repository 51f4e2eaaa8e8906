# Checks of how a modality makes items worse, for modalities that list degradations.
"""Checks of how a modality makes items worse, for modalities that list degradations.

A check's name is the name of its function, its rule the docstring. A modality without degradations passes them all.
"""

from __future__ import annotations

import contextlib
import math
import re

import torch
from torch import Tensor

from aekit.data import prepare_alone
from aekit.errors import UsageError
from aekit.modality import Degradation
from aekit.testing.network_checks import encoder_gives_its_width
from aekit.testing.subject import Check, Subject, expect, looks, near, same, seeded

NAME = re.compile(r"[\w-]+")
KINDS = ("noise", "resolution")
SEEDS = 8  # few draws may leave five items as they are; so many will not


def degradations_are_described(subject: Subject) -> None:
    """Each degradation has a name without spaces, a known kind, one line on its amount, and its amount in its range."""
    for name, degradation in subject.modality.degradations().items():
        expect(
            bool(NAME.fullmatch(name)), f"the degradation {name!r} has no name of letters, digits, - and _"
        )
        expect(
            degradation.kind in KINDS,
            f"the kind of '{name}' is {degradation.kind!r}; expected one of {KINDS}",
        )
        described = degradation.description.strip() and "\n" not in degradation.description
        expect(
            bool(described), f"the description of '{name}' is {degradation.description!r}; expected one line"
        )
        least, amount, most = degradation.least, degradation.amount, degradation.most
        ordered = least <= amount <= most and math.isfinite(most - least)
        expect(ordered, f"the amount of '{name}' is {amount:g}; expected one from {least:g} to {most:g}")


def degrade_keeps_shape_and_type(subject: Subject) -> None:
    """`degrade` gives stored items, whatever the amount: the shape and type that it was given."""
    expected = subject.items()
    for what, x in every_amount(subject).items():
        kept = x.shape == expected.shape and x.dtype == expected.dtype
        expect(kept, f"{what} made {looks(x)} of {looks(expected)}")


def degrade_repeats_under_a_seed(subject: Subject) -> None:
    """`degrade` draws from torch's default stream only: the same seed gives the same items."""
    again = every_amount(subject)
    for what, x in every_amount(subject).items():
        expect(same(x, again[what]), f"{what} gave other items under the same seed")


def degrade_leaves_its_input_alone(subject: Subject) -> None:
    """`degrade` does not change the stored items that it is given."""
    for name, degradation in subject.modality.degradations().items():
        x = subject.items()
        with refusing_factors(degradation):
            subject.modality.degrade(x, name, degradation.amount)
        expect(same(x, subject.items()), f"'{name}' changed its input in place")


def degraded_items_can_be_encoded(subject: Subject) -> None:
    """What `degrade` makes can be prepared and encoded like any item, whatever the amount."""
    for what, x in every_amount(subject).items():
        features = subject.encoder()(prepare_alone(subject.modality, x))
        expect(bool(features.isfinite().all()), f"{what} made items whose features are not finite")


def noise_is_drawn_anew(subject: Subject) -> None:
    """Another seed gives another noise: with one that is fixed a model learns its pattern, not the items."""
    for name, degradation in subject.modality.degradations().items():
        if degradation.kind == "noise":
            drawn = [degraded(subject, name, degradation.amount, seed) for seed in range(SEEDS)]
            varied = any(not same(drawn[0], other) for other in drawn[1:])
            expect(varied, f"'{name}' gave the same items under {SEEDS} seeds")


def resolution_draws_nothing(subject: Subject) -> None:
    """A degradation of the kind "resolution" leaves the random stream alone."""
    for name, degradation in subject.modality.degradations().items():
        if degradation.kind == "resolution":
            before = torch.get_rng_state()
            with refusing_factors(degradation):
                subject.modality.degrade(subject.items(), name, degradation.amount)
            expect(torch.equal(torch.get_rng_state(), before), f"'{name}' drew random numbers")


def resolution_done_twice_is_the_same(subject: Subject) -> None:
    """A degradation of the kind "resolution" leaves items alone that it made already."""
    for name, degradation in subject.modality.degradations().items():
        if degradation.kind == "resolution":
            with refusing_factors(degradation):
                once = degraded(subject, name, degradation.amount)
                twice = subject.modality.degrade(once.clone(), name, degradation.amount)
                held = near(once.nan_to_num(), twice.nan_to_num()) and same(once.isnan(), twice.isnan())
                expect(held, f"'{name}' done twice gave other items")


def every_amount(subject: Subject) -> dict[str, Tensor]:
    """The first few items made worse in each way, as usual and as little and as much as it goes, by what was done."""
    made = {}
    for name, degradation in subject.modality.degradations().items():
        for amount in (degradation.least, degradation.amount, degradation.most):
            with refusing_factors(degradation):
                made[f"'{name}' by {amount:g}"] = degraded(subject, name, amount)
    return made


def degraded(subject: Subject, name: str, amount: float, seed: int = 4) -> Tensor:
    """The first few items made worse, with torch's default random stream seeded."""
    return seeded(seed, lambda: subject.modality.degrade(subject.items(), name, amount))


def refusing_factors(degradation: Degradation) -> contextlib.AbstractContextManager[None]:
    """A resolution may refuse a factor that does not divide these items (UsageError); noise may not refuse."""
    return contextlib.suppress(UsageError) if degradation.kind == "resolution" else contextlib.nullcontext()


DEGRADATION_CHECKS = (
    degradations_are_described,
    degrade_keeps_shape_and_type,
    degrade_repeats_under_a_seed,
    degrade_leaves_its_input_alone,
    degraded_items_can_be_encoded,
    noise_is_drawn_anew,
    resolution_draws_nothing,
    resolution_done_twice_is_the_same,
)

NEEDS: dict[Check, tuple[Check, ...]] = {
    **dict.fromkeys(DEGRADATION_CHECKS[2:], (degrade_keeps_shape_and_type,)),
    degraded_items_can_be_encoded: (degrade_keeps_shape_and_type, encoder_gives_its_width),
}

# Checks of what people see of an item: its view, and its attributes.
"""Checks of what people see of an item: its view, and its attributes.

A check's name is the name of its function, its rule the docstring.
"""

from __future__ import annotations

import numpy as np
import torch

from aekit.testing.network_checks import generate_gives_stored_items
from aekit.testing.subject import Check, Subject, expect, looks, near
from aekit.views import Curves, Notes, Picture, Sound, Table

KINDS = (Picture, Notes, Sound, Curves, Table)


def view_can_be_drawn(subject: Subject) -> None:
    """`view` of one item is one of the five kinds, whose picture is (H, W, 3) uint8."""
    stored, generated = subject.items()[0], subject.generate(subject.codes())[0]
    for whose, x in (("a stored", stored), ("a generated", generated)):
        view = subject.modality.view(x)
        kind, expected = type(view).__name__, ", ".join(kind.__name__ for kind in KINDS)
        expect(isinstance(view, KINDS), f"the view of {whose} item is a {kind}; expected one of {expected}")
        picture = view.picture()
        right = picture.ndim == 3 and picture.shape[2] == 3 and picture.size > 0 and picture.dtype == np.uint8
        received = f"{picture.shape} {picture.dtype}"
        expect(right, f"the picture of {whose} item is {received}; expected (H, W, 3) uint8")


def attributes_are_one_number_an_item(subject: Subject) -> None:
    """`attributes` gives (B,) numbers under each name, NaN where an item has none, never infinite."""
    count = len(subject.items())
    for name, values in subject.modality.attributes(subject.items()).items():
        expect(values.shape == (count,), f"the attribute '{name}' is {looks(values)}; expected ({count},)")
        expect(not bool(values.isinf().any()), f"the attribute '{name}' is infinite")


def attributes_see_each_item_alone(subject: Subject) -> None:
    """An item's attributes do not depend on the rest of the batch."""
    x = subject.items()
    ones = [subject.modality.attributes(x[index : index + 1]) for index in range(len(x))]
    for name, values in subject.modality.attributes(x).items():
        alone = torch.cat([one[name] for one in ones])
        right = near(values.nan_to_num(), alone.nan_to_num())
        expect(right, f"the attribute '{name}' of an item changes with its batch")


SHOWN_CHECKS = (view_can_be_drawn, attributes_are_one_number_an_item, attributes_see_each_item_alone)

NEEDS: dict[Check, tuple[Check, ...]] = {
    view_can_be_drawn: (generate_gives_stored_items,),
    attributes_see_each_item_alone: (attributes_are_one_number_an_item,),
}

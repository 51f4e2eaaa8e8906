# What a conditional model is conditioned on, as columns beside the code.
"""What a conditional model is conditioned on, as columns beside the code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aekit.data import Dataset, chunks
from aekit.errors import DataError, UsageError, unknown_name
from aekit.modality import Modality


@dataclass(frozen=True)
class Condition:
    """A class as scaled one-hot columns, or an attribute as one standardised column.

    Attributes:
        of: "label", or the attribute's name.
        names: the classes; empty for an attribute.
        mean, scale: what an attribute is standardised with, measured on the training split.
    """

    of: str
    names: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @property
    def dim(self) -> int:
        return len(self.names) if self.of == "label" else 1

    def columns(self, values: Tensor) -> Tensor:
        """Class indices or attribute values (B,) to columns (B, C), of about unit variance like a code's."""
        if self.of == "label":
            one_hot: Tensor = torch.nn.functional.one_hot(values.long(), self.dim)
            return one_hot * math.sqrt(self.dim)
        return ((values.float() - self.mean) / self.scale).unsqueeze(1)

    def values(self, given: Any) -> Tensor:
        """What is given (classes, or attribute values) to values (B,).

        Args:
            given: one or several classes, a text being a name and a whole number an index, like a data set's labels,
                in a list, an array or a tensor; or values of the attribute.

        Raises:
            UsageError: a class is unknown, or neither text nor a whole number.
        """
        listed = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        if isinstance(given, Tensor) or hasattr(given, "tolist"):
            array = np.asarray(given.cpu() if isinstance(given, Tensor) else given).reshape(-1)
            listed = array.tolist()
        if self.of != "label":
            try:
                numbers = torch.tensor([float(value) for value in listed])
            except (TypeError, ValueError):
                raise UsageError(f"The condition '{self.of}' takes a number (received {given!r}).") from None
            if not bool(numbers.isfinite().all()):
                raise UsageError(f"The condition '{self.of}' takes a finite number (received {given!r}).")
            return numbers
        return torch.tensor([self._class(value) for value in listed])

    def _class(self, value: Any) -> int:
        """A class by name or index, as an index; numbers of NumPy and torch count as Python's."""
        value = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(value, str):
            if value not in self.names:
                raise UsageError(unknown_name("class", value, self.names))
            return self.names.index(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(
                f"A class is its name, a text, or its index, a whole number (received {value!r}). Names: "
                f"{', '.join(self.names)}."
            )
        self.names_of([value])
        return value

    def names_of(self, labels: Sequence[int]) -> list[str]:
        """The names of classes by index; a class may be called by a number that is another's index.

        Raises:
            UsageError: there is no such class.
        """
        odd = [label for label in labels if not 0 <= label < len(self.names)]
        if odd:
            raise UsageError(
                f"There is no class of index {odd[0]}: this run has {len(self.names)}, counted from 0. Are the labels "
                "of other data?"
            )
        return [self.names[label] for label in labels]

    def of_items(self, modality: Modality, dataset: Dataset, indices: Tensor) -> Tensor:
        """The values of a data set's items: (B,).

        Raises:
            DataError: items have no labels.
        """
        if self.of != "label":
            return attribute_values(modality, dataset, indices, self.of)
        if dataset.labels is None:
            raise DataError("A model conditioned on labels needs a label for every item; this data has none.")
        without = indices[dataset.labels[indices] < 0]
        if len(without):
            raise DataError(
                f"A model conditioned on labels needs a label for every item; {len(without):,} of {len(indices):,} "
                f"have none, the first is '{dataset.name(int(without[0]))}'. Label them (of a folder of files, move "
                "them into the folder of their class), or take them out."
            )
        return dataset.labels[indices]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any] | None) -> Condition | None:
        if content is None:
            return None
        return cls(content["of"], tuple(content["names"]), content["mean"], content["scale"])


def measure(of: str | None, modality: Modality, dataset: Dataset) -> Condition | None:
    """The condition `of` ("label", an attribute's name, or None), measured on the training split.

    Raises:
        DataError: there are no labels.
        UsageError: there is no such attribute.
    """
    if of is None:
        return None
    everything = torch.arange(len(dataset))
    if of == "label":
        condition = Condition("label", dataset.label_names)
        condition.of_items(modality, dataset, everything)
        return condition
    known = modality.attributes(dataset.items[everything[:1]])
    if of not in known:
        raise UsageError(unknown_name("condition", of, ["label", *known]))
    values = attribute_values(modality, dataset, everything, of)
    missing = int((~values.isfinite()).sum())
    if missing:
        raise DataError(
            f"A condition needs a value for every item; '{of}' is missing in {missing} of {len(values)}."
        )
    return Condition(of, (), float(values.mean()), float(values.std().clamp(min=1e-6)))


def attribute_values(modality: Modality, dataset: Dataset, indices: Tensor, name: str) -> Tensor:
    """One attribute of a data set's items: (B,)."""
    pieces = chunks(indices, 4096)
    return torch.cat([modality.attributes(dataset.items[piece])[name].float() for piece in pieces])

# Rows of a table as a modality: what they are, where they come from, and which networks model them.
"""Rows of a table as a modality: what they are, where they come from, and which networks model them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import pydantic
import torch
from torch import Tensor

from aekit import DataError, Dataset, Decoder, Degradation, Modality, Options, ReadResult, Source, Table
from aekit_rows.columns import encode, measure, shown
from aekit_rows.networks import RowDecoder, RowEncoder
from aekit_rows.sources import csv_rows, split_rows, synthetic_trips


class RowsOptions(Options):
    label_column: str = pydantic.Field(
        "label", description="name of the column that holds the labels, if any"
    )
    width: int = pydantic.Field(128, ge=1, description="width of both networks")
    min_scale: float = pydantic.Field(
        0.05, gt=0, description="floor of the learnt scales, in standard deviations of the column"
    )


class RowsModality(Modality):
    """Stored items are (columns,) fp32: numbers first, then categories as indices; what is missing is NaN."""

    Options = RowsOptions
    options: RowsOptions
    training_defaults: ClassVar[dict[str, Any]] = {"latent_dim": 4, "batch_size": 128}
    default_source = "synthetic"

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return (
            Source(
                name="synthetic",
                description="bicycle trips that nobody made, by purpose",
                size="2,400 + 600 rows of 6 columns",
                licence="public domain",
                obtained="drawn by a rule in the package",
            ),
            Source(
                "csv:PATH",
                "a CSV file with column names in its first line",
                "any",
                "yours",
                "read from the file",
            ),
        )

    @classmethod
    def load(cls, options: RowsOptions, source: str, split: Literal["train", "test"]) -> Dataset:
        rows = rows_of(source)
        if len(rows) < 2:
            raise DataError(f"{source} has {len(rows)} row; at least 2 are needed.")
        training, chosen = split_rows(rows, "train"), split_rows(rows, split)
        columns = sorted(
            measure(training, options.label_column), key=lambda column: column["kind"], reverse=True
        )
        items, kept, rejected = encode(chosen, columns)
        classes = sorted({row.get(options.label_column, "") for row in training} - {""})
        numbers = {name: number for number, name in enumerate(classes)}
        labels = [numbers.get(chosen[index].get(options.label_column, ""), -1) for index in kept]
        labelled = torch.tensor(labels) if classes else None
        return Dataset(items, {"columns": columns}, labelled, tuple(classes), rejected=rejected)

    def prepare(self, x: Tensor) -> Tensor:
        parts = []
        for column, values in zip(self.spec["columns"], x.unbind(1), strict=True):
            if column["kind"] == "continuous":
                parts.append(((values - column["mean"]) / column["scale"])[:, None])
            else:
                one_hot = torch.nn.functional.one_hot(values.nan_to_num().long(), len(column["categories"]))
                parts.append(one_hot.float().masked_fill(values.isnan()[:, None], torch.nan))
        return torch.cat(parts, dim=1)

    def degradations(self) -> dict[str, Degradation]:
        return {"masking": Degradation("noise", "share of the cells that go missing", 0.3, 0.0, 1.0)}

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        return x.masked_fill(torch.rand_like(x) < amount, torch.nan)

    def encoder(self) -> RowEncoder:
        return RowEncoder(len(self.numbers) + sum(self.classes), self.options.width)

    def decoder(self, latent_dim: int) -> RowDecoder:
        means = torch.tensor([column["mean"] for column in self.numbers])
        scales = torch.tensor([column["scale"] for column in self.numbers])
        return RowDecoder(latent_dim, means, scales, self.classes, self.options.width, self.options.min_scale)

    def view(self, x: Tensor) -> Table:
        columns = self.spec["columns"]
        cells = tuple(shown(value, column) for value, column in zip(x.tolist(), columns, strict=True))
        return Table(tuple(column["name"] for column in columns), (cells,))

    def read(self, path: Path) -> ReadResult:
        rows = csv_rows(path)
        items, kept, rejected = encode(rows, self.spec["columns"])
        if not kept:
            raise DataError(f"{path} has no row that fits: {rejected[0].reason}.")
        return ReadResult(items, tuple(f"row {index}" for index in kept), rejected=rejected)

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        return {column["name"]: x[:, index] for index, column in enumerate(self.numbers)}

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        number_count = len(self.numbers)
        written, true = decoder.generate(z)[:, number_count:], x[:, number_count:]
        return {"categories_wrong": ((written != true) & ~true.isnan()).sum(1).float()}

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """The continuous columns."""
        return [column for column in self.spec["columns"] if column["kind"] == "continuous"]

    @property
    def classes(self) -> list[int]:
        """How many categories each categorical column has."""
        return [
            len(column["categories"]) for column in self.spec["columns"] if column["kind"] == "categorical"
        ]


def rows_of(source: str) -> list[dict[str, str]]:
    """The rows of a source.

    Raises:
        DataError: there is no such source, or its file cannot be used.
    """
    if source == "synthetic":
        return synthetic_trips()
    if source.startswith("csv:") and source != "csv:":
        return csv_rows(Path(source.removeprefix("csv:")))
    raise DataError(f"No source named '{source}'. Available: synthetic, csv:PATH.")

# Words as a modality: what they are, where they come from, and which networks model them.
"""Words as a modality: what they are, where they come from, and which networks model them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Literal

import pydantic
import torch
from torch import Tensor

from aekit import (
    DataError,
    Dataset,
    Decoder,
    Degradation,
    Modality,
    Options,
    ReadResult,
    Rejection,
    Source,
    Table,
)
from aekit_words.networks import END, WordDecoder, WordEncoder, until_end
from aekit_words.sources import file_words, kept_for_testing, unicode_words


class WordsOptions(Options):
    longest: int = pydantic.Field(
        12, ge=2, le=200, description="letters of the longest word; longer ones are left out"
    )
    width: int = pydantic.Field(192, ge=1, description="width of both networks")
    forcing_decay: float = pydantic.Field(
        500.0,
        gt=0,
        description="k of scheduled sampling: true letters are shown with k / (k + exp(step / k))",
    )


class WordsModality(Modality):
    """Stored items are (T,) int64: the word's symbols, then END up to T = longest + 1.

    A decoder that sees the letters before needs little of the code; free bits make a VAE use it.
    """

    Options = WordsOptions
    options: WordsOptions
    training_defaults: ClassVar[dict[str, Any]] = {"latent_dim": 16, "batch_size": 128, "free_bits": 8.0}
    default_source = "unicode"

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return (
            Source(
                name="unicode",
                description="words in the names of Unicode's characters, by the kind of character",
                size="about 7,000 + 780 words",
                licence="Unicode License v3",
                obtained="from Python's standard library",
            ),
            Source("file:PATH", "a text file, one word a line", "any", "yours", "read from the file"),
        )

    @classmethod
    def load(cls, options: WordsOptions, source: str, split: Literal["train", "test"]) -> Dataset:
        kinds = words_of(source)
        short = [word for word in kinds if len(word) <= options.longest]
        if len(short) < 2:
            raise DataError(
                f"{source} has {len(short)} words of at most {options.longest} letters; at least 2 are "
                "needed. Give more words, or raise --longest."
            )
        testing = kept_for_testing(short)
        alphabet = sorted(set("".join(word for word in short if word not in testing)))
        spec = {"alphabet": "".join(alphabet), "longest": options.longest}
        chosen = [word for word in kinds if (word in testing) == (split == "test")]
        words, items, rejected = encoded(chosen, spec)
        names = tuple(dict.fromkeys(kind for kind in kinds.values() if kind))
        labels = torch.tensor([names.index(kinds[word]) for word in words]) if names else None
        return Dataset(items, spec, labels, names, words, rejected)

    def degradations(self) -> dict[str, Degradation]:
        return {"dropped": Degradation("noise", "share of the letters that are left out", 0.15, 0.0, 1.0)}

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        gone = torch.rand(x.shape, device=x.device) < amount
        return x.masked_fill(gone, END).gather(1, (gone | (x == END)).long().argsort(dim=1, stable=True))

    def encoder(self) -> WordEncoder:
        return WordEncoder(len(self.spec["alphabet"]) + 1, self.spec["longest"] + 1, self.options.width)

    def decoder(self, latent_dim: int) -> WordDecoder:
        symbols, length = len(self.spec["alphabet"]) + 1, self.spec["longest"] + 1
        return WordDecoder(latent_dim, symbols, length, self.options.width, self.options.forcing_decay)

    def view(self, x: Tensor) -> Table:
        return Table(columns=("",), rows=((self.word(x),),))

    def read(self, path: Path) -> ReadResult:
        words, items, rejected = encoded(file_words(path), self.spec)
        if not words:
            why = "it " + rejected[0].reason if rejected else "the file is empty"
            raise DataError(f"{path} has no word that this model can spell ({why}).")
        return ReadResult(items, tuple(words), rejected=rejected)

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        vowels = [symbol for symbol, letter in enumerate(self.spec["alphabet"], start=1) if letter in "aeiou"]
        length = until_end(x).sum(1) - 1
        share = torch.isin(x, torch.tensor(vowels, dtype=x.dtype, device=x.device)).sum(1) / length.clamp(
            min=1
        )
        return {"length": length.float(), "vowels": share}

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        return {"words_right": (decoder.generate(z) == x).all(1).float()}

    def word(self, x: Tensor) -> str:
        """The word that symbols (T,) spell."""
        symbols = x[until_end(x[None])[0] & (x != END)]
        return "".join(self.spec["alphabet"][symbol - 1] for symbol in symbols.tolist())


def words_of(source: str) -> dict[str, str]:
    """The words of a source, each with its kind ("" where there are none).

    Raises:
        DataError: there is no such source, or its file cannot be used.
    """
    if source == "unicode":
        return unicode_words()
    if source.startswith("file:") and source != "file:":
        return dict.fromkeys(file_words(Path(source.removeprefix("file:"))), "")
    raise DataError(f"No source named '{source}'. Available: unicode, file:PATH.")


def encoded(words: Iterable[str], spec: dict[str, Any]) -> tuple[list[str], Tensor, tuple[Rejection, ...]]:
    """Words as symbols (N, T), with those that could be spelt, and those that could not."""
    symbols = {letter: number for number, letter in enumerate(spec["alphabet"], start=1)}
    kept, rows, rejected = [], [], []
    for word in words:
        unseen = sorted(set(word) - set(symbols))
        if unseen or len(word) > spec["longest"]:
            why = f"has letters that training had not: {' '.join(unseen)}" if unseen else "is too long"
            rejected.append(Rejection(word, why))
            continue
        kept.append(word)
        rows.append([symbols[letter] for letter in word] + [END] * (spec["longest"] + 1 - len(word)))
    return kept, torch.tensor(rows, dtype=torch.int64).view(len(rows), spec["longest"] + 1), tuple(rejected)

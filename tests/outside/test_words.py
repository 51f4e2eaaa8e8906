# The words plugin: its decoder is a distribution over words, and it learns to spell.
"""The words plugin: its decoder is a distribution over words, and it learns to spell."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from aekit import Batch, DataError
from aekit.plugins import modality, objective


@pytest.fixture(scope="module")
def words(outside: Path) -> Any:
    """The modality's class, as a run finds it."""
    return modality("words")


def spelt(made: Any, words: list[str]) -> Tensor:
    """Words as stored items."""
    alphabet, length = made.spec["alphabet"], made.spec["longest"] + 1
    rows = [[alphabet.index(letter) + 1 for letter in word] for word in words]
    return torch.tensor([row + [0] * (length - len(row)) for row in rows])


def test_log_prob_sums_to_one_over_all_words(words: Any) -> None:
    tiny = words(words.Options(longest=3, width=8), {"alphabet": "ab", "longest": 3})
    decoder = tiny.decoder(2).eval()
    every = ["".join(letters) for length in range(4) for letters in itertools.product("ab", repeat=length)]

    x = spelt(tiny, every)
    z = torch.tensor([[0.3, -1.2]]).expand(len(x), -1)
    total = decoder.log_prob(z, x).detach().logsumexp(0)

    assert len(every) == 15
    assert float(total) == pytest.approx(0.0, abs=1e-5)


def test_drawn_words_come_as_often_as_log_prob_says(words: Any) -> None:
    tiny = words(words.Options(longest=2, width=8), {"alphabet": "ab", "longest": 2})
    decoder = tiny.decoder(2).eval()
    every = spelt(tiny, ["", "a", "b", "aa", "ab", "ba", "bb"])

    torch.manual_seed(0)
    drawn = decoder.generate(torch.zeros(20_000, 2), temperature=1.0)
    shares = torch.stack([(drawn == word).all(1).float().mean() for word in every])

    expected = decoder.log_prob(torch.zeros(len(every), 2), every).exp()
    assert torch.allclose(shares, expected, atol=0.015)  # four standard errors of 20,000 draws


def test_a_letter_is_scored_without_a_look_at_itself_or_the_ones_behind_it(words: Any) -> None:
    tiny = words(words.Options(longest=4, width=8), {"alphabet": "abc", "longest": 4})
    decoder, z = tiny.decoder(2).eval(), torch.tensor([[1.5, -0.5]]).expand(2, -1)

    first, second = decoder.logits(z, decoder.before(spelt(tiny, ["abca", "abbc"])[:, :-1]))

    assert torch.equal(first[:3], second[:3])  # p(1st), p(2nd | a), p(3rd | ab)
    assert not torch.equal(first[3], second[3])


def test_scheduled_sampling_starts_with_the_true_letters(words: Any) -> None:
    tiny = words(words.Options(longest=4, width=8, forcing_decay=100.0), {"alphabet": "abc", "longest": 4})
    decoder = tiny.decoder(2)
    z, x = torch.randn(64, 2), torch.randint(1, 4, (64, 5)) * torch.tensor([1, 1, 1, 1, 0])

    true = decoder.log_prob(z, x)
    early = decoder.training_log_prob(z, x, torch.tensor(0))
    late = decoder.training_log_prob(z, x, torch.tensor(100_000))

    # at step 0 a letter is replaced with probability 1 / 101
    assert float((early == true).float().mean()) > 0.8
    assert float((late == true).float().mean()) < 0.5
    assert torch.equal(decoder.training_log_prob(z, x, None), true)


def test_every_source_word_is_in_one_split(words: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    lines = [*(f"word{number}" for number in range(50)), "word1", "", "far-too-long-for-this"]
    path.write_text("\n".join(lines))

    options = words.Options(longest=8)
    train, test = (words.load(options, f"file:{path}", split) for split in ("train", "test"))

    assert len(test) == 5
    assert set(train.names) | set(test.names) == {f"word{number}" for number in range(50)}
    assert train.rejected[0].name == "far-too-long-for-this"
    assert [words(options, train.spec).word(x) for x in test.items] == list(test.names)


def test_unicode_words_are_labelled_by_kind(words: Any) -> None:
    data = words.load(words.Options(), "unicode", "train")

    labels = dict(zip(data.names, data.labels.tolist(), strict=True))

    assert 6000 < len(data) < 8000
    assert data.label_names[labels["hippopotamus"]] == "symbols"
    assert data.label_names[labels["sigma"]] == "letters"


def test_attributes_count_letters_and_vowels(words: Any) -> None:
    made = words(words.Options(), {"alphabet": "abcdefghij", "longest": 12})

    attributes = made.attributes(spelt(made, ["cabbage", "dice", "", "hedgehig"]))

    assert attributes["length"].tolist() == [7, 4, 0, 8]
    assert attributes["vowels"].tolist() == pytest.approx([3 / 7, 2 / 4, 0, 3 / 8])


def test_read_keeps_what_it_can_spell(words: Any, tmp_path: Path) -> None:
    made = words(words.Options(), {"alphabet": "abc", "longest": 3})
    path = tmp_path / "own.txt"
    path.write_text("abc\nxyz\nabca\nca\n")

    result = made.read(path)

    assert result.names == ("abc", "ca")
    assert [made.view(item).rows[0][0] for item in result.items] == ["abc", "ca"]
    assert [rejection.name for rejection in result.rejected] == ["xyz", "abca"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"one\n"])
def test_unusable_files_are_refused_in_a_sentence(words: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"list\.txt"):
        words.load(words.Options(), f"file:{path}", "train")


def test_training_words_are_learnt_by_heart(words: Any) -> None:
    options = words.Options(longest=6, width=96)
    data = words.load(options, "unicode", "train")
    made = words(options, data.spec)
    x = data.items[torch.arange(100)]

    torch.manual_seed(0)
    model = objective("autoencoder")(made, objective("autoencoder").Options(), latent_dim=16)
    adam = torch.optim.AdamW(model.parameters(), lr=4e-3)
    none = torch.zeros(len(x), 0)
    for step in range(120):
        adam.zero_grad()
        model(Batch(x, none), torch.tensor(step)).loss.backward()
        adam.step()
    model.eval()

    right = made.metrics(model.decoder, model.posterior(x, none).mean, x)["words_right"]
    assert float(right.mean()) > 0.6


def test_dropped_letters_leave_shorter_words_in_the_same_order(words: Any) -> None:
    made = words(words.Options(longest=4, width=8), {"alphabet": "abc", "longest": 4})
    x = spelt(made, ["abc"]).expand(4000, -1)

    torch.manual_seed(0)
    left = [made.word(row) for row in made.degrade(x, "dropped", 0.3)]

    assert set(left) == {"abc", "ab", "ac", "bc", "a", "b", "c", ""}
    for word, chance in {"abc": 0.343, "ac": 0.147, "b": 0.063, "": 0.027}.items():
        assert left.count(word) / 4000 == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 4000) ** 0.5)

# Search: what words find.
"""Search: what words find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from aekit_gui.models.search import matching
from stand_ins import space

NAMES = ["Kesh 7 bar 1", "The Kesh bar 3", "Sevens bar 7", "Morrison's", "kesh reel", "plain"]
SOME = replace(
    space(count=6), labels=np.array([0, 1, 2, 2, 3, -1]), label_names=("7", "Jig", "Slip jig", "Reel")
)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("  ", [0, 1, 2, 3, 4, 5]),
        ("KESH", [0, 1, 4]),
        ("kesh bar", [0, 1]),
        ("bar kesh 3", [1]),
        ("7", [0]),  # the label, not the names with a 7 in them
        ("jig", [1]),  # the label's whole name, not "Slip jig"
        ("slip JIG", [2, 3]),  # two words that are a label's name
        ("slip", [2, 3]),
        ("sli bar", [2]),
        ("reel kesh", [4]),
        ("nothing", []),
        ("kesh nothing", []),
    ],
)
def test_words_find_labels_and_names(words: str, rows: list[int]) -> None:
    assert matching(SOME, NAMES, words).tolist() == rows


def test_labels_alone_are_searched_while_names_are_not_known() -> None:
    assert matching(SOME, None, "ji").tolist() == [1, 2, 3]
    assert matching(SOME, None, "kesh").tolist() == []


def test_other_names_are_searched_after_the_first_ones() -> None:
    assert matching(SOME, NAMES, "plain").tolist() == [5]
    assert matching(SOME, ["plain", *NAMES[1:]], "plain").tolist() == [0, 5]


def test_a_word_with_another_lower_case_is_found() -> None:
    assert matching(SOME, ["STRASSE", "straße", *NAMES[2:]], "straße").tolist() == [0, 1]

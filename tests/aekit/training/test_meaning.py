# Items that another spec makes something else of are found out.
"""Items that another spec makes something else of are found out."""

import math

import numpy as np
import pytest
import torch
from vectors import VectorModality, VectorOptions

from aekit.data import Dataset
from aekit.errors import DataError
from aekit.training.meaning import check_meaning, is_alike
from aekit.views import Curves, Picture, Table


class Lettered(VectorModality):
    """Rows of numbers that stand for letters."""

    def view(self, x):
        return Table(("word",), (("".join(self.spec["letters"][int(number)] for number in x),),))


def seen_by(letters):
    return Lettered(VectorOptions(), {"letters": letters})


def test_a_spec_that_says_the_same_of_these_items_will_do():
    data = Dataset(torch.tensor([[0, 1], [1, 0]]), {"letters": "ab"})

    check_meaning(data, seen_by("ab"), "here")
    check_meaning(data, seen_by("abc"), "here")


def test_sets_of_many_millions_are_looked_at_from_the_first_to_the_last():
    data = Dataset(torch.zeros(1, 1, dtype=torch.uint8).expand(2**24 + 4, 1), {"letters": "ab"})

    check_meaning(data, seen_by("abc"), "here")


@pytest.mark.parametrize("letters", ["ba", "a"])
def test_another_meaning_is_refused_by_the_name_of_an_item(letters):
    data = Dataset(torch.tensor([[0, 0], [0, 1]]), {"letters": "ab"}, names=["aa", "ab"])

    with pytest.raises(DataError, match=r"'folder:mine'.* a[ab] is stored as something else"):
        check_meaning(data, seen_by(letters), "folder:mine")


def test_views_are_alike_where_all_their_parts_are():
    pixels, x = np.zeros((2, 2), np.uint8), np.array([0.0, math.nan])

    assert is_alike(Picture(pixels), Picture(pixels.copy()))
    assert not is_alike(Picture(pixels), Picture(pixels + 1))
    assert not is_alike(Picture(pixels), Picture(pixels[:1]))
    assert is_alike(Curves(x, {"a": x}), Curves(x.copy(), {"a": x.copy()}))
    assert not is_alike(Curves(x, {"a": x}), Curves(x, {"b": x}))
    assert is_alike(Table(("a",), ((math.nan,),)), Table(("a",), ((math.nan,),)))
    assert not is_alike(Table(("a",), ((1.0,),)), Picture(pixels))

# What a conditional model is given: classes by name, by number and by index, also where names are numbers.
"""What a conditional model is given: classes by name, by number and by index, also where names are numbers."""

import numpy as np
import pytest
import torch

from aekit.conditions import Condition
from aekit.errors import UsageError

NUMBERED = Condition("label", ("1", "10", "2"))  # folders 1, 2 and 10, sorted as text


@pytest.mark.parametrize("kind", [torch.tensor, np.array])
def test_indices_of_a_data_set_are_never_taken_for_names(kind):
    assert NUMBERED.values(kind([0, 1, 2, 1])).tolist() == [0, 1, 2, 1]


def test_a_text_is_a_name_and_a_whole_number_an_index():
    assert NUMBERED.values("2").tolist() == [2]
    assert NUMBERED.values([1, "10", 2]).tolist() == [1, 1, 2]
    assert NUMBERED.values(["1", 1, np.int64(1), torch.tensor(1)]).tolist() == [0, 1, 1, 1]
    assert NUMBERED.values(np.array(["2", "1"])).tolist() == [2, 0]
    assert [NUMBERED.values(index).tolist() for index in (0, 1, 2)] == [[0], [1], [2]]


def test_an_index_as_text_is_no_class():
    with pytest.raises(UsageError, match="No class named '0'. Available: 1, 10, 2"):
        NUMBERED.values("0")


@pytest.mark.parametrize("given", [True, 1.0, [0, 2.0], np.array([1.0]), np.array([True]), None, [[0]]])
def test_what_is_neither_text_nor_a_whole_number_is_no_class(given):
    with pytest.raises(UsageError, match=r"A class is its name, a text, or its index, .*Names: 1, 10, 2\.$"):
        NUMBERED.values(given)


def test_names_of_labels_lead_back_to_them():
    assert NUMBERED.names_of([2, 0, 1]) == ["2", "1", "10"]
    assert NUMBERED.values(NUMBERED.names_of([2, 0, 1])).tolist() == [2, 0, 1]


@pytest.mark.parametrize("given", [[3], [-1], [10]])
def test_labels_of_other_data_are_refused(given):
    with pytest.raises(UsageError, match=rf"no class of index {given[0]}: this run has 3, counted from 0"):
        NUMBERED.names_of(given)
    with pytest.raises(UsageError, match="no class of index"):
        NUMBERED.values(torch.tensor(given))
    with pytest.raises(UsageError, match="no class of index"):
        NUMBERED.values(given)

# The report page: what it says of the data, and of files that are damaged.
"""The report page: what it says of the data, and of files that are damaged."""

import json

import pytest
from digits import train, write_digits

from aekit.data import Rejection, kinds_of
from aekit.errors import RunError
from aekit.report import left_out, numbers
from aekit.runs import Run

LEFT_OUT = [
    {"name": "a <b>.mid", "reason": "bar 3: two notes at once"},
    {"name": "c.mid", "reason": "no notes"},
    {"name": "d.mid", "reason": "bars 1-2: 0.5 of 4 beats"},
    {"name": "e.mid", "reason": "bar 1: 1 of 4 beats"},
    *({"name": f"{number}.mid", "reason": f"bar {number}: two notes at once"} for number in range(300)),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of a few steps."""
    folder = tmp_path_factory.mktemp("reported")
    return train(write_digits(folder), folder / "run", epochs=1)


def write(run, content):
    """Another rejected.json."""
    (run.path / "rejected.json").write_text(content)
    return Run(run.path)


def test_what_was_left_out_is_counted_by_kind_and_listed(trained):
    page = left_out(write(trained, json.dumps(LEFT_OUT)))

    assert "<td>301</td><td>as a &lt;b&gt;.mid: bar 3: two notes at once</td>" in page
    assert "<td>1</td><td>c.mid: no notes</td>" in page
    assert "The first 200" in page and "The other 104 are in" in page
    assert page.count("<tr>") == 3 + 200


def test_reasons_that_have_no_place_are_counted(trained):
    entries = [{"name": "a", "reason": "x" * length} for length in range(1, 20)]
    page = left_out(write(trained, json.dumps(entries)))

    assert "And 7 further reasons" in page and "The first" not in page and "<p></p>" not in page


def test_where_nothing_was_left_out_nothing_is_said(trained):
    (trained.path / "rejected.json").unlink(missing_ok=True)
    assert left_out(trained) == "" and trained.rejected() == []


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", '[{"name": 1}]', "[", '[{"name": "a", "reason": null}]']
)
def test_a_damaged_list_is_an_error_and_the_page_says_so(trained, content):
    run = write(trained, content)

    with pytest.raises(RunError, match="rejected.json is damaged"):
        run.rejected()
    assert "is damaged" in left_out(run)


def test_names_that_are_no_utf_8_come_back_as_they_were(trained):
    run = write(trained, json.dumps([{"name": "\udcff.mid", "reason": "no notes"}]))

    assert run.rejected()[0]["name"] == "\udcff.mid"


@pytest.mark.parametrize("content", ["", "[]", "{", "nonsense"])
def test_a_damaged_evaluation_leaves_the_validation(trained, content):
    (trained.path / "evaluation.json").write_text(content)

    assert "Validation" in numbers(trained) and "<b>" in numbers(trained)


def test_reasons_are_of_one_kind_whatever_numbers_and_places_they_name():
    entries = [Rejection(*entry.values()) for entry in LEFT_OUT]

    assert [(count, first.name) for count, first in kinds_of(entries)] == [
        (301, "a <b>.mid"),
        (2, "d.mid"),
        (1, "c.mid"),
    ]

# The conformance kit: the plugins keep the contract, and each way of breaking it is found and named.
"""The conformance kit: the plugins keep the contract, and each way of breaking it is found and named."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from waves import BROKEN, Waves, broken

from aekit import Degradation, Modality, UsageError
from aekit.plugins import modality
from aekit.testing import ConformanceError, check_modality, check_names


def test_a_modality_that_keeps_every_rule_passes_every_check() -> None:
    report = check_modality(Waves)

    report.raise_for_failures()
    assert report.passed == check_names()


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_rule_is_found_and_no_other_blamed(name: str) -> None:
    report = check_modality(broken(BROKEN[name]))

    assert list(report.failed) == [name], str(report)


def test_every_check_has_a_modality_that_fails_it() -> None:
    assert {"loading works", *BROKEN} == set(check_names())


@pytest.mark.parametrize(
    ("name", "kind", "description", "amount"),
    [
        ("two words", "noise", "a share", 0.5),
        ("hiss", "blur", "a share", 0.5),
        ("hiss", "noise", " ", 0.5),
        ("hiss", "noise", "a share\nof all", 0.5),
        ("hiss", "noise", "a share", -0.5),
        ("hiss", "noise", "a share", math.nan),
    ],
)
def test_each_fault_of_a_description_is_found(name: str, kind: Any, description: str, amount: float) -> None:
    found = {name: Degradation(kind, description, amount, 0.0, 1.0)}
    kind_of = broken({"degradations": lambda self: found, "degrade": lambda self, x, name, amount: x + 1})

    report = check_modality(kind_of)

    assert "degradations are described" in report.failed


def test_a_modality_without_degradations_keeps_the_contract() -> None:
    plain = broken({"degradations": Modality.degradations, "degrade": Modality.degrade})

    report = check_modality(plain)

    assert report.passed == check_names()


def test_degradations_that_are_listed_and_not_written_are_one_fault() -> None:
    report = check_modality(broken({"degrade": Modality.degrade}))

    assert list(report.failed) == ["degrade keeps shape and type"]
    assert "no `degrade`" in report.failed["degrade keeps shape and type"]


@pytest.mark.parametrize("name", ["words", "rows"])
def test_outside_plugins_keep_the_contract(outside: Path, name: str) -> None:
    report = check_modality(modality(name), options={"width": 16})

    report.raise_for_failures()
    assert report.passed == check_names()


@pytest.mark.parametrize(
    "options", [{}, {"network": "conv", "likelihood": "logistic"}], ids=["digits", "conv"]
)
def test_the_image_plugin_keeps_the_contract(options: dict[str, Any]) -> None:
    pytest.importorskip("aekit_image")

    check_modality(modality("image"), options={"width": 16, **options}).raise_for_failures()


def test_where_nothing_loads_nothing_else_is_run() -> None:
    report = check_modality(Waves, source="ripples")

    assert report.failed == {"loading works": "DataError: No source named 'ripples'."}
    assert len(report.named("not run")) == len(check_names()) - 1


def test_failures_are_raised_in_one_error_that_lists_them() -> None:
    change = {**BROKEN["view can be drawn"], **BROKEN["missing file is refused"]}

    with pytest.raises(
        ConformanceError, match=r"breaks 2 rules .*missing file is refused: .*; view can be drawn: "
    ):
        check_modality(broken(change)).raise_for_failures()


def test_an_expected_failure_is_told_apart_and_a_stale_one_fails() -> None:
    reason = "curves are shown as numbers until version 2"

    expected = check_modality(
        broken(BROKEN["view can be drawn"]), expected_failures={"view can be drawn": reason}
    )
    stale = check_modality(Waves, expected_failures={"view can be drawn": reason})

    assert expected.failed == {}
    assert [str(result) for result in expected.results if result.verdict == "expected"] == [
        f"expected view can be drawn: {reason}"
    ]
    assert list(stale.failed) == ["view can be drawn"]
    with pytest.raises(UsageError, match="Did you mean 'view can be drawn'"):
        check_modality(Waves, expected_failures={"view can be draw": reason})


def test_one_line_a_check_is_printed_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    check_modality(Waves, verbose=True)

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"passed   {name}" for name in check_names()]


def test_the_default_random_stream_is_left_as_it_was() -> None:
    before = torch.get_rng_state()

    check_modality(Waves)

    assert torch.equal(torch.get_rng_state(), before)

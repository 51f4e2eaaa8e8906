# Runs all conformance checks on one modality.
"""Runs all conformance checks on one modality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from aekit.errors import UsageError, unknown_name
from aekit.modality import Modality
from aekit.options import check
from aekit.testing import degradation_checks, network_checks, shown_checks
from aekit.testing.data_checks import DATA_CHECKS
from aekit.testing.degradation_checks import DEGRADATION_CHECKS
from aekit.testing.network_checks import NETWORK_CHECKS
from aekit.testing.report import Report, Result
from aekit.testing.shown_checks import SHOWN_CHECKS
from aekit.testing.subject import BrokenRuleError, Check, Subject

CHECKS: tuple[Check, ...] = (*DATA_CHECKS, *NETWORK_CHECKS, *DEGRADATION_CHECKS, *SHOWN_CHECKS)
NEEDS: dict[Check, tuple[Check, ...]] = {
    **network_checks.NEEDS,
    **degradation_checks.NEEDS,
    **shown_checks.NEEDS,
}
LOADING = "loading works"


def check_modality(
    kind: type[Modality],
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    expected_failures: Mapping[str, str] | None = None,
    verbose: bool = False,
) -> Report:
    """Check that a modality keeps the contract.

    Args:
        kind: the modality's class.
        source: what to load; None for the default source. A small one keeps the checks quick.
        options: of the modality, by name; the defaults for the others. Small networks keep the checks quick.
        expected_failures: names of checks that are known to fail, each with the reason. One that passes
            all the same counts as failed, so that the list stays true.
        verbose: print one line a check.

    Returns:
        The report; `report.raise_for_failures()` makes a test of it.

    Raises:
        UsageError: an option or the name of an expected failure is unknown.
    """
    expected = dict(expected_failures or {})
    for name in expected:
        if name not in check_names():
            raise UsageError(unknown_name("check", name, check_names()))
    made = check(kind.Options, options or {}, kind.__name__)
    results: list[Result] = []
    for result in outcomes(kind, made, source or kind.default_source_for(made)):
        results.append(judged(result, expected))
        if verbose:
            print(results[-1])  # noqa: T201
    return Report(kind.__name__, tuple(results))


def check_names() -> tuple[str, ...]:
    """The names of all checks, in order."""
    return (LOADING, *map(name_of, CHECKS))


def outcomes(kind: type[Modality], options: Any, source: str) -> list[Result]:
    """Run the checks; after a failed one, those that need it are not run."""
    subject: list[Subject] = []
    loading = attempt(LOADING, lambda: subject.append(Subject(kind, options, source)))
    if not subject:
        return [loading, *(Result(name_of(check), "not run", f"'{LOADING}' failed") for check in CHECKS)]
    results = {LOADING: loading}
    for check_function in CHECKS:
        name = name_of(check_function)
        missed = [n for n in map(name_of, NEEDS.get(check_function, ())) if results[n].verdict != "passed"]
        if missed:
            results[name] = Result(name, "not run", f"it needs '{missed[0]}'")
        else:
            results[name] = attempt(name, lambda run=check_function: run(subject[0]))  # type: ignore[misc]
    return list(results.values())


def attempt(name: str, run: Callable[[], None]) -> Result:
    """Run one check; torch's default random stream is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            run()
        except BrokenRuleError as broken:
            return Result(name, "failed", shortened(str(broken)))
        except Exception as error:
            return Result(name, "failed", shortened(f"{type(error).__name__}: {error}"))
    return Result(name, "passed")


def shortened(reason: str, most: int = 400) -> str:
    """A reason on one line of at most `most` characters."""
    line = " ".join(reason.split())
    return line if len(line) <= most else line[: most - 4] + " ..."


def judged(result: Result, expected: Mapping[str, str]) -> Result:
    """The result in the light of what its author expects."""
    if result.name not in expected or result.verdict == "not run":
        return result
    if result.verdict == "failed":
        return Result(result.name, "expected", expected[result.name])
    return Result(result.name, "failed", "it passes, against expected_failures; take it off that list")


def name_of(check_function: Check) -> str:
    """The name of a check, from that of its function."""
    return check_function.__name__.replace("_", " ")

# What came of a conformance check: which checks passed, failed, failed as expected, or could not run.
"""What came of a conformance check: which checks passed, failed, failed as expected, or could not run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aekit.errors import AekitError

Verdict = Literal["passed", "failed", "expected", "not run"]


class ConformanceError(AekitError):
    """A plugin breaks the contract; the message lists every rule that it breaks."""


@dataclass(frozen=True)
class Result:
    """What came of one check.

    Attributes:
        name: of the check.
        verdict: "passed", "failed", "expected" (failed, as the author said it would) or "not run".
        reason: why it failed or could not run; "" where it passed.
    """

    name: str
    verdict: Verdict
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.verdict:8} {self.name}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class Report:
    """What came of all checks of one modality."""

    modality: str
    results: tuple[Result, ...]

    def named(self, verdict: Verdict) -> tuple[str, ...]:
        """The names of the checks that ended with `verdict`."""
        return tuple(result.name for result in self.results if result.verdict == verdict)

    @property
    def passed(self) -> tuple[str, ...]:
        return self.named("passed")

    @property
    def failed(self) -> dict[str, str]:
        """The names of the failed checks, each with the reason."""
        return {result.name: result.reason for result in self.results if result.verdict == "failed"}

    def __str__(self) -> str:
        count = f"{len(self.passed)} of {len(self.results)} checks passed"
        return "\n".join([*(str(result) for result in self.results), f"{self.modality}: {count}"])

    def raise_for_failures(self) -> None:
        """Do nothing where the contract is kept.

        Raises:
            ConformanceError: at least one check failed; lists each with its reason.
        """
        if self.failed:
            listing = "; ".join(f"{name}: {reason}" for name, reason in self.failed.items())
            count = len(self.failed)
            rules = "one rule" if count == 1 else f"{count} rules"
            raise ConformanceError(f"{self.modality} breaks {rules} of the contract: {listing}")

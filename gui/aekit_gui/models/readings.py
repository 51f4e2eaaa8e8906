# What is read off a decoded place, in words that teach.
"""What is read off a decoded place, in words that teach."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from aekit_gui.work.protocol import Opened

Fact = tuple[str, str, str]  # name, value, tooltip


@dataclass(frozen=True)
class Reading:
    """What is known of a place so far.

    Attributes:
        seconds: what decoding took.
        norm: of the code.
        label, votes, of: the label of most of the nearest items, and how many of them.
        bound: on the decoded item's log-likelihood, nats; NaN where unknown.
    """

    seconds: float = 0.0
    norm: float = 0.0
    label: str = ""
    votes: int = 0
    of: int = 0
    bound: float = math.nan

    def with_label(self, label: str, votes: int, of: int) -> Reading:
        return replace(self, label=label, votes=votes, of=of)

    def with_bound(self, bound: float) -> Reading:
        return replace(self, bound=bound)


def readings(reading: Reading, opened: Opened | None) -> list[Fact]:
    """A reading as rows of name, value and tooltip; unknown figures are dashes, so that nothing jumps."""
    facts = []
    label = f"{reading.label}  ({reading.votes} of {reading.of})" if reading.label else "–"
    if opened is not None and opened.has_bound:
        bound = "–" if math.isnan(reading.bound) else f"{reading.bound:,.1f} nats".replace("-", "−")
        facts.append(
            (
                "Likelihood, at least",
                bound,
                "A lower bound (ELBO) on the log-probability of what you see, under the model: higher is likelier.",
            )
        )
    facts.append(("Near items say", label, "The label that most of the nearest items of the data have."))
    facts.append(("From the prior", distance_words(reading.norm, opened), PRIOR_HELP))
    facts.append(("Decoded in", f"{1000 * reading.seconds:.1f} ms", "Time in the model process."))
    return facts


PRIOR_HELP = (
    "How far the code is from the origin, beside codes drawn from the prior: far outside, or far inside in many "
    "dimensions, the decoder has seldom been."
)


def distance_words(norm: float, opened: Opened | None) -> str:
    """The code's norm beside those of the prior's codes."""
    if opened is None:
        return f"{norm:.2f}"
    middle, spread = opened.prior_norm
    away = (norm - middle) / spread if spread > 0 else 0.0
    words = "typical" if abs(away) <= 2 else "far out" if away > 0 else "near the middle"
    return f"{norm:.2f}, {words}"

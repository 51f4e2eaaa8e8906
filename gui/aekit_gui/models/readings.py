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
        log_prior: log p(z) of the code, nats; NaN where unknown.
        label, votes, of: the label of most of the nearest items, and how many of them.
        bound: on the decoded item's log-likelihood, nats; NaN where unknown.
    """

    seconds: float = 0.0
    log_prior: float = math.nan
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
    facts.append(("Under the prior", prior_words(reading.log_prior, opened), PRIOR_HELP))
    facts.append(("Decoded in", f"{1000 * reading.seconds:.1f} ms", "Time in the model process."))
    if opened is not None and opened.words_used is not None:
        used, of = opened.words_used
        facts.append(("Words in use", f"{used:,} of {of:,}", USED_HELP))
    return facts


PRIOR_HELP = (
    "The code's log-density under the run's prior, beside that of codes drawn from it: far out, or in many "
    "dimensions near the middle, the decoder has seldom been."
)
USED_HELP = "How many of the words that a code can be written in the data's own codes use: many unused ones are waste."


def prior_words(log_prior: float, opened: Opened | None) -> str:
    """The code's log-density beside those of the prior's own draws."""
    if math.isnan(log_prior):
        return "–"
    nats = f"{log_prior:,.1f} nats".replace("-", "−")
    if opened is None:
        return nats
    middle, spread = opened.prior.density
    away = (log_prior - middle) / spread if spread > 0 else 0.0
    words = "typical" if abs(away) <= 2 else "far out" if away < 0 else "central"
    return f"{nats}, {words}"

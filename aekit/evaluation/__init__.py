# Evaluation: figures that anybody can recompute; the protocol is in docs/evaluation.md.
"""Evaluation: figures that anybody can recompute; the protocol is in `docs/evaluation.md`."""

from aekit.evaluation.likelihood import BoundParts, bound_parts, importance_nll, mean_and_error, posteriors
from aekit.evaluation.probes import Labelled, linear_accuracy, neighbour_accuracy, principal_codes
from aekit.evaluation.protocol import Model, evaluate
from aekit.evaluation.units import active_units, kl_per_dimension

__all__ = [
    "BoundParts",
    "Labelled",
    "Model",
    "active_units",
    "bound_parts",
    "evaluate",
    "importance_nll",
    "kl_per_dimension",
    "linear_accuracy",
    "mean_and_error",
    "neighbour_accuracy",
    "posteriors",
    "principal_codes",
]

# The public names of aekit, and nothing else; each is imported when it is first used.
"""aekit: train autoencoders on any kind of data, trust the numbers, walk the space.

Importing this module loads no torch: the public names are fetched from their files on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "aekit.autoencoder": ("Autoencoder", "load"),
    "aekit.data": ("Batch", "Dataset", "MappedItems", "Rejection"),
    "aekit.errors": ("AekitError", "DataError", "PluginError", "RunError", "UsageError"),
    "aekit.modality": ("Decoder", "Degradation", "Encoder", "Modality", "ReadResult", "Source"),
    "aekit.objective": ("Objective", "Outcome"),
    "aekit.options": ("Options",),
    "aekit.posterior": ("Head", "Posterior", "Transformed"),
    "aekit.runs": ("Run",),
    "aekit.training.start": ("resume", "train"),
    "aekit.views": ("Curves", "Note", "Notes", "Picture", "Sound", "Table", "View"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_ROOMS = (
    "evaluation",
    "figures",
    "latent",
    "likelihoods",
    "networks",
    "plugins",
    "priors",
    "testing",
    "views",
)

__all__ = [*sorted(_HOME_OF), "__version__"]

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder as Autoencoder
    from aekit.autoencoder import load as load
    from aekit.data import Batch as Batch
    from aekit.data import Dataset as Dataset
    from aekit.data import MappedItems as MappedItems
    from aekit.data import Rejection as Rejection
    from aekit.errors import AekitError as AekitError
    from aekit.errors import DataError as DataError
    from aekit.errors import PluginError as PluginError
    from aekit.errors import RunError as RunError
    from aekit.errors import UsageError as UsageError
    from aekit.modality import Decoder as Decoder
    from aekit.modality import Degradation as Degradation
    from aekit.modality import Encoder as Encoder
    from aekit.modality import Modality as Modality
    from aekit.modality import ReadResult as ReadResult
    from aekit.modality import Source as Source
    from aekit.objective import Objective as Objective
    from aekit.objective import Outcome as Outcome
    from aekit.options import Options as Options
    from aekit.posterior import Head as Head
    from aekit.posterior import Posterior as Posterior
    from aekit.posterior import Transformed as Transformed
    from aekit.runs import Run as Run
    from aekit.training.start import resume as resume
    from aekit.training.start import train as train
    from aekit.views import Curves as Curves
    from aekit.views import Note as Note
    from aekit.views import Notes as Notes
    from aekit.views import Picture as Picture
    from aekit.views import Sound as Sound
    from aekit.views import Table as Table
    from aekit.views import View as View


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"aekit.{name}")
    raise AttributeError(f"module 'aekit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS]

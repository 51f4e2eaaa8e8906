# Samplers for runs already trained: distributions fitted to a run's codes, once, and kept with it.
"""Samplers for runs already trained: distributions fitted to a run's codes, once, and kept with it.

Fitting a density to the codes afterwards lets any autoencoder generate (Ghosh et al. 2020, section 4).
"""

from aekit.samplers.flow import Flow
from aekit.samplers.kept import NAMES, fitted, refuse_components
from aekit.samplers.kernel import KernelDensity
from aekit.samplers.mixture import Mixture

__all__ = ["NAMES", "Flow", "KernelDensity", "Mixture", "fitted", "refuse_components"]

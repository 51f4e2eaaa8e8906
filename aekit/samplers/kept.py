# A run's samplers: fitted to its codes once, kept in its folder, fitted anew when the codes have changed.
"""A run's samplers: fitted to its codes once, kept in its folder, fitted anew when the codes have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
import torch
from torch import Tensor

from aekit.errors import AekitError, DataError, RunError, UsageError, unknown_name
from aekit.files import Arrays, digest_of, read_arrays, write_arrays
from aekit.priors import Prior
from aekit.runs import Run
from aekit.samplers.flow import Flow
from aekit.samplers.kernel import KernelDensity
from aekit.samplers.mixture import DEFAULT_COMPONENTS, Mixture


class Sampler(Prior, Protocol):
    """A prior that is fitted to codes, and kept as arrays."""

    def arrays(self) -> Arrays:
        """All that `from_arrays` needs."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """The same distribution, to the last bit."""
        ...


KINDS: dict[str, Any] = {"gmm": Mixture, "kde": KernelDensity, "flow": Flow}
NAMES = ("prior", *KINDS)


def fitted(
    run: Run, name: str, components: int | None = None, say: Callable[[str], None] = lambda line: None
) -> Sampler:
    """The sampler `name` of a run: the kept one, or fitted now and kept.

    Args:
        run: a run with codes.
        name: "gmm", "kde" or "flow".
        components: of the mixture; None for the default.
        say: told in a line where a kept file could not be used or written.

    Raises:
        UsageError: there is no such sampler, it has no components, or too few codes for them.
        RunError: the run holds no codes.
        DataError: the codes do not vary in a dimension.
    """
    settings = settings_of(name, components)
    arrays, facts = run.codes()
    mean = arrays["mean"]
    expected = {
        "codes": digest_of({"mean": mean}, {}),
        "step": facts["step"],
        "settings": settings,
    }
    path = run.path / "samplers" / f"{name}.safetensors"
    try:
        if path.exists():
            kept, told = read_arrays(path)
            if told == expected:
                return KINDS[name].from_arrays(kept)  # type: ignore[no-any-return]
    except (RunError, OSError):
        say(f"{path} is damaged: the sampler is fitted anew.")
    codes = torch.from_numpy(mean)
    refuse_constant(codes, run)
    made = KINDS[name].fit(codes, **settings).arrays()
    # laid out in memory as when it is read back, so that draws are equal to the last bit
    sampler: Sampler = KINDS[name].from_arrays({key: np.array(part, order="C") for key, part in made.items()})
    try:
        write_arrays(path, made, expected)
    except AekitError as error:
        say(f"The sampler is not kept: {error}")
    return sampler


def settings_of(name: str, components: int | None) -> dict[str, int]:
    """What a sampler is fitted with.

    Raises:
        UsageError: there is no such sampler, or it has no components.
    """
    if name not in KINDS:
        raise UsageError(unknown_name("sampler", name, NAMES))
    if name != "gmm":
        refuse_components(name, components)
        return {}
    if components is not None and components < 1:
        raise UsageError(f"components must be at least 1 (received {components})")
    return {"components": components or DEFAULT_COMPONENTS}


def refuse_components(name: str | None, components: int | None) -> None:
    """Raise where a sampler without components is given some.

    Raises:
        UsageError: it says which has them.
    """
    if components is not None:
        of = f"'{name}'" if name else "the prior"
        raise UsageError(f"--components is of the sampler 'gmm' (received it for {of}). Add --sampler gmm.")


def refuse_constant(codes: Tensor, run: Run) -> None:
    """Raise where codes (N, D) do not vary.

    Raises:
        DataError: it names the first such dimension.
    """
    flat = (codes.double().std(0, correction=0) <= 1e-9 * codes.double().abs().max()).nonzero().flatten()
    if len(flat):
        raise DataError(
            f"The codes of {run.path} do not vary in {len(flat)} of {codes.shape[1]} dimensions, first in "
            f"{int(flat[0])}: no sampler fits them. Sample without --sampler, or train with a smaller --latent-dim."
        )

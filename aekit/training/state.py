# The state of a training between two steps, as named arrays: all that resuming needs.
"""The state of a training between two steps, as named arrays: all that resuming needs.

Order, noise and schedules are functions of (seed, step), so no random state is among it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aekit.errors import RunError
from aekit.files import Arrays


@dataclass
class Position:
    """Where a training stands.

    Attributes:
        step: how many steps are done, over all stages.
        stage: the number of the schedule that is under way.
        seconds: how long that schedule has run.
        reached: how much of the training was done when it began, from 0 to 1.
        best: the lowest monitored validation figure so far, and
        best_step: the step at which it was reached.
        waiting: validations since then.
        validated: the step of the last validation.
    """

    step: int = 0
    stage: int = 0
    seconds: float = 0.0
    reached: float = 0.0
    best: float | None = None
    best_step: int = 0
    waiting: int = 0
    validated: int = -1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def module_arrays(module: nn.Module) -> Arrays:
    """A module's weights and buffers; a tensor shared by two names is written under both."""
    return {name: to_array(tensor) for name, tensor in module.state_dict().items()}


def load_module(module: nn.Module, arrays: Arrays, where: str) -> None:
    """Put arrays from `module_arrays` back.

    Raises:
        RunError: names or shapes are not the module's.
    """
    expected = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    received = {name: tuple(array.shape) for name, array in arrays.items()}
    if expected != received:
        odd = sorted(set(expected.items()) ^ set(received.items()))[0]
        raise RunError(
            f"{where} does not fit the model that run.json describes: first at '{odd[0]}' {odd[1]}."
        )
    module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})


def optimizer_arrays(optimizer: torch.optim.Optimizer, module: nn.Module) -> Arrays:
    """The optimizer's moments under the weights' names."""
    return {
        f"{key}/{name}": to_array(value)
        for name, weight in module.named_parameters()
        for key, value in optimizer.state.get(weight, {}).items()
    }


def load_optimizer(optimizer: torch.optim.Optimizer, module: nn.Module, arrays: Arrays) -> None:
    """Put arrays from `optimizer_arrays` back."""
    weights = dict(module.named_parameters())
    for key, array in arrays.items():
        moment, _, name = key.partition("/")
        # PyTorch keeps the step count of a fused optimizer beside the weight, of others on the CPU
        tensor = torch.from_numpy(array.copy()).to(weights[name].device)
        optimizer.state[weights[name]][moment] = tensor


def to_array(tensor: Tensor) -> np.ndarray[Any, Any]:
    """A tensor as an array of its own type; bf16, which NumPy lacks, as fp32."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def grouped(**parts: Arrays) -> Arrays:
    """Several mappings as one, each name behind its part's."""
    together: Arrays = {}
    for part, content in parts.items():
        together.update({f"{part}/{name}": array for name, array in content.items()})
    return together


def group(arrays: Arrays, part: str) -> Arrays:
    """One part of what `grouped` made."""
    return {
        name.removeprefix(part + "/"): array for name, array in arrays.items() if name.startswith(part + "/")
    }

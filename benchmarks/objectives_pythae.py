# Each objective that aekit and pythae 0.1.2 both have: the same network, the same time, measured alike.
"""Each objective that aekit and pythae 0.1.2 both have: the same network, the same time, measured alike.

The network is pythae's default, one hidden layer of 512 on each side (`--network plain --layers 512`); digits are
binarised afresh in training on both sides. Measured on the same binarised test digits: the NLL of the first
`--nll-items` where there is a bound, the reconstruction at the codes (cross-entropy and squared error per pixel), the
squared MMD of draws of 1,000 random digits' codes to N(0, I), and 5-NN on the codes. pythae's AE, WAE and VQ-VAE know
the squared error only, so their cross-entropy is not what they were asked for, nor is the squared error for all others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine

DIMS = 16
NETWORK = ("--network", "plain", "--layers", 512, "--latent-dim", DIMS, "--likelihood", "bernoulli")
# aekit's words; pythae_objectives_worker.KINDS has pythae's for the same name
PAIRS: dict[str, tuple[object, ...]] = {
    "autoencoder": ("--objective", "autoencoder"),
    "vae": ("--objective", "vae"),
    "beta": ("--objective", "vae", "--beta", 4),
    "betatc": ("--objective", "betatc", "--beta", 6),
    "iwae": ("--objective", "iwae", "--importance-samples", 5),
    "infovae": ("--objective", "infovae"),
    "wae": ("--objective", "wae"),
    "adversarial": ("--objective", "adversarial"),
    "vampprior": ("--objective", "vampprior"),
    "iaf": ("--objective", "iaf"),
    "vq": ("--objective", "vq", "--word-dim", 1, "--codebook-size", 512),
}
COUNT = 1000

Result = dict[str, Any]
Train = Callable[..., Path]


def compared(name: str, asked: argparse.Namespace, trained: Train) -> dict[str, Result]:
    """Both sides' figures; pythae's answers are kept beside the runs."""
    ours = answers_of_aekit(trained(asked, f"pythae-{name}", *PAIRS[name], *NETWORK), asked)
    theirs = answers_of_pythae(name, asked)
    return {"aekit": figures(ours), "pythae": figures(theirs)}


def answers_of_pythae(name: str, asked: argparse.Namespace) -> Result:
    """What pythae's model makes of the digits; trained where it is not there yet."""
    import numpy as np
    from mnist import made_environment

    answers = asked.work / f"pythae-{name}-{asked.minutes:g}min-{nll_items(asked)}x{asked.nll_samples}.npz"
    if not answers.exists():
        python = asked.pythae_python or made_environment()
        data = asked.work / "digits.npz"
        if not data.exists():
            write_digits(data)
        worker = Path(__file__).with_name("pythae_objectives_worker.py")
        length = ["--latent-dim", DIMS, "--max-time", 60 * asked.minutes]
        length += ["--nll-items", nll_items(asked), "--nll-samples", asked.nll_samples]
        unfinished = answers.with_name(f"unfinished-{answers.name}")
        command = [str(word) for word in (python, worker, name, data, unfinished, *length)]
        print(
            f"$ PYTHON pythae_objectives_worker.py {name} digits.npz {answers.name} {' '.join(map(str, length))}"
        )
        print(json.loads(machine.call(command).splitlines()[-1]), flush=True)
        unfinished.replace(answers)
    with np.load(answers) as arrays:
        return {key: arrays[key] for key in arrays.files}


def nll_items(asked: argparse.Namespace) -> int:
    """How many test digits the NLLs of this row are of."""
    return int(asked.nll_items or COUNT)


def write_digits(path: Path) -> None:
    """What pythae sees: grey digits to train on, and binarised ones for all else."""
    import numpy as np
    import torch
    from mnist import MOST_HELD_OUT, digits

    from aekit.data import held_out, prepare_alone

    modality, train, test = digits()
    kept, held = held_out(len(train), 0.1, MOST_HELD_OUT, 0)
    sets = {
        "validation": train.items[held],
        "test": test.items[torch.arange(len(test))],
        "seen": train.items[torch.arange(len(train))],
    }
    binary = {name: prepare_alone(modality, items).numpy().astype(np.uint8) for name, items in sets.items()}
    np.savez(path, train=train.items[kept].numpy(), **binary)


def answers_of_aekit(run: Path, asked: argparse.Namespace) -> Result:
    """What aekit's model makes of the same digits."""
    import torch

    import aekit
    from aekit.data import prepare_alone
    from aekit.evaluation.likelihood import importance_nll

    model = aekit.load(run)
    objective = model.objective
    found: Result = {}
    with torch.no_grad():
        for name, split in (("test", "test"), ("seen", "train")):
            dataset = model.dataset(split)  # type: ignore[arg-type]
            x = prepare_alone(model.modality, dataset.items[torch.arange(len(dataset))])
            found[name] = torch.cat(
                [objective.posterior(part, part.new_zeros(len(part), 0)).mean for part in x.split(1000)]
            )
            if name == "test":
                test = x
        torch.manual_seed(0)
        found["draws"] = torch.cat(
            [objective.posterior(part, part.new_zeros(len(part), 0)).sample() for part in test.split(1000)]
        )
        found["probabilities"] = torch.cat(
            [
                objective.decoder.mean(objective.code(part, part.new_zeros(len(part), 0)))
                for part in found["test"].split(1000)
            ]
        ).flatten(1)
        if objective.has_bound:
            part = test[: nll_items(asked)]
            found["nll"] = importance_nll(
                objective, part, part.new_zeros(len(part), 0), samples=asked.nll_samples
            )
    return {name: value.numpy() for name, value in found.items()}


def figures(answers: Result) -> dict[str, float]:
    """The figures of either side, from its answers alone."""
    import numpy as np
    import torch
    from mnist import digits

    from aekit.data import prepare_alone
    from aekit.evaluation.probes import Labelled, neighbour_accuracy
    from aekit.mmd import squared_mmd_to_normal

    modality, train, test = digits()
    x = prepare_alone(modality, test.items[torch.arange(len(test))]).flatten(1).numpy()
    on = answers["probabilities"].astype(np.float64)
    sure = np.clip(on, 1e-7, 1 - 1e-7)
    draws = torch.from_numpy(answers["draws"]).float()
    generator = torch.Generator().manual_seed(0)
    chosen = [torch.randperm(len(draws), generator=generator)[:COUNT] for _ in range(10)]
    assert train.labels is not None and test.labels is not None
    codes = [
        Labelled(torch.from_numpy(answers[name]), split.labels)
        for name, split in (("seen", train), ("test", test))
    ]
    found = {
        "bce_per_pixel": float(-(x * np.log(sure) + (1 - x) * np.log(1 - sure)).mean()),
        "squared_error_per_pixel": float(((x - on) ** 2).mean()),
        "mmd": float(np.mean([float(squared_mmd_to_normal(draws[rows])) for rows in chosen])),
        "knn_probe": neighbour_accuracy(*codes),
    }
    if "nll" in answers:
        found["nll"] = float(answers["nll"].mean())
        found["nll_standard_error"] = float(answers["nll"].std(ddof=1) / np.sqrt(len(answers["nll"])))
    return found

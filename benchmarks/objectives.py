# The objectives: what each reaches in a given time, and what pythae 0.1.2 reaches with the same network.
"""The objectives: what each reaches in a given time, and what pythae 0.1.2 reaches with the same network.

    python benchmarks/objectives.py                                   (about 9 hours on two cores: 20 minutes a run)
    python benchmarks/objectives.py --only nll --objective iwae --minutes 20
    python benchmarks/objectives.py --only codes2 mmd --minutes 5

Every training is a run of `aekit train` in `--work`; `--aekit-options network=plain layers=512` gives all of them more
options. Stopped and started again, finished runs are kept and others go on: take another `--work` once defaults have
changed. The rows:

- `nll`: the NLL of all 10,000 test digits from 1,000 importance samples, dynamic binarisation, of one objective;
- `codes16`, `codes2`: a linear probe and 5-NN on the codes of each objective, and on PCA's;
- `mmd`: squared MMD of 1,000 codes of test digits to N(0, I), of the 16-D runs of `codes16`;
- `mig`: the mutual information gap of betatc and of a beta-VAE on `shapes`, the median over seeds;
- `conditional`: how often a classifier that learnt on real digits finds the class that was asked for;
- `pythae`: each objective that both have, pythae's default network on both sides (`--network plain --layers 512`).
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import machine

CODES = (
    "autoencoder",
    "sparse",
    "denoising",
    "vae",
    "betatc",
    "infovae",
    "wae",
    "adversarial",
    "iwae",
    "vampprior",
    "flowprior",
    "iaf",
    "twolayer",
    "vq",
)
STYLE = 4  # dimensions for what the class leaves over
TO_PRIOR = ("vae", "infovae", "wae", "adversarial")
MIG_ARMS = {"betatc": ("--beta", 6), "vae": ("--beta", 4)}

Result = dict[str, Any]


def main() -> None:
    parser = machine.arguments(__doc__, "objectives")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), help="which rows")
    parser.add_argument("--objective", default="iwae", help="of the row nll")
    parser.add_argument("--objectives", nargs="+", default=None, help="of codes16, codes2, mmd and pythae")
    parser.add_argument("--minutes", type=float, default=20, help="of training, for each run")
    parser.add_argument("--seeds", type=int, default=5, help="of the row mig")
    parser.add_argument("--latent-dim", type=int, default=40, help="of the row nll")
    parser.add_argument("--nll-items", type=int, default=0, help="test digits for NLLs; 0 for all")
    parser.add_argument("--nll-samples", type=int, default=1000)
    parser.add_argument("--aekit-options", nargs="*", default=[], metavar="OPTION=VALUE", help="of every run")
    parser.add_argument("--pythae-python", type=Path, help="an interpreter that has pythae; else one is made")
    parser.add_argument(
        "--work", type=Path, default=machine.RESULTS / "objectives", help="where runs are kept"
    )
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    print("machine: " + ", ".join(f"{facts[name]} {name}" for name in ("processor", "cores", "threads")))
    results: Result = json.loads(asked.json.read_text()) if asked.json.exists() else {}
    for name in asked.only:
        print(f"\n## {name}\n")
        results[name] = {
            "minutes": asked.minutes,
            "options": asked.aekit_options,
            "machine": facts,
            **ROWS[name](asked),
        }
        machine.save(asked.json, facts, {key: value for key, value in results.items() if key != "machine"})


# ---- runs ---------------------------------------------------------------------------------------------


def trained(asked: argparse.Namespace, name: str, *words: object) -> Path:
    """A finished run in `--work`, trained or gone on with where it is not there yet."""
    from aekit.runs import Run

    more = [part for option in asked.aekit_options for part in f"--{option}".split("=")]
    tag = "".join(f"-{option}" for option in asked.aekit_options)
    place: Path = asked.work / f"{name}{tag}-{asked.minutes:g}min"
    length = ("--max-time", f"{60 * asked.minutes:g}s")
    command = [
        "train",
        "--plugin",
        "image",
        *more,
        *words,
        *length,
        "--out",
        place,
    ]  # of twice given, the last counts
    print("$ aekit " + " ".join(map(str, [*command[:-1], place.name])), flush=True)
    if not (place / "run.json").exists():
        machine.call(machine.aekit(*command, "--no-figures", "--quiet"))
    elif Run(place).status() != "finished":
        machine.call(machine.aekit("train", "--resume", place, "--no-figures", "--quiet"))
    return place


def evaluated(run: Path, *words: object) -> Result:
    """What `aekit evaluate` says of a run."""
    print(f"$ aekit evaluate {run.name} {' '.join(map(str, words))}", flush=True)
    found: Result = json.loads(machine.call(machine.aekit("evaluate", run, "--json", *words)))
    return found


def sized(asked: argparse.Namespace, objective: str, dims: int) -> Path:
    """A run of the plugin's default networks on the digits; `codes16` and `mmd` share theirs."""
    return trained(asked, f"{objective}-{dims}", "--objective", objective, "--latent-dim", dims)


# ---- rows ---------------------------------------------------------------------------------------------


def nll(asked: argparse.Namespace) -> Result:
    """The likelihood of the test digits."""
    words = ("--objective", asked.objective, "--latent-dim", asked.latent_dim)
    run = trained(asked, f"nll-{asked.objective}-{asked.latent_dim}", *words)
    found = evaluated(run, "--nll-samples", asked.nll_samples, "--nll-items", asked.nll_items)
    row = {name: found[name] for name in ("nll", "nll_standard_error", "elbo", "kl", "active_units")}
    machine.table(["", *row], [[asked.objective, *row.values()]])
    return {"objective": asked.objective, **row}


def codes(dims: int) -> Callable[[argparse.Namespace], Result]:
    """What the codes of a size tell of the class."""

    def row(asked: argparse.Namespace) -> Result:
        found = {
            name: evaluated(sized(asked, name, dims), "--nll-samples", 0)
            for name in asked.objectives or CODES
        }
        lines = [[name, values["linear_probe"], values["knn_probe"]] for name, values in found.items()]
        first = next(iter(found.values()))
        lines.append(["PCA", first["pca_linear_probe"], first["pca_knn_probe"]])
        machine.table([f"{dims}-D", "linear probe", "5-NN"], lines)
        return {name: {"linear_probe": linear, "knn_probe": near} for name, linear, near in lines}

    return row


def mmd(asked: argparse.Namespace, count: int = 1000, times: int = 10) -> Result:
    """How far the codes, taken together, are from the prior: draws of q(z|x), and its means."""
    found: dict[str, dict[str, float]] = {}
    for name in asked.objectives or TO_PRIOR:
        found[name] = distance_to_prior(sized(asked, name, 16), count, times)
    machine.table(
        ["squared MMD to N(0, I)", "codes", "means"], [[name, *row.values()] for name, row in found.items()]
    )
    return found


def distance_to_prior(run: Path, count: int, times: int) -> dict[str, float]:
    """The squared MMD of the codes of `count` test digits to N(0, I), averaged over `times` sets drawn at random.

    The first digits of MNIST's test split are not like the others (the first half is the easier one).
    """
    import torch

    import aekit
    from aekit.mmd import squared_mmd_to_normal

    model = aekit.load(run)
    items = model.dataset("test").items[torch.arange(len(model.dataset("test")))]
    posterior = model.posterior(items)
    torch.manual_seed(0)
    chosen = [torch.randperm(len(items))[:count] for _ in range(times)]
    sets = {"codes": posterior.sample(), "means": posterior.mean}
    return {
        name: statistics.fmean(float(squared_mmd_to_normal(codes[rows])) for rows in chosen)
        for name, codes in sets.items()
    }


def mig(asked: argparse.Namespace) -> Result:
    """Whether each factor of `shapes` has a dimension to itself."""
    import numpy as np
    import torch
    from aekit_image.shapes import factors

    import aekit
    from aekit.evaluation.disentanglement import mutual_information_gap

    truth = np.stack(list(factors("test").values()), 1)
    found: dict[str, list[float]] = {}
    for objective, option in MIG_ARMS.items():
        for seed in range(asked.seeds):
            words = (
                "--source",
                "shapes",
                "--objective",
                objective,
                *option,
                "--latent-dim",
                10,
                "--seed",
                seed,
            )
            model = aekit.load(trained(asked, f"shapes-{objective}-{option[1]}-{seed}", *words))
            items = model.dataset("test").items[torch.arange(len(truth))]
            found.setdefault(objective, []).append(mutual_information_gap(model.encode(items).numpy(), truth))
    lines = [[name, statistics.median(values), min(values), max(values)] for name, values in found.items()]
    machine.table(["MIG on shapes", "median", "least", "most"], lines)
    return {name: {"median": statistics.median(values), "each": values} for name, values in found.items()}


def conditional(asked: argparse.Namespace, each: int = 200) -> Result:
    """How often the class that was asked for is the one that a classifier sees."""
    from digit_classifier import Judge

    import aekit

    run = sized(asked, "conditional", STYLE)
    judge = Judge.made(asked.work / "judge.safetensors", seconds=60 * min(2.0, asked.minutes))
    model = aekit.load(run)
    right = [
        float((judge(model.sample(each, seed=number, condition=name)) == number).mean())
        for number, name in enumerate(model.condition.names if model.condition else ())
    ]
    found = {
        "recovered": statistics.fmean(right),
        "classifier_on_test_digits": judge.accuracy,
        "each_class": right,
    }
    machine.table(
        ["", "class recovered", "classifier on test digits"],
        [["conditional", found["recovered"], judge.accuracy]],
    )
    return found


def pythae(asked: argparse.Namespace) -> Result:
    """What both have, side by side."""
    from objectives_pythae import PAIRS, compared

    chosen = [name for name in PAIRS if asked.objectives is None or name in asked.objectives]
    found = {name: compared(name, asked, trained) for name in chosen}
    columns = ["nll", "bce_per_pixel", "squared_error_per_pixel", "mmd", "knn_probe"]
    lines: list[Sequence[object]] = [
        [name, side, *(values.get(column) for column in columns)]
        for name, sides in found.items()
        for side, values in sides.items()
    ]
    machine.table(["", "", *columns], lines)
    return found


ROWS: dict[str, Callable[[argparse.Namespace], Result]] = {
    "nll": nll,
    "codes16": codes(16),
    "codes2": codes(2),
    "mmd": mmd,
    "mig": mig,
    "conditional": conditional,
    "pythae": pythae,
}


if __name__ == "__main__":
    main()

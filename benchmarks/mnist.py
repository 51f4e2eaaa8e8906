# The digits: aekit and pythae 0.1.2 trained for the same time, one after the other, and measured alike.
"""The digits: aekit and pythae 0.1.2 trained for the same time, one after the other, and measured alike.

    python benchmarks/mnist.py                    (about 10 minutes on two cores)
    python benchmarks/mnist.py --dims 16 --max-time 10 --nll-items 100

aekit runs by its command line with its defaults; pythae runs as `pythae_worker.py` says, in a virtual environment
of its own (`--pythae-python`, made on first use). pythae 0.1.2 (2023) works with torch 2.12, NumPy 2.4 and
pydantic 2.14; the environment that this script makes therefore takes those very packages from aekit's, and adds only
pythae and what aekit lacks, so both sides compute with the same libraries.

Both see the same 57,500 training digits, binarised afresh each time, and the same 2,500 held-out ones. Measured by
`aekit.evaluation` for both: the ELBO of the 10,000 test digits, each binarised by a draw seeded with its content,
and the NLL of the first 1,000 from 500 importance samples. Nats; seconds count from the first step.
"""

from __future__ import annotations

import json
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import machine

if TYPE_CHECKING:
    from aekit.data import Dataset
    from aekit.modality import Modality

ENVIRONMENT = Path(__file__).parent / ".venv"
PYTHAE = "pythae==0.1.2"
MOST_HELD_OUT = 2500


def main() -> None:
    parser = machine.arguments(__doc__, "mnist")
    parser.add_argument("--dims", type=int, nargs="+", default=[16, 2], help="latent dimensions")
    parser.add_argument("--max-time", type=float, default=100, help="seconds of training for each")
    parser.add_argument(
        "--pythae-python", type=Path, help="an interpreter that has pythae; by default one is made"
    )
    parser.add_argument("--nll-items", type=int, default=1000)
    parser.add_argument("--nll-samples", type=int, default=500)
    parser.add_argument("--only", choices=["aekit", "pythae"], help="train only one of the two")
    parser.add_argument(
        "--aekit-options", nargs="*", default=[], metavar="OPTION=VALUE", help="further options"
    )
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    names = [asked.only] if asked.only else ["aekit", "pythae"]
    python = (asked.pythae_python or made_environment()) if "pythae" in names else None
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for dim in asked.dims:
            results[str(dim)] = one_size(dim, Path(folder), python, names, asked)
            print_size(dim, results[str(dim)])
    machine.save(asked.json, facts, {"max_time": asked.max_time, "dims": results})


def made_environment() -> Path:
    """The interpreter of a virtual environment with pythae, on top of the packages of this one."""
    import sysconfig

    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (ENVIRONMENT / "ready").exists():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        site = machine.call(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        ).strip()
        (Path(site) / "packages-of-aekit.pth").write_text(sysconfig.get_path("purelib") + "\n")
        machine.call([str(python), "-m", "pip", "install", "--quiet", PYTHAE])
        (ENVIRONMENT / "ready").touch()
    return python


def one_size(dim: int, folder: Path, python: Path | None, names: list[str], asked: Any) -> dict[str, Any]:
    """Train and measure both with `dim` latent dimensions."""
    run, data, weights = folder / f"aekit-{dim}", folder / "digits.npz", folder / f"pythae-{dim}.npz"
    found: dict[str, Any] = {}
    if "aekit" in names:
        found["aekit"] = train_aekit(dim, run, asked)
    if python is not None:
        write_digits(data)
        worker = Path(__file__).with_name("pythae_worker.py")
        length = ["--latent-dim", str(dim), "--max-time", str(asked.max_time)]
        said = machine.call([str(python), str(worker), str(data), str(weights), *length])
        found["pythae"] = json.loads(said.splitlines()[-1])
    for name in found:
        measured = measure(run if name == "aekit" else weights, asked.nll_items, asked.nll_samples)
        found[name] |= measured
    if len(found) == 2:
        found["time_to_pythae"] = time_to(found["pythae"], found["aekit"])
    return found


def train_aekit(dim: int, run: Path, asked: Any) -> dict[str, Any]:
    """Train by the command line; every validation with the second at which it came."""
    options = [f"--{option}" for option in asked.aekit_options]
    words = ("--plugin", "image", "--latent-dim", dim, "--max-time", f"{asked.max_time}s", "--out", run)
    wall = machine.seconds_of(machine.aekit("train", *words, *options))
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    passes = [line for line in lines if line.get("event") == "validation"]
    epochs = [{"seconds": line["seconds"], "validation_elbo": line["elbo"]} for line in passes]
    return {
        "seconds": lines[-1]["seconds"],
        "wall_seconds": wall,
        "epochs": epochs,
        "epoch": passes[-1]["epoch"],
    }


def digits() -> tuple[Modality, Dataset, Dataset]:
    """The image modality as it models the digits, with the training and the test split."""
    from aekit import plugins

    kind = plugins.modality("image")
    options = kind.Options()
    train, test = kind.load(options, "mnist", "train"), kind.load(options, "mnist", "test")
    return kind(options, train.spec), train, test


def write_digits(path: Path) -> None:
    """What pythae trains on: aekit's own training digits as they are stored, its held-out ones binarised."""
    import numpy as np

    from aekit.data import held_out, prepare_alone

    modality, train, _ = digits()
    kept, held = held_out(len(train), 0.1, MOST_HELD_OUT, 0)
    binary = prepare_alone(modality, train.items[held])
    np.savez(path, train=train.items[kept].numpy(), validation=binary.numpy().astype(np.uint8))


def measure(trained: Path, nll_items: int, nll_samples: int) -> dict[str, float]:
    """The figures of an aekit run's folder or of pythae's weights, by the same functions on the same digits."""
    import torch
    from pythae_model import PythaeModel

    import aekit
    from aekit.data import held_out, prepare_alone
    from aekit.evaluation.likelihood import bound_parts, importance_nll, mean_and_error

    modality, train, test = digits()
    objective: Any = aekit.load(trained).objective if trained.is_dir() else PythaeModel(trained)
    x = prepare_alone(modality, test.items[torch.arange(len(test))])
    held = prepare_alone(modality, train.items[held_out(len(train), 0.1, MOST_HELD_OUT, 0)[1]])
    parts = bound_parts(objective, x, torch.zeros(len(x), 0))
    first = x[:nll_items]
    nll = importance_nll(objective, first, torch.zeros(len(first), 0), samples=nll_samples)
    mean, error = mean_and_error(nll)
    return {
        **{name: mean_and_error(values)[0] for name, values in parts._asdict().items()},
        "held_out_elbo": mean_and_error(bound_parts(objective, held, torch.zeros(len(held), 0)).elbo)[0],
        "nll": mean,
        "nll_standard_error": error,
    }


def time_to(pythae: dict[str, Any], ours: dict[str, Any]) -> dict[str, float | None]:
    """When a validation of aekit first reaches pythae's final ELBO, on the same held-out digits and on the test's."""
    found: dict[str, float | None] = {"pythae_seconds": pythae["seconds"]}
    for name in ("held_out_elbo", "elbo"):
        passed = [line["seconds"] for line in ours["epochs"] if line["validation_elbo"] >= pythae[name]]
        found[f"to_{name}"] = passed[0] if passed else None
        found[f"ratio_{name}"] = passed[0] / pythae["seconds"] if passed else None
    return found


def print_size(dim: int, found: dict[str, Any]) -> None:
    """Two tables: the figures of each, and the time."""
    print(f"\n{dim} dimensions")
    columns = ["", "seconds", "test ELBO", "NLL", "standard error", "KL", "held-out ELBO"]
    keys = ("seconds", "elbo", "nll", "nll_standard_error", "kl", "held_out_elbo")
    rows = [[name, *(found[name][key] for key in keys)] for name in ("aekit", "pythae") if name in found]
    machine.table(columns, rows)
    times = found.get("time_to_pythae")
    if times:
        print()
        rows = [
            [what, times[f"to_{key}"], times["pythae_seconds"], times[f"ratio_{key}"]]
            for what, key in (("its ELBO on the held-out digits", "held_out_elbo"), ("its test ELBO", "elbo"))
        ]
        machine.table(["time to pythae's final ELBO", "aekit, s", "pythae, s", "ratio"], rows)


if __name__ == "__main__":
    main()

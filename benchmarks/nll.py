# How long the NLL of all test digits takes.
"""How long the NLL of all test digits takes: 10,000 digits, 500 importance samples each.

    python benchmarks/nll.py                    (about 3 minutes on two cores)
    python benchmarks/nll.py --items 200

Timed is `aekit.evaluation.likelihood.importance_nll` on a run of the default networks (trained for ten seconds where
`--run` names none: the time does not depend on how good the weights are). For comparison, pythae's own evaluator
(`VAE.get_nll`) takes the digits one at a time and encodes each again for every batch of samples; `--pythae-python`
times it on a few digits, on its own smaller default networks, and scales that up.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import machine

PYTHAE = """
import sys, time, torch
from pythae.models import VAE, VAEConfig
model = VAE(VAEConfig(input_dim=(1, 28, 28), latent_dim=16, reconstruction_loss="bce")).eval()
items, samples = int(sys.argv[1]), int(sys.argv[2])
with torch.no_grad():
    x = torch.bernoulli(torch.full((items, 1, 28, 28), 0.1))
    model.get_nll(x[:1], samples)
    started = time.perf_counter()
    model.get_nll(x, samples)
print(time.perf_counter() - started)
"""


def main() -> None:
    parser = machine.arguments(__doc__, "nll")
    parser.add_argument("--run", type=Path, help="a finished run; by default one is trained for ten seconds")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--pythae-python", type=Path, help="an interpreter that has pythae")
    parser.add_argument("--pythae-items", type=int, default=20)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        ours = measured(asked.run or trained(Path(folder)), asked.items, asked.samples)
    found: dict[str, Any] = {"aekit": ours}
    rows = [["aekit", asked.items, asked.samples, ours["seconds"], ours["seconds"] * 10_000 / asked.items]]
    if asked.pythae_python:
        words = [str(asked.pythae_python), "-c", PYTHAE, str(asked.pythae_items), str(asked.samples)]
        seconds = float(machine.call(words).splitlines()[-1])
        found["pythae"] = {"seconds": seconds, "items": asked.pythae_items}
        rows.append(
            ["pythae", asked.pythae_items, asked.samples, seconds, seconds * 10_000 / asked.pythae_items]
        )
    machine.table(["", "digits", "samples", "seconds", "seconds for 10,000 digits"], rows)
    print(f"\nNLL {ours['nll']:.2f} nats (standard error {ours['nll_standard_error']:.2f})")
    machine.save(asked.json, facts, found)


def trained(folder: Path) -> Path:
    """A run of the default networks."""
    words = (
        "--plugin",
        "image",
        "--max-time",
        "10s",
        "--snapshots",
        0,
        "--no-figures",
        "--out",
        folder / "run",
    )
    machine.call(machine.aekit("train", *words))
    return folder / "run"


def measured(run: Path, items: int, samples: int) -> dict[str, float]:
    """Seconds and the estimate; the digits are prepared outside the clock."""
    import torch

    import aekit
    from aekit.data import prepare_alone
    from aekit.evaluation.likelihood import importance_nll, mean_and_error

    model = aekit.load(run)
    test = model.dataset("test")
    x = prepare_alone(model.modality, test.items[torch.arange(min(items, len(test)))])
    condition = torch.zeros(len(x), 0)
    importance_nll(model.objective, x[:8], condition[:8], samples=samples)
    started = time.perf_counter()
    values = importance_nll(model.objective, x, condition, samples=samples)
    seconds = time.perf_counter() - started
    mean, error = mean_and_error(values)
    return {"seconds": seconds, "items": len(x), "samples": samples, "nll": mean, "nll_standard_error": error}


if __name__ == "__main__":
    main()

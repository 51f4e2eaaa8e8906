# The trainer's speed against a bare PyTorch loop: what its services cost a step.
"""The trainer's speed against a bare PyTorch loop: what its services cost a step.

    python benchmarks/trainer.py                    (about 8 minutes on two cores)
    python benchmarks/trainer.py --rounds 1 --epochs 1 --network mlp --width 16

Three loops take turns, in one process and an order that alternates, on the digits, with the networks, batch, precision
and optimizer that `aekit train --plugin image` takes by default:

- *aekit*: `aekit.train`, the whole trainer.
- *bare, clipping and averaging*: uint8 digits in memory, a `torch.randperm` an epoch, the plugin's own fresh
  binarisation (quicker than `torch.bernoulli`, so that this gain is not counted as the trainer's), forward under
  autocast, backward, `clip_grad_norm_`, fused AdamW, a moving average of the weights by `torch._foreach_lerp_`.
- *bare*: the same without clipping and average.

Each is timed over windows of 50 steps, which is how often the trainer logs. Of the trainer these are the
`items_per_second` of its metrics; windows with a validation in them are left out, as is the first window of each
round of every loop. Compared are the medians over all windows.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import machine

if TYPE_CHECKING:
    from torch import Tensor

    from aekit.objective import Objective

WINDOW = 50
AVERAGE_DECAY = 0.999
AEKIT, FULL, BARE = "aekit", "bare, clipping and averaging", "bare"


def main() -> None:
    parser = machine.arguments(__doc__, "trainer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3, help="of each loop in a round")
    parser.add_argument("--precision", choices=["auto", "32", "bf16"], default="auto")
    parser.add_argument("--network", help="kind of the networks; by default the plugin's")
    parser.add_argument("--width", type=int, help="of the networks; by default the plugin's")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    given = {name: getattr(asked, name) for name in ("precision", "network", "width")}
    options = {name: value for name, value in given.items() if value is not None}
    rates = measured(asked.rounds, asked.epochs, options)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    rows = [
        [name, len(rates[name]), medians[name], medians[AEKIT] / medians[name], spread(rates[name])]
        for name in (AEKIT, FULL, BARE)
    ]
    machine.table(["loop", "windows", "items/s", "aekit over it", "middle half of the windows"], rows)
    machine.save(
        asked.json, facts, {"items_per_second": rates, "medians": medians, "precision": asked.precision}
    )


def spread(values: list[float]) -> str:
    """The quartiles."""
    low, _, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return f"{low:,.0f} to {high:,.0f}"


def measured(rounds: int, epochs: int, options: dict[str, Any]) -> dict[str, list[float]]:
    """Items per second of every window of each loop."""
    bare = Bare(options)
    loops: dict[str, Callable[[], list[float]]] = {
        AEKIT: lambda: trainer_rates(epochs, options),
        FULL: lambda: bare.rates(epochs, services=True),
        BARE: lambda: bare.rates(epochs, services=False),
    }
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(rounds):
        for name in list(loops) if number % 2 == 0 else reversed(loops):
            rates[name].extend(loops[name]()[1:])
    return rates


def trainer_rates(epochs: int, options: dict[str, Any]) -> list[float]:
    """Items per second of the trainer's windows that hold no validation."""
    import aekit

    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        aekit.train("image", epochs=epochs, out=run, quiet=True, **options)
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    validations = [line["step"] for line in lines if line.get("event") == "validation"]
    windows = [line for line in lines if "items_per_second" in line]
    # a validation comes behind its step's line, so it falls into the window that begins there
    return [
        line["items_per_second"]
        for line in windows
        if not any(line["step"] - WINDOW <= step < line["step"] for step in validations)
    ]


class Bare:
    """The bare loop, on networks that are built as the trainer's are."""

    def __init__(self, options: dict[str, Any]) -> None:
        from aekit import plugins
        from aekit.data import held_out
        from aekit.training.plan import new_plan
        from aekit.training.precision import resolve_precision

        out = Path(tempfile.gettempdir()) / "aekit-not-written"
        self.plan = new_plan("image", "vae", None, out, {**options, "epochs": 1})
        kind = plugins.modality("image")
        dataset = kind.load(self.plan.options, "mnist", "train")
        self.modality = kind(self.plan.options, dataset.spec)
        self.digits = dataset.items[held_out(len(dataset), self.plan.training.validation, 2500, 0)[0]]
        self.dtype = resolve_precision(self.plan.training.precision, "cpu")

    def rates(self, epochs: int, services: bool) -> list[float]:
        """Items per second of every window of fresh networks; `services` are clipping and averaging."""
        import torch

        training, plan = self.plan.training, self.plan
        model: Objective = plan.objective_class(self.modality, plan.objective_options, training.latent_dim)
        weights = list(model.parameters())
        averages = [weight.detach().clone() for weight in weights]
        optimizer = torch.optim.AdamW(
            weights,
            training.learning_rate,
            (0.9, training.beta2),
            weight_decay=training.weight_decay,
            fused=True,
        )
        steps, rates, started = 0, [], time.perf_counter()
        for _ in range(epochs):
            order = torch.randperm(len(self.digits))
            for rows in order.split(training.batch_size):
                loss = self.loss(model, self.modality.prepare(self.digits[rows]))
                loss.backward()
                if services:
                    torch.nn.utils.clip_grad_norm_(weights, training.clip)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                if services:
                    torch._foreach_lerp_(averages, [weight.detach() for weight in weights], 1 - AVERAGE_DECAY)
                steps += 1
                if steps % WINDOW == 0:
                    now = time.perf_counter()
                    rates.append(WINDOW * training.batch_size / (now - started))
                    started = now
        return rates

    def loss(self, model: Objective, x: Tensor) -> Tensor:
        """The negative ELBO of binary digits, averaged over the batch (Kingma and Welling 2014)."""
        import torch

        with torch.autocast("cpu", torch.bfloat16, enabled=self.dtype is not None):
            features = model.encoder(x)
        posterior = model.head(features, x.new_zeros(len(x), 0))
        mean, log_variance = posterior.mean, posterior.log_variance
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.dtype is not None):
            log_prob = model.decoder.log_prob(z, x)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
        return (kl - log_prob).mean()


if __name__ == "__main__":
    main()

# Trains one of pythae's models for a given time, in pythae's own environment; `objectives.py` starts it.
"""Trains one of pythae's models for a given time, in pythae's own environment; `objectives.py` starts it.

    PYTHON pythae_objectives_worker.py vae data.npz answers.npz --latent-dim 16 --max-time 100

Networks, loss and trainer are pythae's defaults, with Adam at 1e-3 and 100 a batch as in pythae's own MNIST example,
the Bernoulli loss where a model has it, and the weights of the epoch that was best on the held-out digits. Written
are what the model makes of binarised digits: codes (posterior means), a draw of each posterior, and the reconstructed
probabilities; and, of models with a bound, log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x).
"""

import argparse
import json
import math
import tempfile
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from pythae import models
from pythae.trainers import AdversarialTrainer, AdversarialTrainerConfig, BaseTrainer, BaseTrainerConfig
from pythae_worker import Clock, Fixed, FreshlyBinarised, TimeIsUp
from torch import Tensor

BCE = {"reconstruction_loss": "bce"}
KINDS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "autoencoder": (models.AE, models.AEConfig, {}),
    "vae": (models.VAE, models.VAEConfig, BCE),
    "beta": (models.BetaVAE, models.BetaVAEConfig, {**BCE, "beta": 4.0}),
    "betatc": (models.BetaTCVAE, models.BetaTCVAEConfig, {**BCE, "beta": 6.0}),
    "iwae": (models.IWAE, models.IWAEConfig, {**BCE, "number_samples": 5}),
    "infovae": (models.INFOVAE_MMD, models.INFOVAE_MMD_Config, BCE),
    "wae": (models.WAE_MMD, models.WAE_MMD_Config, {}),
    "adversarial": (
        models.Adversarial_AE,
        models.Adversarial_AE_Config,
        {**BCE, "deterministic_posterior": True},
    ),
    "vampprior": (models.VAMP, models.VAMPConfig, {**BCE, "number_components": 500}),
    "iaf": (models.VAE_IAF, models.VAE_IAF_Config, BCE),
    "vq": (models.VQVAE, models.VQVAEConfig, {}),
}
BOUNDED = ("vae", "beta", "betatc", "iwae", "infovae", "vampprior", "iaf")
ROWS = 20_000  # codes that are decoded at once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument(
        "data", help="an .npz with train (uint8, grey), and validation, test and seen (uint8, 0 or 1)"
    )
    parser.add_argument("answers", help="where the answers go")
    parser.add_argument("--latent-dim", type=int, required=True)
    parser.add_argument("--max-time", type=float, required=True, help="seconds")
    parser.add_argument("--nll-items", type=int, default=1000)
    parser.add_argument("--nll-samples", type=int, default=500)
    asked = parser.parse_args()
    with np.load(asked.data) as arrays:
        data = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    made, config, options = KINDS[asked.kind]
    torch.manual_seed(0)
    model = made(config(input_dim=(1, 28, 28), latent_dim=asked.latent_dim, **options))
    clock = Clock(asked.max_time)
    best = trained(asked.kind, model, data, clock)
    answers = answered(asked.kind, best, data)
    if asked.kind in BOUNDED:
        x = data["test"][: asked.nll_items].float()
        answers["nll"] = -log_evidence(asked.kind, best, x, asked.nll_samples)
    np.savez(asked.answers, **{name: value.numpy() for name, value in answers.items()})
    print(json.dumps({"seconds": clock.epochs[-1]["seconds"], "epochs": len(clock.epochs)}))


def trained(kind: str, model: Any, data: dict[str, Tensor], clock: Clock) -> Any:
    """The best weights after the time that the clock gives."""
    adversarial = kind == "adversarial"
    rates = (
        {"autoencoder_learning_rate": 1e-3, "discriminator_learning_rate": 1e-3}
        if adversarial
        else {"learning_rate": 1e-3}
    )
    made, config = (
        (AdversarialTrainer, AdversarialTrainerConfig) if adversarial else (BaseTrainer, BaseTrainerConfig)
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = config(
            output_dir=folder,
            num_epochs=100_000,
            per_device_train_batch_size=100,
            per_device_eval_batch_size=100,
            no_cuda=True,
            **rates,
        )
        fixed = Fixed(data["validation"] * 255)
        trainer = made(model, FreshlyBinarised(data["train"]), fixed, settings, [clock])
        try:
            trainer.train()
        except TimeIsUp:
            return trainer._best_model.eval()
    raise SystemExit("pythae's trainer ended before its time")


@torch.no_grad()
def answered(kind: str, model: Any, data: dict[str, Tensor]) -> dict[str, Tensor]:
    """Codes of the test and the training digits, a draw of each test code, and the test digits' probabilities."""
    found: dict[str, list[Tensor]] = {"test": [], "seen": [], "draws": [], "probabilities": []}
    for name in ("test", "seen"):
        for piece in data[name].split(1000):
            mean, log_variance = encoded(kind, model, piece.float())
            noise = torch.randn_like(mean) * (0.5 * log_variance).exp()
            code = moved(kind, model, mean)[0]
            found[name].append(code)
            if name == "test":
                found["draws"].append(moved(kind, model, mean + noise)[0])
                found["probabilities"].append(model.decoder(code).reconstruction.flatten(1))
    return {name: torch.cat(pieces) for name, pieces in found.items()}


def encoded(kind: str, model: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log-variance of the Gaussian that the encoder gives; no variance where the model uses none."""
    output = model.encoder(x)
    if kind in BOUNDED:
        return output.embedding, output.log_covariance
    mean = output.embedding
    if kind == "vq":  # the words of a default network are single numbers
        grid = model.quantizer(mean.reshape(len(mean), 1, 1, -1).permute(0, 2, 3, 1)).quantized_vector
        mean = grid.reshape(len(mean), -1)
    return mean, torch.full_like(mean, -torch.inf)


def moved(kind: str, model: Any, z: Tensor) -> tuple[Tensor, Tensor | float]:
    """Codes behind the flow, and the log-determinants; without a flow as they are."""
    if kind != "iaf":
        return z, 0.0
    output = model.iaf_flow.inverse(z)
    return output.out, output.log_abs_det_jac


@torch.no_grad()
def log_evidence(kind: str, model: Any, x: Tensor, samples: int) -> Tensor:
    """log p(x) by importance sampling, nats: (B,). Both densities of codes lack the same (2 pi)^(-D/2)."""
    found = []
    for item in x:
        total = []
        mean, log_variance = encoded(kind, model, item[None])
        for count in [min(ROWS, samples - start) for start in range(0, samples, ROWS)]:
            noise = torch.randn(count, mean.shape[1])
            z, log_det = moved(kind, model, mean + noise * (0.5 * log_variance).exp())
            log_q = -0.5 * (noise.square() + log_variance).sum(1) - log_det
            log_p = model._log_p_z(z) if kind == "vampprior" else -0.5 * z.square().sum(1)
            on = model.decoder(z).reconstruction.flatten(1)
            log_x = -F.binary_cross_entropy(on, item.flatten().expand_as(on), reduction="none").sum(1)
            total.append(log_x + log_p - log_q)
        found.append(torch.cat(total).logsumexp(0) - math.log(samples))
    return torch.stack(found)


if __name__ == "__main__":
    main()

# Trains pythae's VAE for a given time, in pythae's own environment; `mnist.py` starts it.
"""Trains pythae's VAE for a given time, in pythae's own environment; `mnist.py` starts it.

    PYTHON pythae_worker.py data.npz weights.npz --latent-dim 16 --max-time 100

The default networks of `pythae.models.VAE` (one hidden layer of 512 on each side) with the Bernoulli loss, under
`pythae.trainers.BaseTrainer`, with the settings of pythae's own MNIST example
(`examples/scripts/configs/mnist/base_training_config.json`: Adam, 1e-3, 100 a batch; the built-in default of 1e-4
learns slower). Every picture is binarised afresh each time it is seen, in the data set's `__getitem__`. pythae keeps
the weights of the epoch that was best on the held-out digits, and those are written.
"""

import argparse
import json
import tempfile
import time

import numpy as np
import torch
from pythae.data.datasets import DatasetOutput
from pythae.models import VAE, VAEConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import Tensor


class TimeIsUp(Exception):
    """Ends pythae's loop, which knows only a number of epochs."""


class FreshlyBinarised(torch.utils.data.Dataset):
    """Grey pictures (N, 1, 28, 28) uint8; each look draws its pixels anew."""

    def __init__(self, pictures: Tensor) -> None:
        self.pictures = pictures.float() / 255

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> DatasetOutput:
        return DatasetOutput(data=torch.bernoulli(self.pictures[index]), labels=torch.zeros(()))


class Fixed(FreshlyBinarised):
    """Pictures of 0 and 255 that stay as they are."""

    def __getitem__(self, index: int) -> DatasetOutput:
        return DatasetOutput(data=self.pictures[index], labels=torch.zeros(()))


class Clock(TrainingCallback):
    """Notes when each epoch ended, and stops at the end of the epoch nearest to `limit` seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.epochs: list[dict[str, float]] = []

    def on_train_begin(self, training_config: BaseTrainerConfig, **more: object) -> None:
        self.started = time.monotonic()

    def on_log(self, training_config: BaseTrainerConfig, logs: dict[str, float], **more: object) -> None:
        seconds = time.monotonic() - self.started
        self.epochs.append({"seconds": seconds, "validation_elbo": -logs["eval_epoch_loss"]})
        if seconds + 0.5 * seconds / len(self.epochs) >= self.limit:
            raise TimeIsUp


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="an .npz with train (uint8, grey) and validation (uint8, 0 or 1)")
    parser.add_argument("weights", help="where the weights go")
    parser.add_argument("--latent-dim", type=int, required=True)
    parser.add_argument("--max-time", type=float, required=True, help="seconds")
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    asked = parser.parse_args()
    with np.load(asked.data) as arrays:
        train, validation = torch.from_numpy(arrays["train"]), torch.from_numpy(arrays["validation"])
    model = VAE(VAEConfig(input_dim=(1, 28, 28), latent_dim=asked.latent_dim, reconstruction_loss="bce"))
    clock = Clock(asked.max_time)
    with tempfile.TemporaryDirectory() as folder:
        settings = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=100_000,
            per_device_train_batch_size=asked.batch_size,
            per_device_eval_batch_size=asked.batch_size,
            learning_rate=asked.learning_rate,
            no_cuda=True,
        )
        trainer = BaseTrainer(model, FreshlyBinarised(train), Fixed(validation * 255), settings, [clock])
        try:
            trainer.train()
        except TimeIsUp:
            best = trainer._best_model.eval()
    write(best, asked.weights, validation[:8].float())
    weights = sum(weight.numel() for weight in best.parameters())
    print(json.dumps({"seconds": clock.epochs[-1]["seconds"], "weights": weights, "epochs": clock.epochs}))


@torch.no_grad()
def write(model: VAE, path: str, pictures: Tensor) -> None:
    """Write the weights, and what the model makes of a few pictures, so that a copy can be checked."""
    mean = model.encoder(pictures).embedding
    answers = {"pictures": pictures, "mean": mean, "reconstruction": model.decoder(mean).reconstruction}
    arrays = {**model.state_dict(), **{f"check.{name}": value for name, value in answers.items()}}
    np.savez(path, **{name: value.numpy() for name, value in arrays.items()})


if __name__ == "__main__":
    main()

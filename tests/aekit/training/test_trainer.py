# The training loop: what it keeps, when it stops, and what it says when the numbers go bad.
"""The training loop: what it keeps, when it stops, and what it says when the numbers go bad."""

import errno
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from digits import train
from lightning_fabric import Fabric
from vectors import vectors

import aekit
from aekit.data import Dataset, Rejection
from aekit.errors import AekitError, NonFiniteError
from aekit.figures import curves_figure
from aekit.files import read_arrays
from aekit.objectives.vae import VAE
from aekit.runs import Run, Stage
from aekit.training.feed import Feed
from aekit.training.progress import Report, picked_text
from aekit.training.settings import TrainOptions
from aekit.training.start import commonest, unshared
from aekit.training.trainer import Trainer


def test_a_run_learns_and_keeps_its_best_weights(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=40, learning_rate=3e-3)

    validations = [line for line in run.metrics() if line.get("event") == "validation"]
    best = min(validations, key=lambda line: line["loss"])
    _, facts = read_arrays(run.weights)

    assert best["elbo"] > validations[0]["elbo"] + 10
    assert facts == {"step": best["step"], "monitored": best["loss"]}
    assert run.best() == best
    assert best["elbo"] == pytest.approx(-best["reconstruction"] - best["kl"], abs=1e-3)


def test_validation_items_are_never_trained_on(source, tmp_path, monkeypatch):
    from aekit.training.feed import Feed

    seen, held = [], []
    real = Feed.batch

    def batch(self, step, shard):
        seen.append(self.ids(step))
        held.append(self.held)
        return real(self, step, shard)

    monkeypatch.setattr(Feed, "batch", batch)
    train(source, tmp_path / "run", epochs=3)

    assert set(torch.cat(seen).tolist()).isdisjoint(held[0].tolist())
    assert len(set(torch.cat(seen).tolist())) == 360 and len(held[0]) == 40


def test_the_same_seed_gives_the_same_run_and_another_does_not(source, tmp_path):
    runs = [train(source, tmp_path / str(n), epochs=2, seed=seed) for n, seed in enumerate([3, 3, 4])]
    first, again, other = (run.weights.read_bytes() for run in runs)
    assert first == again
    assert first != other


def test_a_loss_that_is_not_finite_stops_with_step_items_and_remedy(source, tmp_path, monkeypatch):
    real = VAE.forward

    def forward(self, batch, step):
        outcome = real(self, batch, step)
        return outcome._replace(loss=outcome.loss * math.nan) if step is not None and step == 23 else outcome

    monkeypatch.setattr(VAE, "forward", forward)
    with pytest.raises(
        NonFiniteError, match=r"not finite at step 23 \(items .* and 44 more\); step 23 is kept"
    ) as caught:
        train(source, tmp_path / "run", epochs=9, save_every=0)
    assert "--learning-rate (now 0.001)" in str(caught.value)
    run = Run(tmp_path / "run")
    assert run.metrics()[-1]["event"] == "not finite" and len(run.metrics()[-1]["items"]) == 50
    arrays, _ = read_arrays(run.state)
    assert all(np.isfinite(array).all() for array in arrays.values())

    monkeypatch.undo()
    assert aekit.resume(run, quiet=True).status() == "finished"


def test_a_held_out_item_that_is_not_finite_stops_the_training_with_its_name(tmp_path):
    feed = Feed(
        Dataset(torch.randn(100, 3), names=[f"row-{place}" for place in range(100)]),
        vectors(3),
        None,
        batch_size=10,
        shards=1,
        seed=0,
        validation=0.2,
        device=torch.device("cpu"),
    )
    spoilt = int(feed.held[7])
    feed.dataset.items[spoilt, 1] = torch.nan
    run = Run.__new__(Run)
    run.path, run.record = tmp_path, SimpleNamespace(stages=[Stage(epochs=5)])
    fabric, options = Fabric(accelerator="cpu", devices=1), TrainOptions(batch_size=10, snapshots=0)
    made = Trainer(fabric, VAE(vectors(3), VAE.Options(), 2), feed, run, options, Report(quiet=True))

    said = rf"validation at step 40 is not finite \(held-out items row-{spoilt}\); no state was saved yet"
    with pytest.raises(NonFiniteError, match=said):
        made.fit()

    assert run.metrics()[-1]["event"] == "not finite" and run.metrics()[-1]["items"] == [spoilt]


def test_a_log_has_null_for_what_is_not_finite_and_can_still_be_drawn(source, tmp_path):
    from aekit.report import report

    run = train(source, tmp_path / "run", epochs=1)
    run.log({"step": 9, "epoch": 1.2, "loss": math.nan, "elbo": -math.inf, "kl": 3.0})
    run.log(
        {"event": "validation", "step": 9, "epoch": 1.2, "loss": math.nan, "elbo": math.nan, "best": False}
    )
    last = (run.path / "metrics.jsonl").read_text().splitlines()[-2:]
    with (run.path / "metrics.jsonl").open("a") as file:  # as older versions wrote it
        file.write('{"step": 10, "epoch": 1.4, "loss": NaN, "elbo": -Infinity, "kl": NaN}\n')

    assert [json.loads(line)["loss"] for line in last] == [None, None] and "NaN" not in "".join(last)
    assert "Training and validation over epochs" in report(run)


def test_curves_without_one_finite_value_are_drawn_empty():
    lines = [{"step": 1, "epoch": 0.1, "elbo": None}, {"step": 2, "epoch": 0.2, "elbo": math.nan}]

    assert curves_figure(lines).startswith(b"\x89PNG")


def test_a_start_that_cannot_list_what_was_left_out_makes_no_run_and_can_be_repeated(tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "pictures").mkdir()
    for number, pixels in enumerate(np.random.default_rng(0).integers(0, 256, (40, 16, 16), np.uint8)):
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{number}.png")
    (tmp_path / "pictures" / "notes.txt").write_text("no picture")
    source, out = f"folder:{tmp_path / 'pictures'}", tmp_path / "run"
    asked = {"size": 16, "epochs": 1, "batch_size": 5, "likelihood": "logistic"}

    for name in ("rejected.json", "run.json"):
        (out / f"{name}.unfinished").mkdir(parents=True)  # in the way of the file, whoever runs the test
        with pytest.raises(AekitError, match=f"Cannot write .*{name}"):
            train(source, out, **asked)
        assert not (out / "run.json").exists()
        (out / f"{name}.unfinished").rmdir()
    run = train(source, out, **asked)

    assert run.status() == "finished"
    assert json.loads((out / "rejected.json").read_text()) == [
        {"name": "notes.txt", "reason": "not a picture"}
    ]


def test_early_stopping_ends_a_run_that_gains_nothing(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=500, learning_rate=0.05, early_stopping=3)
    validations = [line for line in run.metrics() if line.get("event") == "validation"]
    assert run.status() == "finished"
    assert validations[-1]["epoch"] < 500
    assert [line["best"] for line in validations[-3:]] == [False] * 3


def test_a_warmup_is_no_reason_to_stop_early(source, tmp_path):
    asked = {"epochs": 300, "learning_rate": 0.05, "early_stopping": 1}
    reached = [
        train(source, tmp_path / f"run{warmup}", warmup=warmup, **asked).metrics()[-1]["epoch"]
        for warmup in (0, 1)
    ]

    assert reached[0] < 300 <= reached[1]


def test_codes_of_a_fixed_sample_are_kept_over_the_schedule(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=100, snapshots=5)
    kept = [read_arrays(path) for path in run.snapshots()]
    assert 4 <= len(kept) <= 6
    assert all(np.array_equal(arrays["index"], kept[0][0]["index"]) for arrays, _ in kept)
    assert [facts["step"] for _, facts in kept] == sorted(facts["step"] for _, facts in kept)
    codes, _ = run.codes()
    assert codes["mean"].shape == (400, 4) and codes["label"].shape == (400,)
    model = aekit.load(run)
    dataset = model.dataset("train")
    np.testing.assert_allclose(
        model.encode(dataset.items[torch.arange(400)].numpy()), codes["mean"], atol=1e-5
    )


def test_a_full_disk_ends_in_one_sentence_and_resumes_exactly(source, tmp_path, monkeypatch):
    import os

    whole = train(source, tmp_path / "whole", epochs=9)
    writes = {"count": 0}
    real = os.fsync

    def fsync(number):
        writes["count"] += 1
        if writes["count"] > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(AekitError, match="No space left on device. Free some space"):
            train(source, tmp_path / "cut", epochs=9, save_every=0)
    resumed = aekit.resume(tmp_path / "cut", quiet=True)

    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    assert not list((tmp_path / "cut").rglob("*.unfinished"))


def test_tensorboard_writes_its_events(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=2, tensorboard=True)
    assert list((run.path / "tensorboard").glob("events.*"))


def test_a_batch_in_pieces_gives_nearly_the_same_bound(source, tmp_path):
    whole = train(source, tmp_path / "whole", epochs=10, precision="32")
    pieces = train(source, tmp_path / "pieces", epochs=10, accumulate=5, precision="32")
    assert pieces.best()["elbo"] == pytest.approx(whole.best()["elbo"], rel=0.03)


def test_run_json_keeps_every_option(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=1, beta=0.5, objective="vae")
    record = json.loads((run.path / "run.json").read_text())
    assert record["objective_options"]["beta"] == 0.5
    assert record["training"]["latent_dim"] == 4
    assert record["options"]["width"] == 32
    assert record["training"]["precision"] in ("32", "bf16")


def test_a_plain_autoencoder_samples_from_a_gaussian_of_its_codes(source, tmp_path):
    run = train(source, tmp_path / "run", objective="autoencoder", epochs=5)
    model = aekit.load(run)
    codes = model.sample_codes(20_000)
    kept = run.codes()[0]["mean"]
    np.testing.assert_allclose(codes.mean(0), kept.mean(0), atol=0.05 * kept.std())
    np.testing.assert_allclose(np.cov(codes.T), np.cov(kept.T), atol=0.06 * kept.var())
    assert model.sample(3).dtype == np.uint8


@pytest.mark.parametrize(
    ("parts", "dim", "said"), [(1, 7, ""), (4, 8, ""), (16, 100, "--latent-dim 96"), (16, 3, "16")]
)
def test_a_code_that_parts_cannot_share_is_told_of_with_one_that_they_can(parts, dim, said):
    objective = SimpleNamespace(encoder=SimpleNamespace(parts=parts), latent_dim=dim)

    line = unshared(objective)

    assert said in line and (line.count("\n") == (1 if said else 0))


def test_what_picks_the_best_weights_is_told_beside_the_bound_where_they_differ():
    weighted = {"elbo": -87.22, "loss": 54.05, "kl": 39.3}

    assert picked_text(weighted, "loss") == "elbo -87.22, loss 54.05"
    assert picked_text({"elbo": -87.22, "loss": 87.22}, "loss") == "elbo -87.22"
    assert picked_text({"reconstruction": 3.0, "loss": 4.0}, "loss") == "loss 4.00"


def test_most_of_what_was_left_out_is_told_by_an_example():
    waltzes = [
        Rejection(f"valse/{name}.mid", f"bar {place}: metre 3/4, not 4/4") for place, name in enumerate("abc")
    ]

    assert commonest([Rejection("broken.mid", "cut short")]) == ": broken.mid: cut short"
    assert commonest([Rejection("broken.mid", "cut short"), *waltzes]) == (
        ", 3 of them like valse/a.mid: bar 0: metre 3/4, not 4/4; all are in rejected.json"
    )

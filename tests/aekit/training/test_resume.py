# Resuming: bit for bit after a stop at any step, with a fresh schedule, and with the time that was left.
"""Resuming: bit for bit after a stop at any step, with a fresh schedule, and with the time that was left."""

import shutil

import numpy as np
import pytest
from digits import train

import aekit
from aekit import plugins
from aekit.objectives.vae import VAE
from aekit.runs import Run
from aekit.training import trainer
from aekit.training.start import Stopped


def stop_after(monkeypatch, steps):
    """Make training stop, as Ctrl-C does, once `steps` steps are done."""
    real = trainer.Trainer.share_done

    def share_done(self, seconds, interrupted):
        return real(self, seconds, interrupted or self.position.step >= steps)

    monkeypatch.setattr(trainer.Trainer, "share_done", share_done)


def same_files(first: Run, second: Run) -> bool:
    """Whether two runs hold the same weights, state and codes, byte for byte (the clock aside)."""
    files = ["weights.safetensors", "latents/final.safetensors"]
    return all((first.path / name).read_bytes() == (second.path / name).read_bytes() for name in files)


QUICK = {"vampprior": {"pseudo_inputs": 20}, "vq": {"word_dim": 2, "codebook_size": 16}}
OBJECTIVES = [
    entry.name for entry in plugins.registrations(plugins.OBJECTIVES) if entry.distribution == "aekit"
]


@pytest.mark.parametrize("objective", [name for name in OBJECTIVES if name != "personal"])
def test_resume_continues_bit_for_bit(source, tmp_path, monkeypatch, objective):
    asked = {"objective": objective, "epochs": 9, "precision": "32", **QUICK.get(objective, {})}
    whole = train(source, tmp_path / "whole", **asked)

    with monkeypatch.context() as patch:
        stop_after(patch, 31)
        with pytest.raises(Stopped, match="aekit train --resume"):
            train(source, tmp_path / "cut", **asked)
    assert Run(tmp_path / "cut").status() == "stopped"
    resumed = aekit.resume(tmp_path / "cut", quiet=True)

    assert resumed.status() == "finished"
    assert same_files(whole, resumed)
    steps = [line["step"] for line in resumed.metrics()]
    assert steps == [line["step"] for line in whole.metrics()]


def test_a_warmup_over_a_share_of_the_training_resumes_bit_for_bit(source, tmp_path, monkeypatch):
    whole = train(source, tmp_path / "whole", epochs=9, warmup=0.8)
    with monkeypatch.context() as patch:
        stop_after(patch, 17)
        with pytest.raises(Stopped):
            train(source, tmp_path / "cut", epochs=9, warmup=0.8)
    assert same_files(whole, aekit.resume(tmp_path / "cut", quiet=True))


@pytest.fixture
def betas(monkeypatch):
    """The weights of the KL term in the steps of trainings, in order."""
    seen, real = [], VAE.beta

    def beta(self, step):
        found = real(self, step)
        if step is not None:
            seen.append(float(found))
        return found

    monkeypatch.setattr(VAE, "beta", beta)
    return seen


def test_a_warmup_that_has_ended_does_not_begin_anew(source, tmp_path, betas):
    run = train(source, tmp_path / "run", epochs=2, beta=3.0, warmup=0.5)
    steps = len(betas)
    aekit.resume(run, epochs=1, quiet=True)

    np.testing.assert_allclose(betas[:steps], np.minimum(np.arange(steps) / steps / 0.5, 1) * 3, atol=1e-6)
    assert len(betas) > steps and set(betas[steps:]) == {3.0}


def test_a_warmup_that_was_cut_goes_on_in_the_next_schedule(source, tmp_path, monkeypatch, betas):
    with monkeypatch.context() as patch:
        stop_after(patch, 6)
        with pytest.raises(Stopped):
            train(source, tmp_path / "cut", epochs=5, beta=3.0, warmup=1)
    whole = 36  # of 360 digits, 50 a step
    aekit.resume(tmp_path / "cut", epochs=5, quiet=True)

    first, later = betas[:6], betas[6:]
    np.testing.assert_allclose(first, np.arange(6) / whole * 3, atol=1e-6)
    reached = 6 / whole
    rest = reached + (1 - reached) * np.arange(len(later)) / len(later)
    np.testing.assert_allclose(later, rest * 3, atol=1e-6)


def test_a_warmup_begins_in_a_stage_that_replaces_one_without_a_state(source, tmp_path, monkeypatch, betas):
    with monkeypatch.context() as patch:
        patch.setattr(trainer.Trainer, "step", lambda self, share: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            train(source, tmp_path / "cut", epochs=5, beta=3.0, warmup=1)
    assert not (tmp_path / "cut" / "last").exists()
    aekit.resume(tmp_path / "cut", epochs=2, quiet=True)

    assert betas[0] == 0.0 and 2.5 < betas[-1] < 3.0


def test_resume_in_bf16_continues_bit_for_bit(source, tmp_path, monkeypatch):
    whole = train(source, tmp_path / "whole", epochs=9, precision="bf16")
    with monkeypatch.context() as patch:
        stop_after(patch, 17)
        with pytest.raises(Stopped):
            train(source, tmp_path / "cut", epochs=9, precision="bf16")
    assert same_files(whole, aekit.resume(tmp_path / "cut", quiet=True))


@pytest.mark.slow
def test_resume_of_a_compiled_model_continues_bit_for_bit(source, tmp_path, monkeypatch):
    whole = train(source, tmp_path / "whole", epochs=4, precision="bf16", compile=True)
    with monkeypatch.context() as patch:
        stop_after(patch, 17)
        with pytest.raises(Stopped):
            train(source, tmp_path / "cut", epochs=4, precision="bf16", compile=True)
    assert same_files(whole, aekit.resume(tmp_path / "cut", quiet=True))


def test_resume_from_an_older_state_gives_the_same_end(source, tmp_path, monkeypatch):
    whole = train(source, tmp_path / "whole", epochs=9, precision="32")
    with monkeypatch.context() as patch:
        stop_after(patch, 20)
        with pytest.raises(Stopped):
            train(source, tmp_path / "cut", epochs=9, precision="32")
    older = (tmp_path / "cut/last/state.safetensors").read_bytes()
    with monkeypatch.context() as patch:
        stop_after(patch, 60)
        with pytest.raises(Stopped):
            aekit.resume(tmp_path / "cut", quiet=True)

    (tmp_path / "cut/last/state.safetensors").write_bytes(older)  # as a kill between two writes leaves it

    assert same_files(whole, aekit.resume(tmp_path / "cut", quiet=True))


def test_resume_of_a_finished_run_changes_nothing(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=3)
    shutil.copytree(run.path, tmp_path / "copy")
    assert same_files(Run(tmp_path / "copy"), aekit.resume(run, quiet=True))


def test_resume_with_more_epochs_starts_a_fresh_schedule(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=4)
    before = max(line["step"] for line in run.metrics())

    run = aekit.resume(run, epochs=9, quiet=True)

    later = [line for line in run.metrics() if line["step"] > before]
    rates = [line["rate"] for line in later if "rate" in line]
    assert later[-1]["step"] == before + -(-9 * 360 // 50)  # 360 of the 400 digits are trained on, 50 a step
    assert len(run.record.stages) == 2
    assert rates[0] > 5e-4  # the rate had fallen to nearly nothing
    assert [line["event"] for line in run.metrics() if "event" in line].count("finished") == 1


def test_a_kill_right_after_a_schedule_was_added_is_made_good_by_resuming(source, tmp_path, monkeypatch):
    run = train(source, tmp_path / "run", epochs=2, precision="32")
    copy = Run(shutil.copytree(run.path, tmp_path / "copy"))
    aekit.resume(run, epochs=3, quiet=True)

    def killed(self):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(trainer.Trainer, "fit", killed)
        with pytest.raises(SystemExit):
            aekit.resume(copy, epochs=3, quiet=True)
    aekit.resume(copy.path, quiet=True)

    assert len(Run(copy.path).record.stages) == 2
    assert same_files(Run(run.path), Run(copy.path))


def test_the_final_codes_go_when_a_further_stage_begins_and_a_stopped_one_leaves_its_own(
    source, tmp_path, monkeypatch
):
    run = train(source, tmp_path / "run", epochs=2, precision="32")
    copy = Run(shutil.copytree(run.path, tmp_path / "copy"))
    first = run.codes()[1]["step"]
    whole = aekit.resume(run, epochs=6, quiet=True)

    with monkeypatch.context() as patch:
        stop_after(patch, 53)
        with pytest.raises(Stopped):
            aekit.resume(copy, epochs=6, quiet=True)
    stopped, facts = Run(copy.path).codes()
    again = aekit.resume(copy.path, quiet=True)

    assert facts["epoch"] is not None and facts["step"] > first
    assert len(stopped["mean"]) == 400 and again.codes()[1].get("epoch") is None
    assert same_files(whole, again)


def test_a_refused_resume_adds_no_schedule(source, tmp_path, monkeypatch):
    from lightning_fabric import Fabric

    from aekit.training import start
    from aekit.training.plan import resume_plan

    run = train(source, tmp_path / "run", epochs=1)
    before = (run.path / "run.json").read_bytes()
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)

    with pytest.raises(aekit.UsageError, match="mps"):
        aekit.resume(run, epochs=1, device="mps", quiet=True)
    with pytest.raises(aekit.UsageError, match="cannot be shared evenly by 3 pieces"):
        start.in_process(
            Fabric(accelerator="cpu", devices=1), resume_plan(run, {"epochs": 1, "devices": 3}), True
        )

    assert (run.path / "run.json").read_bytes() == before


def test_a_timed_run_resumes_with_the_time_that_was_left(source, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 40)
        with pytest.raises(Stopped):
            train(source, tmp_path / "run", max_time="3s")
    before = Run(tmp_path / "run").metrics()[-1]["seconds"]

    run = aekit.resume(tmp_path / "run", quiet=True)

    assert before < 2.5
    assert run.metrics()[-1]["seconds"] == pytest.approx(3, abs=0.5)


def test_resume_refuses_options_that_would_change_the_run(source, tmp_path):
    run = train(source, tmp_path / "run", epochs=1)
    with pytest.raises(aekit.UsageError, match="'beta' cannot change"):
        aekit.resume(run, beta=2)


def test_resume_refuses_data_that_has_changed(tmp_path):
    from digits import write_digits

    (tmp_path / "data").mkdir()
    run = train(write_digits(tmp_path / "data", 200), tmp_path / "run", epochs=1)
    write_digits(tmp_path / "data", 220)
    with pytest.raises(aekit.DataError, match="has changed since"):
        aekit.resume(run, epochs=1, quiet=True)
    assert len(Run(run.path).record.stages) == 1


def test_ctrl_c_finishes_the_step_and_saves(source, tmp_path):
    import os
    import signal
    import threading

    timer = threading.Timer(4.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt, match="aekit train --resume"):
            train(source, tmp_path / "run", max_time="60s")
    finally:
        timer.cancel()
    run = Run(tmp_path / "run")
    assert run.status() == "stopped"
    assert run.saved_step() == run.metrics()[-1]["step"]

# Bad input: one line that says what was received and what to do, the right exit status, nothing lost.
"""Bad input: one line that says what was received and what to do, the right exit status, nothing lost."""

import json
import os
import random
from dataclasses import replace

import numpy as np
import pytest
from aekit_image import ImageModality

BASE = ["train", "--plugin", "image", "--quiet", "--no-figures"]


def assert_one_line(result, status, *words):
    """The call failed with one plain line that has all the words."""
    assert result.status == status, result.errors
    assert "Traceback" not in result.errors
    lines = [line for line in result.errors.splitlines() if line.startswith("aekit: ")]
    assert len(lines) == 1 and result.errors.rstrip().splitlines()[-1] == lines[0], result.errors
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian"], ["No command named 'trian'", "Did you mean 'train'?"]),
        (["train"], ["--plugin NAME"]),
        (["train", "--plugin", "imgae"], ["No plugin named 'imgae'", "Did you mean 'image'?"]),
        ([*BASE, "--objective", "vea"], ["No objective named 'vea'", "Did you mean 'vae'?"]),
        ([*BASE, "--source", "mnits"], ["No source of the plugin 'image' named 'mnits'", "'mnist'?"]),
        ([*BASE, "--latent-dmi", "2"], ["--latent-dmi"]),
        ([*BASE, "--latent-dim", "0"], ["latent_dim", "greater than or equal to 1", "received '0'"]),
        ([*BASE, "--latent-dim", "two"], ["two"]),
        ([*BASE, "--epochs", "-1"], ["epochs", "received '-1'"]),
        ([*BASE, "--epochs", "nan"], ["epochs"]),
        ([*BASE, "--max-time", "soon"], ["max_time", "100s", "'soon'"]),
        ([*BASE, "--epochs", "2", "--max-time", "3s"], ["--epochs and --max-time were both given"]),
        ([*BASE, "--precision", "8"], ["8"]),
        ([*BASE, "--likelihood", "poisson"], ["poisson"]),
        ([*BASE, "--learning-rate", "0"], ["learning_rate", "received '0'"]),
        ([*BASE, "--config", "missing.toml"], ["missing.toml", "No such file"]),
        ([*BASE, "--objective", "conditional", "--condition", "hue"], ["No condition named 'hue'", "label"]),
        (["evaluate"], ["RUN"]),
        (["sources", "imgae"], ["No plugin named 'imgae'"]),
    ],
)
def test_wrong_arguments(aekit, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert_one_line(aekit(*arguments), 2, *words)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_not_here(aekit, tmp_path, monkeypatch):
    import torch

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert_one_line(aekit(*BASE, "--device", "cuda"), 2, "no such device here", "cpu")


def test_wrong_values_in_a_toml_file(aekit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text, words in {
        'plugin = "image"\nlatent_dim = "many"': ["latent_dim", "'many'"],
        'plugin = "image"\nlatent_dmi = 2': ["No option named 'latent_dmi'", "'latent_dim'?"],
        "plugin = image": ["is no TOML"],
        "[train]\nepochs = 2": ["options stand flat"],
    }.items():
        (tmp_path / "options.toml").write_text(text)
        assert_one_line(aekit("train", "--config", "options.toml"), 2, *words)


def test_flags_override_the_toml_file(aekit, tmp_path, trained):
    config = tmp_path / "options.toml"
    config.write_text(
        f'plugin = "image"\nsource = {json.dumps(trained.source)}\nlatent-dim = 3\nmax_time = "90s"\nwidth = 16\n'
    )
    out = tmp_path / "run"
    done = aekit(
        "train", "--config", config, "--latent-dim", 2, "--epochs", 1, "--depth", 1, "--out", out, "--quiet"
    )
    assert done.status == 0, done.errors
    record = json.loads((out / "run.json").read_text())
    assert record["training"]["latent_dim"] == 2
    assert record["options"]["width"] == 16
    assert record["stages"] == [{"start": 0, "epochs": 1.0, "seconds": None}]


def test_an_existing_folder_is_left_alone(aekit, tmp_path, trained):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("precious")
    result = aekit(*BASE, "--source", trained.source, "--out", tmp_path / "out")
    assert_one_line(result, 2, "already exists", "--out")
    assert (tmp_path / "out/thesis.txt").read_text() == "precious"


def test_a_batch_larger_than_the_data(aekit, tmp_path, trained):
    result = aekit(*BASE, "--source", trained.source, "--batch-size", 4000, "--out", tmp_path / "run")
    assert_one_line(result, 2, "batch_size 4000", "360 items", "--batch-size 360")


def test_a_folder_that_cannot_be_written(aekit, tmp_path, trained):
    (tmp_path / "file").write_text("not a folder")
    result = aekit(*BASE, "--source", trained.source, "--epochs", 1, "--out", tmp_path / "file" / "run")
    assert_one_line(result, 1, "Cannot write", "Not a directory")


def test_labels_missing_for_a_conditional_run(aekit, tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.zeros((20, 8, 8), np.uint8))
    source = f"npz:{tmp_path / 'bare.npz'}"
    result = aekit(*BASE, "--source", source, "--objective", "conditional", "--out", tmp_path / "run")
    assert_one_line(result, 1, "needs a label for every item")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["evaluate", "sample", "map", "report", "traverse"])
def test_a_run_that_is_missing(aekit, tmp_path, command):
    assert_one_line(aekit(command, tmp_path / "nothing"), 1, "There is no run at", "aekit runs")


def test_a_folder_that_is_no_run(aekit, tmp_path):
    assert_one_line(aekit("sample", tmp_path), 1, "is no run", "run.json")


def test_a_run_without_weights_yet(aekit, copied):
    (copied / "weights.safetensors").unlink()
    assert_one_line(aekit("sample", copied), 1, "has no weights yet", f"aekit train --resume {copied}")


def test_a_run_of_a_newer_schema(aekit, copied):
    record = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps({**record, "schema_version": 99}))
    assert_one_line(aekit("sample", copied), 1, "schema 99", "Upgrade aekit")


def test_a_run_of_a_plugin_that_is_gone(aekit, copied):
    record = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(
        json.dumps({**record, "plugin": "smells", "plugin_distribution": "aekit-smells"})
    )
    assert_one_line(aekit("sample", copied), 1, "'smells'", "aekit-smells", "aekit runs")
    shown = aekit("runs", copied)
    assert shown.status == 0 and "latent_dim" in shown.output and "validation_elbo" in shown.output
    assert aekit("report", copied).status == 0
    assert "Figures that need the model were not drawn" in (copied / "report.html").read_text()


def test_a_run_whose_data_is_gone(aekit, copied, trained, tmp_path):
    record = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps({**record, "source": f"npz:{tmp_path}/gone.npz"}))
    assert_one_line(aekit("evaluate", copied), 1, "gone.npz")
    assert aekit("sample", copied).status == 0
    assert aekit("runs", copied).status == 0


def test_a_run_whose_data_has_changed(aekit, copied, tmp_path):
    record = json.loads((copied / "run.json").read_text())
    old = record["source"].removeprefix("npz:")
    with np.load(old) as arrays:
        np.savez(tmp_path / "new.npz", **{name: array[:-1] for name, array in arrays.items()})
    (copied / "run.json").write_text(json.dumps({**record, "source": f"npz:{tmp_path}/new.npz"}))
    np.save(tmp_path / "codes.npy", np.zeros((1, 4), np.float32))
    (copied / "evaluation.json").unlink(missing_ok=True)  # of another test's, of the data before

    steered = ("decode", copied, tmp_path / "codes.npy", "--attribute", "brightness=1")
    for command in (("evaluate", copied), ("attributes", copied), steered):
        words = (
            "new.npz",
            "have changed since the run was trained",
            "Bring the old ones back, or train again",
        )
        assert_one_line(aekit(*command), 1, *words)
    assert not (copied / "evaluation.json").exists()
    assert aekit("sample", copied).status == 0


def test_names_in_a_run_are_never_imported(aekit, copied, monkeypatch, tmp_path):
    (tmp_path / "evil.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    record = json.loads((copied / "run.json").read_text())
    for field in ("plugin", "objective"):
        (copied / "run.json").write_text(json.dumps({**record, field: "evil:thing"}))
        assert_one_line(aekit("sample", copied), 1, "evil:thing")


def test_pictures_of_another_size(trained):
    import aekit

    model = aekit.load(trained.run)
    with pytest.raises(aekit.DataError, match=r"shape \('B', 1, 28, 28\) \(received \(4, 1, 32, 32\)\)"):
        model.encode(np.zeros((4, 1, 32, 32), np.uint8))
    with pytest.raises(aekit.DataError, match="must be uint8"):
        model.encode(np.full((4, 1, 28, 28), 0.5))
    with pytest.raises(aekit.DataError, match="Are they of another run"):
        model.decode(np.zeros((4, 7), np.float32))
    with pytest.raises(aekit.DataError, match="finite"):
        model.decode(np.full((1, 4), np.nan, np.float32))


def test_codes_that_are_none(aekit, tmp_path, trained):
    np.savez(tmp_path / "odd.npz", things=np.zeros(3))
    assert_one_line(aekit("decode", trained.run.path, tmp_path / "odd.npz"), 1, "holds no codes", "things")
    (tmp_path / "text.npz").write_text("hello")
    assert_one_line(aekit("decode", trained.run.path, tmp_path / "text.npz"), 1, "no .npz or .npy file")
    assert_one_line(aekit("decode", trained.run.path, tmp_path / "gone.npz"), 1, "There is no file")


def test_items_that_are_not_there(aekit, trained, tmp_path):
    assert_one_line(aekit("reconstruct", trained.run.path, 4000), 1, "no test item 4000", "0 to 39")
    assert_one_line(aekit("reconstruct", trained.run.path, tmp_path / "gone.png"), 1, "gone.png")
    assert_one_line(aekit("interpolate", trained.run.path, 1), 2, "at least two items")
    assert_one_line(aekit("interpolate", trained.run.path, 1, 2, "--method", "sleep"), 2, "sleep", "slerp")
    assert_one_line(aekit("sample", trained.run.path, "--out", "items.gif"), 2, "items.gif", ".png")
    assert_one_line(aekit("sample", trained.run.path, "--condition", "3"), 2, "takes no condition")


def test_150_mutated_runs_give_no_traceback(aekit, copied):
    """Bytes flipped, cut out or put into the files of a run at random."""
    seed = int(os.environ.get("AEKIT_FUZZ_SEED", "1"))
    print("seed", seed)
    choose = random.Random(seed)
    files = ["run.json", "metrics.jsonl", "weights.safetensors", "latents/final.safetensors"]
    whole = {name: (copied / name).read_bytes() for name in files}
    for _ in range(150):
        name = choose.choice(files)
        (copied / name).write_bytes(mutated(whole[name], choose))
        result = aekit(choose.choice(["runs", "map", "sample"]), copied)
        (copied / name).write_bytes(whole[name])
        assert result.status in (0, 1, 2), result.errors
        assert "unexpected" not in result.errors and "Traceback" not in result.errors, (name, result.errors)


def mutated(content: bytes, choose: random.Random) -> bytes:
    """Content with one small or large damage."""
    place = choose.randrange(len(content))
    kind = choose.choice(["flip", "cut", "insert", "drop", "zero"])
    if kind == "flip":
        return content[:place] + bytes([content[place] ^ choose.randrange(1, 256)]) + content[place + 1 :]
    if kind == "cut":
        return content[:place]
    if kind == "insert":
        return content[:place] + choose.randbytes(choose.randrange(1, 9)) + content[place:]
    if kind == "drop":
        return content[:place] + content[place + choose.randrange(1, 9) :]
    return b"\0" * len(content)


def no_picture(self, item):
    raise ValueError("no picture\ntoday")


def test_a_fault_of_a_plugin_says_where_in_its_code_it_came_from(aekit, trained, monkeypatch, tmp_path):
    monkeypatch.setattr("aekit_image.ImageModality.view", no_picture)

    done = aekit("sample", trained.run.path, "--out", tmp_path / "x.png")

    line = no_picture.__code__.co_firstlineno + 1
    place = (
        f"ValueError: no picture today, at test_bad_input.py:{line} in no_picture (unexpected; add --debug"
    )
    assert_one_line(done, 1, place)


def test_a_view_that_fails_costs_the_figures_and_not_the_last_lines(aekit, trained, monkeypatch, tmp_path):
    monkeypatch.setattr("aekit_image.ImageModality.view", no_picture)
    small = ["--network", "mlp", "--width", 8, "--latent-dim", 2, "--epochs", 0.2, "--device", "cpu"]

    done = aekit("train", "--plugin", "image", "--source", trained.source, *small, "--out", tmp_path / "run")

    assert (
        done.status == 0 and "No figures: ValueError: no picture today, at test_bad_input.py:" in done.errors
    )
    assert "Next:  aekit evaluate" in done.errors


@pytest.mark.parametrize(
    ("value", "said"), [(float("nan"), "'mean' is nan. "), ({4: 1}, "the key 4 of 'mean' is")]
)
def test_a_spec_that_is_no_strict_json_is_refused_before_a_run_is_made(
    aekit, trained, monkeypatch, tmp_path, value, said
):
    load = ImageModality.load.__func__
    monkeypatch.setattr(
        ImageModality,
        "load",
        classmethod(
            lambda cls, *given: replace(load(cls, *given), spec={**load(cls, *given).spec, "mean": value})
        ),
    )

    done = aekit(*BASE, "--source", trained.source, "--device", "cpu", "--out", tmp_path / "run")

    assert_one_line(done, 1, "The spec that the plugin 'image' gave of its data is no strict JSON: " + said)
    assert not (tmp_path / "run").exists()

# The commands on real digits: what they write, what they print, what they import.
"""The commands on real digits: what they write, what they print, what they import."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from aekit_image import ImageModality
from digits import train
from PIL import Image

from aekit.autoencoder import load as load_run
from aekit.data import Rejection
from aekit.errors import DataError
from aekit.modality import ReadResult


@pytest.fixture(scope="module")
def conditional(trained, tmp_path_factory):
    """A run conditioned on the class."""
    return train(trained.source, tmp_path_factory.mktemp("c") / "run", objective="conditional", epochs=2).path


@pytest.fixture(scope="module")
def slanted(trained, tmp_path_factory):
    """A run conditioned on an attribute."""
    out = tmp_path_factory.mktemp("s") / "run"
    return train(trained.source, out, objective="conditional", condition="brightness", epochs=2).path


def test_evaluate_prints_one_object_with_the_keys_that_apply(aekit, trained):
    done = aekit("evaluate", trained.run.path, "--json", "--nll-samples", 20)
    values = json.loads(done.output)
    assert done.output.count("\n") == 1
    assert {"elbo", "nll", "nll_standard_error", "kl", "reconstruction", "active_units"} <= values.keys()
    assert {"linear_probe", "knn_probe", "pca_linear_probe", "pca_knn_probe"} <= values.keys()
    assert {"grey_bce_per_pixel", "squared_error_per_pixel"} <= values.keys()
    assert values["elbo"] == pytest.approx(-values["kl"] - values["reconstruction"], abs=1e-3)
    assert -values["nll"] > values["elbo"]
    assert json.loads((trained.run.path / "evaluation.json").read_text()) == values


def test_figures_are_shown_where_the_run_cannot_be_written_to(aekit, copied, trained, tmp_path):
    (copied / "evaluation.json").unlink(missing_ok=True)
    (copied / "evaluation.json.unfinished").mkdir()  # in the way of the file, whoever runs the test

    done = aekit("evaluate", copied, "--json", "--nll-samples", 2)
    compared = aekit(
        "compare", copied, trained.run.path, "--nll-samples", 2, "--quiet", "--out", tmp_path / "out"
    )

    assert done.status == 0 and "elbo" in json.loads(done.output)
    assert compared.status == 0 and (tmp_path / "out" / "index.html").exists()
    for errors in (done.errors, compared.errors):
        assert "The figures are not kept with the run: Cannot write" in errors
    assert not (copied / "evaluation.json").exists()


def test_figures_that_are_not_finite_are_null_in_json(aekit, trained, monkeypatch):
    import aekit.evaluation.kept as kept

    real = kept.evaluate
    bad = {"elbo": float("nan"), "elbo_standard_error": float("inf")}
    monkeypatch.setattr(kept, "evaluate", lambda *given, **how: real(*given, **how) | bad)

    lines = aekit("evaluate", trained.run.path, "--nll-samples", 2)
    done = aekit("evaluate", trained.run.path, "--nll-samples", 2, "--json")

    def refused(word):
        raise AssertionError(f"{word} is no JSON")

    for text in (done.output, (trained.run.path / "evaluation.json").read_text()):
        values = json.loads(text, parse_constant=refused)
        assert values["elbo"] is values["standard_errors"]["elbo"] is None and values["kl"] > 0
    assert "elbo" in lines.output and "not finite" in lines.output
    assert "dimensions are active" not in lines.errors


def test_items_go_to_codes_and_back(aekit, trained, tmp_path):
    assert aekit("encode", trained.run.path, "--out", tmp_path / "codes.npz").status == 0
    codes = np.load(tmp_path / "codes.npz")
    assert codes["mean"].shape == codes["log_variance"].shape == (40, 4)
    assert codes["label"].shape == codes["name"].shape == (40,)
    assert (
        aekit("decode", trained.run.path, tmp_path / "codes.npz", "--out", tmp_path / "items.npz").status == 0
    )
    assert np.load(tmp_path / "items.npz")["items"].shape == (40, 1, 28, 28)
    assert aekit("decode", trained.run.path, tmp_path / "codes.npz", "--out", tmp_path / "folder").status == 0
    assert len(list((tmp_path / "folder").glob("*.png"))) == 40


@pytest.mark.parametrize("command", ["sample", "reconstruct", "traverse", "map"])
def test_sheets_are_pictures(aekit, trained, tmp_path, command):
    done = aekit(command, trained.run.path, "--out", tmp_path / "sheet.png")
    assert done.status == 0, done.errors
    picture = np.asarray(Image.open(tmp_path / "sheet.png").convert("L"))
    assert min(picture.shape) > 100 and picture.std() > 10


@pytest.mark.parametrize("method", ["lerp", "slerp", "norm-corrected", "norm_corrected", "spline"])
def test_every_path_that_help_names_can_be_walked(aekit, trained, tmp_path, method):
    out = tmp_path / "walk.npz"
    assert aekit("interpolate", trained.run.path, 1, 2, "--method", method, "--out", out).status == 0
    assert np.load(out)["items"].shape == (9, 1, 28, 28)


def test_interpolation_passes_all_waypoints(aekit, trained, tmp_path):
    out = tmp_path / "walk.npz"
    assert aekit("interpolate", trained.run.path, 1, 2, "sample", "--steps", 5, "--out", out).status == 0
    walk = np.load(out)
    assert walk["items"].shape == (9, 1, 28, 28) and walk["codes"].shape == (9, 4)


@pytest.fixture
def three(tmp_path, monkeypatch):
    """A file of three digits, with names as a score's bars have them."""
    items = ImageModality.load(ImageModality.Options(), "mnist", "test").items[torch.arange(3)]
    read = ReadResult(items, ("three, page 2", "three, page 3", "three, page 5"))
    monkeypatch.setattr(ImageModality, "read", lambda self, path: read)
    (tmp_path / "three").write_text("")
    return tmp_path / "three"


def test_of_a_file_with_several_items_it_is_told_which_one_is_taken(aekit, trained, tmp_path, three):
    for command in (("traverse",), ("interpolate", "1")):
        done = aekit(command[0], trained.run.path, *command[1:], three, "--out", tmp_path / "a.npz")
        assert done.status == 0, done.errors
        assert "'three, page 2' is taken, and 2 further items of the file not" in done.errors
        assert f"another is taken as '{three}, page 3'" in done.errors


@pytest.mark.parametrize("name", ["page 3", "three, page 3"])
def test_an_item_of_a_file_is_chosen_by_its_name(aekit, trained, tmp_path, three, name):
    whole, one = tmp_path / "whole.npz", tmp_path / "one.npz"
    assert aekit("encode", trained.run.path, three, "--out", whole).status == 0
    done = aekit("encode", trained.run.path, f"{three}, {name}", "--out", one)
    assert done.status == 0, done.errors

    np.testing.assert_allclose(np.load(one)["mean"], np.load(whole)["mean"][1:2], atol=1e-5)
    assert np.load(one)["name"].tolist() == ["three, page 3"]
    walk = tmp_path / "walk.npz"
    assert (
        aekit("interpolate", trained.run.path, f"{three}, page 5", f"{three}, {name}", "--out", walk).status
        == 0
    )
    np.testing.assert_allclose(np.load(walk)["codes"][-1], np.load(whole)["mean"][1], atol=1e-5)


def test_a_name_that_a_file_has_not_is_answered_with_those_that_it_has(aekit, trained, three):
    done = aekit("encode", trained.run.path, f"{three}, page 4")

    assert done.status == 1
    assert "has no item 'page 4'. It has 'three, page 2', 'three, page 3', 'three, page 5'." in done.errors


def test_the_longest_name_that_is_a_file_s_is_the_file_s(aekit, trained, tmp_path, three):
    (tmp_path / "three, page 3").write_text("")
    long = "three, page 2" + 300 * "!"

    assert aekit("encode", trained.run.path, f"{three}, page 3", "--out", tmp_path / "a.npz").status == 0
    assert len(np.load(tmp_path / "a.npz")["mean"]) == 3
    assert (
        aekit(
            "encode", trained.run.path, f"{three}, page 3, three, page 5", "--out", tmp_path / "b.npz"
        ).status
        == 0
    )
    assert np.load(tmp_path / "b.npz")["name"].tolist() == ["three, page 5"]
    assert "has no item" in aekit("encode", trained.run.path, tmp_path / long).errors


def test_where_no_item_has_the_name_it_is_told_what_was_left_out(aekit, trained, three, monkeypatch):
    rejected = (Rejection("three", "page 4: torn"),)
    read = replace(ImageModality.read(None, three), rejected=rejected)
    monkeypatch.setattr(ImageModality, "read", lambda self, path: read)

    assert "left out: page 4: torn" in aekit("encode", trained.run.path, f"{three}, page 4").errors
    assert (
        "torn"
        not in aekit("encode", trained.run.path, f"{three}, page 5", "--out", three.parent / "a.npz").errors
    )


def test_a_conditional_sheet_has_a_row_for_each_class(aekit, conditional, tmp_path):
    assert aekit("sample", conditional, "--count", 6, "--out", tmp_path / "items.npz").status == 0
    assert np.load(tmp_path / "items.npz")["items"].shape == (60, 1, 28, 28)
    assert (
        aekit("sample", conditional, "--condition", 7, "--count", 6, "--out", tmp_path / "sevens").status == 0
    )
    assert len(list((tmp_path / "sevens").iterdir())) == 6
    for command in (
        ["reconstruct"],
        ["traverse", "3"],
        ["interpolate", "1", "2"],
        ["encode"],
        ["map"],
        ["evaluate"],
    ):
        out = (
            []
            if command[0] == "evaluate"
            else ["--out", tmp_path / f"{command[0]}.{'npz' if command[0] == 'encode' else 'png'}"]
        )
        done = aekit(command[0], conditional, *command[1:], *out)
        assert done.status == 0, (command, done.errors)


def test_classes_named_by_numbers_are_not_taken_for_indices(aekit, trained, tmp_path):
    import aekit as library
    from aekit.restoring import before_and_after

    arrays = dict(np.load(trained.source.partition(":")[2]))
    source = tmp_path / "from-one.npz"
    np.savez(source, **{name: array + (1 if name.startswith("y") else 0) for name, array in arrays.items()})
    path = train(f"npz:{source}", tmp_path / "run", objective="conditional", epochs=2).path
    model = library.load(path)
    test = model.dataset("test")
    items, names = test.items[:40], [test.label_names[label] for label in test.labels[:40]]
    assert all(name != str(int(label)) for name, label in zip(names, test.labels, strict=True))
    codes = model.encode(items, names)

    assert aekit("encode", path, "--out", tmp_path / "codes.npz").status == 0
    assert aekit("decode", path, tmp_path / "codes.npz", "--out", tmp_path / "items.npz").status == 0
    assert aekit("reconstruct", path, *range(40), "--out", tmp_path / "made.npz").status == 0

    np.testing.assert_allclose(np.load(tmp_path / "codes.npz")["mean"], codes, atol=1e-5)
    made = model.decode(codes, names).numpy()
    for found in (np.load(tmp_path / f"{name}.npz")["items"] for name in ("items", "made")):
        np.testing.assert_array_equal(found, made)
    np.testing.assert_array_equal(before_and_after(model, 40)[1], made)
    np.testing.assert_array_equal(model.encode(items, test.labels[:40]), codes)


@pytest.fixture
def half_labelled(monkeypatch):
    """Digits of which every second one has no class."""
    load = ImageModality.load.__func__

    def without(cls, *arguments):
        dataset = load(cls, *arguments)
        labels = torch.where(torch.arange(len(dataset)) % 2 == 1, -1, dataset.labels)
        return replace(dataset, labels=labels)

    monkeypatch.setattr(ImageModality, "load", classmethod(without))


def test_classes_that_are_known_are_written_where_others_are_not(aekit, trained, half_labelled, tmp_path):
    for chosen in ([], range(40)):
        assert aekit("encode", trained.run.path, *chosen, "--out", tmp_path / "codes.npz").status == 0

        codes = np.load(tmp_path / "codes.npz")
        true = np.load(trained.source.partition(":")[2])["y_test"]
        np.testing.assert_array_equal(codes["label"][::2], true[::2])
        assert (codes["label"][1::2] == -1).all()
        assert codes["label_names"].tolist() == trained.run.record.label_names

    out = ["--out", tmp_path / "items.npz"]
    assert aekit("decode", trained.run.path, tmp_path / "codes.npz", *out).status == 0


def test_items_without_a_class_need_one_for_a_conditional_run(aekit, conditional, half_labelled, tmp_path):
    codes, out = tmp_path / "codes.npz", ["--out", tmp_path / "items.npz"]
    refused = aekit("encode", conditional, "--out", codes)
    given = aekit("encode", conditional, "--condition", "3", "--out", codes)
    decoded = aekit("decode", conditional, codes, *out)

    for done in (refused, decoded):
        assert done.status == 2
        assert "20 of 40 items have no class (label -1), the first is number 1 of them" in done.errors
        assert "give one for all with --condition, one of 0, 1, 2" in done.errors
    assert given.status == 0 and np.load(codes)["label"].min() == -1
    assert aekit("decode", conditional, codes, "--condition", "3", *out).status == 0


def test_items_without_a_finite_code_are_named_and_nothing_is_written(aekit, trained, monkeypatch, tmp_path):
    load, prepare = ImageModality.load.__func__, ImageModality.prepare

    def marked(cls, *arguments):
        dataset = load(cls, *arguments)
        dataset.items[torch.tensor([3, 7]), 0, 0, 0] = 255
        return replace(dataset, names=[f"digit {number}" for number in range(len(dataset))])

    monkeypatch.setattr(ImageModality, "load", classmethod(marked))
    monkeypatch.setattr(
        ImageModality,
        "prepare",
        lambda self, x: torch.where(x[:, :1, :1, :1] == 255, torch.inf, prepare(self, x)),
    )

    done = aekit("encode", trained.run.path, "--out", tmp_path / "codes.npz")

    assert done.status == 1 and not (tmp_path / "codes.npz").exists()
    assert "2 of 40 items have no finite code" in done.errors
    assert ": 3 ('digit 3'), 7 ('digit 7'). " in done.errors
    model = load_run(trained.run)
    with pytest.raises(DataError, match=r"no finite code, by number, counted from 0: 3, 7\."):
        model.encode(model.dataset("test").items)


def test_a_conditional_run_asks_for_a_class_where_it_needs_one(aekit, conditional, tmp_path):
    np.savez(tmp_path / "codes.npz", mean=np.zeros((2, 4), np.float32))
    asked = aekit("decode", conditional, tmp_path / "codes.npz", "--out", tmp_path / "x.npz")
    assert asked.status == 2 and "give a condition (--condition), one of 0, 1, 2" in asked.errors
    wrong = aekit("sample", conditional, "--condition", "eleven")
    assert wrong.status == 2 and "No class named 'eleven'" in wrong.errors


def test_a_run_conditioned_on_an_attribute_measures_it_itself(aekit, slanted, tmp_path):
    for command in ("reconstruct", "sample", "traverse"):
        done = aekit(command, slanted, "--out", tmp_path / f"{command}.png")
        assert done.status == 0, done.errors
    assert aekit("sample", slanted, "--condition", "0.2", "--out", tmp_path / "x.npz").status == 0
    assert aekit("sample", slanted, "--condition", "bold").status == 2


def test_runs_are_listed_and_shown(aekit, trained):
    listed = json.loads(aekit("runs", trained.run.path.parent, "--json").output)
    assert [(line["run"], line["status"]) for line in listed] == [("run", "finished")]
    shown = json.loads(aekit("runs", trained.run.path, "--json").output)
    assert shown["training.latent_dim"] == 4 and shown["items"] == 400


def test_a_report_needs_no_other_file(aekit, trained, tmp_path):
    assert aekit("report", trained.run.path, "--out", tmp_path / "page.html").status == 0
    page = (tmp_path / "page.html").read_text()
    assert page.count("data:image/png;base64,") >= 5
    assert "http" not in page.replace("http-equiv", "")


def test_help_of_every_command_has_an_example(aekit):
    from aekit.cli import COMMANDS

    for name in COMMANDS:
        assert "Example" in aekit(name, "--help").output, name


def test_help_shows_the_options_of_the_named_plugin_and_objective(aekit):
    text = aekit("train", "--plugin", "image", "--objective", "iwae", "--help").output
    assert "Options of the plugin 'image'" in text and "--likelihood" in text
    assert "Options of the objective 'iwae'" in text and "--importance-samples" in text


def test_loading_a_run_imports_neither_fabric_nor_matplotlib(trained):
    code = (
        "import sys, aekit; model = aekit.load(sys.argv[1]); model.decode(model.sample_codes(2));"
        "print([name for name in ('lightning_fabric', 'matplotlib', 'torchvision', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, trained.run.path], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_ctrl_c_saves_and_says_how_to_go_on(trained, tmp_path):
    import signal
    import time

    out = tmp_path / "run"
    options = [
        "--source",
        trained.source,
        "--width",
        "32",
        "--depth",
        "1",
        "--max-time",
        "60s",
        "--out",
        str(out),
    ]
    training = subprocess.Popen(
        [sys.executable, "-m", "aekit", "train", "--plugin", "image", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (out / "metrics.jsonl").exists() and training.poll() is None:
        time.sleep(0.1)
    training.send_signal(signal.SIGINT)
    _, said = training.communicate(timeout=30)

    assert training.returncode == 130
    assert said.rstrip().endswith(f"aekit: Stopped and saved. Go on with: aekit train --resume {out}")
    assert (out / "last/state.safetensors").exists()


@pytest.mark.parametrize(
    ("words", "usual"),
    [
        (("--plugin", "music"), "128"),
        (("--plugin", "music", "--bars", "16"), "256"),
        (("--plugin", "music", "--bars=4"), "64"),
        (("--plugin", "music", "--bars", "many"), "128"),
    ],
)
def test_help_shows_the_defaults_beside_what_was_said_of_the_plugin(aekit, words, usual):
    text = aekit("train", *words, "--help").output

    said = text[text.index("--latent-dim") : text.index("--epochs")]
    assert f"[default:({usual})]" in "".join(said.replace("│", "").split())


def test_nothing_but_the_name_shows_the_help(aekit):
    done = aekit()
    assert "Usage: aekit" in done.output + done.errors
    assert "aekit: " not in done.errors


def test_a_damaged_run_does_not_hide_the_others(aekit, copied):
    (copied.parent / "odd").mkdir()
    (copied.parent / "odd/run.json").write_text("{")
    listed = aekit("runs", copied.parent)
    assert "damaged" in listed.output and "finished" in listed.output
    assert "odd/run.json is damaged" in listed.errors.replace("\\", "/")


def test_a_condition_that_is_no_finite_number_is_refused(aekit, slanted):
    for value in ("nan", "inf"):
        done = aekit("sample", slanted, "--condition", value)
        assert done.status == 2 and "finite number" in done.errors

# `aekit attributes` and `aekit decode --attribute`, on real digits.
"""`aekit attributes` and `aekit decode --attribute`, on real digits."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from aekit_image import ImageModality
from digits import train

import aekit as package
from aekit import steering
from aekit.cli.attributes import as_object


@pytest.fixture(scope="module")
def learnt_run(trained, tmp_path_factory):
    """A run that has learnt something."""
    return train(trained.source, tmp_path_factory.mktemp("learnt") / "run", epochs=40)


@pytest.fixture(scope="module")
def model(learnt_run):
    return package.load(learnt_run)


@pytest.mark.parametrize("method", steering.METHODS)
def test_what_is_decoded_follows(model, method):
    learnt = steering.learn(model, method)
    codes = model.run.codes()[0]["mean"][:100]

    means = steering.effects(model, learnt, codes, (-1.0, 0.0, 1.0))

    assert means.shape == (len(learnt.names), 3, len(learnt.names))
    number = learnt.names.index("brightness")
    low, middle, high = means[number, :, number]
    assert low < middle < high
    assert high - low > 0.3 * learnt.spread[number]


def test_the_table_and_the_json_say_the_same(aekit, learnt_run):
    table = aekit("attributes", learnt_run.path, "--items", 50)
    values = json.loads(aekit("attributes", learnt_run.path, "--items", 50, "--json").output)

    assert table.status == 0
    line = next(line for line in table.output.splitlines() if line.startswith("brightness"))
    own = values["attributes"]["brightness"]
    assert f"{own['means'][0]:.3g}" in line
    assert ("yes" in line) == own["monotone"]
    assert values["steps"] == [-2, -1, 0, 1, 2]
    assert (learnt_run.path / "attributes.safetensors").exists()


def test_decode_moves_codes_along_an_attribute(aekit, learnt_run, model, tmp_path):
    codes = model.run.codes()[0]["mean"][:20]
    np.save(tmp_path / "codes.npy", codes)

    done = aekit(
        "decode",
        learnt_run.path,
        tmp_path / "codes.npy",
        "--attribute",
        "brightness=+2",
        "--out",
        tmp_path / "a.npz",
    )

    assert done.status == 0
    made = np.load(tmp_path / "a.npz")
    expected = steering.kept_or_learnt(model).moved(codes, {"brightness": 2})
    np.testing.assert_allclose(made["codes"], expected, rtol=1e-5)
    assert made["items"].mean() > model.decode(codes).mean()


def test_directions_that_are_kept_are_used_again(model):
    learnt = steering.learn(model, "quartiles")
    steering.keep(model, learnt)

    found = steering.kept_or_learnt(model)

    assert (found.names, found.method) == (learnt.names, "quartiles")
    np.testing.assert_array_equal(found.moves.vectors, learnt.moves.vectors)


def test_directions_of_other_weights_and_damaged_ones_are_learnt_anew(model, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(steering, "kept_step", lambda model: -1)
        steering.keep(model, steering.learn(model, "quartiles"))

    assert steering.kept_or_learnt(model).method == "readout"

    (model.run.path / steering.FILE).write_bytes(b"nothing")
    found = steering.kept_or_learnt(model)
    codes = model.run.codes()[0]["mean"][:3]
    again = steering.kept_or_learnt(model).moved(codes, {"brightness": 1})
    np.testing.assert_array_equal(found.moved(codes, {"brightness": 1}), again)


def test_a_run_conditioned_on_an_attribute_is_steered_at_the_items_own_values(aekit, trained, tmp_path):
    run = train(trained.source, tmp_path / "run", objective="conditional", condition="brightness", epochs=2)

    done = aekit("attributes", run.path, "--items", 20, "--json")

    assert done.status == 0, done.errors
    assert "contrast" in json.loads(done.output)["attributes"]


def test_what_was_learnt_is_shown_where_the_run_cannot_be_written_to(aekit, copied):
    (copied / "attributes.safetensors.unfinished").mkdir()  # in the way of the file, whoever runs the test

    done = aekit("attributes", copied, "--items", 20, "--method", "regression", "--json")

    assert done.status == 0 and "brightness" in json.loads(done.output)["attributes"]
    assert "The directions are not kept with the run: Cannot write" in done.errors
    assert not (copied / "attributes.safetensors").exists()


def test_what_is_not_known_is_null_in_json():
    learnt = steering.Steering(
        ("a",), steering.Vectors(np.ones((1, 2))), np.ones(1), np.ones(1), "regression"
    )
    means = np.array([[[1.0], [np.nan], [2.0], [np.nan], [3.0]]])

    said = json.dumps(as_object(learnt, means), allow_nan=False)

    assert json.loads(said)["attributes"]["a"]["means"] == [1, None, 2, None, 3]
    assert json.loads(said)["attributes"]["a"]["monotone"] is False


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("brightnes=1", "Did you mean 'brightness'?"),
        ("brightness", "takes NAME=AMOUNT"),
        ("brightness=much", "received 'brightness=much'"),
    ],
)
def test_wrong_attributes_are_one_line(aekit, learnt_run, model, tmp_path, given, said):
    np.save(tmp_path / "codes.npy", model.run.codes()[0]["mean"][:2])

    done = aekit("decode", learnt_run.path, tmp_path / "codes.npy", "--attribute", given)

    assert done.status == 2
    assert said in done.errors
    assert "Traceback" not in done.errors


def test_an_unknown_method_names_the_two(aekit, learnt_run):
    done = aekit("attributes", learnt_run.path, "--method", "guess")

    assert done.status == 2
    assert "quartiles, readout, regression" in done.errors


def test_attributes_that_cannot_be_learnt_are_named(aekit, learnt_run, monkeypatch):
    known = ImageModality.attributes

    def attributes(self, x):
        return known(self, x) | {"never": torch.full((len(x),), torch.nan), "same": torch.ones(len(x))}

    monkeypatch.setattr(ImageModality, "attributes", attributes)

    said = aekit("attributes", learnt_run.path, "--items", 20)

    assert said.status == 0
    assert (
        "Left out, since known of no two training items that differ: colourfulness, never, same."
        in said.errors
    )

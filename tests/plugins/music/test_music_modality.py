# The music plugin keeps the contract, and its figures are what they say.
"""The music plugin keeps the contract, and its figures are what they say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from aekit_music import MusicModality, metrics, networks
from aekit_music.encodings import ENCODINGS
from aekit_music.networks import Form
from aekit_music.settings import MusicOptions

from aekit import UsageError, resume, train
from aekit.testing import check_modality
from aekit.training.start import Stopped
from aekit.training.trainer import Trainer

SMALL = {"width": 16, "depth": 1}


@pytest.mark.parametrize(
    ("encoding", "network"),
    [
        ("melody", "parallel"),
        ("melody", "lstm"),
        ("drums", "parallel"),
        ("trio", "hierarchical"),
        ("pianoroll", "parallel"),
    ],
)
def test_it_keeps_the_contract(encoding, network):
    check_modality(
        MusicModality, options={"encoding": encoding, "network": network, **SMALL}
    ).raise_for_failures()


@pytest.mark.parametrize(("metre", "kept"), [("6/8", "6/8"), ("3/4", "3/4"), ("any", "")])
def test_a_window_is_shown_in_the_metre_it_was_taken_in(metre, kept):
    options = MusicOptions(metre=metre)
    dataset = MusicModality.load(options, "folk", "test")
    modality = MusicModality(options, dataset.spec)

    assert modality.view(dataset.items[0]).metre == kept


def test_arrays_are_heard_at_the_usual_tempo_also_by_runs_whose_spec_has_none(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).integers(2, 90, (50, 32)))
    dataset = MusicModality.load(MusicOptions(), f"npz:{tmp_path / 'a.npz'}", "train")
    older = {**dataset.spec, "tempo": None}

    assert dataset.spec["tempo"] == 120
    for spec in (dataset.spec, older):
        view = MusicModality(MusicOptions(), spec).view(dataset.items[0])
        assert (view.tempo, view.seconds) == (120, 4)
    assert MusicModality(MusicOptions(tempo=60), older).view(dataset.items[0]).tempo == 60


def test_a_run_conditioned_on_the_pitch_of_transposed_windows_resumes_bit_for_bit(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).integers(30, 60, (60, 32)))
    real, asked = Trainer.share_done, {"source": f"npz:{tmp_path / 'a.npz'}", "condition": "mean_pitch"}
    asked |= {"objective": "conditional", "epochs": 6, "batch_size": 10, "latent_dim": 4, "device": "cpu"}
    whole = train("music", out=tmp_path / "whole", quiet=True, **asked, **SMALL)

    with monkeypatch.context() as patch:
        patch.setattr(
            Trainer, "share_done", lambda self, s, cut: real(self, s, cut or self.position.step >= 11)
        )
        with pytest.raises(Stopped):
            train("music", out=tmp_path / "cut", quiet=True, **asked, **SMALL)
    resumed = resume(tmp_path / "cut", quiet=True)

    assert resumed.weights.read_bytes() == whole.weights.read_bytes()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, (64, 2)),
        ({"bars": 4}, (64, 1)),
        ({"network": "lstm"}, (256, 1)),
        ({"width": 16, "bars": 3}, (16, 1)),
    ],
)
def test_the_spec_keeps_the_size_of_the_network_as_chosen(given, kept):
    options = MusicOptions(**given)
    spec = MusicModality.load(options, "folk", "test").spec

    assert (spec["width"], spec["depth"]) == kept
    assert MusicModality(options, spec).size == kept


def test_a_run_keeps_its_size_when_the_usual_ones_change(monkeypatch):
    spec = MusicModality.load(MusicOptions(), "folk", "test").spec
    monkeypatch.setitem(networks.SIZES, "parallel", networks.Size(16, 1))

    assert MusicModality(MusicOptions(), spec).size == (64, 2)


def test_a_run_whose_spec_says_no_size_has_the_first_usual_one():
    spec = MusicModality.load(MusicOptions(), "folk", "test").spec
    older = {name: value for name, value in spec.items() if name not in ("width", "depth")}

    assert MusicModality(MusicOptions(), older).size == (128, 4)
    assert MusicModality(MusicOptions(width=16), older).size == (16, 4)


def melody_form(steps):
    return Form(steps, steps, ENCODINGS["melody"].classes, 0, True, torch.uint8)


def test_figures_of_windows_counted_by_hand():
    true = torch.tensor([[40, 1, 1, 1, 45, 1, 0, 0], [0] * 8], dtype=torch.uint8)
    made = torch.tensor([[40, 1, 1, 1, 44, 1, 0, 0], [0] * 8], dtype=torch.uint8)
    form = melody_form(8)

    assert metrics.equal_steps(true, made).float().mean(1).tolist() == [0.875, 1]
    assert metrics.note_f1(true, made, form).tolist() == [0.5, 1]
    assert metrics.pitch_overlap(true, made, form).tolist() == [0.5, 1]


def test_notes_of_drums_are_counted_by_class():
    form = Form(2, 2, ENCODINGS["drums"].classes, 0, True, torch.int16)
    true, made = (
        torch.tensor([[0b101, 0]], dtype=torch.int16),
        torch.tensor([[0b001, 0b010]], dtype=torch.int16),
    )

    assert metrics.struck(true, form)[0].nonzero().tolist() == [[0, 0], [0, 2]]
    assert metrics.note_f1(true, made, form).tolist() == [0.5]


def test_a_path_that_changes_by_equal_parts_is_smooth():
    ends = torch.tensor([[40, 41, 42, 43], [50, 51, 52, 53]], dtype=torch.uint8)
    steady = torch.stack([torch.cat([ends[1, :n], ends[0, n:]]) for n in range(5)])
    jumping = torch.stack([ends[0], ends[0], ends[0], ends[1], ends[1]])
    still = ends[:1].expand(5, 4)

    smooth = metrics.smoothness(torch.stack([steady, jumping, still]))

    # of the three points between, the jump is off by .25, .5 and .25
    assert smooth[:2].tolist() == pytest.approx([1, 2 / 3])
    assert smooth[2].isnan()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_window_is_seen_as_the_notes_that_it_holds(encoding):
    options = MusicOptions(encoding=encoding, tempo=60)
    data = MusicModality.load(options, MusicModality.default_source_for(options), "test")
    modality = MusicModality(options, data.spec)
    item = data.items[torch.tensor([3])][0]

    view = modality.view(item)

    notes = ENCODINGS[encoding].decode(item.numpy())
    assert view.seconds == pytest.approx(8)
    assert [note.pitch for note in view.notes] == notes[:, 2].tolist()
    np.testing.assert_allclose([note.start for note in view.notes], notes[:, 0] / 4)
    np.testing.assert_allclose([note.end for note in view.notes], notes[:, 1] / 4)


def test_attributes_of_a_data_set_are_finite_where_there_are_notes():
    data = MusicModality.load(MusicOptions(), "folk", "test")
    modality = MusicModality(MusicOptions(), data.spec)

    values = modality.attributes(data.items[torch.arange(200)])

    assert {
        "density",
        "mean_pitch",
        "range",
        "syncopation",
        "repetition",
        "chromaticism",
        "mode",
    } <= values.keys()
    assert all(bool(value.isfinite().all()) for value in values.values())


def test_options_that_cannot_work_are_refused_before_a_run_is_made():
    with pytest.raises(UsageError, match="two or more bars"):
        MusicModality.load(MusicOptions(network="hierarchical", bars=1), "folk", "train")

# Personal runs: what they take from their base, also where nothing of their own is saved yet.
"""Personal runs: what they take from their base, also where nothing of their own is saved yet."""

import numpy as np
import pytest
import torch
from digits import train, write_digits

import aekit
from aekit.errors import DataError
from aekit.files import read_arrays
from aekit.runs import Run
from aekit.training.personal import personalize
from aekit.training.trainer import Trainer


class Killed(BaseException):
    """Stands for a kill: nothing is saved any more."""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    return train(write_digits(folder), folder / "run", epochs=10)


def corner(base, out):
    return personalize(base, base.record.source, out=out, quiet=True, latent_dim=2, epochs=6, device="cpu")


def test_a_run_killed_before_it_saved_anything_goes_on_from_its_base(base, tmp_path, monkeypatch):
    def killed(self, share):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", killed)
        with pytest.raises(Killed):
            corner(base, tmp_path / "cut")
    assert not Run(tmp_path / "cut").state.exists()

    resumed, whole = aekit.resume(tmp_path / "cut", quiet=True), corner(base, tmp_path / "whole")

    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    weights, inside = read_arrays(base.weights)[0], read_arrays(resumed.weights)[0]
    assert all(np.array_equal(inside[f"base.{name}"], array) for name, array in weights.items())


def test_files_that_do_not_suit_the_bases_options_are_told_of_with_what_can_be_done(base, tmp_path):
    (tmp_path / "mine").mkdir()

    with pytest.raises(DataError, match="with that run's options; for others train a base"):
        personalize(base, str(tmp_path / "mine"), out=tmp_path / "run", quiet=True, latent_dim=2, epochs=1)


def test_what_it_decodes_is_what_the_base_makes_of_its_codes(base, tmp_path):
    mine, before = aekit.load(corner(base, tmp_path / "run")), aekit.load(base)
    z = torch.randn(5, 2)

    codes = mine.objective.decoder.codes(z)

    assert torch.equal(mine.decode(z), before.decode(codes))
    decoder, seen = mine.objective.decoding(z, torch.zeros(5, 0))
    assert torch.equal(decoder.generate(seen), mine.decode(z))
    assert mine.modality.spec == before.modality.spec
    assert mine.run.record.training["augment"] is False


def test_its_bound_is_the_bases_likelihood_less_its_own_kl(base, tmp_path):
    mine, before = aekit.load(corner(base, tmp_path / "run")), aekit.load(base)
    items = mine.dataset("test").items[torch.arange(20)]
    batch = aekit.Batch(mine.prepared(items), torch.zeros(20, 0))
    posterior = mine.posterior(items)

    torch.manual_seed(3)
    bound = mine.objective.bound(batch, 1)

    torch.manual_seed(3)
    codes = mine.objective.decoder.codes(posterior.sample())
    expected = before.log_prob(items, codes) - posterior.kl().sum(1)
    torch.testing.assert_close(bound, expected, rtol=1e-4, atol=1e-3)

# The item commands on a run that restores: numbered items are degraded, people's own files are taken as given.
"""The item commands on a run that restores: numbered items are degraded, people's own files are taken as given."""

import numpy as np
import pytest
import torch
from digits import train
from PIL import Image

from aekit import load
from aekit.figures import GAP, LABEL_HEIGHT, MARGIN, SMALLEST_CELL
from aekit.figures import reconstructions as drawn_reconstructions


@pytest.fixture(scope="module")
def denoiser(trained, tmp_path_factory):
    """A run that learnt to restore."""
    run = train(trained.source, tmp_path_factory.mktemp("d") / "run", objective="denoising", epochs=2)
    return load(run)


@pytest.fixture
def photo(denoiser, tmp_path):
    """The second test digit as a person's own file."""
    path = tmp_path / "photo.png"
    Image.fromarray(denoiser.dataset("test").items[1, 0].numpy()).save(path)
    return path


def cells(path, rows, named=True):
    """The first cell of each row of a sheet, as it was before it was enlarged: (rows, 28, 28)."""
    sheet = np.asarray(Image.open(path).convert("L"))
    heading = LABEL_HEIGHT if named else 0
    assert sheet.shape[0] == 2 * MARGIN + heading + rows * (SMALLEST_CELL + GAP) - GAP
    right = sheet.shape[1] - MARGIN - SMALLEST_CELL
    tops = [MARGIN + heading + row * (SMALLEST_CELL + GAP) for row in range(rows)]
    return np.stack([sheet[top : top + 56 : 2, right : right + 56 : 2] for top in tops])


def test_a_numbered_item_stands_above_its_degraded_self_and_what_was_restored(aekit, denoiser, tmp_path):
    item = denoiser.dataset("test").items[torch.tensor([1])]
    seen = denoiser.degrade(item)

    assert aekit("reconstruct", denoiser.run.path, 1, "--out", tmp_path / "sheet.png").status == 0

    original, degraded, restored = cells(tmp_path / "sheet.png", 3)
    assert np.array_equal(original, item[0, 0]) and np.array_equal(degraded, seen[0, 0])
    assert np.array_equal(restored, denoiser.reconstruct(seen)[0, 0])
    assert not np.array_equal(item, seen)


def test_a_person_s_file_is_not_degraded_further(aekit, denoiser, photo, tmp_path):
    given = denoiser.modality.read(photo).items

    assert aekit("reconstruct", denoiser.run.path, photo, "--out", tmp_path / "sheet.png").status == 0

    as_given, restored = cells(tmp_path / "sheet.png", 2)
    assert np.array_equal(as_given, given[0, 0])
    assert np.array_equal(restored, denoiser.reconstruct(given)[0, 0])


def test_files_between_numbers_keep_their_places(aekit, denoiser, photo, tmp_path):
    items = denoiser.dataset("test").items[torch.tensor([1, 3])]
    seen, given = denoiser.degrade(items), denoiser.modality.read(photo).items

    done = aekit("reconstruct", denoiser.run.path, 1, photo, 3, "--out", tmp_path / "made.npz")

    made = np.load(tmp_path / "made.npz")
    assert done.status == 0
    order = torch.cat([seen[:1], given, seen[1:]])
    np.testing.assert_allclose(made["codes"], denoiser.encode(order), atol=1e-5)


def test_the_codes_of_numbered_items_are_those_that_the_run_keeps(aekit, denoiser, tmp_path):
    kept, _ = denoiser.run.codes()
    options = ("--split", "train", "--out", tmp_path / "codes.npz")

    assert aekit("encode", denoiser.run.path, 0, 7, *options).status == 0

    rows = [int(np.flatnonzero(kept["index"] == number)[0]) for number in (0, 7)]
    np.testing.assert_allclose(np.load(tmp_path / "codes.npz")["mean"], kept["mean"][rows], atol=1e-4)


def test_a_run_s_own_figure_has_three_rows(denoiser, tmp_path):
    item = denoiser.dataset("test").items[:1]

    (tmp_path / "drawn.png").write_bytes(drawn_reconstructions(denoiser, 1))

    _, degraded, restored = cells(tmp_path / "drawn.png", 3, named=False)
    assert np.array_equal(degraded, denoiser.degrade(item)[0, 0])
    assert np.array_equal(restored, denoiser.reconstruct(denoiser.degrade(item))[0, 0])


def test_models_that_do_not_restore_say_so_and_leave_items_alone(trained):
    model = load(trained.run)

    items = model.dataset("test").items[:3]

    assert not model.restores and torch.equal(model.degrade(items), items)

# .npz files and arrays of pictures: every layout and type is taken, everything else refused plainly.
import numpy as np
import pytest
import torch
from aekit_image import ImageModality, ImageOptions
from aekit_image.arrays import as_items, brought_to
from hypothesis import given
from hypothesis import strategies as st

from aekit import DataError

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.integers(0, 256, (40, 20, 24), np.uint8)


def load(path, split="train", **options):
    return ImageModality.load(ImageOptions(**options), f"npz:{path}", split)


@pytest.fixture
def save(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "data.npz", **arrays)
        return tmp_path / "data.npz"

    return write


@pytest.mark.parametrize("name", ["x", "images", "arr_0"])
def test_a_tenth_is_for_testing_and_nothing_is_lost(save, name):
    path = save(**{name: PICTURES, "y": np.arange(40) % 4 + 5})

    train, test = load(path), load(path, "test")

    both = torch.cat([train.items, test.items])
    assert {item.numpy().tobytes() for item in both} == {item.tobytes() for item in PICTURES}
    assert train.label_names == test.label_names == ("5", "6", "7", "8")
    for data in (train, test):
        rows = [
            next(i for i in range(40) if np.array_equal(PICTURES[i], item[0].numpy())) for item in data.items
        ]
        assert data.labels.tolist() == [row % 4 for row in rows]


def test_x_test_is_the_test_split(save):
    path = save(
        x=PICTURES, y=np.array(["b", "a"] * 20), x_test=PICTURES[:3], y_test=np.array(["a", "b", "c"])
    )

    assert len(load(path)) == 40
    assert load(path, "test").labels.tolist() == [0, 1, 2]
    assert load(path).label_names == ("a", "b", "c")


@given(
    layout=st.sampled_from([(5, 6, 7), (5, 6, 7, 1), (5, 1, 6, 7), (5, 6, 7, 3), (5, 3, 6, 7)]),
    dtype=st.sampled_from([np.uint8, np.float32, np.float64, np.bool_]),
)
def test_every_layout_and_type_becomes_bytes(layout, dtype):
    levels = np.random.default_rng(1).integers(0, 256, layout, np.uint8)
    given_as = {np.uint8: levels, np.bool_: levels > 127}.get(dtype, (levels / 255).astype(dtype))

    items = as_items(given_as, "x")

    by_rank = levels[:, None] if len(layout) == 3 else levels
    expected = by_rank.transpose(0, 3, 1, 2) if len(layout) == 4 and layout[-1] in (1, 3) else by_rank
    expected = (expected > 127) * np.uint8(255) if dtype == np.bool_ else expected
    assert np.array_equal(items.numpy(), expected)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((4, 5)), r"received float64 of shape \(4, 5\)"),
        (np.zeros((4, 8, 8, 2), np.uint8), r"with C = 1 or 3 \(received uint8"),
        (np.zeros((0, 8, 8), np.uint8), r"received uint8 of shape \(0, 8, 8\)"),
        (np.full((2, 8, 8), 255.0), r"\[0, 1\] \(received 255 to 255\)"),
        (np.full((2, 8, 8), np.nan), r"\[0, 1\] \(received nan to nan\)"),
        (np.zeros((2, 8, 8), np.int64), "should be uint8, or reals"),
        (np.zeros((2, 8, 8), complex), "should be uint8, or reals"),
    ],
)
def test_other_arrays_are_refused(array, message):
    with pytest.raises(DataError, match=message):
        as_items(array, "x")


def test_other_files_are_refused(tmp_path, save):
    (tmp_path / "text.npz").write_text("no archive")
    cases = {
        tmp_path / "gone.npz": "There is no file",
        tmp_path / "text.npz": r"is no \.npz file",
        save(z=PICTURES): r"should hold an array 'x' of pictures \(holds z\)",
    }
    for path, message in cases.items():
        with pytest.raises(DataError, match=message):
            load(path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.array([{}, {}])}, "damaged or no .npz file of plain numbers"),
        ({"x": PICTURES, "y": np.zeros(3, int)}, "holds 40 pictures and 3 labels"),
        ({"x": PICTURES, "y": np.zeros(40)}, "Labels should be"),
        ({"x": PICTURES[:1]}, "at least two are needed"),
        ({"x": np.zeros((3, 300, 300), np.uint8)}, "give --size"),
    ],
)
def test_contents_that_cannot_be_used_are_refused(save, arrays, message):
    with pytest.raises(DataError, match=message):
        load(save(**arrays))


def test_60_mutated_archives_load_or_are_refused(tmp_path, save):
    content = save(x=PICTURES[:8], y=np.arange(8)).read_bytes()
    random = np.random.default_rng(7)
    refused = 0
    for _ in range(60):
        data = bytearray(content)
        for place in random.integers(0, len(data), 6):
            data[place] ^= int(random.integers(1, 256))
        (tmp_path / "mutated.npz").write_bytes(data[: random.integers(len(data) // 2, len(data) + 1)])
        try:
            load(tmp_path / "mutated.npz")
        except DataError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 30


def test_a_picture_is_cut_to_its_middle_and_scaled():
    items = torch.zeros(2, 1, 8, 24, dtype=torch.uint8)
    items[..., 8:16] = 90

    assert (brought_to(items, 3, 4, 4) == 90).all()
    assert brought_to(items, 3, 4, 4).shape == (2, 3, 4, 4)


def test_colour_becomes_grey_by_brightness():
    items = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 4, 4)

    assert (brought_to(items, 1, 4, 4) == 76).all()

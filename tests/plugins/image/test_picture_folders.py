# Folders of pictures: splits, labels, refusals and the cache.
import json
import os

import numpy as np
import pytest
import torch
from aekit_image import ImageModality, ImageOptions, folder
from PIL import Image

from aekit import DataError, MappedItems


def load(root, split="train", **options):
    return ImageModality.load(ImageOptions(**options), f"folder:{root}", split)


def test_sub_folders_are_labels_and_every_picture_is_there_once(album):
    splits = [load(album, split, size=16) for split in ("train", "test")]

    names = [name for split in splits for name in split.names]
    assert sorted(names) == sorted(path.relative_to(album).as_posix() for path in album.rglob("*.*"))
    for split in splits:
        assert split.label_names == ("cat", "dog")
        assert [split.label_names[label] for label in split.labels] == [
            name.split("/")[0] for name in split.names
        ]
        assert isinstance(split.items, MappedItems)
        assert (split.item_shape, split.items.dtype) == ((3, 16, 16), torch.uint8)


def test_a_picture_is_where_its_name_says(tmp_path):
    for level in (10, 90, 170, 250):
        Image.new("L", (30, 20), level).save(tmp_path / f"{level}.png")

    for split in ("train", "test"):
        data = load(tmp_path, split, size=16)
        assert [f"{int(item.unique())}.png" for item in data.items[torch.arange(len(data))]] == list(
            data.names
        )


def test_folders_train_and_test_are_the_splits(tmp_path, draw):
    for number, place in enumerate(["train/a", "train/b", "test/a", "test/b", "other"]):
        draw(tmp_path / place / "x.png", number)

    train, test = load(tmp_path), load(tmp_path, "test")

    assert list(train.names) == ["train/a/x.png", "train/b/x.png"]
    assert list(test.names) == ["test/a/x.png", "test/b/x.png"]
    assert train.labels.tolist() == test.labels.tolist() == [0, 1]
    assert train.rejected == (("other/x.png", "in none of the folders train and test"),)


@pytest.mark.parametrize(
    ("training", "testing"),
    [("train", "val"), ("Train", "Validation"), ("TRAIN", "valid"), ("Train", "TEST"), ("train", "Val")],
)
def test_splits_may_be_called_validation_in_letters_of_any_case(tmp_path, draw, training, testing):
    for number, place in enumerate([f"{training}/a", f"{training}/b", f"{testing}/a", f"{testing}/b"]):
        draw(tmp_path / place / "x.png", number)

    train, test = load(tmp_path), load(tmp_path, "test")

    assert list(train.names) == [f"{training}/a/x.png", f"{training}/b/x.png"]
    assert list(test.names) == [f"{testing}/a/x.png", f"{testing}/b/x.png"]
    assert train.label_names == test.label_names == ("a", "b")


def test_beside_a_folder_test_one_for_validation_is_of_no_split(tmp_path, draw):
    for number, place in enumerate(["train", "test", "val"]):
        draw(tmp_path / place / "x.png", number)

    train, test = load(tmp_path), load(tmp_path, "test")

    assert (train.names, test.names) == (["train/x.png"], ["test/x.png"])
    assert train.rejected == (("val/x.png", "in none of the folders train and test"),)


def test_a_folder_val_without_one_for_training_is_a_label(tmp_path, draw):
    for number, place in enumerate(["val", "other"]):
        draw(tmp_path / place / "x.png", number)

    assert load(tmp_path).label_names == ("other", "val")


def test_linked_folders_are_followed_and_loops_are_not(tmp_path, draw):
    draw(tmp_path / "elsewhere" / "a.png", 0)
    draw(tmp_path / "root" / "cat" / "b.png", 1)
    (tmp_path / "root" / "dog").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "cat" / "up").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "gone").symlink_to(tmp_path / "nowhere")

    found = [file.name for file in folder.find_files(tmp_path / "root")]

    assert found == ["cat/b.png", "dog/a.png"]
    assert load(tmp_path / "root").label_names == ("cat", "dog")


@pytest.mark.parametrize(("bits", "white"), [(6, 255), (10, 1023), (12, 4095), (16, 65535)])
def test_deep_pictures_are_scaled_by_the_bits_that_the_folder_uses(tmp_path, bits, white):
    top = 2**bits - 1
    dark, bright = np.full((16, 16), top // 4, np.uint16), np.full((16, 16), top // 8, np.uint16)
    bright[3] = top
    for number, levels in enumerate((dark, bright)):
        Image.fromarray(levels).save(tmp_path / f"{number}.png")
    splits = {name: data.items[torch.tensor([0])] for split in ("train", "test")
              for data in [load(tmp_path, split, size=16)] for name in data.names}  # fmt: skip

    assert splits["0.png"].unique().tolist() == [round(255 * (top // 4) / white)]
    assert splits["1.png"].max() == round(255 * top / white)
    spec = load(tmp_path, size=16).spec
    assert spec["white"] == [white, None] and spec == load(tmp_path, "test", size=16).spec | {
        "mean": spec["mean"]
    }


def test_real_levels_of_one_folder_are_scaled_alike(tmp_path):
    for number, level in enumerate((0.9, 200.0)):
        Image.fromarray(np.full((16, 16), level, np.float32)).save(tmp_path / f"{number}.tiff")

    found = [
        int(load(tmp_path, split, size=16).items[torch.tensor([0])].max()) for split in ("train", "test")
    ]

    assert sorted(found) == [1, 200]


def test_a_file_read_later_is_scaled_as_the_runs_folder_was(tmp_path):
    for number in range(2):
        Image.fromarray(np.full((16, 16), 2000 + number, np.uint16)).save(tmp_path / f"{number}.png")
    options = ImageOptions(size=16)
    spec = load(tmp_path, size=16).spec
    (tmp_path / "later").mkdir()
    Image.fromarray(np.full((16, 16), 1000, np.uint16)).save(tmp_path / "later" / "own.png")

    for path in (tmp_path / "later" / "own.png", tmp_path / "later"):
        assert ImageModality(options, spec).read(path).items.unique().tolist() == [round(255 * 1000 / 2047)]


def test_pictures_of_eight_bits_leave_no_scale_in_the_spec(album):
    assert "white" not in load(album, size=16).spec


def test_the_split_follows_content_and_not_names(tmp_path, draw):
    for number in range(60):
        draw(tmp_path / "one" / f"{number}.png", number)
        draw(tmp_path / "two" / f"{99 - number}.png", number)

    tests = [load(tmp_path / name, "test", size=16) for name in ("one", "two")]

    contents = [{item.numpy().tobytes() for item in test.items[torch.arange(len(test))]} for test in tests]
    assert contents[0] == contents[1]
    assert 1 <= len(tests[0]) <= 15


def test_grey_is_found_and_colour_can_be_asked_for(tmp_path, draw):
    for number in range(3):
        draw(tmp_path / f"{number}.png", number, colour=False)

    assert load(tmp_path).item_shape == (1, 64, 64)
    assert load(tmp_path, channels=3, size=32).item_shape == (3, 32, 32)


def test_refused_files_are_listed_with_reasons(album):
    (album / "cat" / "notes.txt").write_text("no picture")
    (album / "dog" / "cut.jpg").write_bytes(next(album.rglob("*.jpg")).read_bytes()[:300])
    (album / ".hidden").write_text("left alone")

    refused = dict(load(album, size=16).rejected)

    assert refused.keys() == {"cat/notes.txt", "dog/cut.jpg"}
    assert refused["cat/notes.txt"] == "not a picture"
    assert refused["dog/cut.jpg"].startswith("cut short or damaged")


def test_a_later_start_reads_no_picture(album, monkeypatch):
    before = load(album, size=16)
    monkeypatch.setattr(folder, "decode_all", lambda *_: pytest.fail("decoded again"))
    monkeypatch.setattr(folder, "channels_of", lambda *_: pytest.fail("looked at again"))

    after = load(album, size=16)

    assert after.fingerprint() == before.fingerprint()
    assert after.names == before.names


def test_a_changed_folder_is_decoded_anew_and_the_old_cache_goes(album, cache, draw):
    before = load(album, size=16)
    draw(album / "cat" / "new.png", 99)
    os.utime(album / "cat" / "new.png", (1, 1))

    after = load(album, size=16)
    after_test = load(album, "test", size=16)

    assert len(after) + len(after_test) == 31
    assert len(before) in (26, 27, 28, 29)
    assert len(list((cache / "aekit" / "folders").glob("*/*"))) == 1


def test_a_damaged_cache_is_made_again(album, cache):
    before = load(album, size=16).fingerprint()
    items = next(cache.rglob("train.npy"))
    items.write_bytes(items.read_bytes()[:-100])

    assert load(album, size=16).fingerprint() == before


def test_what_a_killed_build_left_goes_and_what_another_is_building_stays(album, cache):
    load(album, size=16)
    home = next((cache / "aekit" / "folders").iterdir())
    for name in ("x.unfinished-1", "x.unfinished-2"):
        (home / name).mkdir()
    os.utime(home / "x.unfinished-1", (1, 1))
    (album / "cat" / "00.png").touch()

    load(album, size=16)

    assert [path.name for path in home.iterdir() if "unfinished" in path.name] == ["x.unfinished-2"]


def test_an_interrupted_build_leaves_nothing(album, cache, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(folder, "decode_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(album, size=16)

    assert not list(cache.rglob("*.npy"))


def test_a_full_disk_is_one_plain_line(album, cache, monkeypatch):
    def full(self, pixels):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.Rows, "append", full)
    with pytest.raises(
        DataError, match=r"Cannot write the cache .* \(No space left on device\); free some space"
    ):
        load(album, size=16)

    assert not list(cache.rglob("*.npy"))


def test_the_cache_is_an_npy_file_that_numpy_reads(album, cache):
    data = load(album, size=16)

    array = np.load(next(cache.rglob("train.npy")))

    assert np.array_equal(array, data.items[torch.arange(len(data))].numpy())
    index = json.loads(next(cache.rglob("index.json")).read_text())
    assert index["frame"] == [3, 16, 16]


def test_two_pictures_are_enough(tmp_path, draw):
    draw(tmp_path / "a.png", 0)
    draw(tmp_path / "b.png", 1)

    assert len(load(tmp_path)) == len(load(tmp_path, "test")) == 1


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "is empty; it should hold pictures"),
        (["a.txt"], r"holds no pictures \(1 files; the first refused: a.txt: not a picture\)"),
        (["a.png", "b.txt"], "holds one picture; at least two are needed"),
        (["train/a.png", "train/b.png", "test/c.txt"], "test' holds no pictures"),
    ],
)
def test_too_few_pictures_say_so(tmp_path, draw, files, message):
    for number, name in enumerate(files):
        draw(tmp_path / name, number) if name.endswith(".png") else (tmp_path / name).parent.mkdir(
            exist_ok=True
        )
        if name.endswith(".txt"):
            (tmp_path / name).write_text("no picture")

    with pytest.raises(DataError, match=message):
        load(tmp_path)


def test_no_folder_says_so(tmp_path):
    with pytest.raises(DataError, match="There is no folder"):
        load(tmp_path / "gone")

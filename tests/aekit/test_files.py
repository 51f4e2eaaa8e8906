# Tensor files: the same bytes for the same content, and every damage noticed.
"""Tensor files: the same bytes for the same content, and every damage noticed."""

import json
import math
import os
from datetime import date

import numpy as np
import pytest
from safetensors.numpy import load

from aekit import files
from aekit.errors import AekitError, RunError
from aekit.files import no_json, read_arrays, write_arrays, write_json, write_whole

ARRAYS = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "steps": np.array(7, np.int64)}


def test_arrays_and_facts_come_back(tmp_path):
    write_arrays(tmp_path / "a.safetensors", ARRAYS, {"step": 3, "best": None, "who": "ä"})
    arrays, facts = read_arrays(tmp_path / "a.safetensors")
    assert facts == {"step": 3, "best": None, "who": "ä"}
    assert all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)
    assert arrays["steps"].shape == ()


def test_every_type_comes_back_as_the_library_reads_it_and_without_a_copy(tmp_path):
    types = ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?", "c8")
    written = {name: np.arange(6).reshape(3, 2).astype(name) for name in types} | {"none": np.zeros((0, 4))}
    write_arrays(tmp_path / "a", written)
    arrays, _ = read_arrays(tmp_path / "a")
    library = load((tmp_path / "a").read_bytes())
    assert set(arrays) == set(library) == set(written)
    for name, array in arrays.items():
        assert array.dtype == library[name].dtype == written[name].dtype
        assert array.shape == written[name].shape and np.array_equal(array, written[name])
    blocks = {id(part_of(array)) for array in arrays.values()}
    assert len(blocks) == 1


def part_of(array):
    """The block of memory that an array is a view of."""
    return array if array.base is None else part_of(array.base)


def test_names_that_are_no_utf_8_come_back_from_json(tmp_path):
    names = [os.fsdecode(b"caf\xe9.mid"), "bücher.mid"]

    write_json(tmp_path / "a.json", names)

    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == names
    assert "bücher" in (tmp_path / "a.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"mean": math.nan}, "'mean' is nan"),
        ({"a": {"high": [1.0, math.inf]}}, "'a.high[1]' is inf"),
        ({"made": date(2026, 1, 2)}, "'made' is datetime.date(2026, 1, 2), a date"),
        ({"a": (np.float32(1),)}, "'a[0]' is np.float32(1.0), a float32"),
        ({3: 1}, "the key 3 is no text"),
        ({"a": [{None: 1}]}, "the key None of 'a[0]' is no text"),
    ],
)
def test_what_strict_json_cannot_hold_is_found_and_named(value, said):
    assert no_json(value) == said


def test_what_strict_json_holds_passes():
    value = {"a": [1, 2.5, True, None, "x", (np.float64(3),)], "b": {"c": {}}}

    assert no_json(value) is None
    assert json.loads(json.dumps(value, allow_nan=False))["b"] == {"c": {}}


def test_the_same_content_gives_the_same_bytes(tmp_path):
    write_arrays(tmp_path / "a", ARRAYS, {"x": 1, "y": 2})
    write_arrays(tmp_path / "b", dict(reversed(ARRAYS.items())), {"y": 2, "x": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_every_flipped_byte_is_noticed_or_changes_nothing(tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, ARRAYS, {"step": 3})
    whole = path.read_bytes()
    noticed = 0
    for place in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            try:
                arrays, facts = read_arrays(path)
            except RunError as error:
                assert "damaged" in str(error)
                noticed += 1
            else:  # white space that pads the header
                assert facts == {"step": 3}
                assert all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)
    assert noticed > 2.9 * len(whole)


def test_every_cut_is_noticed(tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, ARRAYS)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(RunError, match="damaged"):
            read_arrays(path)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AekitError, match="No space left on device"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_nothing_in_a_tensor_file_is_a_date(tmp_path, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 0.0)
    write_arrays(tmp_path / "a", ARRAYS)
    monkeypatch.undo()
    write_arrays(tmp_path / "b", ARRAYS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert files.digest_of(ARRAYS, {}) == files.digest_of(dict(ARRAYS), {})

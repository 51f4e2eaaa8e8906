# The packed digits: what is in the package is MNIST to the last byte, and a damaged copy is noticed.
import hashlib

import numpy as np
import pytest
from aekit_image.digits import PACKED, load_digits, pack, unpack

from aekit import DataError


@pytest.mark.parametrize(
    ("split", "count", "pictures", "labels"),
    [("train", 60_000, "ba891046e650", "65a50cbbf4e9"), ("test", 10_000, "0fa7898d5092", "ff7bcfd416de")],
)
def test_the_package_holds_mnist_to_the_last_byte(split, count, pictures, labels):
    x, y = load_digits(split)

    header = np.array([0x803, count, 28, 28], ">u4").tobytes()
    assert hashlib.sha256(header + x.tobytes()).hexdigest().startswith(pictures)
    header = np.array([0x801, count], ">u4").tobytes()
    assert hashlib.sha256(header + y.tobytes()).hexdigest().startswith(labels)


def test_packing_keeps_any_pictures():
    pictures = np.random.default_rng(0).integers(0, 256, (300, 28, 28), np.uint8)
    pictures[pictures < 100] = 0
    labels = np.arange(300).astype(np.uint8)

    x, y = unpack(pack({"train": (pictures, labels), "test": (pictures[:5], labels[:5])}), "test")

    assert np.array_equal(x, pictures[:5])
    assert np.array_equal(y, labels[:5])


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_one_plain_line(tmp_path, seed):
    pictures = np.random.default_rng(0).integers(0, 256, (300, 28, 28), np.uint8)
    content = bytearray(pack({"test": (pictures, np.zeros(300, np.uint8))}))
    where = int(np.random.default_rng(seed).integers(0, len(content)))
    if seed % 2:
        del content[where:]
    else:
        content[where] ^= 0xFF
    (tmp_path / "mnist.pack").write_bytes(content)

    with pytest.raises(DataError, match=r"damaged or cut short; install aekit again\.$"):
        load_digits("test", tmp_path / "mnist.pack")


def test_a_missing_file_is_one_plain_line(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_digits("test", tmp_path / "mnist.pack")


def test_it_is_small():
    assert PACKED.stat().st_size < 9_000_000

# IDX files: read as written, and refused where they are damaged.
import gzip

import numpy as np
import pytest
from aekit_image.idx import read_idx
from hypothesis import given
from hypothesis import strategies as st

from aekit import DataError


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_an_idx_file_is_read_as_written(tmp_path, ending):
    path = tmp_path / f"images-idx3-ubyte{ending}"
    path.write_bytes(gzip.compress(idx(ARRAY)) if ending else idx(ARRAY))

    assert np.array_equal(read_idx(path), ARRAY)


@given(cut=st.integers(0, 39))
def test_a_file_cut_short_anywhere_is_refused(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(idx(ARRAY)[:cut])

    with pytest.raises(DataError, match="fetch it again"):
        read_idx(path)


def test_a_damaged_gzip_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(idx(ARRAY))[:-9])

    with pytest.raises(DataError, match="fetch it again"):
        read_idx(path)

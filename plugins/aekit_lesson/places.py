# Where data that does not come with aekit lies on this machine: clothes, colour pictures.
"""Where data that does not come with aekit lies on this machine: clothes, colour pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aekit.errors import DataError
from aekit.files import write_whole
from aekit.places import cache_folder

DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")  # where dataset-fashion-mnist puts its files
FASHION_FILE, FASHION_CACHE = "t10k-images*", Path("FashionMNIST", "raw")
CIFAR_NAMES = ("cifar-10-batches-py", "cifar-10-python.tar.gz")
PATCH, STRIDE = 32, 12  # pixels: sides of what is cut from photographs, and from one to the next
HELD_OUT = 0.2  # share of each photograph, at its right, that is kept for testing


@dataclass(frozen=True)
class Found:
    """A source of the image plugin that lies on this machine.

    Attributes:
        source: what `--source` takes.
        options: what the plugin needs beside it.
        title: what it is, in words.
    """

    source: str
    title: str
    options: Mapping[str, Any] = field(default_factory=dict)


def clothes(data_dir: Path | None) -> Found | None:
    """Fashion-MNIST: in `data_dir`, as Debian's package, or downloaded before; None where there is none."""
    title = "Fashion-MNIST"
    for folder in (data_dir.expanduser(), DEBIAN_FASHION) if data_dir is not None else (DEBIAN_FASHION,):
        if folder.is_dir() and any(folder.rglob(FASHION_FILE)):
            return Found("fashion-mnist", title, {"data_dir": str(folder)})
    downloaded = cache_folder() / FASHION_CACHE
    return Found("fashion-mnist", title) if any(downloaded.glob(FASHION_FILE)) else None


def colour(data_dir: Path | None, pictures: Path | None, folder: Path) -> Found | None:
    """Colour pictures: one's own folder, CIFAR-10, or patches of the photographs that come with scikit-learn.

    Args:
        data_dir: where a copy of CIFAR-10 may lie.
        pictures: a folder of one's own pictures, or None.
        folder: where patches are kept.
    """
    if pictures is not None:
        own = {"size": PATCH, "channels": 3}
        return Found(f"folder:{pictures.expanduser().resolve()}", "your own pictures", own)
    if data_dir is not None and any(next(data_dir.expanduser().rglob(name), None) for name in CIFAR_NAMES):
        return Found("cifar10", "CIFAR-10", {"data_dir": str(data_dir.expanduser())})
    if any((cache_folder() / name).exists() for name in CIFAR_NAMES):
        return Found("cifar10", "CIFAR-10")
    path = folder / "photographs.npz"
    if path.is_file() or write_patches(path):
        return Found(f"npz:{path.resolve()}", "patches of the two photographs that come with scikit-learn")
    return None


def write_patches(path: Path) -> bool:
    """Cut scikit-learn's two photographs into patches, their right parts for testing; False where they are gone."""
    try:
        from sklearn.datasets import load_sample_images

        photographs = load_sample_images().images
    except (ImportError, OSError):
        return False
    parts: dict[str, Any] = {"x": [], "x_test": []}
    for photograph in photographs:
        edge = int(photograph.shape[1] * (1 - HELD_OUT))
        parts["x"] += patches(photograph[:, :edge])
        parts["x_test"] += patches(photograph[:, edge:])
    buffer = io.BytesIO()
    np.savez(buffer, x=np.stack(parts["x"]), x_test=np.stack(parts["x_test"]))
    write_whole(path, buffer.getvalue())
    return True


def patches(photograph: Any) -> list[Any]:
    """The patches of a photograph (H, W, 3), in rows."""
    height, width = photograph.shape[:2]
    return [
        photograph[top : top + PATCH, left : left + PATCH]
        for top in range(0, height - PATCH + 1, STRIDE)
        for left in range(0, width - PATCH + 1, STRIDE)
    ]


def checked_folder(path: Path | None, option: str) -> Path | None:
    """A folder that a person named.

    Raises:
        DataError: there is none.
    """
    if path is not None and not path.expanduser().is_dir():
        raise DataError(f"{option} '{path}' is no folder; name one that exists, or leave the option out.")
    return path

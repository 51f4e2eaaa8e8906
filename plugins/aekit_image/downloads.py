# Data sets that are fetched: fashion-mnist and cifar10, from a copy at hand or through torchvision's loaders.
"""Data sets that are fetched: fashion-mnist and cifar10, from a copy at hand or through torchvision's loaders."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit import DataError
from aekit.places import cache_folder
from aekit_image.idx import read_idx

Arrays = tuple[NDArray[np.uint8], NDArray[np.int64]]

FASHION_FILES = {"train": "train", "test": "t10k"}
FASHION_NAMES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
CIFAR_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR_FOLDER, CIFAR_ARCHIVE = "cifar-10-batches-py", "cifar-10-python.tar.gz"
PATIENCE = 30.0


def fashion_mnist(split: str, data_dir: str | None) -> Arrays:
    """Pictures (N, 28, 28) and labels (N,) of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017).

    Raises:
        DataError: `data_dir` does not hold its IDX files, they are damaged, or they cannot be downloaded.
    """
    if data_dir is not None:
        folder = existing(data_dir)
        pictures = read_idx(idx_file(folder, f"{FASHION_FILES[split]}-images", "fashion-mnist"))
        labels = read_idx(idx_file(folder, f"{FASHION_FILES[split]}-labels", "fashion-mnist"))
    else:
        found = torchvision_set("fashion-mnist", cache_folder(), split, download=True)
        pictures, labels = found.data.numpy(), found.targets.numpy()
    if pictures.ndim != 3 or labels.shape != pictures.shape[:1]:
        raise DataError(f"fashion-mnist: {pictures.shape} pictures do not go with {labels.shape} labels.")
    return pictures, labels.astype(np.int64)


def idx_file(folder: Path, stem: str, source: str) -> Path:
    """The IDX file whose name begins with `stem`, in `folder` or below.

    Raises:
        DataError: there is none.
    """
    found = sorted(path for path in folder.rglob(f"{stem}*") if path.is_file() and path.suffix in ("", ".gz"))
    found += sorted(path for path in folder.rglob(f"{stem}*ubyte") if path.is_file())
    if not found:
        raise DataError(f"--data-dir '{folder}' holds no file {stem}-idx*-ubyte[.gz], as {source} needs.")
    return found[0]


def cifar10(split: str, data_dir: str | None) -> Arrays:
    """Pictures (N, 32, 32, 3) and labels (N,) of CIFAR-10 (Krizhevsky 2009); its checksums are checked.

    Raises:
        DataError: `data_dir` does not hold it, it is damaged, or it cannot be downloaded.
    """
    root, download = cache_folder(), True
    if data_dir is not None:
        found = cifar_copy(existing(data_dir))
        root, download = found.parent, found.name == CIFAR_ARCHIVE
    loaded = torchvision_set("cifar10", root, split, download)
    return np.asarray(loaded.data), np.asarray(loaded.targets, np.int64)


def cifar_copy(folder: Path) -> Path:
    """The unpacked folder or the archive of CIFAR-10, in `folder` or below.

    Raises:
        DataError: there is neither.
    """
    for name in (CIFAR_FOLDER, CIFAR_ARCHIVE):
        for path in (folder, *sorted(folder.rglob(name))):
            if path.name == name:
                return path
    raise DataError(f"--data-dir '{folder}' holds neither {CIFAR_FOLDER} nor {CIFAR_ARCHIVE}.")


def existing(data_dir: str) -> Path:
    """The folder that `--data-dir` names.

    Raises:
        DataError: there is no such folder.
    """
    folder = Path(data_dir).expanduser()
    if not folder.is_dir():
        raise DataError(f"--data-dir '{data_dir}' is no folder.")
    return folder


def torchvision_set(name: str, root: Path, split: str, download: bool) -> Any:
    """One of torchvision's data sets, downloaded with a progress bar and checked where that is asked for.

    Raises:
        DataError: it is not there, damaged, or cannot be downloaded.
    """
    try:
        from torchvision import datasets
    except ImportError:
        raise DataError(f"{name} needs torchvision; install aekit with its extra 'image'.") from None
    loader: Callable[..., Any] = {"fashion-mnist": datasets.FashionMNIST, "cifar10": datasets.CIFAR10}[name]
    with patience():
        try:
            return loader(str(root), train=split == "train", download=download)
        except (OSError, RuntimeError, EOFError, ValueError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(":.")
            what = f"cannot be downloaded to '{root}'" if download else f"in '{root}' is damaged or not whole"
            raise DataError(
                f"{name} {what} ({reason}); fetch a copy by other means and name its folder with --data-dir."
            ) from None


@contextmanager
def patience() -> Iterator[None]:
    """Give up on a server that says nothing for PATIENCE seconds."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

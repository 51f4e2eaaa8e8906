# The named data sets, and how each becomes a Dataset with the spec that networks are built from.
"""The named data sets, and how each becomes a Dataset with the spec that networks are built from."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aekit import DataError, Dataset, MappedItems, Source, UsageError
from aekit.data import Items
from aekit.errors import unknown_name
from aekit_image.arrays import brought_to, load_npz
from aekit_image.decoding import BY_ITSELF
from aekit_image.digits import load_digits
from aekit_image.downloads import CIFAR_NAMES, FASHION_NAMES, cifar10, fashion_mnist
from aekit_image.folder import decoded_folder, rejections
from aekit_image.settings import LARGEST, ImageOptions
from aekit_image.shapes import SHAPES, load_shapes

SOURCES = (
    Source(
        "mnist",
        "Handwritten digits (LeCun, Cortes and Burges)",
        "60,000 + 10,000 grey pictures of 28 px",
        "CC BY-SA 3.0",
        "in the package",
    ),
    Source(
        "fashion-mnist",
        "Articles of clothing (Xiao, Rasul and Vollgraf 2017)",
        "60,000 + 10,000 grey pictures of 28 px",
        "MIT",
        "downloaded on first use (31 MB), or --data-dir",
    ),
    Source(
        "cifar10",
        "Small photographs of ten kinds (Krizhevsky 2009)",
        "50,000 + 10,000 colour pictures of 32 px",
        "none stated; for research",
        "downloaded on first use (170 MB), or --data-dir",
    ),
    Source(
        "shapes",
        "Squares, ellipses and hearts with known factors, after dSprites (Matthey et al. 2017)",
        "40,000 + 5,000 grey pictures of 32 px",
        "Apache 2.0, as aekit",
        "made at once",
    ),
    Source(
        "folder:PATH",
        "Any pictures; sub-folders are labels, folders train and test (or val) at the top are the splits",
        "any",
        "yours",
        "read from the folder, decoded once into the cache",
    ),
    Source(
        "npz:PATH",
        "Arrays x and maybe y, x_test, y_test in an .npz file; bytes, or reals in [0, 1]",
        "any",
        "yours",
        "read from the file",
    ),
)

DIGIT_NAMES = tuple("0123456789")
FOLDER_SIZE = 64
SMALL = 32


def load_source(options: ImageOptions, source: str, split: str) -> Dataset:
    """One split of a source; see `Modality.load`.

    Raises:
        UsageError: no source has this name.
        DataError: the source is missing, damaged, or holds nothing that can be used.
    """
    kind, _, rest = source.partition(":")
    if kind in ("folder", "npz") and not rest:
        raise UsageError(f"The source {kind}: needs a path, as in {kind}:PATH (received '{source}').")
    if kind == "folder":
        return folder_set(options, Path(rest).expanduser(), split)
    if kind == "npz":
        return npz_set(options, Path(rest).expanduser(), split)
    if source == "mnist":
        return array_set(options, *load_digits(split), DIGIT_NAMES, split, digits=True, usual="bernoulli")
    if source == "fashion-mnist":
        return array_set(options, *fashion_mnist(split, options.data_dir), FASHION_NAMES, split)
    if source == "cifar10":
        return array_set(options, *cifar10(split, options.data_dir), CIFAR_NAMES, split)
    if source == "shapes":
        return array_set(options, *load_shapes(split), SHAPES, split, usual="bernoulli")
    raise UsageError(unknown_name("source", source, [known.name for known in SOURCES]))


def array_set(
    options: ImageOptions,
    pictures: NDArray[np.uint8],
    labels: NDArray[Any],
    label_names: tuple[str, ...],
    split: str,
    digits: bool = False,
    usual: str = "logistic",
) -> Dataset:
    """A data set of pictures (N, H, W) or (N, H, W, 3) with labels (N,); see `measured`."""
    array = pictures[:, None] if pictures.ndim == 3 else pictures.transpose(0, 3, 1, 2)
    items = wanted(options, torch.from_numpy(np.ascontiguousarray(array)))
    spec = measured(options, items, split, digits, usual)
    return Dataset(items, spec, torch.from_numpy(labels).long(), label_names)


def npz_set(options: ImageOptions, path: Path, split: str) -> Dataset:
    """The data set of an .npz file."""
    archive = load_npz(path, split)
    if options.size is None and max(archive.items.shape[2:]) > LARGEST:
        shape = " x ".join(str(side) for side in archive.items.shape[2:])
        raise DataError(
            f"'{path}' holds pictures of {shape} pixels, {LARGEST} at most can be learnt; give --size."
        )
    items = wanted(options, archive.items)
    spec = measured(options, items, split)
    return Dataset(items, spec, archive.labels, archive.label_names)


def folder_set(options: ImageOptions, root: Path, split: str) -> Dataset:
    """The data set of a folder of pictures, mapped from its cache."""
    decoding = decoded_folder(root, options.size or FOLDER_SIZE, options.channels)
    part = decoding.parts[split]
    index = {label: number for number, label in enumerate(decoding.label_names)} | {"": -1}
    items = MappedItems(decoding.items[split])
    spec = measured(options, items, split)
    if decoding.white != BY_ITSELF:
        spec["white"] = list(decoding.white)
    return Dataset(
        items,
        spec,
        torch.tensor([index[label] for label in part.labels]) if decoding.label_names else None,
        decoding.label_names,
        part.names,
        rejections(part),
    )


def wanted(options: ImageOptions, items: Tensor) -> Tensor:
    """Pictures (N, C, H, W) in the size and channels that the options ask for."""
    channels, height, width = items.shape[1:]
    if options.size is not None:
        height = width = options.size
    return brought_to(items, options.channels or channels, height, width)


def measured(
    options: ImageOptions, items: Items, split: str, digits: bool = False, usual: str = "logistic"
) -> dict[str, Any]:
    """The spec of pictures (N, C, H, W); the mean is measured on the training split alone.

    `usual` is the likelihood where the options leave it open.

    Keys: `shape` (C, H, W), `size` and `channels` (as the options would ask for them), `digits` (read as scans of
    digits), `likelihood`, `network` and its `width` and `depth`, or `layers` (as chosen, so that a run keeps its own
    when the usual ones change), `mean` (see `mean_picture`). A folder with grey files of more than 8 bits adds `white`
    (see `decoding.White`), by which a run reads a person's own files.
    """
    channels, height, width = items.shape[1:]
    small = channels == 1 and max(height, width) <= SMALL
    network = options.network or ("hybrid" if small else "conv")
    return {
        "shape": [channels, height, width],
        "size": height if height == width else None,
        "channels": channels,
        "digits": digits,
        "likelihood": options.likelihood or usual,
        "network": network,
        **options.sizes(network),
        "mean": mean_picture(items) if small and split == "train" else None,
    }


def mean_picture(items: Items) -> str:
    """The mean of small grey pictures (N, 1, H, W) as H * W bytes in base 64."""
    total: Any = 0
    for start in range(0, len(items), 10_000):
        some = items[torch.arange(start, min(start + 10_000, len(items)))]
        total = total + some.numpy().sum(0, dtype=np.uint32)
    return base64.b64encode(np.rint(total / len(items)).astype(np.uint8).tobytes()).decode()

# Chapters on where codes lie: a plane of codes as scatter, and a map by UMAP of codes of many dimensions.
"""Chapters on where codes lie: a plane of codes as scatter, and a map by UMAP of codes of many dimensions."""

from __future__ import annotations

import importlib.util

import numpy as np
from torch import Tensor, from_numpy

from aekit.evaluation import Labelled, neighbour_accuracy
from aekit.latent.projection import PCA, umap
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.workshop import Workshop

APART = 0.2  # by so much more of the classes are told on one plane than on the other
MAPPED = {"quick": 3000, "full": 8000}


def make_plane(workshop: Workshop, content: Content) -> None:
    """The codes of a plain autoencoder with two dimensions."""
    model, found = workshop.model("plane"), workshop.codes("plane", "test")
    content.figure(
        "scatter_bce", "cross-entropy a pixel", workshop.figures("plane")["grey_bce_per_pixel"], ".4f"
    )
    content.share("scatter_knn", "classes told by 5 neighbours", workshop.neighbours("plane"))
    spread = found.codes.std(0)
    content.figure("scatter_spread", "spread of the wider coordinate", float(spread.max()), ".1f")
    content.figure("scatter_far", "largest coordinate", float(found.codes.abs().max()), ".0f")
    points = pictures.scatter(found.codes.numpy(), found.labels, ("first number", "second number"))
    content.picture(
        "scatter", points, "The test digits by the two numbers of their codes; the colour is the class."
    )
    grid = walk_over(found.codes)
    content.picture(
        "decoded", pictures.tiled(model.decode(grid), GRID), "The same plane, decoded place by place."
    )
    content.say(
        "Two numbers for a digit: now the space of codes can be looked at. The network never saw a class, "
        "yet digits of one class lie together, since digits that look alike need codes that decode alike."
    )
    content.say(
        "Nothing tells it how to use the plane, though. The codes reach out to {scatter_far}, in rays of "
        "very different density, with empty places between them and around. What the decoder makes of those "
        "places was never asked of it; the chapters on random codes and on the variational autoencoder come "
        "back to that."
    )


GRID = 18
REACH = 0.98  # of the codes' quantiles


def walk_over(codes: Tensor) -> Tensor:
    """A grid over the middle of codes (N, 2), from the upper left to the lower right: (GRID * GRID, 2)."""
    low, high = codes.quantile(1 - REACH, 0).tolist(), codes.quantile(REACH, 0).tolist()
    across = np.linspace(low[0], high[0], GRID)
    down = np.linspace(high[1], low[1], GRID)
    return from_numpy(np.array([[x, y] for y in down for x in across], np.float32))


def make_umap(workshop: Workshop, content: Content) -> None:
    """Codes of many dimensions laid out on a plane by UMAP, and by PCA."""
    if importlib.util.find_spec("umap") is None:
        content.note = "UMAP is not installed: pip install 'aekit[umap]', and call the lesson again."
        return
    found = workshop.codes("vae-32", "test", MAPPED[workshop.terms.budget])
    table = found.codes.numpy()
    flat = np.asarray(PCA.fit(table, 2).transform(table))
    laid = np.asarray(umap(table))
    content.share(
        "umap_all_knn", "classes told by 5 neighbours, all dimensions", among_themselves(table, found)
    )
    ours = content.share("umap_knn", "the same on UMAP's plane", among_themselves(laid, found))
    linear = content.share("umap_pca_knn", "the same on PCA's plane", among_themselves(flat, found))
    content.picture(
        "umap",
        pictures.scatter(laid, found.labels, ("UMAP, first", "UMAP, second")),
        "Codes laid out by UMAP.",
    )
    content.picture(
        "pca",
        pictures.scatter(flat, found.labels, ("first component", "second component")),
        "The same codes by PCA.",
    )
    content.say(
        "Codes of {dims} dimensions cannot be looked at. PCA shows them from the side from which they are "
        "widest; UMAP keeps neighbours together and gives up all else.",
        dims=table.shape[1],
    )
    if ours - linear > APART:
        content.say(
            "By PCA classes lie upon one another. By UMAP they come apart into islands, although neither it "
            "nor the autoencoder ever saw a class."
        )
    content.say(
        "Neighbours tell the class with an accuracy of {umap_all_knn} in all dimensions, {umap_knn} on "
        "UMAP's plane and {umap_pca_knn} on PCA's. Of a map by UMAP one may read who stands beside whom; "
        "distances between islands, and their sizes, say little."
    )


def among_themselves(points: np.ndarray, found: Labelled) -> float:
    """The accuracy of neighbours within points (N, ...): every other one is asked, the rest answer."""
    rows = from_numpy(np.ascontiguousarray(points)).float()
    known, asked = slice(0, None, 2), slice(1, None, 2)
    return neighbour_accuracy(
        Labelled(rows[known], found.labels[known]), Labelled(rows[asked], found.labels[asked])
    )


PLANE = Chapter(
    "plane",
    "A code of two numbers",
    "Where do digits lie when their code is a point on a plane?",
    ("plane",),
    make_plane,
)
UMAP = Chapter(
    "umap",
    "A map of many dimensions",
    "How can codes of more than two dimensions be looked at?",
    ("vae-32",),
    make_umap,
    lambda workshop: str(importlib.util.find_spec("umap") is not None),
)

# Chapters on what comes back: the simple, deep, sparse and convolutional autoencoder, and PCA beside them.
"""Chapters on what comes back: the simple, deep, sparse and convolutional autoencoder, and PCA beside them."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

import aekit
from aekit.evaluation import Labelled
from aekit.latent.projection import PCA
from aekit.view import Pixels
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.measuring import grey, least_bce, squared_error, weights_of
from aekit_lesson.recipes import RECIPES
from aekit_lesson.workshop import Workshop, told_by_neighbours

BCE = "cross-entropy a pixel"
ACTIVE = 0.1  # a unit of a code is active above this share of the strongest
ATOMS = 20
JUDGED = 2000


def make_simple(workshop: Workshop, content: Content) -> None:
    """784-32-784."""
    model, shown = workshop.model("simple"), workshop.shown
    found, items = workshop.figures("simple"), workshop.digits(len(workshop.test))[0]
    bce = content.figure("simple_bce", BCE, found["grey_bce_per_pixel"], ".4f")
    least = content.figure("least_bce", "cross-entropy of a perfect copy", least_bce(grey(items)), ".4f")
    content.figure("simple_squared", "squared error a pixel", found["squared_error_per_pixel"], ".4f")
    judged, labels = workshop.digits(JUDGED)
    content.share("simple_read_digits", "digits read rightly", workshop.judge.accuracy(judged, labels))
    content.share(
        "simple_read", "copies read rightly", workshop.judge.accuracy(model.reconstruct(judged), labels)
    )
    content.picture(
        "copies", there_and_back(model, shown), "Test digits, their codes as colours, and what comes back."
    )
    content.say(
        "A picture of {pixels} grey levels is squeezed into {dims} numbers by one linear layer, and spread "
        "out again by another. Nothing tells the network what a digit is: it is only asked to give back "
        "what it was shown. The judge, a classifier, reads {simple_read_digits} of the digits rightly, and "
        "{simple_read} of the copies.",
        pixels=items[0].numel(),
        dims=model.latent_dim,
    )
    content.say(
        "The cross-entropy looks high for so good a copy, since grey pixels cost something even when they "
        "are copied without a fault: {least_bce} is the least that any model can reach. What the squeezing "
        "costs is the rest, {rest}.",
        rest=f"{bce - least:.4f}",
    )


def make_deep(workshop: Workshop, content: Content) -> None:
    """784-128-64-32 and back."""
    model = workshop.model("deep")
    simple = workshop.figures("simple")["grey_bce_per_pixel"]
    deep = content.figure("deep_bce", BCE, workshop.figures("deep")["grey_bce_per_pixel"], ".4f")
    content.figure("deep_simple_bce", "the same of the simple one", simple, ".4f")
    rows = {
        "digit": pictures.cells(workshop.shown),
        "simple": pictures.cells(workshop.model("simple").reconstruct(workshop.shown)),
        "deep": pictures.cells(model.reconstruct(workshop.shown)),
    }
    content.picture(
        "copies", pictures.sheet(rows), "Digits, and both copies of them, from codes of the same size."
    )
    content.say(
        "Two more layers on each side, of {layers} units, and the code is as small as before. "
        + (
            "The same numbers now say more, since the way from pixels to numbers may bend: the copies are "
            "closer."
            if deep < simple
            else "In so short a training the deeper network has not overtaken the shallow one yet: it needs more steps."
        ),
        layers=" and ".join(str(RECIPES["deep"].options["layers"]).split(",")),
    )


def make_pca(workshop: Workshop, content: Content) -> None:
    """The best linear code against autoencoders of the same size."""
    rows = {"digit": pictures.cells(workshop.shown)}
    most = workshop.model("deep").latent_dim
    principal = PCA.fit(grey(workshop.labelled("train")[0]).numpy(), most)
    better = [
        beside_pca(workshop, content, rows, principal, name, label)
        for name, label in (("deep", "code"), ("plane", "plane"))
    ]
    content.picture("copies", pictures.sheet(rows), "Copies from codes of the same size, linear and learnt.")
    content.say(
        "PCA finds the best code that a linear map can make, without any training. The autoencoder has as "
        "many numbers but may bend them around the digits."
    )
    if all(better):
        content.say(
            "It makes smaller errors with either number of dimensions, although it was trained for "
            "cross-entropy, and PCA for just this error."
        )
    else:
        content.say(
            "In this training it did not make smaller errors everywhere; a longer one shows the difference."
        )
    content.say(
        "How much each keeps shows best on a plane, where two numbers must stand for a digit: look at the "
        "last two rows of the picture. The five nearest neighbours on the plane tell a digit's class with "
        "an accuracy of {pca_plane_knn} by PCA, and of {pca_plane_ae_knn} by the autoencoder."
    )


def beside_pca(
    workshop: Workshop,
    content: Content,
    rows: dict[str, list[Pixels]],
    principal: PCA,
    name: str,
    label: str,
) -> bool:
    """PCA with as many dimensions as a model has, both measured and shown; whether the model's error is smaller."""
    model, shown = workshop.model(name), grey(workshop.shown).numpy()
    dims = model.latent_dim
    (seen, seen_labels), (unseen, labels) = workshop.labelled("train"), workshop.labelled("test")
    pca = replace(principal, axes=principal.axes[:dims], variance=principal.variance[:dims])
    codes = [torch.from_numpy(pca.transform(grey(items).numpy())) for items in (seen, unseen)]
    copy = torch.from_numpy(pca.inverse(codes[1].numpy())).float().clamp(0, 1)
    error = squared_error(copy, grey(unseen))
    own = float(workshop.figures(name)["squared_error_per_pixel"])
    size = f"{dims} numbers"
    content.figure(f"pca_{label}_squared", f"squared error a pixel, PCA, {size}", error, ".4f")
    content.figure(f"pca_{label}_ae_squared", f"squared error a pixel, autoencoder, {size}", own, ".4f")
    linear = told_by_neighbours(Labelled(codes[0], seen_labels), Labelled(codes[1], labels))
    content.share(f"pca_{label}_knn", f"classes told by 5 neighbours, PCA, {size}", linear)
    learnt = workshop.neighbours(name)
    content.share(f"pca_{label}_ae_knn", f"classes told by 5 neighbours, autoencoder, {size}", learnt)
    linear_copies = torch.from_numpy(pca.inverse(pca.transform(shown)).clip(0, 1) * 255).round().byte()
    rows[f"PCA, {dims}"] = pictures.cells(linear_copies.view_as(workshop.shown))
    rows[f"autoencoder, {dims}"] = pictures.cells(model.reconstruct(workshop.shown))
    return own < error


def make_sparse(workshop: Workshop, content: Content) -> None:
    """L1 and KL penalties: few units active."""
    shown = workshop.shown
    found = workshop.figures("sparse")
    content.figure("sparse_bce", f"{BCE}, L1", found["grey_bce_per_pixel"], ".4f")
    content.figure("sparse_kl_bce", f"{BCE}, KL", workshop.figures("sparse-kl")["grey_bce_per_pixel"], ".4f")
    rows = {"digit": pictures.cells(shown)}
    for name, key, label in (
        ("simple", "simple", "no penalty"),
        ("sparse", "l1", "L1"),
        ("sparse-kl", "kl", "KL"),
    ):
        codes = workshop.codes(name, "test").codes
        content.figure(f"sparse_{key}_active", f"active units a digit, {label}", active_units(codes), ".1f")
        model = workshop.model(name)
        rows[f"{label}: code"] = pictures.code_cells(model.encode(shown), 8)
        rows[f"{label}: copy"] = pictures.cells(model.reconstruct(shown))
    content.picture(
        "codes", pictures.sheet(rows), "Codes without a penalty and with two, and the copies made from them."
    )
    content.picture(
        "strokes",
        strokes(workshop),
        "What single units of the L1 code add to the picture, orange, and take from it, blue.",
    )
    content.say(
        "A sparse code may use few of its {dims} units at a time. The L1 penalty charges for the sum of the "
        "code; the other asks that each unit be active for few of the digits, and measures by a KL "
        "divergence how far it is from that. Without a penalty a digit uses {sparse_simple_active} units, "
        "with L1 {sparse_l1_active}, with KL {sparse_kl_active}.",
        dims=workshop.model("sparse").latent_dim,
    )
    content.say(
        "The copies pay a little for it. Each picture above is what one unit adds: the fewer units a digit may "
        "use, the more each has to say, up to whole strokes."
    )


def make_convolutional(workshop: Workshop, content: Content) -> None:
    """A convolutional network, code of 4 x 4 x 8."""
    model = workshop.model("convolutional")
    bce = content.figure(
        "convolutional_bce", BCE, workshop.figures("convolutional")["grey_bce_per_pixel"], ".4f"
    )
    deep = workshop.figures("deep")["grey_bce_per_pixel"]
    content.figure("convolutional_deep_bce", "the same of the deep one, whose code is smaller", deep, ".4f")
    content.picture(
        "copies",
        there_and_back(model, workshop.shown, 16),
        "Test digits, their codes as colours, and what comes back.",
    )
    content.say(
        "Convolutions look at every place of the picture in the same way, so that a stroke need not be "
        "learnt anew for each place. The code is as large as a grid of four by four cells with eight "
        "numbers each, {dims} in all, and the networks have {weights} weights where the deep one has "
        "{deep_weights}.",
        dims=model.latent_dim,
        weights=f"{weights_of(model):,}",
        deep_weights=f"{weights_of(workshop.model('deep')):,}",
    )
    content.say(
        "With so large a code the copies can hardly be told from the digits."
        if bce < deep
        else "Its steps take longer than those of a perceptron, so that a short training leaves it behind the deep one."
    )


def there_and_back(model: aekit.Autoencoder, items: Tensor, columns: int = 8) -> bytes:
    """Items, their codes as tables of colour, and their copies."""
    codes = pictures.code_cells(model.encode(items), columns)
    rows = {"digit": pictures.cells(items), "code": codes, "copy": pictures.cells(model.reconstruct(items))}
    return pictures.sheet(rows, framed=("code",))


def active_units(codes: Tensor) -> float:
    """Units (of D) above a share of the strongest, the mean over codes (N, D)."""
    return float((codes.abs() > ACTIVE * codes.abs().quantile(0.999)).float().sum(1).mean())


def strokes(workshop: Workshop) -> bytes:
    """What each of the most used units of the L1 code adds to the picture of an empty code: a sheet of two rows."""
    codes, model = workshop.codes("sparse", "test").codes, workshop.model("sparse")
    used = codes.mean(0).argsort(descending=True)[:ATOMS]
    strength = torch.diag(codes.quantile(0.99, dim=0))[used]
    made = [grey(model.decode(code)) for code in (strength, torch.zeros(1, codes.shape[1]))]
    drawn = pictures.code_cells(made[0] - made[1], workshop.shown.shape[3])
    half = -(-len(drawn) // 2)
    return pictures.sheet({"units": drawn[:half], " ": drawn[half:] or drawn[:1]}, framed=("units", " "))


SIMPLE = Chapter(
    "simple",
    "A simple autoencoder",
    "What is left of a digit that must pass through a few numbers?",
    ("simple",),
    make_simple,
)
DEEP = Chapter(
    "deep",
    "A deep autoencoder",
    "Do more layers make better use of the same numbers?",
    ("simple", "deep"),
    make_deep,
)
PCA_CHAPTER = Chapter(
    "pca",
    "PCA and an autoencoder of the same size",
    "Is learning worth it, where a linear map can be had for nothing?",
    ("deep", "plane"),
    make_pca,
)
SPARSE = Chapter(
    "sparse",
    "Sparse codes",
    "What if a digit may use only a few of its numbers?",
    ("simple", "sparse", "sparse-kl"),
    make_sparse,
)
CONVOLUTIONAL = Chapter(
    "convolutional",
    "A convolutional autoencoder",
    "What does a network gain that looks at every place in the same way?",
    ("deep", "convolutional"),
    make_convolutional,
)

# Chapters on the variational autoencoder: on a plane, under three losses, and with convolutions.
"""Chapters on the variational autoencoder: on a plane, under three losses, and with convolutions."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import torch

from aekit.evaluation import active_units
from aekit_lesson import pictures
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.measuring import copies, grey, grey_bce, squared_error
from aekit_lesson.recipes import SQUARED
from aekit_lesson.workshop import Workshop

SIDE = 20
LOSSES = {
    "loss-squared": ("squared", "squared error"),
    "loss-crossentropy": ("crossentropy", "cross-entropy"),
    "loss-logistic": ("logistic", "discretised logistic"),
}


def make_vae(workshop: Workshop, content: Content) -> None:
    """A plane of codes that is filled evenly."""
    model, figures = workshop.model("vae-plane"), workshop.figures("vae-plane")
    found = workshop.codes("vae-plane", "test")
    pixels = math.prod(workshop.shown.shape[1:])
    constant = pixels * (math.log(SQUARED) + 0.5 * math.log(2 * math.pi))
    content.figure("vae_loss", f"squared error x {pixels} + KL, nats", -figures["elbo"] - constant, ".2f")
    content.figure("vae_kl", "KL, nats", figures["kl"], ".2f")
    content.share("vae_knn", "classes told by 5 neighbours", workshop.neighbours("vae-plane"))
    content.figure(
        "vae_spread", "spread of the codes over all digits", float(found.codes.std(0).mean()), ".2f"
    )
    content.share(
        "vae_sure",
        "share of samples that the judge is sure of",
        workshop.judge.sure(torch.from_numpy(model.sample(1000))),
    )
    points = pictures.scatter(found.codes.numpy(), found.labels, ("first number", "second number"))
    content.picture(
        "scatter", points, "The test digits by the means of their codes; the bar gives the classes' colours."
    )
    quantiles = [NormalDist().inv_cdf((number + 0.5) / SIDE) for number in range(SIDE)]
    grid = np.array([[x, y] for y in reversed(quantiles) for x in quantiles], np.float32)
    content.picture(
        "manifold",
        pictures.tiled(model.decode(grid), SIDE),
        "The plane decoded, each place as likely as any other.",
    )
    content.say(
        "The variational autoencoder gives each digit not a point but a small cloud, and pays, in nats, for "
        "every way in which the clouds differ from one round distribution around the origin. Here it pays "
        "{vae_kl} nats a digit, which is what the code tells about it."
    )
    content.say(
        "The codes of all digits are pulled into one cloud, with a spread of about {vae_spread} where the "
        "prior asks for one. Every place of the decoded plane is a place that the decoder was trained near: "
        "between two classes it gives what lies between. Of codes drawn from the prior the judge is sure of "
        "{vae_sure}."
    )
    content.say(
        "The loss is the one that lessons print: the squared error summed over the pixels, and the KL. Both "
        "are sums over one digit; where one of them is averaged over pixels and the other is not, the "
        "figures mean something else."
    )


def make_losses(workshop: Workshop, content: Content) -> None:
    """The same network under three likelihoods."""
    items, levels = workshop.labelled("test")[0], grey(workshop.labelled("test")[0])
    rows, drawn, kls = {"digit": pictures.cells(workshop.shown)}, {}, {}
    for name, (key, label) in LOSSES.items():
        model = workshop.model(name)
        posterior, made = model.posterior(items), copies(model, items)
        kls[key] = float(posterior.kl().sum(1).mean())
        content.figure(f"losses_{key}_kl", "kept of a digit, nats", kls[key], ".1f", label)
        content.figure(f"losses_{key}_units", "dimensions in use", active_units(posterior.mean), ".0f", label)
        content.figure(
            f"losses_{key}_squared", "squared error a pixel", squared_error(made, levels), ".4f", label
        )
        content.figure(f"losses_{key}_bce", "cross-entropy a pixel", grey_bce(made, levels), ".4f", label)
        content.share(f"losses_{key}_knn", "classes told by 5 neighbours", workshop.neighbours(name), label)
        rows[label] = pictures.cells(model.reconstruct(workshop.shown))
        drawn[f"{label}, new"] = pictures.cells(model.sample(10))
    content.picture("copies", pictures.sheet(rows), "Digits, and their copies under each loss.")
    content.picture("samples", pictures.sheet(drawn), "New digits, drawn from the prior, under each loss.")
    content.say(
        "One network, one training time, the same digits; only what counts as an error differs. A code "
        "costs, so it keeps what the loss asks for and no more. Squared error, as lessons use it, asks "
        "little: it keeps {losses_squared_kl} nats of a digit in {losses_squared_units} dimensions. "
        "Cross-entropy asks for every stroke and keeps {losses_crossentropy_kl}. The discretised logistic "
        "asks for the exact grey level of every pixel, and keeps {losses_logistic_kl}."
    )
    most = max(kls, key=lambda key: kls[key])
    content.say(
        "More nats do not mean a better picture of what people see: what is kept for grey levels at the "
        "edges of strokes says nothing about the class. Which loss is right depends on what should be kept."
        if most == "logistic"
        else "Which loss is right depends on what should be kept."
    )


def make_convolutional(workshop: Workshop, content: Content) -> None:
    """A convolutional VAE."""
    model, figures = workshop.model("convolutional-vae"), workshop.figures("convolutional-vae")
    content.figure(
        "convolutional_vae_bce",
        "cross-entropy a pixel, from the mean of the code",
        figures["grey_bce_per_pixel"],
        ".4f",
    )
    content.figure("convolutional_vae_elbo", "ELBO, nats", figures["elbo"], ".1f")
    content.figure("convolutional_vae_kl", "KL, nats", figures["kl"], ".1f")
    content.figure("convolutional_vae_units", "dimensions in use", figures["active_units"], ".0f")
    samples = torch.from_numpy(model.sample(1000))
    content.share(
        "convolutional_vae_sure", "share of samples that the judge is sure of", workshop.judge.sure(samples)
    )
    rows = {"digit": workshop.shown, "copy": model.reconstruct(workshop.shown)}
    content.picture(
        "copies",
        pictures.sheet({name: pictures.cells(found) for name, found in rows.items()}),
        "Test digits and their copies.",
    )
    new = pictures.cells(samples[:30])
    content.picture(
        "samples",
        pictures.sheet({"new": new[:10], " ": new[10:20], "  ": new[20:]}),
        "New digits, the first thirty.",
    )
    content.say(
        "The same objective with convolutional networks, and {dims} dimensions of which "
        "{convolutional_vae_units} are in use: an objective does not know what stands on either side of the "
        "code. The ELBO, {convolutional_vae_elbo} nats, is a lower bound of the logarithm of the "
        "probability that the model gives to a digit in black and white; it can be set beside any other "
        "model's.",
        dims=model.latent_dim,
    )
    content.say("Of its new digits the judge is sure of {convolutional_vae_sure}.")


VAE = Chapter(
    "vae",
    "A variational autoencoder on a plane",
    "What changes when codes must fill a known distribution?",
    ("vae-plane",),
    make_vae,
)
LOSSES_CHAPTER = Chapter(
    "losses",
    "What the loss asks for is what is kept",
    "Does it matter what counts as an error?",
    tuple(LOSSES),
    make_losses,
)
CONVOLUTIONAL = Chapter(
    "convolutional-vae",
    "A convolutional variational autoencoder",
    "Do the two ideas go together?",
    ("convolutional-vae",),
    make_convolutional,
)

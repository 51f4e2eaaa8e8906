# Checks of a modality's networks: what they give, what they may depend on, and that they can be trained.
"""Checks of a modality's networks: what they give, what they may depend on, and that they can be trained.

A check's name is the name of its function, its rule the docstring.
"""

from __future__ import annotations

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from aekit.data import Batch, prepare_alone
from aekit.objectives.vae import VAE
from aekit.options import check
from aekit.testing.data_checks import prepare_keeps_the_batch
from aekit.testing.subject import LATENT_DIM, Check, Subject, expect, looks, near, same, seeded


def encoder_gives_its_width(subject: Subject) -> None:
    """The encoder makes (B, width) finite features; its attribute `width` is a multiple of its `parts`."""
    encoder = subject.encoder()
    features, expected = encoder(subject.prepared()), (len(subject.items()), encoder.width)
    expect(features.shape == expected, f"the encoder made {looks(features)}; expected {expected}")
    expect(bool(features.isfinite().all()), "the encoder's features are not all finite")
    told = f"the encoder's width {encoder.width} cannot be shared out to its {encoder.parts} parts"
    expect(encoder.parts >= 1 and encoder.width % encoder.parts == 0, told)


def encoder_sees_each_item_alone(subject: Subject) -> None:
    """In evaluation mode an item's features do not depend on the rest of the batch."""
    encoder, x = subject.encoder(), subject.prepared()
    alone = torch.cat([encoder(x[index : index + 1]) for index in range(len(x))])
    expect(near(encoder(x), alone), "an item's features change with its batch (batch statistics?)")


def log_prob_is_one_number_an_item(subject: Subject) -> None:
    """`log_prob` gives (B,) finite nats in fp32."""
    nats = subject.decoder().log_prob(subject.codes(), subject.prepared())
    count = len(subject.items())
    right = nats.shape == (count,) and nats.dtype == torch.float32
    expect(right, f"log_prob made {looks(nats)}; expected ({count},) float32")
    expect(bool(nats.isfinite().all()), f"log_prob is not finite: {nats.tolist()}")


def log_prob_sees_each_item_alone(subject: Subject) -> None:
    """In evaluation mode an item's log p(x|z) does not depend on the rest of the batch, and repeats."""
    decoder, z, x = subject.decoder(), subject.codes(), subject.prepared()
    alone = torch.cat([decoder.log_prob(z[i : i + 1], x[i : i + 1]) for i in range(len(x))])
    expect(near(decoder.log_prob(z, x), alone), "an item's log_prob changes with its batch")


def surrogate_without_a_step_is_log_prob(subject: Subject) -> None:
    """`training_log_prob` with step None, when all schedules have ended, is `log_prob`."""
    decoder, z, x = subject.decoder(), subject.codes(), subject.prepared()
    surrogate = seeded(5, lambda: decoder.training_log_prob(z, x, None))
    expect(near(surrogate, decoder.log_prob(z, x)), "training_log_prob(z, x, None) is not log_prob(z, x)")


def surrogate_takes_a_step(subject: Subject) -> None:
    """`training_log_prob` gives (B,) finite numbers at any step, which comes as a scalar tensor."""
    decoder, count = subject.decoder().train(), len(subject.items())
    for step in (0, 1, 10_000_000):
        made = decoder.training_log_prob(subject.codes(), subject.prepared(), torch.tensor(step))
        right = made.shape == (count,) and bool(made.isfinite().all())
        expect(right, f"training_log_prob at step {step} made {looks(made)}; expected ({count},), finite")


def any_latent_dim_will_do(subject: Subject) -> None:
    """`decoder(latent_dim)` makes decoders for codes of 1 and of many columns."""
    count, expected = len(subject.items()), subject.items()
    for latent_dim in (1, 40):
        x = subject.generate(torch.zeros(count, latent_dim))
        expect(len(x) == len(expected), f"{latent_dim} dimensions: {looks(x)} instead of {looks(expected)}")


def generate_gives_stored_items(subject: Subject) -> None:
    """`generate` makes items of the stored shape and type, at temperature 0 and above, and with a `top_p`."""
    expected = subject.items()
    for temperature, top_p in ((0.0, 1.0), (1.0, 1.0), (1.0, 0.9)):
        x = subject.generate(subject.codes(), temperature, top_p)
        right = x.shape == expected.shape and x.dtype == expected.dtype
        expect(
            right, f"generate({temperature=}, {top_p=}) made {looks(x)}; stored items are {looks(expected)}"
        )


def generate_repeats_at_temperature_zero(subject: Subject) -> None:
    """`generate` at temperature 0 draws nothing: the same codes give the same items."""
    decoder = subject.decoder()
    first, second = (seeded(seed, lambda: decoder.generate(subject.codes())) for seed in (6, 7))
    expect(same(first, second), "generate at temperature 0 gave other items under another seed")


def generate_repeats_under_a_seed(subject: Subject) -> None:
    """`generate` at temperature 1 draws from torch's default stream only."""
    decoder = subject.decoder()
    first, second = (seeded(6, lambda: decoder.generate(subject.codes(), 1.0)) for _ in range(2))
    expect(same(first, second), "generate at temperature 1 gave other items under the same seed")


def generate_leaves_the_network_alone(subject: Subject) -> None:
    """`generate` changes neither the codes, nor a weight, nor training and evaluation mode."""
    decoder, z = subject.decoder(), subject.codes()
    before = {name: x.clone() for name, x in decoder.state_dict().items()}
    decoder.generate(z, 1.0)
    changed = [name for name, x in decoder.state_dict().items() if not same(x, before[name])]
    expect(not changed, f"generate changed {', '.join(changed)}")
    expect(not decoder.training, "generate left the decoder in training mode")
    expect(same(z, subject.codes()), "generate changed its codes in place")


def generated_items_go_round(subject: Subject) -> None:
    """What `generate` makes can be prepared, encoded and scored like any item."""
    made = subject.generate(subject.codes())
    x = prepare_alone(subject.modality, made)
    features = subject.encoder()(x)
    nats = subject.decoder().log_prob(subject.codes(), x)
    finite = bool(features.isfinite().all()) and bool(nats.isfinite().all())
    expect(finite, "a generated item has features or a log_prob that are not finite")


def mean_can_be_differentiated(subject: Subject) -> None:
    """`mean` is None, or a prepared item with a finite gradient to z."""
    z, x = subject.codes().requires_grad_(), subject.prepared()
    mean = subject.decoder().mean(z)
    if mean is None:
        return
    expect(mean.shape == x.shape, f"mean made {looks(mean)}; prepared items are {looks(x)}")
    expect(mean.requires_grad, "mean cannot be differentiated in z; is it under torch.no_grad, or rounded?")
    (gradient,) = torch.autograd.grad(mean.float().sum(), z)
    expect(bool(gradient.isfinite().all()), "the gradient of mean in z is not finite")


def metrics_are_one_number_an_item(subject: Subject) -> None:
    """`metrics` gives (B,) numbers under each name, or fewer."""
    with torch.no_grad():
        made = subject.modality.metrics(subject.decoder(), subject.codes(), subject.items())
    for name, values in made.items():
        count = len(subject.items())
        right = values.ndim == 1 and len(values) <= count
        expect(right, f"the metric '{name}' is {looks(values)}; expected ({count},)")


def every_parameter_gets_a_gradient(subject: Subject) -> None:
    """Every parameter takes part in the loss: training on several devices stops at one that does not."""
    vae = trained(subject, torch.float32)
    without = [name for name, x in vae.named_parameters() if x.requires_grad and x.grad is None]
    expect(not without, f"no gradient reaches {', '.join(without)}")
    expect(not unbounded(vae), f"the gradient is not finite in {', '.join(unbounded(vae))}")


def bf16_can_be_trained(subject: Subject) -> None:
    """Under bf16 autocast `log_prob` is still fp32, and the gradients are finite."""
    vae = trained(subject, torch.bfloat16)
    expect(not unbounded(vae), f"under bf16 the gradient is not finite in {', '.join(unbounded(vae))}")
    with torch.no_grad():
        nats = vae.log_prob(subject.prepared(), subject.codes(), torch.zeros(len(subject.items()), 0))
    expect(
        nats.dtype == torch.float32, f"under bf16 log_prob made {looks(nats)}; cast to fp32 before summing"
    )


def unbounded(module: nn.Module) -> list[str]:
    """The names of parameters whose gradient is not finite."""
    gradients = {name: x.grad for name, x in module.named_parameters() if x.grad is not None}
    return [name for name, gradient in gradients.items() if not bool(gradient.isfinite().all())]


def trained(subject: Subject, dtype: torch.dtype) -> VAE:
    """A VAE of the modality's networks after one backward pass in training mode."""
    torch.manual_seed(8)
    vae = VAE(subject.modality, check(VAE.Options, {}, "the VAE"), LATENT_DIM).train()
    vae.autocast_dtype = dtype if dtype != torch.float32 else None
    none = torch.zeros(len(subject.items()), 0)
    vae(Batch(subject.prepared(), none), torch.tensor(1)).loss.backward()
    return vae


def weights_can_be_saved(subject: Subject) -> None:
    """The networks' states are plain tensors that share no memory, and fit freshly made networks."""
    for made, fresh in ((subject.encoder(), subject.encoder()), (subject.decoder(), subject.decoder())):
        state: dict[str, Tensor] = load(save(made.state_dict()))
        fresh.load_state_dict(state, strict=True)


NETWORK_CHECKS = (
    encoder_gives_its_width,
    encoder_sees_each_item_alone,
    log_prob_is_one_number_an_item,
    log_prob_sees_each_item_alone,
    surrogate_without_a_step_is_log_prob,
    surrogate_takes_a_step,
    any_latent_dim_will_do,
    generate_gives_stored_items,
    generate_repeats_at_temperature_zero,
    generate_repeats_under_a_seed,
    generate_leaves_the_network_alone,
    generated_items_go_round,
    mean_can_be_differentiated,
    metrics_are_one_number_an_item,
    every_parameter_gets_a_gradient,
    bf16_can_be_trained,
    weights_can_be_saved,
)

NEEDS: dict[Check, tuple[Check, ...]] = {
    encoder_gives_its_width: (prepare_keeps_the_batch,),
    encoder_sees_each_item_alone: (encoder_gives_its_width,),
    log_prob_is_one_number_an_item: (prepare_keeps_the_batch,),
    log_prob_sees_each_item_alone: (log_prob_is_one_number_an_item,),
    surrogate_without_a_step_is_log_prob: (log_prob_is_one_number_an_item,),
    surrogate_takes_a_step: (log_prob_is_one_number_an_item,),
    generated_items_go_round: (generate_gives_stored_items, log_prob_is_one_number_an_item),
    mean_can_be_differentiated: (prepare_keeps_the_batch,),
    every_parameter_gets_a_gradient: (encoder_gives_its_width,),
    bf16_can_be_trained: (every_parameter_gets_a_gradient,),
}

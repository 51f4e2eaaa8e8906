# The networks of the music plugin: shapes, learning, honest likelihoods, the same step by step as at once.
"""The networks of the music plugin: shapes, learning, honest likelihoods, the same step by step as at once."""

from __future__ import annotations

import itertools
from contextlib import nullcontext

import pytest
import torch
from aekit_music import MusicModality
from aekit_music.encodings import ENCODINGS
from aekit_music.networks import SIZES, Form, Size, make_decoder, make_encoder
from aekit_music.networks.parallel import MixerBlock
from aekit_music.networks.steps import Reading, Summary, step_output
from aekit_music.settings import MusicOptions

from aekit import UsageError
from aekit.objective import autocast_on
from aekit.objectives.vae import VAE

SMALL = {"parallel": Size(16, 2), "lstm": Size(16, 1), "hierarchical": Size(16, 1)}

SPEC = {
    "encoding": "melody",
    "metre": "4/4",
    "bars": 4,
    "steps": 64,
    "steps_per_bar": 16,
    "steps_per_beat": 4,
    "tempo": 120,
}


def form_of(encoding, autoregressive=False, bars=2):
    kind = ENCODINGS[encoding]
    flat = len(kind.classes) == 1
    dtype = getattr(torch, kind.dtype.__name__)
    return Form(4 * bars, 4, kind.classes, kind.planes, flat, dtype, autoregressive)


def windows(form, count=3):
    if form.planes:
        return (torch.rand(count, form.steps, form.planes) < 0.05).to(form.dtype)
    columns = [torch.randint(classes, (count, form.steps)) for classes in form.classes]
    return (columns[0] if form.flat else torch.stack(columns, 2)).to(form.dtype)


def prepared(x):
    return x.float() if x.shape[-1] == 176 else x.long()


@pytest.mark.parametrize("bars", [2, 4])
@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize(("network", "encoding"), itertools.product(SIZES, ENCODINGS))
def test_windows_go_in_and_come_out_and_every_parameter_learns(network, encoding, bf16, bars):
    torch.manual_seed(0)
    form = form_of(encoding, bars=bars)
    encoder = make_encoder(network, form, SMALL[network])
    decoder = make_decoder(network, form, 5, SMALL[network], 100.0, 0.3)
    x = windows(form)

    with autocast_on("cpu", torch.bfloat16) if bf16 else nullcontext():
        features = encoder(prepared(x))
        log_prob = decoder.training_log_prob(features[:, :5].float(), prepared(x), torch.tensor(3.0))
    log_prob.sum().backward()

    assert features.shape == (3, encoder.width)
    assert log_prob.shape == (3,)
    assert log_prob.dtype == torch.float32
    for name, parameter in [*encoder.named_parameters(), *decoder.named_parameters()]:
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
    made = decoder.eval().generate(torch.randn(3, 5))
    assert made.shape == x.shape
    assert made.dtype == x.dtype


@pytest.mark.parametrize("bars", [2, 4])
@pytest.mark.parametrize(("network", "encoding"), itertools.product(["lstm", "hierarchical"], ENCODINGS))
def test_step_by_step_gives_what_all_at_once_gives(network, encoding, bars):
    torch.manual_seed(1)
    form = form_of(encoding, bars=bars)
    decoder = make_decoder(network, form, 5, SMALL[network], 100.0, 0.3).eval()
    z = torch.randn(3, 5)

    made = decoder.generate(z)

    # the greedy row at each step, given the rows that were made, is the row that was made
    assert torch.equal(decoder.likeliest(z, prepared(made)), made)


def test_windows_of_several_bars_are_divided_into_them_and_short_or_uneven_ones_are_not():
    assert [form_of("melody", bars=bars).parts for bars in (1, 2, 3, 16)] == [1, 1, 3, 16]
    assert form_of("melody", bars=4)._replace(steps=18).parts == 1


def test_each_bar_of_a_long_window_passes_by_the_same_layers():
    torch.manual_seed(5)
    summary, reading = Summary(16, 6, parts=4), Reading(16, 9, parts=4, condition_dim=1)
    h, z = torch.randn(3, 16, 6), torch.randn(3, 9)
    moved = summary(h.unflatten(1, (4, 4)).roll(1, 1).flatten(1, 2))
    torch.testing.assert_close(moved, summary(h).unflatten(1, (4, -1)).roll(1, 1).flatten(1))

    torch.nn.init.zeros_(reading.rest.weight)  # which is another for each bar
    torch.nn.init.zeros_(reading.rest.bias)
    moved = reading(torch.cat([z[:, :8].unflatten(1, (4, 2)).roll(1, 1).flatten(1), z[:, 8:]], 1))
    torch.testing.assert_close(moved, reading(z).unflatten(1, (4, 4)).roll(1, 1).flatten(1, 2))


@pytest.mark.parametrize(("code", "condition_dim"), [(3, 0), (9, 0), (9, 1), (12, 4), (10, 2)])
def test_a_condition_and_a_code_that_cannot_be_shared_out_are_read_by_all_bars(code, condition_dim):
    torch.manual_seed(7)
    reading = Reading(16, code, parts=4, condition_dim=condition_dim)
    z = torch.zeros(2, code)
    z[1, -1] = 1
    moved = (reading(z)[1] - reading(z)[0]).abs().sum(1).view(4, 4)
    assert (moved > 0).all()


@pytest.mark.parametrize("network", SIZES)
def test_a_bar_reads_the_share_that_the_head_gives_it_whatever_the_condition(network):
    torch.manual_seed(8)
    options = MusicOptions(bars=4, network=network, hide=0.0)
    modality = MusicModality(options, SPEC)
    objective = VAE(modality, VAE.Options(), latent_dim=8, condition_dim=5)
    assert objective.head.parts == 4
    reading = next(one for one in objective.decoder.modules() if isinstance(one, Reading))
    assert (reading.parts, reading.shared) == (4, 8) and reading.rest.in_features == 5


def test_what_one_bar_holds_reaches_the_others_through_the_parallel_networks_blocks():
    torch.manual_seed(6)
    block = MixerBlock(form_of("melody", bars=4), 8)
    h = torch.randn(1, 16, 8)
    changed = h.clone()
    changed[:, 0] += 1
    moved = (block(changed) - block(h)).abs().sum(2)[0]
    assert (moved.view(4, 4)[:, 0] > 0).all()  # the same step of every bar
    assert (moved[:4] > 0).all()  # every step of its own


@pytest.mark.parametrize("network", ["lstm", "hierarchical"])
def test_a_step_does_not_see_itself_or_what_follows(network):
    torch.manual_seed(2)
    form = form_of("melody")
    decoder = make_decoder(network, form, 5, SMALL[network], 100.0, 0.0).eval()
    z, x = torch.randn(1, 5), prepared(windows(form, 1))
    changed = x.clone()
    changed[:, 5:] = (changed[:, 5:] + 7) % 90

    first, second = (
        decoder.output.distributions(decoder.features(decoder.begin(z), rows))[0].logits
        for rows in (x, changed)
    )

    torch.testing.assert_close(first[:, :6], second[:, :6])
    assert not torch.allclose(first[:, 6:], second[:, 6:])


def test_a_bar_of_the_hierarchical_network_does_not_see_the_bars_before():
    torch.manual_seed(3)
    form = form_of("melody")
    decoder = make_decoder("hierarchical", form, 5, SMALL["hierarchical"], 100.0, 0.0).eval()
    z, x = torch.randn(1, 5), prepared(windows(form, 1))
    changed = x.clone()
    changed[:, :4] = (changed[:, :4] + 7) % 90

    first, second = (decoder.features(decoder.begin(z), rows) for rows in (x, changed))

    torch.testing.assert_close(first[:, 4:], second[:, 4:])


def test_pitchwise_bits_sum_to_one_and_see_each_other():
    torch.manual_seed(4)
    form = Form(1, 1, (), 6, False, torch.uint8, True)
    output = step_output(form, 5)
    torch.nn.init.normal_(output.reads)
    torch.nn.init.zeros_(output.leave.bias)
    h = torch.randn(1, 1, 5)
    every = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6))).unsqueeze(1)

    with torch.no_grad():
        probability = output.log_prob(h.expand(64, 1, 5), every)[:, 0].exp()
        draws = output.sample(h.expand(40_000, 1, 5), 1.0)[:, 0]

    assert probability.double().sum().item() == pytest.approx(1, abs=1e-5)
    share = (draws @ (2.0 ** torch.arange(5, -1, -1))).long().bincount(minlength=64) / 40_000
    torch.testing.assert_close(share, probability, atol=0.01, rtol=0)
    first, last = every[:, 0, 0], every[:, 0, 5]
    apart = (probability @ first) * (probability @ last)
    assert float(probability @ (first * last)) != pytest.approx(float(apart), abs=0.003)


def test_windows_of_one_bar_are_refused_by_the_hierarchical_network():
    with pytest.raises(UsageError, match="two or more whole bars"):
        make_encoder("hierarchical", form_of("melody", bars=1), SMALL["hierarchical"])

# The image plugin's networks: shapes of any size, gradients everywhere, and the first output is the mean picture.
import itertools

import pytest
import torch
from aekit_image import ImageModality, ImageOptions
from aekit_image.convolutions import pyramid
from aekit_image.sources import mean_picture

SHAPES = [(1, 28, 28), (3, 16, 16), (3, 50, 37), (1, 100, 100)]  # (C, H, W)
NETWORKS = ["mlp", "hybrid", "conv", "plain"]
LIKELIHOODS = ["bernoulli", "logistic", "gaussian", "crossentropy"]


def modality(shape, likelihood, network, mean=None, **options):
    spec = {"shape": list(shape), "digits": False, "likelihood": likelihood, "network": network, "mean": mean}
    small = {"network": "plain", "layers": "16"} if network == "plain" else {"width": 16, "depth": 1}
    return ImageModality(ImageOptions(**small, **options), spec)


@pytest.mark.parametrize(
    ("shape", "likelihood", "network"),
    [
        *itertools.product(SHAPES[:1], LIKELIHOODS, NETWORKS),
        *itertools.product(SHAPES[1:], ["logistic"], NETWORKS),
    ],
)
@pytest.mark.parametrize("bf16", [False, True])
def test_pictures_go_in_and_come_out_and_every_parameter_learns(shape, likelihood, network, bf16):
    plugin = modality(shape, likelihood, network)
    items = torch.randint(0, 256, (4, *shape), dtype=torch.uint8)
    encoder, decoder = plugin.encoder(), plugin.decoder(5)
    z = torch.randn(4, 5)

    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        x = plugin.prepare(items)
        features = encoder(x)
        log_prob = decoder.log_prob(z + features[:, :5].float(), x)
        generated = decoder.generate(z)
    log_prob.mean().backward()

    assert features.shape == (4, encoder.width)
    assert (log_prob.shape, log_prob.dtype) == ((4,), torch.float32)
    assert (generated.shape, generated.dtype) == (items.shape, torch.uint8)
    assert decoder.mean(z).shape == x.shape
    for name, parameter in [*encoder.named_parameters(), *decoder.named_parameters()]:
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("size", [16, 28, 33, 64, 100, 256])
def test_the_coarsest_grid_has_4_to_8_cells(size):
    grids = pyramid(size, size, 32)

    assert 4 <= grids.rows == grids.columns <= 8
    assert size <= grids.padded[0] < size + 2 ** len(grids.widths)


def test_an_untrained_perceptron_gives_about_the_mean_picture():
    items = torch.randint(0, 256, (1, 1, 28, 28), dtype=torch.uint8).clamp(3, 250)
    plugin = modality((1, 28, 28), "bernoulli", "mlp", mean_picture(items))
    decoder = plugin.decoder(5)
    torch.nn.init.zeros_(decoder.outputs.leave.weight)

    assert torch.equal(decoder.generate(torch.randn(1, 5)), items)


def test_generation_at_zero_is_the_same_each_time_and_above_is_not():
    decoder = modality((1, 28, 28), "bernoulli", "mlp").decoder(5)
    z = torch.randn(3, 5)

    assert torch.equal(decoder.generate(z), decoder.generate(z))
    assert not torch.equal(decoder.generate(z, 1.0), decoder.generate(z, 1.0))
    assert set(decoder.generate(z, 1.0).unique().tolist()) == {0, 255}


def test_a_condition_is_only_more_columns():
    decoder = modality((3, 32, 32), "logistic", "conv").decoder(5 + 10)

    assert decoder.generate(torch.randn(2, 15)).shape == (2, 3, 32, 32)


def test_the_mean_is_differentiable_in_the_code():
    decoder = modality((1, 28, 28), "logistic", "mlp").decoder(5)
    z = torch.randn(2, 5, requires_grad=True)

    decoder.mean(z).sum().backward()

    assert z.grad.abs().sum() > 0


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_alone_rebuild_the_networks(network):
    first, second = (modality((1, 28, 28), "bernoulli", network) for _ in range(2))
    one, two = first.decoder(5), second.decoder(5)
    two.load_state_dict(one.state_dict())

    z = torch.randn(2, 5)
    assert torch.equal(one.generate(z), two.generate(z))
    assert all(value.is_contiguous() for value in one.state_dict().values())

# The plain network: the textbook's layers and no others, options that contradict it, and the contract.
import math

import pytest
import torch
from aekit_image import ImageModality, ImageOptions
from aekit_image.settings import hidden
from torch import nn

from aekit.testing import check_modality

SHAPE = (1, 28, 28)


def modality(layers=None, likelihood="crossentropy", mean=None):
    spec = {"shape": list(SHAPE), "digits": True, "likelihood": likelihood, "network": "plain", "mean": mean}
    return ImageModality(ImageOptions(network="plain", layers=layers), spec)


def widths(network):
    """In and out of every linear layer, in order."""
    return [(m.in_features, m.out_features) for m in network.modules() if isinstance(m, nn.Linear)]


@pytest.mark.parametrize(
    ("layers", "down", "up"),
    [
        ("", [], [(32, 784)]),
        ("128,64", [(784, 128), (128, 64)], [(32, 64), (64, 128), (128, 784)]),
        (" 300 , 7,9", [(784, 300), (300, 7), (7, 9)], [(32, 9), (9, 7), (7, 300), (300, 784)]),
    ],
)
def test_layers_are_those_that_were_asked_for_and_mirrored(layers, down, up):
    plugin = modality(layers)

    encoder, decoder = plugin.encoder(), plugin.decoder(32)

    assert widths(encoder) == down
    assert widths(decoder) == up
    assert encoder.width == (down[-1][1] if down else 784)


def test_layers_are_128_and_64_by_default():
    assert widths(modality().encoder()) == [(784, 128), (128, 64)]


def test_the_logistic_likelihood_has_two_outputs_a_pixel():
    assert widths(modality("", "logistic").decoder(5)) == [(5, 2 * 784)]


def test_without_hidden_layers_outputs_are_linear_in_the_code():
    outputs = modality("").decoder(5).outputs
    z, v = torch.randn(2, 4, 5)

    together = outputs(z + v) + outputs(torch.zeros(4, 5))

    assert torch.allclose(together, outputs(z) + outputs(v), atol=1e-5)


def test_a_fresh_network_keeps_the_spread_of_what_it_sees():
    torch.manual_seed(0)
    encoder = modality("512,512,512,512").encoder()
    x = torch.randn(500, *SHAPE)

    second_moments = [x.square().mean().item()]
    stream = x.flatten(1)
    for layer in encoder.layers:
        stream = layer(stream)
        if isinstance(layer, nn.Linear):
            second_moments.append(stream.square().mean().item() / 2)  # the nonlinearity keeps half of it

    # torch's own initialisation would leave a sixth of it after each layer
    assert all(0.7 < moment < 1.5 for moment in second_moments)


def test_an_untrained_network_of_zero_weights_gives_the_mean_picture():
    plugin = modality("16")
    decoder = plugin.decoder(5)
    nn.init.zeros_(decoder.outputs.leave.weight)

    assert torch.allclose(decoder.mean(torch.randn(2, 5)), torch.tensor(0.5), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": "128"}, r"layers\n.*is for the network plain alone"),
        ({"network": "conv", "layers": ""}, r"layers\n.*is for the network plain alone"),
        ({"network": "plain", "width": 64}, r"width\n.*is not for the network plain.*layers"),
        ({"network": "plain", "depth": 2}, r"depth\n.*is not for the network plain.*layers"),
        *(
            ({"network": "plain", "layers": layers}, r"layers\n.*should be whole numbers from 1 to 4096")
            for layers in ("0", "128,", ",", "-5", "12.5", "a", "128;64", "5000", "128,,64", "²")
        ),
    ],
)
def test_options_that_contradict_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ImageOptions(**options)


def test_layers_survive_a_round_of_json():
    options = ImageOptions(network="plain", layers=" 128 ,64")

    again = ImageOptions(**options.model_dump(mode="json"))

    assert again == options
    assert hidden(again.layers) == (128, 64)
    assert hidden("") == ()


@pytest.mark.parametrize(("layers", "likelihood"), [("", "crossentropy"), ("24,12", "bernoulli")])
def test_the_plain_network_keeps_the_contract(layers, likelihood):
    options = {"network": "plain", "layers": layers, "likelihood": likelihood}

    check_modality(ImageModality, source="shapes", options=options).raise_for_failures()


def test_with_no_hidden_layers_principal_components_are_among_its_weights():
    """Squared error then cannot be less than what PCA loses (Baldi and Hornik 1989), which these weights reach."""
    items = torch.randint(0, 256, (40, *SHAPE), dtype=torch.uint8)
    spec = {"shape": list(SHAPE), "digits": True, "likelihood": "gaussian", "network": "plain", "mean": None}
    plugin = ImageModality(ImageOptions(network="plain", layers="", scale=1.0), spec)
    encoder, decoder, x = plugin.encoder(), plugin.decoder(3), plugin.prepare(items)
    mean = x.flatten(1).mean(0)
    _, singular, directions = torch.linalg.svd(x.flatten(1) - mean, full_matrices=False)

    with torch.no_grad():
        decoder.outputs.leave.weight.copy_(directions[:3].T)
        decoder.outputs.leave.bias.copy_(mean)
        z = (encoder(x) + plugin.mean().flatten() - mean) @ directions[:3].T
        nats = decoder.log_prob(z, x)

    squares = -2 * nats - 784 * math.log(2 * math.pi)
    assert squares.sum().item() == pytest.approx(singular[3:].square().sum().item(), rel=1e-4)

# ImageModality: sources, files of one's own, views, augmentation and figures.
import gzip
import subprocess
import sys
import urllib.request

import numpy as np
import pytest
import torch
from aekit_image import ImageModality, ImageOptions, downloads, settings
from PIL import Image

from aekit import DataError, UsageError
from aekit.data import prepare_alone
from aekit.objectives.vae import VAE

DIGITS = {
    "shape": [1, 28, 28],
    "size": 28,
    "channels": 1,
    "digits": True,
    "likelihood": "bernoulli",
    "network": "hybrid",
    "width": 256,
    "depth": 6,
    "mean": None,
}
COLOUR = {"shape": [3, 20, 24], "digits": False, "likelihood": "logistic", "network": "conv", "mean": None}


@pytest.fixture(scope="module")
def mnist():
    return ImageModality.load(ImageOptions(), "mnist", "test")


@pytest.fixture
def digits():
    return ImageModality(ImageOptions(), DIGITS)


@pytest.fixture
def colour():
    return ImageModality(ImageOptions(), COLOUR)


def loaded_by(statement: str) -> str:
    """Which of the slow libraries a fresh interpreter has loaded after `statement`."""
    code = (
        f"{statement}; import sys; print({{'torch', 'PIL', 'torchvision', 'matplotlib'}} & {{*sys.modules}})"
    )
    return subprocess.check_output([sys.executable, "-c", code], text=True).strip()


def test_importing_the_plugin_loads_neither_torch_nor_pillow():
    assert loaded_by("import aekit_image, aekit_image.crew") == "set()"


def test_importing_the_modality_loads_no_pillow():
    assert loaded_by("import aekit_image.modality") == "{'torch'}"


def test_mnist_is_the_default_and_complete(mnist):
    assert ImageModality.default_source == "mnist"
    assert tuple(mnist.items.shape) == (10_000, 1, 28, 28)
    assert mnist.label_names == tuple("0123456789")
    assert mnist.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert mnist.spec == DIGITS


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, {"width": 256, "depth": 6}),
        ({"network": "conv", "depth": 3}, {"width": 32, "depth": 3}),
        ({"network": "plain"}, {"layers": "128,64"}),
        ({"network": "plain", "layers": ""}, {"layers": ""}),
    ],
)
def test_the_spec_keeps_the_sizes_of_the_network_as_chosen(given, kept):
    spec = ImageModality.load(ImageOptions(**given), "mnist", "test").spec

    assert {name: spec[name] for name in ("width", "depth", "layers") if name in spec} == kept


def test_a_run_keeps_its_sizes_when_the_usual_ones_change(monkeypatch):
    spec = ImageModality.load(ImageOptions(), "mnist", "test").spec
    before = ImageModality(ImageOptions(), spec).decoder(4).state_dict()
    monkeypatch.setitem(settings.WIDTH, "hybrid", 64)

    after = ImageModality(ImageOptions(), spec).decoder(4)

    after.load_state_dict(before)


def test_the_spec_of_the_training_split_has_the_mean_picture():
    data = ImageModality.load(ImageOptions(), "mnist", "train")

    mean = ImageModality(ImageOptions(), data.spec).mean()

    assert torch.allclose(mean, data.items.float().mean(0) / 255, atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize(
    ("options", "shape"),
    [({"size": 32}, (1, 32, 32)), ({"channels": 3}, (3, 28, 28)), ({"size": 16}, (1, 16, 16))],
)
def test_size_and_channels_can_be_chosen(options, shape):
    assert ImageModality.load(ImageOptions(**options), "mnist", "test").item_shape == shape


def test_likelihood_and_network_can_be_chosen():
    spec = ImageModality.load(ImageOptions(likelihood="gaussian", network="conv"), "mnist", "test").spec

    assert (spec["likelihood"], spec["network"]) == ("gaussian", "conv")


@pytest.mark.parametrize(
    "options", [{"size": 15}, {"size": 257}, {"channels": 2}, {"likelihood": "poisson"}, {"width": 0}]
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        ImageOptions(**options)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("mnits", "Did you mean 'mnist'"),
        ("folder:", "needs a path"),
        ("npz", "needs a path"),
        ("", "No source named ''"),
    ],
)
def test_unknown_sources_are_refused(source, message):
    with pytest.raises(UsageError, match=message):
        ImageModality.load(ImageOptions(), source, "train")


def test_every_source_that_is_listed_is_accepted_by_its_own_entry():
    for source in ImageModality.sources():
        assert source.accepts(source.name.replace("PATH", "some/place"))


@pytest.fixture
def fashion(tmp_path):
    """A tiny data set in the files of Fashion-MNIST, below the folder that is named."""
    folder = tmp_path / "somewhere" / "below"
    folder.mkdir(parents=True)
    for stem, count in (("train", 6), ("t10k", 3)):
        pictures = np.arange(count * 784, dtype=np.uint8)
        head = np.array([0x803, count, 28, 28], ">u4").tobytes()
        (folder / f"{stem}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + pictures.tobytes()))
        labels = np.arange(count, dtype=np.uint8)
        (folder / f"{stem}-labels-idx1-ubyte").write_bytes(
            np.array([0x801, count], ">u4").tobytes() + labels.tobytes()
        )
    return tmp_path


def test_fashion_mnist_is_read_from_a_copy_at_hand(fashion):
    options = ImageOptions(data_dir=str(fashion))

    train, test = (ImageModality.load(options, "fashion-mnist", split) for split in ("train", "test"))

    assert (len(train), len(test)) == (6, 3)
    assert train.items[1, 0, 0, 0] == 784 % 256
    assert test.label_names[test.labels[2]] == "pullover"
    assert (train.spec["digits"], train.spec["likelihood"]) == (False, "logistic")


def test_a_copy_cut_short_is_one_plain_line(fashion):
    next(fashion.rglob("t10k-labels*")).write_bytes(b"\0\0\x08\x01\0\0\0\x09")

    with pytest.raises(DataError, match=r"should hold 9 bytes \(holds 0\)"):
        ImageModality.load(ImageOptions(data_dir=str(fashion)), "fashion-mnist", "test")


@pytest.mark.parametrize("source", ["fashion-mnist", "cifar10"])
def test_a_folder_without_the_copy_says_so(tmp_path, source):
    for folder, message in ((tmp_path, "holds n"), (tmp_path / "gone", "is no folder")):
        with pytest.raises(DataError, match=f"--data-dir .* {message}"):
            ImageModality.load(ImageOptions(data_dir=str(folder)), source, "train")


@pytest.mark.parametrize("source", ["fashion-mnist", "cifar10"])
def test_without_a_network_the_line_says_what_to_do(monkeypatch, source):
    def no_network(*args, **kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    with pytest.raises(DataError, match=r"cannot be downloaded .* name its folder with --data-dir") as error:
        ImageModality.load(ImageOptions(), source, "train")
    assert "\n" not in str(error.value)


def test_cifar10_comes_in_colour(monkeypatch, tmp_path):
    class Loaded:
        data = np.arange(2 * 32 * 32 * 3, dtype=np.uint8).reshape(2, 32, 32, 3)
        targets = (3, 9)

    (tmp_path / "cifar-10-batches-py").mkdir()
    monkeypatch.setattr(downloads, "torchvision_set", lambda *_: Loaded)

    data = ImageModality.load(ImageOptions(data_dir=str(tmp_path)), "cifar10", "train")

    assert tuple(data.items[:, :, 0, 0].flatten().tolist()) == (0, 1, 2, 0, 1, 2)
    assert [data.label_names[label] for label in data.labels] == ["cat", "truck"]
    assert data.spec["network"] == "conv"


def test_a_damaged_cifar10_is_one_plain_line(tmp_path):
    (tmp_path / "cifar-10-batches-py").mkdir()
    (tmp_path / "cifar-10-batches-py" / "data_batch_1").write_bytes(b"cut")

    with pytest.raises(DataError, match=r"cifar10 in .* is damaged or not whole"):
        ImageModality.load(ImageOptions(data_dir=str(tmp_path)), "cifar10", "train")


def test_preparation_for_evaluation_depends_on_the_item_alone(digits, mnist):
    x = mnist.items[:6]

    assert torch.equal(prepare_alone(digits, x)[3:5], prepare_alone(digits, x[3:5]))


def test_a_view_takes_stored_and_prepared_pictures(digits, colour, mnist):
    for x in (mnist.items[0], mnist.items[0].float() / 255):
        assert np.array_equal(digits.view(x).pixels, mnist.items[0, 0].numpy())
    item = torch.randint(0, 256, (3, 20, 24), dtype=torch.uint8)
    assert np.array_equal(colour.view(item).pixels, item.permute(1, 2, 0).numpy())


def test_no_augmentation_by_default(digits, mnist):
    assert digits.augment(mnist.items) is mnist.items


def test_shifting_moves_whole_pictures_by_at_most_so_much(mnist):
    plugin = ImageModality(ImageOptions(shift=2), DIGITS)
    x = torch.zeros(400, 1, 28, 28, dtype=torch.uint8)
    x[:, :, 14, 10] = 255

    moved = plugin.augment(x)

    assert moved.sum() == x.sum()
    places = moved.flatten(1).argmax(1)
    assert set((places // 28).tolist()) == set(range(12, 17))
    assert set((places % 28).tolist()) == set(range(8, 13))


def test_flipping_mirrors_about_half():
    plugin = ImageModality(ImageOptions(flip=True), COLOUR)
    x = torch.zeros(400, 3, 20, 24, dtype=torch.uint8)
    x[..., 0] = 1

    flipped = plugin.augment(x)[:, 0, 0, -1].sum()

    assert 150 < flipped < 250


def test_metrics_are_those_of_the_formulas(digits, mnist):
    class Grey(torch.nn.Module):
        def mean(self, z):
            return torch.full((len(z), 1, 28, 28), 0.25)

    x = mnist.items[:3]
    found = digits.metrics(Grey(), torch.zeros(3, 16), x)

    level = x.double().flatten(1) / 255
    bce = -(level * np.log(0.25) + (1 - level) * np.log(0.75)).mean(1)
    assert torch.allclose(found["grey_bce_per_pixel"].double(), bce, atol=1e-6)
    assert torch.allclose(
        found["squared_error_per_pixel"].double(), (level - 0.25).square().mean(1), atol=1e-6
    )


@pytest.mark.parametrize("likelihood", ["bernoulli", "logistic", "gaussian", "crossentropy"])
def test_only_runs_whose_mean_is_a_probability_have_the_cross_entropy(likelihood):
    plugin = ImageModality(ImageOptions(), {**COLOUR, "likelihood": likelihood})
    x = torch.randint(0, 256, (2, 3, 20, 24), dtype=torch.uint8)

    found = plugin.metrics(plugin.decoder(4), torch.randn(2, 4), x)

    assert found["squared_error_per_pixel"].shape == (2,)
    assert ("grey_bce_per_pixel" in found) == (likelihood in ("bernoulli", "crossentropy"))


def test_the_cross_entropy_of_a_run_that_learns_from_it_is_its_loss_per_pixel():
    plugin = ImageModality(ImageOptions(), {**DIGITS, "likelihood": "crossentropy", "network": "mlp"})
    decoder, z = plugin.decoder(4), torch.randn(3, 4)
    x = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8)

    found = plugin.metrics(decoder, z, x)["grey_bce_per_pixel"]

    assert torch.allclose(found, -decoder.log_prob(z, plugin.prepare(x)) / 784, atol=1e-6)


def test_runs_on_grey_cross_entropy_have_no_bound():
    grey, drawn = (
        ImageModality(ImageOptions(), {**DIGITS, "likelihood": likelihood})
        for likelihood in ("crossentropy", "bernoulli")
    )

    assert not VAE(grey, VAE.Options(), 4).has_bound
    assert VAE(drawn, VAE.Options(), 4).has_bound


def test_attributes_are_of_digits_or_of_any_picture(digits, colour, mnist):
    assert digits.attributes(mnist.items[:2]).keys() == {"thickness", "slant", "width", "ink", "brightness"}
    assert "colourfulness" in colour.attributes(torch.zeros(2, 3, 20, 24, dtype=torch.uint8))


def test_a_photo_of_a_digit_is_read_for_a_run_of_digits(digits, mnist, tmp_path):
    page = Image.new("RGB", (600, 800), (230, 225, 210))
    ink = Image.fromarray(255 - mnist.items[0, 0].numpy()).resize((280, 280), Image.Resampling.BICUBIC)
    page.paste(ink.point(lambda level: min(level, 225)), (200, 300))
    page.save(tmp_path / "seven.jpg")

    result = digits.read(tmp_path / "seven.jpg")

    assert (result.items.shape, result.names) == ((1, 1, 28, 28), ("seven.jpg",))
    assert "inverted: dark ink on light paper" in result.notes
    likeness = np.corrcoef(result.items.flatten().numpy(), mnist.items[0].flatten().numpy())[0, 1]
    assert likeness > 0.8


def test_a_colour_picture_is_cut_and_scaled_for_a_run_in_colour(colour, draw, tmp_path):
    result = colour.read(draw(tmp_path / "wide.png", 0, (100, 40)))

    assert result.items.shape == (1, 3, 20, 24)
    assert result.notes == ("cut to the middle", "scaled from 100 x 40 to 24 x 20 pixels")


def test_a_folder_is_read_with_its_refusals(colour, album):
    (album / "notes.txt").write_text("no picture")

    result = colour.read(album)

    assert len(result.items) == len(result.names) == 30
    assert [tuple(rejection) for rejection in result.rejected] == [("notes.txt", "not a picture")]


def test_an_archive_of_the_right_shape_is_read(colour, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (5, 20, 24, 3), np.uint8)
    np.savez(tmp_path / "data.npz", x=x)

    result = colour.read(tmp_path / "data.npz")

    assert np.array_equal(result.items.numpy(), x.transpose(0, 3, 1, 2))
    assert result.names[4] == "data.npz:4"


def test_what_cannot_be_read_says_why(digits, tmp_path):
    np.savez(tmp_path / "large.npz", x=np.zeros((2, 32, 32), np.uint8))
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (50, 50), 240).save(tmp_path / "blank.png")
    (tmp_path / "empty").mkdir()
    cases = {
        "large.npz": "holds pictures of 32 x 32 pixels in grey; this run has 28 x 28 pixels in grey",
        "text.png": r"'.*text.png' cannot be used: not a picture\.",
        "blank.png": "cannot be used: no ink found",
        "empty": "holds no picture that can be used",
        "gone.png": "There is no file",
    }
    for name, message in cases.items():
        with pytest.raises(DataError, match=message):
            digits.read(tmp_path / name)


@pytest.mark.parametrize(
    ("given", "sizes"), [({}, (512, 2)), ({"width": 256}, (256, 2)), ({"depth": 3}, (512, 3))]
)
def test_a_spec_from_before_specs_kept_sizes_means_the_usual_ones_of_then(given, sizes):
    spec = {name: value for name, value in DIGITS.items() if name not in ("width", "depth")}

    assert ImageModality(ImageOptions(**given), spec).sizes == sizes

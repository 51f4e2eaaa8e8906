# Decoding picture files: every mode comes out right, and no damaged or hostile file gets through.
import io

import numpy as np
import pytest
from aekit_image.crew import decode_all, decoder
from aekit_image.decoding import Frame, decode_file, framed, open_picture
from PIL import Image, ImageFile

from aekit import DataError
from aekit.crew import Member

COLOUR, GREY = Frame(3, 16, 16), Frame(1, 16, 16)
SEED = 20_261_124


def encoded(image: Image.Image, format: str = "PNG", **how) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **how)
    return buffer.getvalue()


def decoded(image: Image.Image, frame: Frame, format: str = "PNG", **how) -> np.ndarray:
    return framed(open_picture(encoded(image, format, **how), frame), frame)


def test_a_picture_of_the_right_size_keeps_every_level():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)

    assert np.array_equal(decoded(Image.fromarray(pixels), COLOUR), pixels.transpose(2, 0, 1))


def test_scaling_down_averages_areas():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)

    areas = pixels.reshape(16, 4, 16, 4).mean((1, 3))
    assert np.abs(decoded(Image.fromarray(pixels), GREY)[0] - areas).max() <= 1


def test_the_middle_is_kept():
    pixels = np.zeros((16, 48), np.uint8)
    pixels[:, 16:32] = 200

    assert (decoded(Image.fromarray(pixels), GREY) == 200).all()


def test_exif_orientation_is_obeyed():
    pixels = np.zeros((16, 16), np.uint8)
    pixels[:8] = 200  # bright at the top
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise

    turned = decoded(Image.fromarray(pixels), GREY, "PNG", exif=exif)[0]

    assert (turned[:, 8:] == 200).all()
    assert (turned[:, :8] == 0).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_over_white(mode):
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0)).convert(mode)
    how = {"transparency": 0} if mode == "P" else {}

    assert (decoded(image, GREY, **how) == 255).all()


def test_sixteen_bits_become_eight():
    levels = np.array([[0, 257, 128 * 257, 65_535]], np.uint16).repeat(4, 0)

    small = framed(open_picture(encoded(Image.fromarray(levels))), Frame(1, 4, 4))

    assert small[0, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [([0.0, 0.5, 1.0, 1.0], [0, 128, 255, 255]), ([0.0, 8.0, 200.0, 255.0], [0, 8, 200, 255])],
)
def test_real_levels_become_bytes(levels, expected):
    image = Image.fromarray(np.array([levels], np.float32).repeat(4, 0))

    assert framed(open_picture(encoded(image, "TIFF")), Frame(1, 4, 4))[0, 0].tolist() == expected


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "CMYK", "YCbCr"])
def test_every_mode_gives_the_frame(mode):
    image = Image.new("RGB", (30, 50), (200, 30, 60)).convert(mode)
    format = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"

    assert decoded(image, COLOUR, format).shape == COLOUR
    assert decoded(image, GREY, format).shape == GREY


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "an empty file"),
        (b"hello, this is no picture at all", "not a picture"),
        (encoded(Image.new("RGB", (200, 200), (9, 99, 200)))[:200], "cut short or damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
    ],
)
def test_what_is_no_picture_says_so(tmp_path, content, reason):
    path = tmp_path / "file.png"
    path.write_bytes(content)

    result = decode_file(path, GREY)

    assert result.pixels is None
    assert result.reason.startswith(reason)
    assert "\n" not in result.reason


@pytest.mark.parametrize("pixels", [2_000, 5_000])
def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch, pixels):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_500)
    path = tmp_path / "bomb.png"
    path.write_bytes(encoded(Image.new("L", (50, pixels // 50))))

    assert decode_file(path, GREY).reason == "more than 1,500 pixels once unpacked"


def test_a_missing_file_says_so(tmp_path):
    assert decode_file(tmp_path / "gone.png", GREY).reason.startswith("cannot be read")


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """`content` with up to 8 bytes flipped, a piece cut out, or random bytes put in."""
    data = bytearray(content)
    at = int(random.integers(0, len(data)))
    kind = random.integers(0, 3)
    if kind == 0:
        for place in random.integers(0, len(data), random.integers(1, 9)):
            data[place] ^= int(random.integers(1, 256))
    elif kind == 1:
        del data[at : at + int(random.integers(1, len(data)))]
    else:
        data[at:at] = random.integers(0, 256, random.integers(1, 40), np.uint8).tobytes()
    return bytes(data)


def test_300_mutated_files_are_pictures_or_refused(tmp_path):
    print(f"seed {SEED}")
    random = np.random.default_rng(SEED)
    noise = Image.fromarray(random.integers(0, 256, (40, 40, 3), np.uint8))
    grey = Image.fromarray(random.integers(0, 65_536, (30, 30), np.uint16))
    whole = [
        encoded(noise, format)
        for format in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "ICO")
    ]
    whole += [encoded(grey), encoded(noise, "TIFF", compression="tiff_lzw"), encoded(noise.convert("P"))]

    outcomes = []
    for number in range(300):
        path = tmp_path / f"{number}.png"
        path.write_bytes(mutated(whole[number % len(whole)], random))
        outcomes.append(decode_file(path, COLOUR))

    for outcome in outcomes:
        assert (outcome.pixels is None) == bool(outcome.reason)
        assert outcome.pixels is None or (outcome.pixels.shape, outcome.pixels.dtype) == (COLOUR, np.uint8)
        assert "\n" not in outcome.reason
    assert 50 < sum(outcome.pixels is None for outcome in outcomes) < 290


def test_the_crew_decodes_as_one_process_does(tmp_path, draw):
    paths = [draw(tmp_path / f"{number}.png", number, colour=False) for number in range(130)]
    paths[70].write_bytes(b"no picture")

    together = list(decode_all(paths, COLOUR))

    for path, outcome in zip(paths, together, strict=True):
        alone = decode_file(path, COLOUR)
        assert (outcome.reason, outcome.content) == (alone.reason, alone.content)
        assert outcome.pixels is None or np.array_equal(outcome.pixels, alone.pixels)


def test_a_decoder_that_dies_costs_one_file(tmp_path, draw, monkeypatch):
    paths = [draw(tmp_path / f"{number}.png", number) for number in range(3)]
    ask = Member.ask

    def dies_of_the_second(self, batch):
        if batch[0] == paths[1]:
            self.process.kill()
        ask(self, batch[:1])

    monkeypatch.setattr(Member, "ask", dies_of_the_second)
    with decoder(GREY) as process:
        outcomes = [process.read([path])[0] for path in paths]

    assert [outcome.reason for outcome in outcomes] == ["", "the reader died of it", ""]


def test_an_unknown_kind_of_error_is_caught(monkeypatch):
    def fails(*args, **kwargs):
        raise ZeroDivisionError

    content = encoded(Image.new("L", (4, 4)))
    monkeypatch.setattr(ImageFile.ImageFile, "load", fails)
    with pytest.raises(DataError, match=r"cut short or damaged \(ZeroDivisionError\)"):
        open_picture(content)

# Exports of real runs: digits, melodies, and two plugins of strangers; whole or not at all.
"""Exports of real runs: digits, melodies, and two plugins of strangers; whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from PIL import Image

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "outside"), str(TESTS / "aekit")]

import digits
from aekit_gui.models.exports import formats
from aekit_gui.work import film
from aekit_gui.work.export import export
from aekit_gui.work.protocol import Export
from site_folders import put_in_place, visible

import aekit
from aekit import autoencoder
from aekit.autoencoder import Autoencoder
from aekit.errors import AekitError, DataError, UsageError
from aekit.heard import Note, Notes
from aekit.midi import midi_file
from aekit.views import Curves, Picture, Table

FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")
STEPS = 5


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Autoencoder:
    """Digits, trained for a moment."""
    folder = tmp_path_factory.mktemp("digits")
    run = digits.train(digits.write_digits(folder, 100), folder / "run", latent_dim=2, epochs=1, snapshots=1)
    return autoencoder.load(run)


@pytest.fixture(scope="session")
def melodies(tmp_path_factory: pytest.TempPathFactory) -> Autoencoder:
    """Melodies of one bar, from a few files, trained for a moment."""
    folder = tmp_path_factory.mktemp("melodies")
    (folder / "midi").mkdir()
    random = np.random.default_rng(0)
    for number in range(12):
        pitches = 60 + random.choice([0, 2, 4, 5, 7, 9, 11, 12], 32)
        notes = [Note(int(pitch), step / 4, step / 4 + 0.24) for step, pitch in enumerate(pitches)]
        (folder / "midi" / f"{number}.mid").write_bytes(midi_file(notes, 8.0, 120, 4))
    run = aekit.train(
        "music", source=f"folder:{folder / 'midi'}", out=folder / "run", quiet=True, device="cpu", epochs=1,
        latent_dim=3, batch_size=16, width=16, depth=1, bars=1, snapshots=1, precision="32",
    )  # fmt: skip
    return autoencoder.load(run)


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Autoencoder]]:
    """The two outside plugins, visible as if installed, and a run of each."""
    site = tmp_path_factory.mktemp("site")
    for name in ("words", "rows"):
        put_in_place(TESTS / "outside" / name, site)
    seen = contextlib.contextmanager(visible)
    small: dict[str, dict[str, Any]] = {
        "words": {"longest": 6, "width": 16, "latent_dim": 4, "epochs": 0.1},
        "rows": {"width": 16, "latent_dim": 3, "epochs": 1},
    }
    with seen(site):
        runs = tmp_path_factory.mktemp("runs")
        yield {
            name: autoencoder.load(
                aekit.train(
                    name, out=runs / name, quiet=True, device="cpu", precision="32", snapshots=1, **options
                )
            )
            for name, options in small.items()
        }


def walk(model: Autoencoder, steps: int = STEPS) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (steps, model.latent_dim)).astype(np.float32)


def write(model: Autoencoder, path: Path, kind: str, **changes: Any) -> list[Path]:
    job = Export(model.run.path, changes.pop("codes", walk(model)), path, kind, **changes)
    return export(model, job, changes.pop("progress", lambda share, text: None))


def only(folder: Path) -> list[str]:
    """All there is in a folder."""
    return sorted(entry.name for entry in folder.iterdir())


def frames_of(path: Path) -> tuple[list[np.ndarray], list[int], dict[str, Any]]:
    """A GIF's pictures, and for how many milliseconds each is shown."""
    frames, times = [], []
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
            times.append(image.info["duration"])
        return frames, times, image.info


# ---- what comes out -----------------------------------------------------------------------------------


def test_a_sheet_shows_all_steps_in_order(pictures: Autoencoder, tmp_path: Path) -> None:
    codes = walk(pictures, 20)

    assert write(pictures, tmp_path / "walk.png", "sheet", codes=codes) == [tmp_path / "walk.png"]

    sheet = np.asarray(Image.open(tmp_path / "walk.png"))
    items = pictures.decode(codes)
    for number, item in enumerate(items):  # 2 rows of 10, cells of 56 px, as aekit's own sheets have them
        top, left = 12 + 62 * (number // 10), 12 + 62 * (number % 10)
        cell = sheet[top : top + 56 : 2, left : left + 56 : 2, 0]
        assert np.array_equal(cell, item[0]), number
    assert only(tmp_path) == ["walk.png"]


def test_a_gif_has_every_step_crisp_and_loops(pictures: Autoencoder, tmp_path: Path) -> None:
    codes = walk(pictures)
    write(pictures, tmp_path / "walk.gif", "animation", codes=codes, seconds=0.2)

    frames, times, info = frames_of(tmp_path / "walk.gif")
    assert len(frames) == STEPS and times == [200] * STEPS and info["loop"] == 0
    for frame, item in zip(frames, pictures.decode(codes), strict=True):
        assert frame.shape == (252, 252, 3)
        assert np.array_equal(frame[..., 1], item[0].repeat(9, 0).repeat(9, 1))


def test_a_gif_can_play_once(pictures: Autoencoder, tmp_path: Path) -> None:
    write(pictures, tmp_path / "walk.gif", "animation", loop=False)

    assert "loop" not in frames_of(tmp_path / "walk.gif")[2]


@needs_ffmpeg
@pytest.mark.parametrize("which", ["pictures", "melodies"])
def test_an_mp4_plays_for_as_long_as_was_asked(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    model: Autoencoder = request.getfixturevalue(which)
    path = tmp_path / "walk.mp4"
    write(model, path, "animation", seconds=0.25, codes=walk(model, 6))

    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    ).stdout
    said = subprocess.run(
        ["ffmpeg", "-hide_banner", "-i", path], capture_output=True, text=True, check=False
    ).stderr
    width, height = map(int, re.search(r"Video: .*? (\d{2,})x(\d{2,})", said).groups())
    shown = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)
    assert width % 2 == height % 2 == 0 and max(width, height) >= 160
    assert len(shown) == pytest.approx(6 * 0.25 * 30, abs=1)
    if which == "pictures":
        first = model.decode(walk(model, 6))[0, 0].repeat(9, 0).repeat(9, 1).astype(int)
        assert np.abs(shown[3, ..., 1].astype(int) - first).mean() < 6  # H.264 loses a little
    assert only(tmp_path) == ["walk.mp4"]


def test_arrays_hold_items_and_codes(pictures: Autoencoder, tmp_path: Path) -> None:
    codes = walk(pictures, 40)
    write(pictures, tmp_path / "walk.npz", "arrays", codes=codes)

    kept = np.load(tmp_path / "walk.npz")
    assert np.array_equal(kept["codes"], codes)
    assert np.array_equal(kept["items"], pictures.decode(codes))


def test_melodies_become_one_piece_of_notes(melodies: Autoencoder, tmp_path: Path) -> None:
    codes = walk(melodies)
    views = [melodies.view(item) for item in melodies.decode(codes)]
    assert all(isinstance(view, Notes) for view in views)

    write(melodies, tmp_path / "walk.mid", "piece", codes=codes)
    write(melodies, tmp_path / "walk.wav", "piece", codes=codes)
    write(melodies, tmp_path / "walk.json", "piece", codes=codes)

    heard = [
        message
        for message in mido.MidiFile(tmp_path / "walk.mid")
        if message.type == "note_on" and message.velocity
    ]
    assert [message.note for message in heard] == [
        note.pitch for view in views for note in sorted(view.notes, key=lambda one: (one.start, one.pitch))
    ]
    with wave.open(str(tmp_path / "walk.wav")) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    whole = sum(view.seconds for view in views)
    assert whole <= seconds <= whole + 2.1
    assert json.loads((tmp_path / "walk.json").read_text())["seconds"] == pytest.approx(whole)


@pytest.mark.parametrize("which", ["pictures", "melodies", "words", "rows"])
def test_all_that_the_table_offers_is_written(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    known = which in ("pictures", "melodies")
    model: Autoencoder = (
        request.getfixturevalue(which) if known else request.getfixturevalue("strangers")[which]
    )
    kind = type(model.view(model.decode(walk(model, 1))[0]))
    offered = formats(kind.__name__, kind.joined_formats, FFMPEG is not None)

    for one in offered:
        if one.missing:
            continue
        path = tmp_path / (f"{one.kind}-{one.ending}" if one.folder else f"{one.kind}.{one.ending}")
        paths = write(model, path, one.kind, ending=one.ending, codes=walk(model, 3))
        assert len(paths) == (3 if one.folder else 1)
        assert all(path.stat().st_size > 0 for path in paths)
    assert not list(tmp_path.rglob("*.unfinished"))


def test_files_are_one_each(melodies: Autoencoder, tmp_path: Path) -> None:
    paths = write(melodies, tmp_path / "new" / "walk", "files", ending="mid")

    assert [path.name for path in paths] == [f"step-{number:03}.mid" for number in range(STEPS)]
    assert only(tmp_path / "new" / "walk") == [path.name for path in paths]


def test_a_single_place_may_be_a_single_file(pictures: Autoencoder, tmp_path: Path) -> None:
    code = walk(pictures, 1)

    assert write(pictures, tmp_path / "one.png", "files", ending="png", codes=code) == [tmp_path / "one.png"]

    assert np.array_equal(
        np.asarray(Image.open(tmp_path / "one.png")).reshape(28, 28, -1)[..., 0], pictures.decode(code)[0, 0]
    )


def test_progress_rises_to_the_end(pictures: Autoencoder, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    job = Export(pictures.run.path, walk(pictures, 40), tmp_path / "walk.gif", "animation")

    export(pictures, job, lambda share, text: told.append((share, text)))

    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) >= 4
    assert told[0][1] == "decoded 16 of 40"


# ---- faults -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file grows beyond `room` bytes, in this process and those that it starts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


KINDS = [
    ("walk.png", "sheet"), ("walk.gif", "animation"), ("walk.npz", "arrays"), ("walk.mid", "piece"),
    ("walk.wav", "piece"),     pytest.param("walk.mp4", "animation", marks=needs_ffmpeg),
]  # fmt: skip


@pytest.mark.parametrize("name, kind", KINDS)
def test_a_full_disk_leaves_what_was_there(
    name: str, kind: str, melodies: Autoencoder, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"what was there")

    with full_disk(100), pytest.raises(AekitError) as caught:
        write(melodies, tmp_path / name, kind)

    assert (tmp_path / name).read_bytes() == b"what was there"
    assert only(tmp_path) == [name]
    assert name in str(caught.value) and "\n" not in str(caught.value) and "space" in str(caught.value)


def test_a_full_disk_leaves_no_folder_of_half_the_files(melodies: Autoencoder, tmp_path: Path) -> None:
    with full_disk(100), pytest.raises(AekitError, match="Cannot write"):
        write(melodies, tmp_path / "walk", "files", ending="wav")

    assert only(tmp_path) == []


def test_a_cancelled_export_leaves_nothing(pictures: Autoencoder, tmp_path: Path) -> None:
    class Cancelled(BaseException):
        pass

    def progress(share: float, text: str) -> None:
        if text.startswith(words):
            raise Cancelled

    endings = {"wrote": ("walk", "files"), "decoded": ("walk.gif", "animation")}
    if FFMPEG:
        endings["filmed 3"] = ("walk.mp4", "animation")
    for words, (name, kind) in endings.items():
        job = Export(pictures.run.path, walk(pictures), tmp_path / name, kind, ending="png")
        with pytest.raises(Cancelled):
            export(pictures, job, progress)
        assert only(tmp_path) == [], words


def test_what_a_killed_export_left_is_removed_by_the_next(pictures: Autoencoder, tmp_path: Path) -> None:
    (tmp_path / "walk.gif.unfinished").write_bytes(b"half")
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "step-007.png.unfinished").write_bytes(b"half")

    write(pictures, tmp_path / "walk.gif", "animation")
    write(pictures, tmp_path / "walk", "files", ending="png")

    assert only(tmp_path) == ["walk", "walk.gif"]
    assert only(tmp_path / "walk") == [f"step-{number:03}.png" for number in range(STEPS)]


def test_a_place_that_cannot_be_written_is_said_before_decoding(
    pictures: Autoencoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(pictures, "decode", lambda *_: pytest.fail("decoded in vain"))

    with pytest.raises(AekitError, match=r"Cannot write .*walk\.png: (Not a directory|File exists)"):
        write(pictures, tmp_path / "file" / "walk.png", "sheet")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        write(pictures, tmp_path / "folder.png", "sheet")
    with pytest.raises(UsageError, match="is a file"):
        write(pictures, tmp_path / "file", "files", ending="png")


def test_files_that_are_there_are_not_written_over(pictures: Autoencoder, tmp_path: Path) -> None:
    (tmp_path / "step-004.png").write_bytes(b"mine")

    with pytest.raises(UsageError, match=r"already holds step-004\.png"):
        write(pictures, tmp_path, "files", ending="png")

    assert only(tmp_path) == ["step-004.png"]


@pytest.mark.parametrize(
    "name, kind, changes, words",
    [
        ("walk.jpg", "sheet", {}, r"must end in \.png \(received 'walk\.jpg'\)"),
        ("walk", "arrays", {}, r"must end in \.npz"),
        ("walk.avi", "animation", {}, r"\.gif or \.mp4"),
        ("walk.wav", "piece", {}, "A Picture cannot be joined"),
        ("walk", "files", {"ending": "mid"}, r"written as \.png, \.jpg, \.webp here \(received '\.mid'\)"),
        ("walk.gif", "animation", {"seconds": 0.0}, r"0\.02 to 60 seconds \(received 0\)"),
        ("walk.gif", "animation", {"seconds": float("nan")}, r"received nan"),
        ("walk.png", "film", {}, r"received 'film'"),
        ("walk.png", "sheet", {"codes": np.zeros((401, 2), np.float32)}, "at most 400 pictures"),
        ("walk.png", "sheet", {"codes": np.zeros((0, 2), np.float32)}, "nothing to export"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    pictures: Autoencoder, tmp_path: Path, name: str, kind: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        write(pictures, tmp_path / name, kind, **changes)

    assert "\n" not in str(caught.value) and only(tmp_path) == []


def test_music_names_the_pieces_that_it_can_be(melodies: Autoencoder, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"A Notes can be written as \.mid, \.wav, \.json here \(received '\.mp3'\)"
    ):
        write(melodies, tmp_path / "walk.mp3", "piece")


def test_codes_that_are_not_finite_are_refused(pictures: Autoencoder, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="finite"):
        write(pictures, tmp_path / "walk.png", "sheet", codes=np.full((2, 2), np.nan, np.float32))

    assert only(tmp_path) == []


# ---- ffmpeg -------------------------------------------------------------------------------------------


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """An ffmpeg of the test's own, and no other one on the PATH."""

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "ffmpeg").write_text(f"#!{shutil.which('sh')}\n{script}\n")
        (folder / "ffmpeg").chmod(0o700)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


def test_without_ffmpeg_mp4_is_a_sentence_and_gif_works(
    pictures: Autoencoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(
        UsageError, match="MP4 needs ffmpeg, which was not found on the PATH: install it, or take a GIF"
    ):
        write(pictures, tmp_path / "walk.mp4", "animation")
    write(pictures, tmp_path / "walk.gif", "animation")

    assert only(tmp_path) == ["walk.gif"]


def test_what_ffmpeg_complains_of_is_handed_on(
    pictures: Autoencoder, tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    stand_in(
        "for last; do :; done; "
        'case "$last" in *.unfinished) echo half > "$last"; echo "x: No space left on device" >&2; exit 1;; esac'
    )
    (tmp_path / "out").mkdir()

    with pytest.raises(
        AekitError, match=r"ffmpeg could not write .*walk\.mp4: x: No space left on device\. Free"
    ):
        write(pictures, tmp_path / "out" / "walk.mp4", "animation")

    assert only(tmp_path / "out") == []


def test_an_ffmpeg_that_hangs_is_ended(
    pictures: Autoencoder, tmp_path: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        "for last; do :; done; "
        'case "$last" in *.unfinished) echo half > "$last"; cat > /dev/null; exec sleep 60;; esac'
    )
    monkeypatch.setattr(film, "PATIENCE", 0.3)
    (tmp_path / "out").mkdir()

    with pytest.raises(AekitError, match="did not come to an end"):
        write(pictures, tmp_path / "out" / "walk.mp4", "animation")

    assert only(tmp_path / "out") == []


# ---- views of other kinds -----------------------------------------------------------------------------


class Stub:
    """A model whose items are numbers."""

    condition = None

    def __init__(self, view: Callable[[float], Any]) -> None:
        self.view = view

    def decode(self, codes: np.ndarray, condition: Any) -> np.ndarray:
        return codes[:, 0]


@pytest.mark.parametrize(
    "view",
    [
        lambda one: Curves(np.arange(5.0), {"a": np.full(5, one)}),
        lambda one: Table(("a", "b"), ((float(one), "x" * int(1 + 9 * abs(one))),)),
        lambda one: Picture(np.full((3, 3), 200, np.uint8)),
    ],
)
def test_every_kind_of_view_can_be_filmed(view: Callable[[float], Any], tmp_path: Path) -> None:
    stub: Any = Stub(view)
    codes = np.linspace(0, 1, 4, dtype=np.float32)[:, None]

    export(stub, Export(tmp_path, codes, tmp_path / "a.gif", "animation"), lambda *_: None)
    export(stub, Export(tmp_path, codes, tmp_path / "a.png", "sheet"), lambda *_: None)

    assert max(frames_of(tmp_path / "a.gif")[0][0].shape) >= 160

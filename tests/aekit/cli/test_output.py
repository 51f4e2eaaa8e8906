# Where items are written: sheets, pieces, arrays, folders.
"""Where items are written: sheets, pieces, arrays, folders."""

import io
from types import SimpleNamespace

import mido
import numpy as np
import pytest
import soundfile

from aekit.cli.interpolate import walk_sheet
from aekit.cli.output import write_items
from aekit.errors import UsageError
from aekit.views import Note, Notes, Picture

ITEMS = np.array([[60, 62], [64, 65], [67, 69]])


def notes_of(item):
    """Two notes of half a second."""
    return Notes(tuple(Note(int(p), n / 2, n / 2 + 0.5) for n, p in enumerate(item)), 1.0)


@pytest.fixture
def write(tmp_path):
    """Write the items under a name, seen as notes or by another view."""

    def call(name, view=notes_of):
        out = tmp_path / name if name else None
        model = SimpleNamespace(view=view, run=SimpleNamespace(figures=tmp_path / "figures"))
        (tmp_path / "figures").mkdir(exist_ok=True)
        write_items(model, ITEMS, None, out, lambda: np.zeros((3, 4, 3), np.uint8), "samples")
        return out

    return call


def test_a_midi_file_holds_all_items_as_one_piece(write):
    file = mido.MidiFile(write("walk.mid"))

    struck = [message.note for message in file.tracks[1] if message.type == "note_on"]
    assert struck == ITEMS.ravel().tolist()
    assert file.length == pytest.approx(3.0)


def test_a_wav_file_holds_all_items_as_one_piece(write):
    samples, rate = soundfile.read(io.BytesIO(write("walk.WAV").read_bytes()))

    assert 3.0 <= len(samples) / rate < 4.0
    assert all(np.abs(part).max() > 0.05 for part in np.array_split(samples[: 3 * rate], 6))


def test_a_sheet_and_arrays_are_written_as_before(write):
    assert write("sheet.png").read_bytes().startswith(b"\x89PNG")
    assert np.load(write("items.npz"))["items"].tolist() == ITEMS.tolist()


def test_a_folder_gets_midi_and_sound_of_each(write):
    names = sorted(path.name for path in write("folder").iterdir())

    assert names == [f"samples-{number:03}.{ending}" for number in range(3) for ending in ("mid", "wav")]


def test_a_folder_of_pictures_gets_pictures(write):
    folder = write("folder", lambda item: Picture(np.zeros((2, 2), np.uint8)))

    assert {path.suffix for path in folder.iterdir()} == {".png"}


def test_a_format_that_cannot_be_joined_is_one_plain_line(write):
    with pytest.raises(UsageError, match=r"takes a \.png, a \.mid, a \.wav, a \.json, an \.npz or a folder"):
        write("walk.xyz")
    with pytest.raises(UsageError, match=r"takes a \.png, an \.npz or a folder's name .*'walk\.mid'"):
        write("walk.mid", lambda item: Picture(np.zeros((2, 2), np.uint8)))


def test_a_walks_sheet_breaks_long_legs_and_begins_each_below():
    model = SimpleNamespace(view=lambda item: Picture(np.full((28, 28), item[0], np.uint8)))
    narrow = walk_sheet(model, np.arange(9)[:, None], 5)
    wide = SimpleNamespace(view=lambda item: Notes((), 4.0))

    assert narrow.shape[0] == 12 + 2 * 62 - 6 + 12 and narrow.shape[1] == 12 + 5 * 62 - 6 + 12
    sheet = walk_sheet(wide, np.arange(9)[:, None], 9)
    assert sheet.shape[1] <= 1400 and sheet.shape[0] == 12 + 3 * 150 - 6 + 12

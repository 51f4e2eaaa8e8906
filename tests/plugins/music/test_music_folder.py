# Folders of MIDI files: the crew that reads them, the report of what was left out, and the caches.
"""Folders of MIDI files: the crew that reads them, the report of what was left out, and the caches."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from aekit_music import crew, folder
from aekit_music.collection import unpacked
from aekit_music.encodings import ENCODINGS
from aekit_music.folder import folder_collection
from aekit_music.midi import read_midi
from aekit_music.packing import unpack
from aekit_music.settings import MusicOptions
from odd_files import ODD_FILES, REFUSED_FILES, write_all, write_tune

from aekit import DataError

HOSTILE = """
import os, time
from aekit.crew import answer_requests
from aekit_music import reading
real = reading.read_midi
def read_midi(path, timing):
    if path.name.startswith("kill"):
        os._exit(9)
    if path.name.startswith("hang"):
        time.sleep(60)
    print("noise of a library")
    return real(path, timing)
reading.read_midi = read_midi
answer_requests(reading.answer)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    """A cache folder for this test alone."""
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    return place


@pytest.fixture
def book(tmp_path) -> Path:
    """A folder of 12 tunes in two sub-folders."""
    for number in range(12):
        write_tune(tmp_path / "book" / ("jig", "reel")[number % 2] / f"tune {chr(97 + number)}.mid", number)
    return tmp_path / "book"


def everything(collection):
    """All that a collection says, to be compared."""
    arrays = (collection.rows, collection.bars, collection.owners, *collection.chosen.values())
    return (
        [np.asarray(array).tolist() for array in arrays],
        collection.names,
        collection.rejected,
        collection.facts,
    )


def test_the_crew_reads_what_one_process_reads_in_order(tmp_path):
    paths = write_all(tmp_path)

    readings = list(crew.read_all(paths, "auto"))

    assert len(readings) == len(paths)
    for path, reading in zip(paths[: len(ODD_FILES)], readings, strict=False):
        piece, expected = unpack(*reading), read_midi(path)
        assert (piece.name, piece.metres, piece.beats, piece.tempo) == (
            expected.name,
            expected.metres,
            expected.beats,
            expected.tempo,
        )
        for one, other in zip(piece.tracks, expected.tracks, strict=True):
            assert (one.name, one.program, one.drums) == (other.name, other.program, other.drums)
            assert np.array_equal(one.notes, other.notes)
    for file, reading in zip(REFUSED_FILES, readings[len(ODD_FILES) :], strict=True):
        assert file.refused in reading


def test_a_file_that_kills_or_hangs_its_reader_costs_itself_alone(tmp_path, monkeypatch):
    (tmp_path / "hostile.py").write_text(HOSTILE)
    monkeypatch.setattr(crew, "PROGRAM", (str(tmp_path / "hostile.py"),))
    monkeypatch.setattr(crew, "PATIENCE", 1.0)
    names = ["a", "kill 1", "b", "c", "hang", "d", "kill 2"]
    paths = [write_tune(tmp_path / f"{name}.mid", seed) for seed, name in enumerate(names)]

    began = time.perf_counter()
    readings = list(crew.read_all(paths, "auto"))

    assert time.perf_counter() - began < 30
    outcome = [reading if isinstance(reading, str) else "read" for reading in readings]
    died, late = "the reader died of it", "took longer than 1 s to read"
    assert outcome == ["read", died, "read", "read", late, "read", died]


def test_a_file_that_could_not_be_read_this_time_is_read_another_time(book, tmp_path, cache, monkeypatch):
    (tmp_path / "hostile.py").write_text(HOSTILE)
    write_tune(book / "kill.mid", 60)
    (book / "broken.mid").write_bytes(b"MThd")
    with monkeypatch.context() as patch:
        patch.setattr(crew, "PROGRAM", (str(tmp_path / "hostile.py"),))
        without = folder_collection(book, MusicOptions())
    asked = []

    def noted(paths, timing):
        asked.extend(paths)
        return crew.read_all(paths, timing)

    monkeypatch.setattr(folder, "read_all", noted)
    at_once = folder_collection(book, MusicOptions())  # as the other processes of one training do
    assert everything(at_once)[:2] == everything(without)[:2] and not asked

    for path in cache.rglob("*-unsettled"):
        os.utime(path, (1, 1))
    found = folder_collection(book, MusicOptions())

    assert asked == [book / "kill.mid"]
    owners = [{one.names[owner] for owner in one.owners} for one in (without, found)]
    assert owners[1] - owners[0] == {"kill.mid"}
    asked.clear()
    assert everything(folder_collection(book, MusicOptions()))[:2] == everything(found)[:2] and not asked


def test_a_file_that_the_system_does_not_give_may_be_given_another_time(tmp_path):
    (tmp_path / "broken.mid").write_bytes(b"MThd")

    readings = list(crew.read_all([tmp_path / "gone.mid", tmp_path / "broken.mid"], "auto"))

    assert readings[0].startswith("cannot be read (")
    assert list(map(folder.is_passing, readings)) == [True, False]


def test_a_reader_that_does_not_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "PROGRAM", ("-c", "import no_such_module"))

    with pytest.raises(DataError, match="does not start"):
        list(crew.read_all([tmp_path / "a.mid"], "auto"))


def test_the_whole_folder_is_read_and_every_file_is_reported(tmp_path):
    (tmp_path / "odd").mkdir()
    write_all(tmp_path / "odd")
    (tmp_path / "odd" / "notes.txt").write_text("not looked at")

    found = folder_collection(tmp_path / "odd", MusicOptions())

    names = {found.names[owner] for owner in found.owners}
    reported = {name for part in found.rejected.values() for name, _ in part}
    assert set(found.names) == {file.name for file in (*ODD_FILES, *REFUSED_FILES)} == names | reported
    reasons = [
        reason for part in found.rejected.values() for name, reason in part if name == "metre_changes.mid"
    ]
    assert "bars 2-3: metre 3/4, not 4/4" in reasons
    assert "bar 4: metre 7/8, not 4/4" in reasons
    assert not names & {file.name for file in REFUSED_FILES}


def test_labels_are_first_folders(book):
    write_tune(book / "alone.mid", 50)

    found = folder_collection(book, MusicOptions())

    assert dict(zip(found.names, found.labels, strict=True)) == {
        name: name.split("/")[0] if "/" in name else "" for name in found.names
    }


def test_versions_of_a_piece_fall_on_one_side(tmp_path):
    for number in range(20):
        write_tune(tmp_path / "b" / "full" / f"song {chr(97 + number)}.mid", number)
        write_tune(tmp_path / "b" / "melody" / f"song {chr(97 + number)}.mid", 100 + number)
        write_tune(tmp_path / "b" / "other" / f"unnamed {chr(97 + number)}.mid", number)

    found = folder_collection(tmp_path / "b", MusicOptions())

    sides = {
        side: {found.names[owner] for owner in found.owners[rows]} for side, rows in found.chosen.items()
    }
    songs = {side: {name[-5] for name in names} for side, names in sides.items()}
    assert songs["train"] | songs["test"] == {chr(97 + number) for number in range(20)}
    assert not songs["train"] & songs["test"]
    assert found.facts["grouped"] == 60
    # the copies' windows are kept once
    assert len(found.rows) == 60 * 7
    assert sum(map(len, found.chosen.values())) == 40 * 7 == 60 * 7 - found.facts["repeated"]
    assert (
        sum(
            "the same as a window of another piece" in reason
            for part in found.rejected.values()
            for _, reason in part
        )
        == 20
    )


def test_a_later_start_reads_no_file(book, monkeypatch):
    before = folder_collection(book, MusicOptions())
    monkeypatch.setattr(folder, "read_all", lambda *_: pytest.fail("read again"))
    monkeypatch.setattr(folder, "collect", lambda *_: pytest.fail("cut again"))

    after = folder_collection(book, MusicOptions(tempo=90, network="lstm"))

    assert everything(after) == everything(before)


def test_other_options_cut_the_kept_pieces_anew(book, monkeypatch):
    folder_collection(book, MusicOptions())
    monkeypatch.setattr(folder, "read_all", lambda *_: pytest.fail("read again"))

    found = folder_collection(book, MusicOptions(bars=4, encoding="pianoroll"))

    assert found.rows.shape[1:] == (64, 22)
    assert unpacked(np.array(found.rows), ENCODINGS["pianoroll"]).shape[1:] == (64, 176)


def test_only_what_changed_is_read_again(book, monkeypatch):
    folder_collection(book, MusicOptions())
    write_tune(book / "reel" / "new.mid", 77)
    asked = []

    def noted(paths, timing):
        asked.extend(paths)
        return crew.read_all(paths, timing)

    monkeypatch.setattr(folder, "read_all", noted)
    found = folder_collection(book, MusicOptions())

    assert asked == [book / "reel" / "new.mid"]
    assert "reel/new.mid" in found.names


def test_the_split_of_the_old_files_stays_when_files_come(tmp_path):
    for number in range(80):
        write_tune(tmp_path / "b" / "old" / f"tune {number} x.mid", number, bars=3)
    before = folder_collection(tmp_path / "b", MusicOptions())
    for number in range(80, 100):
        write_tune(tmp_path / "b" / "a new" / f"tune {number} x.mid", number, bars=3)

    after = folder_collection(tmp_path / "b", MusicOptions())

    old, new = (
        {found.names[owner] for owner in found.owners[found.chosen["test"]]} for found in (before, after)
    )
    assert {name for name in new if name.startswith("old/")} == old
    assert 1 <= len(old) <= 20


def test_old_caches_go(book, cache):
    for bars in range(1, 8):
        folder_collection(book, MusicOptions(bars=bars))
    homes = list((cache / "aekit" / "music").iterdir())
    assert len(homes) == 1
    assert len([path for path in homes[0].iterdir() if path.is_dir()]) == folder.KEPT

    for name in ("windows-x.unfinished-1", "windows-x.unfinished-2"):
        (homes[0] / name).mkdir()
    os.utime(homes[0] / "windows-x.unfinished-1", (1, 1))
    write_tune(book / "new.mid", 99)
    folder_collection(book, MusicOptions())

    kept = sorted(path.name for path in homes[0].iterdir())
    assert len(kept) == 3
    assert [name for name in kept if "unfinished" in name] == ["windows-x.unfinished-2"]


@pytest.mark.parametrize("name", ["rows.npy", "index.npz", "pieces-*.npz"])
def test_a_damaged_cache_is_made_again(book, cache, name):
    before = everything(folder_collection(book, MusicOptions()))
    for path in cache.rglob(name):
        path.write_bytes(path.read_bytes()[:-100])
    if name.startswith("pieces"):
        next(cache.rglob("rows.npy")).unlink()

    assert everything(folder_collection(book, MusicOptions())) == before


def test_an_interrupted_start_leaves_nothing(book, cache, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder_collection(book, MusicOptions())

    assert not list(cache.rglob("windows-*"))


def test_a_full_disk_is_one_plain_line(book, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.np, "savez", full)
    with pytest.raises(
        DataError, match=r"Cannot write the cache .* \(No space left on device\); free some space"
    ):
        folder_collection(book, MusicOptions())


def test_no_folder_and_no_midi_say_so(tmp_path):
    with pytest.raises(DataError, match="There is no folder"):
        folder_collection(tmp_path / "gone", MusicOptions())
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(
        DataError, match=r"holds no MIDI files; their names should end in \.mid, \.midi, \.kar"
    ):
        folder_collection(tmp_path, MusicOptions())

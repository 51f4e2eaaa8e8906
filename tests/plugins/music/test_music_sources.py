# Sources: both splits of each, their spec and report, people's own files, and plain words for what cannot be used.
"""Sources: both splits of each, their spec and report, people's own files, and plain words for what cannot be used."""

import json
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
import torch
from aekit_music import MusicModality, sources
from aekit_music.encodings import ENCODINGS
from aekit_music.grouping import hashes
from aekit_music.midi import read_midi
from aekit_music.patterns import patterns
from aekit_music.piece import Bar, Metre, Voice
from aekit_music.score import bent_bars, score_of
from aekit_music.settings import MusicOptions
from aekit_music.sources import SOURCES, load_source, read_windows
from aekit_music.tunes import load_tunes
from odd_files import ODD_FILES, metre, midi, named, played, track

from aekit import DataError, UsageError
from aekit.conditions import measure

SEVEN = Metre(0, 7, 8)
BY_NAME = {file.name: file for file in ODD_FILES}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    """A cache folder for this test alone."""
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    return place


def write_tune(
    path: Path, seed: int, bars: int = 8, low: int = 55, signature: tuple[int, int] = (4, 4)
) -> Path:
    """A tune of eighths, different for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pitches = np.random.default_rng(seed).integers(low, low + 25, 8 * bars)
    notes = tuple((number / 2, 0.5, int(pitch)) for number, pitch in enumerate(pitches))
    path.write_bytes(midi(track(named("Tune"), metre(0, *signature), *played(notes))))
    return path


@pytest.fixture
def book(tmp_path) -> Path:
    """A folder of 12 tunes in two sub-folders."""
    for number in range(12):
        write_tune(tmp_path / "book" / ("jig", "reel")[number % 2] / f"tune {chr(97 + number)}.mid", number)
    return tmp_path / "book"


def both(source, **options):
    return [load_source(MusicOptions(**options), source, split) for split in ("train", "test")]


def everything(items):
    return items[torch.arange(len(items))]


def test_a_folder_has_labels_names_and_both_splits(book):
    train, test = both(f"folder:{book}")

    assert len(train) + len(test) == 12 * 7
    for split in (train, test):
        assert (split.item_shape, split.items.dtype) == ((32,), torch.uint8)
        assert split.label_names == ("jig", "reel")
        assert [split.label_names[label] for label in split.labels] == [n.split("/")[0] for n in split.names]
    assert not {name.split(",")[0] for name in train.names} & {name.split(",")[0] for name in test.names}
    assert all(name.rpartition(", ")[2] in {f"bar {bar}" for bar in range(1, 8)} for name in train.names)


def test_a_folder_whose_files_are_all_left_out_is_no_class_and_training_reports_them_all(book):
    for number, name in enumerate("abc"):
        write_tune(book / "valse" / f"{name}.mid", 50 + number, signature=(3, 4))

    train, test = both(f"folder:{book}")

    assert train.label_names == test.label_names == ("jig", "reel")
    left_out = {entry.name for entry in train.rejected}
    assert left_out >= {f"valse/{name}.mid" for name in "abc"}


def test_names_say_where_the_window_is(book):
    train, _ = both(f"folder:{book}")

    index = train.names.index(next(name for name in train.names if name.endswith("bar 3")))
    seed = ord(train.names[index].split(".mid")[0][-1]) - 97

    pitches = np.random.default_rng(seed).integers(55, 80, 64)[16:32]
    assert train.items[index][::2].tolist() == (pitches - 19).tolist()


def test_the_spec_is_measured_on_the_training_split(book):
    train, _ = both(f"folder:{book}")

    spec = json.loads(json.dumps(train.spec, allow_nan=False))
    struck = everything(train.items)
    struck = struck[struck > 1].int() + 19
    expected = {
        "encoding": "melody",
        "steps": 32,
        "steps_per_bar": 16,
        "steps_per_beat": 4,
        "bars": 2,
        "metre": "4/4",
    }
    assert {name: spec[name] for name in expected} == expected
    assert (spec["lowest"], spec["highest"]) == (int(struck.min()), int(struck.max()))
    assert spec["tempo"] == 120
    assert spec["pieces"]["train"] + spec["pieces"]["test"] == 12
    assert (spec["grouped"], spec["repeated"], spec["leaked"]) == (0, 0, 0)


def test_each_call_gives_the_same_split(book):
    first, second = both(f"folder:{book}"), both(f"folder:{book}")

    for one, other in zip(first, second, strict=True):
        assert one.fingerprint() == other.fingerprint()
        assert one.names == other.names and one.rejected == other.rejected


def test_windows_that_the_test_split_shares_with_training_are_counted(tmp_path):
    for number in range(30):
        common = tuple((n / 2, 0.5, 60 + n % 7) for n in range(16))
        pitches = np.random.default_rng(number).integers(55, 80, 80)
        own = tuple((8 + n / 2, 0.5, int(pitch)) for n, pitch in enumerate(pitches))
        moved = tuple((at, length, pitch + number % 5) for at, length, pitch in common)
        path = tmp_path / "b" / f"piece {chr(97 + number)}.mid"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(midi(track(named("Tune"), *played(moved + own))))

    train, test = both(f"folder:{tmp_path / 'b'}", stride=2)

    melody = ENCODINGS["melody"]
    known = set(hashes(melody.untransposed(everything(train.items).numpy())).tolist())
    shared = [code in known for code in hashes(melody.untransposed(everything(test.items).numpy())).tolist()]
    assert train.spec["leaked"] == pytest.approx(np.mean(shared))
    assert 0 < train.spec["leaked"] < 0.5
    assert train.spec["grouped"] == 0


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_patterns_or_a_folder_fill_every_encoding(tmp_path, encoding):
    band = BY_NAME["band.mid"].data
    for number in range(4):
        (tmp_path / f"{chr(97 + number)}.mid").write_bytes(
            band.replace(b"\x90\x3c", bytes([0x90, 60 + number]))
        )
        write_tune(tmp_path / f"tune {chr(97 + number)}.mid", number)
    if encoding in ("drums", "trio"):
        train, test = both("patterns", encoding=encoding)
    else:
        train, test = both(f"folder:{tmp_path}", encoding=encoding)

    x = everything(train.items)
    assert len(x) == len(train) and x.dtype == getattr(torch, ENCODINGS[encoding].dtype.__name__)
    assert x.shape[1:] == train.item_shape == test.item_shape
    assert (
        train.item_shape
        == {"melody": (32,), "drums": (32,), "trio": (32, 3), "pianoroll": (32, 176)}[encoding]
    )
    assert torch.equal(train.items[torch.tensor([1, 0])], x[[1, 0]])
    assert (train.spec["lowest"] is None) == (encoding == "drums")


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        (0, {}, "holds no MIDI files"),
        (1, {}, r"of one tune only \(1 piece\); at least two tunes are needed"),
        (
            3,
            {"bars": 16},
            r"no window of 16 bars in 4/4 .* 3 pieces \(mostly: too few bars in a row for a window of 16\)",
        ),
        (
            3,
            {"metre": "3/4"},
            r"no window of 2 bars in 3/4 .* \(mostly: metre 4/4, not 3/4\); try --metre any",
        ),
        (3, {"encoding": "drums"}, r"for --encoding drums .* \(mostly: no drums in it\)"),
    ],
)
def test_folders_that_cannot_be_used_say_why(tmp_path, files, options, message):
    (tmp_path / "b").mkdir()
    for number in range(files):
        write_tune(tmp_path / "b" / f"tune {chr(97 + number)}.mid", number)

    with pytest.raises(DataError, match=message) as error:
        both(f"folder:{tmp_path / 'b'}", **options)
    assert "\n" not in str(error.value)


def test_options_that_contradict_each_other_say_so(book):
    with pytest.raises(UsageError, match=r"--metre 7/8 makes bars of 3.5 steps at --steps-per-beat 1"):
        both(f"folder:{book}", metre="7/8", steps_per_beat=1)


@pytest.mark.parametrize("source", ["folk-tunes", "folder:", "npz:", ""])
def test_unknown_sources_are_refused(source):
    with pytest.raises(UsageError):
        both(source)


def test_arrays_are_taken_as_they_are(tmp_path):
    x = np.random.default_rng(0).integers(2, 90, (50, 32))
    np.savez(tmp_path / "a.npz", x=x, x_test=x[:3])
    np.savez(tmp_path / "b.npz", x=np.concatenate([x, x]))

    train, test = both(f"npz:{tmp_path / 'a.npz'}")
    halves = both(f"npz:{tmp_path / 'b.npz'}")

    assert torch.equal(train.items, torch.from_numpy(x).to(torch.uint8)) and len(test) == 3
    assert train.spec["steps"] == 32 and train.spec["lowest"] == x.min() + 19
    assert sum(map(len, halves)) == 100
    assert not {tuple(row) for row in halves[0].items.tolist()} & {
        tuple(row) for row in halves[1].items.tolist()
    }


def test_arrays_of_planes_are_taken(tmp_path):
    x = np.random.default_rng(0).random((40, 16, 176)) < 0.1
    np.savez(tmp_path / "a.npz", x=x)

    train, test = both(f"npz:{tmp_path / 'a.npz'}", encoding="pianoroll", bars=1)

    assert len(train) + len(test) == 40 and train.item_shape == (16, 176)


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({"y": np.zeros((5, 32), int)}, {}, r"should hold an array 'x' of windows \(holds y\)"),
        (
            {"x": np.zeros((5, 16), int)},
            {},
            r"shape \(N, 32\), windows of 2 bars in 4/4 as --encoding melody .* \(5, 16\)",
        ),
        ({"x": np.zeros((0, 32), int)}, {}, r"received int64 of shape \(0, 32\)"),
        ({"x": np.zeros((5, 32))}, {}, r"whole numbers of shape .* \(received float64"),
        ({"x": np.full((5, 32), 90)}, {}, r"numbers from 0 to 89 \(received 90 to 90\)"),
        ({"x": np.full((5, 32), -1)}, {}, r"numbers from 0 to 89 \(received -1 to -1\)"),
        ({"x": np.full((5, 32), 512)}, {"encoding": "drums"}, r"from 0 to 511 \(received 512"),
        ({"x": np.full((5, 32, 3), 100)}, {"encoding": "trio"}, r"from 0 to 89, 89, 511"),
        ({"x": np.full((5, 32, 176), 2)}, {"encoding": "pianoroll"}, r"from 0 to 1 "),
        (
            {"x": np.zeros((5, 32), int)},
            {},
            "too few different ones to keep some for testing; add an array 'x_test'",
        ),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, options, message):
    np.savez(tmp_path / "a.npz", **arrays)

    with pytest.raises(DataError, match=message):
        both(f"npz:{tmp_path / 'a.npz'}", **options)


def test_damaged_and_missing_archives_say_so(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 rubbish")
    np.savez(tmp_path / "c.npz", x=np.array([{}], object))

    with pytest.raises(DataError, match="damaged or no .npz file"):
        both(f"npz:{tmp_path / 'a.npz'}")
    with pytest.raises(DataError, match="There is no file"):
        both(f"npz:{tmp_path / 'b.npz'}")
    with pytest.raises(DataError, match="damaged or no .npz file of plain numbers"):
        both(f"npz:{tmp_path / 'c.npz'}")


def test_an_own_file_becomes_windows_one_behind_the_other(book, tmp_path):
    spec = both(f"folder:{book}")[0].spec
    path = write_tune(tmp_path / "mine.mid", 5, bars=5)

    read = read_windows(path, MusicOptions(), spec)

    assert read.items.shape == (3, 32) and read.items.dtype == torch.uint8
    assert read.names == ("mine.mid, bar 1", "mine.mid, bar 3", "mine.mid, bar 5")
    assert "the last window is filled up with rests" in read.notes
    pitches = np.random.default_rng(5).integers(55, 80, 40)
    assert read.items.flatten()[:80:2].tolist() == (pitches - 19).tolist()
    assert not read.items[2, 16:].any()


@pytest.mark.parametrize(
    ("steps_per_beat", "told"),
    [
        (
            4,
            "triplets in bars 2, 4 are bent onto 4 steps a beat; a run of --steps-per-beat 12 has room for them",
        ),
        (
            2,
            "triplets in bars 2, 4 are bent onto 2 steps a beat; a run of --steps-per-beat 6 has room for them",
        ),
        (12, None),
    ],
)
def test_where_an_own_file_has_triplets_that_the_steps_bend_it_is_told(book, tmp_path, steps_per_beat, told):
    spec = both(f"folder:{book}", steps_per_beat=steps_per_beat)[0].spec
    line, last = mido.MidiTrack(), 0
    for bar in range(4):
        third = 160 if bar in (1, 3) else 240
        for at in [bar * 1920 + beat * 480 + part for beat in range(4) for part in range(0, 480, third)]:
            line.append(mido.Message("note_on", note=60 + at // 480 % 12, time=at - last))
            line.append(mido.Message("note_off", note=60 + at // 480 % 12, time=100))
            last = at + 100
    mido.MidiFile(ticks_per_beat=480, tracks=[line]).save(tmp_path / "mine.mid")

    read = read_windows(tmp_path / "mine.mid", MusicOptions(steps_per_beat=steps_per_beat), spec)

    assert [note for note in read.notes if "triplet" in note] == ([told] if told else [])


def test_triplets_are_measured_from_their_bar_line():
    bars = [0.0, 0.5, 4.0, 7.5]  # a pickup of an eighth, then bars of seven
    onsets = [0, 0.5, 0.5 + 1 / 3, 0.5 + 2 / 3, 4, 4.25, 4.5, 4.75, 7.5 + 1 / 3, 7.5 + 2 / 3]
    notes = np.column_stack([onsets, np.full((len(onsets), 3), 0.1)])
    lines = tuple(Bar(start, end - start, SEVEN) for start, end in pairwise([*bars, 11.0]))

    assert bent_bars({Voice.MELODY: notes}, lines, 4) == (2, 4)


def test_an_own_file_of_another_metre_is_refused_or_reported(book, tmp_path):
    spec = both(f"folder:{book}")[0].spec
    (tmp_path / "waltz.mid").write_bytes(BY_NAME["waltz.mid"].data)
    (tmp_path / "changes.mid").write_bytes(BY_NAME["metre_changes.mid"].data)
    (tmp_path / "words.mid").write_text("words")

    with pytest.raises(
        DataError, match=r"waltz.mid' has no notes in bars of 4/4, .* \(bars 1-4: metre 3/4, not 4/4\)"
    ):
        read_windows(tmp_path / "waltz.mid", MusicOptions(), spec)
    with pytest.raises(DataError, match="words.mid': not a MIDI file"):
        read_windows(tmp_path / "words.mid", MusicOptions(), spec)
    read = read_windows(tmp_path / "changes.mid", MusicOptions(), spec)
    assert ("changes.mid", "bars 2-3: metre 3/4, not 4/4") in read.rejected


def test_windows_of_an_own_file_in_which_nothing_sounds_are_left_out_and_told(tmp_path):
    spec = {"encoding": "melody", "bars": 2, "metre": "4/4", "steps_per_beat": 4}
    (tmp_path / "rest.mid").write_bytes(BY_NAME["long_rest.mid"].data)

    read = read_windows(tmp_path / "rest.mid", MusicOptions(), spec)

    assert read.names == ("rest.mid, bar 1", "rest.mid, bar 17")
    assert read.rejected == (("rest.mid", "bars 3-16: rests alone"),)


@pytest.mark.parametrize(("chosen", "said"), [("Flute", True), ("3", True), ("tune", False), ("0", False)])
def test_an_own_file_need_not_have_the_track_that_the_run_was_told_to_take(tmp_path, chosen, said):
    spec = {"encoding": "melody", "bars": 2, "metre": "4/4", "steps_per_beat": 4}
    path = write_tune(tmp_path / "mine.mid", 5)

    read = read_windows(path, MusicOptions(track=chosen), spec)

    assert torch.equal(read.items, read_windows(path, MusicOptions(), spec).items)
    expected = (
        f"no pitched track is named like '{chosen}' (its tracks: 0 'Tune'): the track was found by itself"
    )
    assert read.notes == ((expected,) if said else ())


def test_an_own_file_that_is_moved_to_the_common_key_says_so(tmp_path):
    spec = {"encoding": "melody", "bars": 2, "metre": "4/4", "steps_per_beat": 4}
    scale = tuple((n / 2, 0.5, 62 + (0, 4, 7, 5, 2, 11, 9, 12)[n % 8]) for n in range(32))
    (tmp_path / "d.mid").write_bytes(midi(track(named("Tune"), *played(scale))))

    read = read_windows(tmp_path / "d.mid", MusicOptions(common_key=True), spec)

    assert read.notes == ("moved by -2 semitones to C major",)
    assert read.items[0, 0] == 60 - 19


def test_labels_are_asked_for_by_number_and_name_where_some_are_missing(book):
    write_tune(book / "stray.mid", 50)
    options = MusicOptions()
    train = load_source(options, f"folder:{book}", "train")
    test = load_source(options, f"folder:{book}", "test")
    found = train if any(name.startswith("stray") for name in train.names) else test

    with pytest.raises(
        DataError,
        match=rf"7 of {len(found)} have none, the first is 'stray.mid, bar 1'. Label them .* take them out",
    ):
        measure("label", MusicModality(options, found.spec), found)


@pytest.mark.parametrize("file", ODD_FILES, ids=lambda file: file.name)
def test_a_file_becomes_the_quantised_file_and_windows_are_cut_from_it(tmp_path, file):
    spec = {"encoding": "pianoroll", "bars": 1, "metre": "any", "steps_per_beat": 12}
    (tmp_path / file.name).write_bytes(file.data)
    if file.notes == ():
        with pytest.raises(DataError, match="only drums in it"):
            read_windows(tmp_path / file.name, MusicOptions(), spec)
        return

    read = read_windows(tmp_path / file.name, MusicOptions(), spec)

    score = score_of(read_midi(tmp_path / file.name), MusicOptions(**spec))
    for name, window in zip(read.names, read.items.numpy(), strict=True):
        start = score.starts[int(name.rpartition(" ")[2]) - 1]
        rows = score.rows[start : start + 48]
        assert np.array_equal(window[: len(rows)], rows) and not window[len(rows) :].any()
    again = score.encoding.decode(score.rows)
    if file.notes is not None:
        grid = 12  # of these files every onset lies on a twelfth or between, where it may move by half of one
        onsets = sorted((at * grid, pitch) for at, _, pitch in set(file.notes))
        assert len(again) == len({(at, pitch) for at, pitch in onsets})
        assert np.abs(np.sort(again[:, 0]) - np.array([at for at, _ in onsets])).max() <= 1


def test_every_source_is_listed_once():
    assert [source.name for source in SOURCES] == ["folk", "chorales", "patterns", "folder:PATH", "npz:PATH"]
    assert set(sources.BUILT_IN) == {"folk", "chorales", "patterns"}


def one_a_step(notes):
    """Of quantised notes (N, 4) that share a step the highest, each to the next one's start at most."""
    highest = {
        start: (start, end, pitch, voice)
        for start, end, pitch, voice in sorted(notes.tolist(), key=lambda n: n[2])
    }
    line = sorted(highest.values())
    behind = [*(note[0] for note in line[1:]), np.inf]
    return [
        [start, min(end, at), pitch, voice]
        for (start, end, pitch, voice), at in zip(line, behind, strict=True)
    ]


@pytest.mark.parametrize(
    ("book", "encoding"), [("folk", "melody"), ("chorales", "pianoroll"), ("patterns", "trio")]
)
def test_all_built_in_pieces_come_back_from_their_windows(book, encoding):
    pieces = patterns(0) if book == "patterns" else load_tunes(book)
    options = MusicOptions(encoding=encoding, metre="any", bars=2)

    for piece in pieces:
        score = score_of(piece, options)
        windows, tied = score.encoding.cut(score.rows, np.arange(0, len(score.rows), 32), 32)
        again = score.encoding.decode(score.encoding.join(windows, tied)[: len(score.rows)])
        assert np.array_equal(again, score.encoding.decode(score.rows)), piece.name
        if book == "folk":
            assert np.array_equal(again, one_a_step(score.notes)), piece.name


@pytest.mark.parametrize("source", ["folk", "chorales", "patterns"])
def test_built_in_sources_are_split_by_tune(source):
    options = {"encoding": {"folk": "melody", "chorales": "pianoroll", "patterns": "drums"}[source]}
    train, test = both(source, **options)

    assert 0.03 < len(test) / (len(train) + len(test)) < 0.25
    assert not {name.rpartition(",")[0] for name in train.names} & {
        name.rpartition(",")[0] for name in test.names
    }
    assert (train.labels is None) == (source == "chorales")
    if source == "folk":
        assert train.label_names == ("aird", "oneill", "ryan")
        assert train.spec["leaked"] < 0.01

# The part of the report that can be heard, with a model of notes that needs no training.
"""The part of the report that can be heard, with a model of notes that needs no training."""

import base64
import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch

from aekit import autoencoder
from aekit.errors import DataError, RunError
from aekit.listening import fitting, listening
from aekit.views import Note, Notes, Picture

LENGTH = 1.0


class Melodies:
    """A model whose items are rows of pitches, each a quarter of the passage."""

    condition = None
    modality = None

    def __init__(self, seconds=LENGTH, source=True, soundfont=None, restores=False):
        self.seconds, self.source, self.soundfont = seconds, source, soundfont
        self.restores = restores

    def view(self, item):
        step = self.seconds / len(item)
        notes = tuple(Note(int(pitch), n * step, (n + 1) * step) for n, pitch in enumerate(item))
        return Notes(notes, self.seconds, soundfont=self.soundfont)

    def sample(self, count, condition=None):
        return np.arange(60, 60 + 4 * count).reshape(count, 4)

    def dataset(self, split):
        if not self.source:
            raise DataError("The source is gone.")
        items = torch.arange(48, 72).reshape(6, 4)
        return Items(items)

    def degrade(self, items):
        return items + 12

    def reconstruct(self, items, condition=None):
        return items + 1

    def interpolate(self, first, last, steps, condition=None):
        return np.linspace(first, last, steps).round().astype(int)


class Items(SimpleNamespace):
    """A data set of items."""

    def __init__(self, items):
        super().__init__(items=items)

    def __len__(self):
        return len(self.items)


@pytest.fixture
def page(monkeypatch):
    """The part of the page for a model, or for the error with which it cannot be loaded."""

    def make(model):
        def load(run):
            if isinstance(model, Exception):
                raise model
            return model

        monkeypatch.setattr(autoencoder, "load", load)
        return listening(SimpleNamespace(name="run"))

    return make


def sounds(page):
    """All sounds of a page: (samples, rate) of each."""
    found = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    return [soundfile.read(io.BytesIO(base64.b64decode(data))) for data in found]


def first_pitch(samples, rate):
    """The strongest frequency of the first note, hertz."""
    piece = samples[round(0.05 * rate) : round(0.22 * rate)]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 2**17))
    return power.argmax() * rate / 2**17


def test_samples_pairs_and_a_walk_can_be_heard(page):
    made = page(Melodies())

    assert made.count('<div class="heard"') == 6 + 2 * 4 and made.count('<div class="heard wide"') == 1
    assert re.findall(r"<h4>((?:Test|Decoded)[^<]*)", made)[:4] == [
        "Test item 1",
        "Decoded 1",
        "Test item 2",
        "Decoded 2",
    ]
    heard = sounds(made)
    assert len(heard) == made.count("<img") == 15
    assert all(np.abs(samples).max() > 0.05 for samples, _ in heard)
    lengths = [len(samples) / rate for samples, rate in heard]
    assert max(lengths[:-1]) < 2 and 9 <= lengths[-1] < 10
    assert 'data-seconds="9.0000"' in made


def test_what_is_decoded_sounds_beside_its_item(page):
    heard = sounds(page(Melodies()))[6:14]

    # the model decodes each item a semitone higher
    for item, decoded in zip(heard[::2], heard[1::2], strict=True):
        assert 12 * np.log2(first_pitch(*decoded) / first_pitch(*item)) == pytest.approx(1, abs=0.2)


def test_a_degraded_item_sounds_between_its_item_and_what_was_restored(page):
    made = page(Melodies(restores=True))

    assert re.findall(r"<h4>((?:Test|Degraded|Restored)[^<]*)", made)[:4] == [
        "Test item 1",
        "Degraded 1",
        "Restored 1",
        "Test item 2",
    ]
    item, degraded, restored = sounds(made)[6:9]
    # the model degrades each item to an octave higher, and decodes that a semitone higher still
    assert 12 * np.log2(first_pitch(*degraded) / first_pitch(*item)) == pytest.approx(12, abs=0.2)
    assert 12 * np.log2(first_pitch(*restored) / first_pitch(*degraded)) == pytest.approx(1, abs=0.2)


def test_the_page_needs_no_other_file_and_stays_small(page):
    made = page(Melodies(seconds=4.0))

    assert not re.search(r'(src|href)="(?!data:)', made)
    assert len(made) < 1_500_000


def test_long_items_are_fewer(page):
    assert (fitting(4, 6, 2), fitting(16, 6, 2), fitting(600, 6, 2)) == (6, 3, 2)
    made = page(Melodies(seconds=32.0))

    assert made.count('<div class="heard"') == 2 + 2 and 'data-seconds="96.0000"' in made


def test_without_the_source_there_are_samples_and_a_walk(page):
    made = page(Melodies(source=False))

    assert "Test item" not in made and made.count("<audio") == 7


def test_what_cannot_be_heard_or_loaded_has_no_part(page):
    silent = Melodies()
    silent.view = lambda item: Picture(np.zeros((2, 2), np.uint8))

    assert page(silent) == "" and page(RunError("no weights")) == ""


def test_a_broken_soundfont_is_said_on_the_page(page, tmp_path):
    pytest.importorskip("midirenderer")
    made = page(Melodies(soundfont=tmp_path / "none.sf2"))

    assert "The sounds were not made" in made and "none.sf2" in made and "<audio" not in made

# MusicModality: windows of music as aekit sees them.
"""MusicModality: windows of music as aekit sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from aekit import Dataset, Decoder, Degradation, Encoder, Modality, Options, ReadResult, Source, UsageError
from aekit.latent import path
from aekit.views import Note, Notes
from aekit_music import metrics
from aekit_music.attributes import melody_attributes
from aekit_music.collection import USUAL_TEMPO
from aekit_music.degradations import DEGRADATIONS, degraded
from aekit_music.encodings import ENCODINGS, Encoding
from aekit_music.networks import FIRST_SIZES, WHOLE, Form, Size, make_decoder, make_encoder
from aekit_music.piece import Voice
from aekit_music.settings import MusicOptions
from aekit_music.sources import SOURCES, load_source, read_windows
from aekit_music.transposition import transposed

INSTRUMENTS = {Voice.MELODY: "piano", Voice.BASS: "bass", Voice.DRUMS: "drums"}
BARS_A_BATCH = 128
PATHS, POINTS = 8, 9  # paths of each piece of a test split whose smoothness is measured, and points of each
BUILT_IN = {"melody": "folk", "pianoroll": "chorales", "drums": "patterns", "trio": "patterns"}


class MusicModality(Modality):
    """Windows of a melody, of drums, of both with a bass, or of anything that a piano can play."""

    Options: ClassVar[type[Options]] = MusicOptions
    options: MusicOptions
    training_defaults: ClassVar[dict[str, Any]] = {
        "latent_dim": 128,
        "batch_size": 64,
        "max_time": 300.0,
        "beta": 0.4,
        "warmup": 0.9,  # the code is learnt while it costs little, then made cheap (docs/benchmarks.md)
        "factor": 4,  # of `superresolution`: most tunes have few notes that 2 would move
    }
    default_source: ClassVar[str] = "folk"

    def __init__(self, options: MusicOptions, spec: dict[str, Any]) -> None:
        """See `Modality`; the keys of `spec` are described at `sources.load_source`."""
        super().__init__(options, spec)
        self.encoding: Encoding = ENCODINGS[spec["encoding"]]
        self.form = Form(
            steps=spec["steps"],
            steps_per_bar=spec["steps_per_bar"],
            classes=self.encoding.classes,
            planes=self.encoding.planes,
            flat=len(self.encoding.classes) == 1,
            dtype=getattr(torch, self.encoding.dtype.__name__),
            autoregressive=options.polyphony == "autoregressive",
        )
        first = FIRST_SIZES[options.network]
        self.size = Size(
            spec.get("width") or options.width or first.width,
            spec.get("depth") or options.depth or first.depth,
        )

    @classmethod
    def defaults_for(cls, options: MusicOptions, source: str) -> dict[str, Any]:
        """Of long windows fewer in a batch, since each is many bars to learn from, and 16 dimensions for each bar."""
        long = options.bars > WHOLE
        return cls.training_defaults | (
            {"latent_dim": 16 * options.bars, "batch_size": BARS_A_BATCH // options.bars} if long else {}
        )

    @classmethod
    def default_source_for(cls, options: MusicOptions) -> str:
        return BUILT_IN[options.encoding]

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return SOURCES

    @classmethod
    def load(cls, options: MusicOptions, source: str, split: str) -> Dataset:
        check_options(options)
        return load_source(options, source, split)

    def prepare(self, x: Tensor) -> Tensor:
        """Stored rows as class indices (int64), or as bits (float)."""
        return x.float() if self.form.planes else x.long()

    def augment(self, x: Tensor) -> Tensor:
        """Windows moved by up to `transpose` semitones, as far as their pitches allow."""
        return transposed(x, self.form, self.options.transpose) if self.options.transpose else x

    def degradations(self) -> dict[str, Degradation]:
        return DEGRADATIONS

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        """Windows with other notes, or in a coarser rhythm (`degradations.py`)."""
        return degraded(x, self.form, name, amount)

    def encoder(self) -> Encoder:
        return make_encoder(self.options.network, self.form, self.size)

    def decoder(self, latent_dim: int) -> Decoder:
        options = self.options
        return make_decoder(
            options.network,
            self.form,
            latent_dim,
            self.size,
            options.forcing_decay,
            options.hide,
            self.condition_dim,
        )

    def view(self, x: Tensor) -> Notes:
        """One window as it sounds at the option's tempo, or the source's."""
        tempo = self.options.tempo or self.spec["tempo"] or USUAL_TEMPO  # runs on arrays once kept none
        second = 60 / tempo / self.spec["steps_per_beat"]
        notes = self.encoding.decode(x.detach().cpu().numpy())
        return Notes(
            tuple(
                Note(pitch, start * second, end * second, 96, INSTRUMENTS[Voice(voice)])
                for start, end, pitch, voice in notes.tolist()
            ),
            len(x) * second,
            tempo=tempo,
            beats_per_bar=self.spec["steps_per_bar"] / self.spec["steps_per_beat"],
            soundfont=self.options.soundfont,
            metre="" if self.spec["metre"] == "any" else self.spec["metre"],
        )

    def read(self, path: Path) -> ReadResult:
        return read_windows(Path(path), self.options, self.spec)

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        """Density, pitch, rhythm and key of windows (`attributes.py`)."""
        return melody_attributes(x, self.encoding, self.spec)

    def metrics(self, decoder: Any, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        """Of windows decoded greedily from the posterior's mean; `metrics.py` defines each.

        teacher_forced_step_accuracy: of the likeliest steps where the true ones before are shown; for the parallel
            network, which sees none, the same as the next.
        free_running_step_accuracy: of the steps as decoded.
        exact_windows: share of windows without a fault.
        note_f1, pitch_distribution_overlap: of the notes that begin.
        interpolation_smoothness: of a few paths between windows that stand side by side.
        """
        made = decoder.generate(z)
        right = metrics.equal_steps(x, made)
        forced = metrics.equal_steps(x, decoder.likeliest(z, self.prepare(x)))
        figures = {
            "teacher_forced_step_accuracy": forced.float().mean(1),
            "free_running_step_accuracy": right.float().mean(1),
            "exact_windows": right.all(1).float(),
            "note_f1": metrics.note_f1(x, made, self.form),
            "pitch_distribution_overlap": metrics.pitch_overlap(x, made, self.form),
        }
        if len(z) > 1:
            found = self.smoothness(decoder, z[: PATHS + 1])
            figures |= {"interpolation_smoothness": found} if len(found) else {}
        return figures

    def smoothness(self, decoder: Decoder, z: Tensor) -> Tensor:
        """Of the paths from each code (N, D) to the next; those between equal windows are left out."""
        walked = [
            torch.as_tensor(path(z[number : number + 2], POINTS, "slerp")) for number in range(len(z) - 1)
        ]
        rows = decoder.generate(torch.cat(walked).to(z))
        found = metrics.smoothness(rows.unflatten(0, (-1, POINTS)))
        return found[~found.isnan()]


def check_options(options: MusicOptions) -> None:
    """Raise UsageError where options contradict each other."""
    if options.network == "hierarchical" and options.bars < 2:
        raise UsageError(
            f"The hierarchical network needs windows of two or more bars (received --bars {options.bars}); raise "
            "--bars, or use --network lstm or parallel."
        )

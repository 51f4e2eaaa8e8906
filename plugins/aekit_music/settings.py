# The options of the music plugin.
"""The options of the music plugin."""

from __future__ import annotations

from typing import Literal

import pydantic

from aekit import Options

MOST_STEPS = 24  # of a beat; a multiple of three, which triplets need


class MusicOptions(Options):
    encoding: Literal["melody", "drums", "trio", "pianoroll"] = pydantic.Field(
        "melody", description="what of the music is learnt"
    )
    bars: int = pydantic.Field(
        2,
        ge=1,
        le=16,
        description="bars of a window; from 3 on, 16 dimensions a bar and batches of 128 bars unless told otherwise",
    )
    metre: str = pydantic.Field(
        "4/4",
        pattern=r"^([1-9]\d?/(1|2|4|8|16)|any)$",
        description="time signature of the bars that are taken; 'any' takes windows of 4 beats a bar from any",
    )
    steps_per_beat: int = pydantic.Field(4, ge=1, le=MOST_STEPS, description="steps of a quarter note")
    stride: int = pydantic.Field(1, ge=1, le=16, description="bars from the start of one window to the next")
    least_notes: int = pydantic.Field(3, ge=0, description="fewer notes leave a window out")
    transpose: int = pydantic.Field(
        5, ge=0, le=12, description="training moves windows by up to so many semitones, up or down"
    )
    common_key: bool = pydantic.Field(False, description="move all pieces to C major or A minor first")
    track: str | None = pydantic.Field(
        None,
        description="name of the track that has the melody (of those that have the drums, for drums alone), or its "
        "number, from 0, of the tracks that have notes; found by itself otherwise",
    )
    timing: Literal["auto", "file", "estimated", "fixed"] = pydantic.Field(
        "auto",
        description="where beats come from: the file's tempo map, an estimate from the notes, or a fixed grid; "
        "'auto' takes the file's unless it plainly has none",
    )
    tempo: float | None = pydantic.Field(
        None,
        ge=20,
        le=400,
        description="beats a minute when windows are heard; by default as the source has it",
    )
    network: Literal["parallel", "lstm", "hierarchical"] = pydantic.Field(
        "parallel", description="the networks: all steps at once, one after another, or bar by bar"
    )
    width: int | None = pydantic.Field(
        None, ge=8, le=4096, description="width of the networks; each has its own"
    )
    depth: int | None = pydantic.Field(None, ge=1, le=24, description="blocks, or layers, of the networks")
    hide: float = pydantic.Field(
        0.4,
        ge=0,
        lt=1,
        description="share of the steps before that lstm and hierarchical do not see in training",
    )
    forcing_decay: float = pydantic.Field(
        1000.0, gt=0, description="k of scheduled sampling: true steps are shown with k / (k + exp(step / k))"
    )
    polyphony: Literal["independent", "autoregressive"] = pydantic.Field(
        "independent", description="for piano-rolls: how the pitches of one step hang together"
    )
    soundfont: str | None = pydantic.Field(None, description="an SF2 file that plays the notes")

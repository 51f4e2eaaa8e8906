# Notes to sound, MIDI and pictures: how long each takes, and what the sound measures.
"""Notes to sound, MIDI and pictures: how long each takes, and what the sound measures.

    python benchmarks/sound.py                     (some seconds)
    python benchmarks/sound.py --soundfont FILE.sf2

Passages are made from rules. "First" renders with no tone kept yet, as the first item of a process; "later" is the
median of 25 with the tones kept. Loudness is the RMS of the blocks of 50 ms that sound, in dB below full scale; a seam
is the step from a loop's last sample to its first, beside the largest step within. The error of pitch is that of
the first partial, over the pitches 28 to 108.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine
import numpy as np

PITCHES = range(28, 109, 4)


def main() -> None:
    parser = machine.arguments(__doc__, "sound")
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--soundfont", type=Path, help="an SF2 file that is timed as well")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    found = {name: measured(view, asked.repeats) for name, view in passages().items()}
    if asked.soundfont:
        found["8 s of melody, SoundFont"] = measured(
            passages(asked.soundfont)["8 s of melody"], asked.repeats
        )
    columns = list(next(iter(found.values())))
    machine.table(["passage", *columns], [[name, *row.values()] for name, row in found.items()])
    cents = [pitch_error(pitch) for pitch in PITCHES]
    print(f"\nerror of pitch: {statistics.median(cents):.1f} cents in the median, {max(cents):.1f} at most")
    machine.save(asked.json, facts, {"passages": found, "pitch_error_cents": cents})


def passages(soundfont: Path | None = None) -> dict[str, Any]:
    """Notes of each kind."""
    from aekit.views import Note, Notes

    random = np.random.default_rng(0)
    scale = np.array([0, 2, 4, 5, 7, 9, 11])

    def line(steps: int, low: int, instrument: str = "piano") -> list[Note]:
        degrees = np.clip(np.cumsum(random.integers(-2, 3, steps)) + 7, 0, 13)
        pitches = low + 12 * (degrees // 7) + scale[degrees % 7]
        return [Note(int(p), n / 4, n / 4 + 0.25, 96, instrument) for n, p in enumerate(pitches)]

    def beat(steps: int) -> list[Note]:
        keys = (36, 42, 38, 42, 36, 46, 38, 49)
        return [Note(keys[n % 8], n / 4, n / 4 + 0.1, 96, "drums") for n in range(steps)]

    chorale = [note for low in (43, 50, 57, 64) for note in line(32, low)]
    made = {
        "8 s of melody": (line(32, 60), 8.0),
        "8 s of drums": (beat(32), 8.0),
        "8 s of a trio": (line(32, 60) + line(32, 31, "bass") + beat(32), 8.0),
        "8 s of four voices": (chorale, 8.0),
        "32 s of melody": (line(128, 60), 32.0),
    }
    return {
        name: Notes(tuple(notes), seconds, soundfont=soundfont) for name, (notes, seconds) in made.items()
    }


def measured(view: Any, repeats: int) -> dict[str, float]:
    """One passage's times in ms, and its sound's figures."""
    from aekit import drumkit, sound

    sound.tone.cache_clear()
    drumkit.drum.cache_clear()
    began = time.perf_counter()
    samples = view.sound().samples
    first = 1000 * (time.perf_counter() - began)
    loop = view.sound(loop=True).samples
    power = np.square(samples[: len(samples) // 2205 * 2205].reshape(-1, 2205)).mean(1)
    return {
        "first, ms": first,
        "later, ms": median_ms(view.sound, repeats),
        "as WAV, ms": median_ms(lambda: view.encoded("wav"), repeats),
        "as MIDI, ms": median_ms(lambda: view.encoded("mid"), repeats),
        "picture, ms": median_ms(view.picture, repeats),
        "peak, dB": 20 * math.log10(np.abs(samples).max()),
        "loudness, dB": 10 * math.log10(power[power >= power.max() * 1e-4].mean()),
        "offset": abs(float(samples.mean())),
        "seam": abs(float(loop[0] - loop[-1])),
        "largest step": float(np.abs(np.diff(loop)).max()),
    }


def median_ms(call: Callable[[], Any], repeats: int) -> float:
    """The median time of a call, in ms."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def pitch_error(pitch: int) -> float:
    """How far the first partial of a second's note is from its pitch, in cents."""
    from aekit.sound import RATE, render
    from aekit.views import Note

    size = 2**19
    samples = render([Note(pitch, 0, 1)], 1.0)[: RATE // 2]
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size))
    wanted = 440 * 2 ** ((pitch - 69) / 12)
    low, high = (round(wanted * share * size / RATE) for share in (0.95, 1.05))
    found = (low + int(power[low:high].argmax())) * RATE / size
    return abs(1200 * math.log2(found / wanted))


if __name__ == "__main__":
    main()

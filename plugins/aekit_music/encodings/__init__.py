# The four encodings by name.
"""The four encodings by name."""

from __future__ import annotations

from aekit_music.encodings.base import Encoding as Encoding
from aekit_music.encodings.base import Steps as Steps
from aekit_music.encodings.drums import Drums
from aekit_music.encodings.melody import Melody
from aekit_music.encodings.pianoroll import Pianoroll
from aekit_music.encodings.trio import Trio

ENCODINGS: dict[str, Encoding] = {
    encoding.name: encoding for encoding in (Melody(), Drums(), Trio(), Pianoroll())
}

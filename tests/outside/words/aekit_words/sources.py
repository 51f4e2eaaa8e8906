# Where words come from: the names of Unicode's characters, or a text file; and how they are split.
"""Where words come from: the names of Unicode's characters, or a text file; and how they are split."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable
from pathlib import Path

from aekit import DataError

KINDS = {"L": "letters", "M": "marks", "N": "numbers", "P": "punctuation", "S": "symbols"}


def unicode_words() -> dict[str, str]:
    """Every word in the names of Unicode's characters, with the kind of character that it first names.

    About 7,800, in lower case ("hippopotamus", "turnstile"), from the standard library's own table, so
    the same on every machine with the same version of Python. Ideographs and Hangul syllables, which are
    named by rule, are left out.
    """
    words: dict[str, str] = {}
    for code in range(0x30000):
        name = unicodedata.name(chr(code), "")
        kind = KINDS.get(unicodedata.category(chr(code))[0])
        if kind is None or name.startswith(("CJK", "HANGUL SYLLABLE")):
            continue
        for word in name.lower().replace("-", " ").split():
            if word.isalpha() and len(word) > 2:
                words.setdefault(word, kind)
    return words


def file_words(path: Path) -> list[str]:
    """The words of a UTF-8 text file, one a line, in order; repeated ones once.

    Raises:
        DataError: the file is missing or no text.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        why = error.strerror or error
        raise DataError(f"{path} cannot be read: {why}. Give a text file, one word a line.") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is no UTF-8 text. Give a text file, one word a line.") from None
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def kept_for_testing(words: Iterable[str]) -> set[str]:
    """The tenth of the words that is kept for testing (one at least): those of the lowest checksums."""
    ordered = sorted(words, key=lambda word: (zlib.crc32(word.encode()), word))
    return set(ordered[: max(1, len(ordered) // 10)])

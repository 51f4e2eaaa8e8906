# Files that are whole or absent: written beside their place, then renamed into it.
"""Files that are whole or absent: written beside their place, then renamed into it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError, RunError

Arrays = dict[str, NDArray[Any]]

UNFINISHED = ".unfinished"
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8",
    "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?", "C64": "<c8",
}  # NumPy's names of safetensors' types  # fmt: skip


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader finds the old file or the new one, never a part.

    Raises:
        AekitError: the disk is full or the folder cannot be written.
    """
    aside = path.with_name(path.name + UNFINISHED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> AekitError:
    """The error for a write that the system refused."""
    reason = error.strerror or str(error)
    return AekitError(
        f"Cannot write {path}: {reason}. Free some space or choose another place, then run it again."
    )


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all.

    What is no UTF-8, as names of files may be, is written as JSON's own escapes and comes back as it was.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_whole(path, text.encode("utf-8", "backslashreplace"))


def finite(value: Any) -> Any:
    """`value`, of what JSON can hold, with None for numbers that are not finite: strict JSON has no such."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: finite(part) for name, part in value.items()}
    return [finite(part) for part in value] if isinstance(value, list | tuple) else value


def no_json(value: Any, name: str = "") -> str | None:
    """What of `value` strict JSON cannot hold, as its place under `name` and what stands there; None for all well."""
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return None
    if isinstance(value, Mapping):
        odd = [key for key in value if not isinstance(key, str)]
        if odd:
            return f"the key {odd[0]!r}" + (f" of '{name}'" if name else "") + " is no text"
        parts = {f"{name}.{key}" if name else key: part for key, part in value.items()}
    elif isinstance(value, list | tuple):
        parts = {f"{name}[{number}]": part for number, part in enumerate(value)}
    else:
        return f"'{name}' is {value!r:.60}" + (
            "" if isinstance(value, float) else f", a {type(value).__name__}"
        )
    return next((found for key, part in parts.items() if (found := no_json(part, key)) is not None), None)


def digest_of(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the names, types, shapes and bytes of `arrays`, and over `facts`."""
    digest = hashlib.sha256(json.dumps(sorted(facts.items())).encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def write_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any] | None = None
) -> None:
    """Write named arrays as safetensors, with JSON `facts` and a checksum of everything in the header.

    The same content gives the same bytes: no dates, and names in order.
    """
    from safetensors.numpy import save

    contiguous = {name: np.asarray(arrays[name], order="C") for name in sorted(arrays)}
    texts = {name: json.dumps(value, sort_keys=True) for name, value in (facts or {}).items()}
    header = {"aekit": json.dumps({**texts, "sha256": digest_of(contiguous, texts)}, sort_keys=True)}
    write_whole(path, save(contiguous, metadata=header))


def read_arrays(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Read what `write_arrays` wrote: (arrays, facts); the arrays are parts of one block of memory, the file's content.

    Raises:
        RunError: the file is missing, cut short, or differs from its checksum in any byte that counts.
    """
    if not path.is_file():
        raise RunError(f"There is no file {path}.")
    content = np.fromfile(path, np.uint8)
    try:
        arrays, texts = parts_of(content)
        expected = texts.pop("sha256")
        intact = digest_of(arrays, texts) == expected
        facts = {name: json.loads(text) for name, text in texts.items()} if intact else {}
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise damaged(path) from error
    if not intact:
        raise damaged(path)
    return arrays, facts


def parts_of(content: NDArray[np.uint8]) -> tuple[Arrays, dict[str, str]]:
    """The tensors of a safetensors file's content, by name, and the texts of `write_arrays`.

    The library copies each tensor and lets no other thread run meanwhile, which stops a window at large files; here
    nothing is copied. What is wrong with the content is raised as it comes, and the checksum tells the rest.
    """
    start = 8 + int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8:start].tobytes())
    texts = json.loads(header.pop("__metadata__")["aekit"])
    arrays = {}
    for name, tensor in header.items():
        begin, end = tensor["data_offsets"]
        arrays[name] = (
            content[start + begin : start + end].view(DTYPES[tensor["dtype"]]).reshape(tensor["shape"])
        )
    return arrays, texts


def damaged(path: Path) -> RunError:
    """The error for a tensor file that is not what was written."""
    return RunError(
        f"{path} is damaged: it differs from its checksum. Restore it from a copy, or train the run again."
    )

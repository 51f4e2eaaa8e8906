# Messages between a window and its model process: pickles with their length before them, on a pipe.
"""Messages between a window and its model process: pickles with their length before them, on a pipe.

Both ends import this before anything heavy. What is read may hold values of Python, NumPy, aekit's core and the
protocol alone, so that no message ever needs, or imports, a plugin.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
from typing import Any

LENGTH = struct.Struct("<Q")
BLOCK = 1 << 20  # bytes asked of a pipe at a time
TOGETHER = 1 << 16  # bytes up to which length and message are one write

BUILTINS = frozenset({"bytearray", "complex", "frozenset", "range", "set", "slice"})
ROOMS = ("aekit.views", "aekit.view", "aekit.heard", "aekit_gui.work.protocol", "numpy", "pathlib", "_codecs")


class Unpickler(pickle.Unpickler):
    """Reads messages; a class from anywhere else is an error."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        known = any(module_name == room or module_name.startswith(room + ".") for room in ROOMS)
        if not known and not (module_name == "builtins" and global_name in BUILTINS):
            raise pickle.UnpicklingError(f"a {module_name}.{global_name} is nothing that a message holds")
        return super().find_class(module_name, global_name)


def packed(message: Any) -> bytes:
    """A message as bytes, without its length."""
    return pickle.dumps(message, protocol=5)


def unpacked(content: bytes | bytearray) -> Any:
    """The message that bytes hold.

    Raises:
        pickle.UnpicklingError: it holds something that no message does.
    """
    return Unpickler(io.BytesIO(content)).load()


def write(descriptor: int, content: bytes) -> None:
    """Write a packed message; waits while the pipe is full.

    Raises:
        OSError: the other end is closed.
    """
    length = LENGTH.pack(len(content))
    for part in (length + content,) if len(content) < TOGETHER else (length, content):
        rest = memoryview(part)
        while len(rest):
            rest = rest[os.write(descriptor, rest) :]


def read(descriptor: int) -> bytearray | None:
    """The next packed message; None once the other end is closed, in the middle of a message too."""
    length = exactly(descriptor, LENGTH.size)
    return None if length is None else exactly(descriptor, LENGTH.unpack(length)[0])


def exactly(descriptor: int, count: int) -> bytearray | None:
    """The next `count` bytes; None where the pipe ends before."""
    content = bytearray()
    while len(content) < count:
        try:
            block = os.read(descriptor, min(count - len(content), BLOCK))
        except OSError:
            return None
        if not block:
            return None
        content += block
    return content

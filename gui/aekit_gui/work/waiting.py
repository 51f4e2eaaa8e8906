# Requests that wait for a model process: which is next, and which newer one takes an older one's place.
"""Requests that wait for a model process: which is next, and which newer one takes an older one's place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aekit_gui.work.protocol import Problem

LIVE = "live"

Done = Callable[[Any], None]
Failed = Callable[[Problem], None]
Progress = Callable[[float, str], None]


class Asked(Protocol):
    """Who a call was made to."""

    def forget(self, call: Call) -> None: ...


@dataclass(eq=False)
class Call:
    """One request, from asking to its end.

    Attributes:
        slot: of the same slot only the newest waits; "" for the queue.
        number: what its replies carry, once it was sent.
        cancelled: whether nobody wants to hear of it any more.
    """

    asked: Asked
    name: str
    arguments: dict[str, Any]
    done: Done | None = None
    failed: Failed | None = None
    progress: Progress | None = None
    slot: str = ""
    number: int = 0
    cancelled: bool = False

    def cancel(self) -> None:
        """Want it no longer: neither `done` nor `failed` is called."""
        if not self.cancelled:
            self.cancelled = True
            self.asked.forget(self)


class Waiting:
    """Calls in the order in which they are served: the slot "live", other slots, the queue; each oldest first."""

    def __init__(self) -> None:
        self._slots: dict[str, Call] = {}
        self._queue: deque[Call] = deque()

    def __len__(self) -> int:
        return len(self._slots) + len(self._queue)

    def put(self, call: Call) -> None:
        """Let a call wait; in a slot it takes the place of the one that waits there."""
        if call.slot:
            self._slots[call.slot] = call
        else:
            self._queue.append(call)

    def put_back(self, call: Call) -> None:
        """Let a call wait before all others of its kind; in a slot a newer one goes before it."""
        if not call.slot:
            self._queue.appendleft(call)
        elif call.slot not in self._slots:
            self._slots = {call.slot: call, **self._slots}

    def take(self) -> Call | None:
        """The next call, which waits no longer."""
        if self._slots:
            return self._slots.pop(LIVE if LIVE in self._slots else next(iter(self._slots)))
        return self._queue.popleft() if self._queue else None

    def remove(self, call: Call) -> None:
        """Let a call wait no longer, if it does."""
        if self._slots.get(call.slot) is call:
            del self._slots[call.slot]
        elif call in self._queue:
            self._queue.remove(call)

    def clear(self) -> list[Call]:
        """All that wait, which wait no longer."""
        calls = [*self._slots.values(), *self._queue]
        self._slots.clear()
        self._queue.clear()
        return calls

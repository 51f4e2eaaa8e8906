# A run that is being trained elsewhere: its map moves with each new epoch; one that is gone is said to be.
"""A run that is being trained elsewhere: its map moves with each new epoch; one that is gone is said to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from aekit.files import read_arrays
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.models.space import Space, read_space
from aekit_gui.work.protocol import Problem

SELDOM = 30.0  # seconds from one start with newer weights to the next, at least

Stamp = tuple[tuple[str, int, int], ...]


class WatchController:
    """Looks at the run's files when it is told to, in a thread."""

    def __init__(self, explorer: Explorer, clock: Callable[[], float] = time.monotonic) -> None:
        self.explorer, self.clock = explorer, clock
        self.codes = stamp(explorer.path, "latents")
        self.weights = stamp(explorer.path, "weights.safetensors")
        self.renewed = -SELDOM  # when the weights were last taken
        self.gone = False
        self.other = False  # whether the run was replaced by one of another size
        self.looking = False

    def look(self) -> None:
        """See whether anything changed; read newer codes."""
        if self.looking or self.explorer.ended:
            return
        if not (self.explorer.path / "run.json").exists():
            self.miss()
            return
        self.gone = False
        codes = stamp(self.explorer.path, "latents")
        if codes != self.codes:
            self.codes, self.looking = codes, True
            self.explorer.later.run(lambda: read_space(self.explorer.path), self.take, self.leave)
        elif not self.other:
            self.renew()

    def miss(self) -> None:
        """The folder is gone: what was read stays on the map."""
        if not self.gone:
            self.gone = True
            self.explorer.messages.problem(
                Problem(
                    f"The run {self.explorer.path} is gone. What was read stays on the map; bring the folder back, or "
                    "open another run."
                )
            )

    def take(self, space: Space) -> None:
        """Newer codes: move the map."""
        self.looking = False
        self.other = space.latent_dim != self.explorer.space.latent_dim
        if self.other:
            self.explorer.messages.problem(
                Problem(f"The run {self.explorer.path} was replaced by one of another size. Open it again.")
            )
            return
        self.explorer.set_space(space)
        self.renew()

    def renew(self) -> None:
        """Decode with newer weights, where there are any, they are whole, and the last ones were not taken just now."""
        path = self.explorer.path / "weights.safetensors"
        weights = stamp(self.explorer.path, path.name)
        if weights not in ((), self.weights) and self.clock() - self.renewed >= SELDOM:
            self.weights, self.renewed = weights, self.clock()
            self.explorer.later.run(lambda: read_arrays(path), lambda whole: self.explorer.restart())

    def leave(self, problem: Problem) -> None:
        """The files were being replaced: look again the next time."""
        self.looking = False
        self.codes = ()


def stamp(path: Path, part: str) -> Stamp:
    """Names, times and sizes of a file, or of the tensor files of a folder."""
    whole = path / part
    try:
        files = [whole] if whole.is_file() else sorted(whole.glob("[0-9f]*.safetensors"))
        return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    except OSError:
        return ()

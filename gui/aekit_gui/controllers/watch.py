# A run that is being trained elsewhere: its map moves with each new epoch; one that is gone is said to be.
"""A run that is being trained elsewhere: its map moves with each new epoch; one that is gone is said to be."""

from __future__ import annotations

from pathlib import Path

from aekit_gui.controllers.explorer import Explorer
from aekit_gui.models.space import Space, read_space
from aekit_gui.work.protocol import Problem

Stamp = tuple[tuple[str, int, int], ...]


class WatchController:
    """Looks at the run's files when it is told to, in a thread."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.codes = stamp(explorer.path, "latents")
        self.weights = stamp(explorer.path, "weights.safetensors")
        self.gone = False
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
        """Newer codes: move the map, and decode with the weights of now."""
        self.looking = False
        if space.latent_dim != self.explorer.space.latent_dim:
            self.explorer.messages.problem(
                Problem(f"The run {self.explorer.path} was replaced by one of another size. Open it again.")
            )
            return
        self.explorer.set_space(space)
        weights = stamp(self.explorer.path, "weights.safetensors")
        if weights != self.weights:
            self.weights = weights
            self.explorer.live.restart()

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

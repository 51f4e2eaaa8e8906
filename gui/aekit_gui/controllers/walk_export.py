# Exports of a walk or a place: asked for in the strip, written in the niced process.
"""Exports of a walk or a place: asked for in the strip, written in the niced process."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.exports import Choice, formats
from aekit_gui.models.journey import PACE
from aekit_gui.models.look import Journey
from aekit_gui.work.protocol import Export, Problem


class WalkExport:
    """Writes one export at a time, and says how far it is."""

    def __init__(self, strip: Any, context: Any) -> None:
        self.strip, self.context = strip, context
        self.codes = np.zeros((0, 0), np.float32)
        self.folder = Path.home()
        self._busy: Any = None  # the progress that is shown
        self._call: Any = None
        strip.export_chosen.connect(self.write)
        context.on("restarted", self.restarted)

    def ask(self, codes: NDArray[np.float32], journey: Journey) -> None:
        """Ask what these codes (S, D) are to be written as."""
        opened = self.context.opened
        if opened is None:
            self.context.messages.say("The model is still being loaded.")
            return
        if self._busy is not None:
            self.context.messages.say("An export is under way: wait for it, or cancel it.")
            return
        self.codes = codes
        found = formats(opened.kind, opened.joined_formats, shutil.which("ffmpeg") is not None)
        name = f"{self.context.path.name}-{'walk' if len(codes) > 1 else 'place'}"
        self.strip.ask_export(found, len(codes), self.folder / name, 1 / (PACE * journey.speed), True)

    def write(self, choice: Choice) -> None:
        """Have the codes written as chosen."""
        job = Export(
            self.context.path, self.codes, choice.path, choice.kind, self.context.condition, choice.ending,
            choice.seconds, choice.loop,
        )  # fmt: skip
        self.folder = choice.path.parent
        busy = self._busy = self.context.messages.progress(f"Exporting {choice.path.name}", self.cancel)
        self.strip.set_busy(0.0)

        def progress(share: float, words: str) -> None:
            if busy is self._busy:
                busy.update(share, words)
                self.strip.set_busy(share)

        def done(paths: list[Path]) -> None:
            if busy is self._busy:
                self._end()
                self.context.messages.say(f"Exported {named(paths, choice.path)}")

        def failed(problem: Problem) -> None:
            if busy is self._busy:
                self._end()
                self.context.messages.problem(problem)

        self._call = self.context.background().call("export", done, failed, progress, job=job)

    def cancel(self) -> None:
        """A person does not want it any more, or the run is closed."""
        if self._call is not None:
            self._call.cancel()
        self._end()

    def restarted(self) -> None:
        """The model is another: what was decoded with the last one does not go on with this one."""
        if self._busy is not None:
            self.cancel()
            self.context.messages.say("The model began anew, which ended the export. Export again.")

    def _end(self) -> None:
        if self._busy is not None:
            self._busy.close()
            self.strip.set_busy(None)
        self._busy = self._call = None


def named(paths: list[Path], wanted: Path) -> str:
    """What was written, and where, in words."""
    if len(paths) > 1:
        return f"{len(paths):,} files in {paths[0].parent}"
    path = paths[0] if paths else wanted
    return f"{path.name} in {path.parent}"

# An item of the data that a person selects, before and after a model that restores.
"""An item of the data that a person selects, before and after a model that restores."""

from __future__ import annotations

from typing import Any

from aekit_gui.controllers.explorer import Explorer
from aekit_gui.models.look import Look
from aekit_gui.work.protocol import Problem, Restored


class RestoredController:
    """Has the item at hand shown as it is, as the model saw it, and as the model restores it; else nothing."""

    def __init__(self, explorer: Explorer, inspector: Any) -> None:
        self.explorer, self.inspector = explorer, inspector
        explorer.store.listen(self.changed)
        explorer.on("opened", self.show)
        explorer.on("space", self.show)

    def changed(self, before: Look, now: Look) -> None:
        """Another place is at hand, or another condition decodes it."""
        if (before.here, before.condition) != (now.here, now.condition):
            self.show()

    def row(self) -> int | None:
        """The row of the item at hand, of a run that restores; None for any other place."""
        opened, here = self.explorer.opened, self.explorer.store.look.here
        if opened is None or not opened.degradation or here is None or here.row is None:
            return None
        return here.row if here.row < len(self.explorer.space) else None

    def show(self) -> None:
        """Ask for the item at hand; where there is none, show nothing."""
        row = self.row()
        if row is None or self.explorer.ended:
            self.inspector.show_restored(None, "")
            return
        index = int(self.explorer.space.index[row])

        def take(restored: Restored) -> None:
            opened = self.explorer.opened
            if self.row() == row and opened is not None:
                self.inspector.show_restored(restored, opened.degradation)

        self.explorer.live.latest(
            "restored", "restored", take, self.fail, index=index, condition=self.explorer.condition
        )

    def fail(self, problem: Problem) -> None:
        """The data are gone, or the item cannot be shown."""
        self.inspector.show_restored(None, "")
        self.explorer.messages.problem(problem)

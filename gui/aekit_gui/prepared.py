# What the window of a run begins with: its codes, its last session, and its map; read in a thread.
"""What the window of a run begins with: its codes, its last session, and its map; read in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aekit_gui.models.look import Look
from aekit_gui.models.session import Restored, restored
from aekit_gui.models.space import Space, read_space

if TYPE_CHECKING:
    from aekit_gui.models.projection import Projected


@dataclass(frozen=True)
class Prepared:
    """What a run's window begins with.

    Attributes:
        found: the look of its last session.
        projected: the codes on the map, as that look says.
    """

    space: Space
    found: Restored
    projected: Projected


def prepared(path: Path, remembers: bool) -> Prepared:
    """Read a run's codes and its last session, and lay the codes out; in a thread, so that the window goes on.

    Raises:
        RunError: there is no run, it is damaged, or it holds no codes yet.
    """
    import aekit_gui.controllers.desk
    import aekit_gui.openrun  # noqa: F401  # the window's thread finds them imported
    from aekit_gui.controllers.explorer import laid_out

    space = read_space(path)
    found = restored(space.run, space.latent_dim, space.index) if remembers else Restored(Look())
    return Prepared(space, found, laid_out(space, found.look))

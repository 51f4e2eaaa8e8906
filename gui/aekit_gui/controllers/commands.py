# What each action does: one function for each id of the table in actions.py.
"""What each action does: one function for each id of the table in actions.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from aekit_gui.controllers.explorer import as_code
from aekit_gui.models.camera import moved, to_world
from aekit_gui.models.look import Place

if TYPE_CHECKING:
    from aekit_gui.controllers.desk import OpenRun

Callback = Callable[[], object]
STEP = 24  # pixels that an arrow key moves the place at hand by
ZOOM = 1.25


def commands_of(run: OpenRun) -> dict[str, Callback]:
    """The actions that need an open run, by id."""
    explorer, store, scene = run.explorer, run.explorer.store, run.scene
    return {
        "edit.undo": store.undo,
        "edit.redo": store.redo,
        "edit.copy-picture": lambda: copy_picture(run),
        "edit.copy-code": lambda: run.desktop.set_text(json.dumps(list(explorer.here().code))),
        "edit.paste-code": lambda: paste_code(run),
        "edit.find": run.sidebar.focus_search,
        "edit.clear": lambda: store.change("Clear the selection", selected=(), search=""),
        "map.fit": scene.fit,
        "map.zoom-in": lambda: scene.move_camera(ZOOM),
        "map.zoom-out": lambda: scene.move_camera(1 / ZOOM),
        **{f"map.{tool}": tool_command(run, tool) for tool in ("look", "box", "lasso", "draw")},
        **{f"map.{kind}": projection_command(scene, kind) for kind in ("pca", "umap", "items")},
        "map.dimensions": run.choose_dimensions,
        "map.near": lambda: store.change("Lift by near items", lift="near"),
        "map.plane": lambda: store.change("Lift along the plane", lift="plane"),
        "place.pin": lambda: run.pins.pin(explorer.here()),
        "place.unpin": run.pins.clear,
        "place.left": lambda: step(run, -STEP, 0),
        "place.right": lambda: step(run, STEP, 0),
        "place.up": lambda: step(run, 0, -STEP),
        "place.down": lambda: step(run, 0, STEP),
        "place.next": lambda: next_item(run),
        "place.random": lambda: surprise(run),
        "place.between": run.pins.halfway,
        "journey.add": run.journey.add,
        "journey.remove": run.journey.remove_last,
        "journey.clear": run.journey.clear,
        "journey.play": run.journey.toggle_play,
        "journey.loop": run.journey.toggle_loop,
        "file.restart": explorer.restart,
        "file.export": run.journey.export,
        "file.drop": run.choose_file,
        "file.take-off": run.files.remove_all,
        "sound.play": run.sound.play,
        "sound.stop": run.sound.stop,
        "sound.dwell": run.sound.toggle_dwell,
        "sound.louder": lambda: run.sound.change_volume(0.1),
        "sound.softer": lambda: run.sound.change_volume(-0.1),
    }


def tool_command(run: OpenRun, tool: str) -> Callback:
    """Choose a tool of the map, and give the map the keyboard: tools work by keys too."""

    def choose() -> None:
        run.explorer.store.change("Tool", tool=tool)
        run.map.take_keyboard()

    return choose


def projection_command(scene: Any, kind: str) -> Callback:
    """Choose how codes become places of the map."""
    return lambda: scene.choose_projection(kind)


def copy_picture(run: OpenRun) -> None:
    """What is decoded at hand, to the clipboard."""
    if run.hover.shown is not None:
        run.desktop.set_picture(run.hover.shown.picture)
        run.explorer.messages.say("The picture is on the clipboard.")


def paste_code(run: OpenRun) -> None:
    """Go to the code in the clipboard's text."""
    wanted = run.explorer.space.latent_dim
    try:
        code = np.asarray(json.loads(run.desktop.text()), np.float32)
        if code.shape != (wanted,) or not np.isfinite(code).all():
            raise ValueError
    except (ValueError, TypeError):
        run.explorer.messages.say(
            f"A code is a JSON list of {wanted} numbers; the clipboard holds something else."
        )
        return
    run.explorer.go(Place(as_code(code), "a pasted code"), "Paste a code")


def step(run: OpenRun, right: float, down: float) -> None:
    """Move the place at hand over the map by pixels; the map follows where it would leave the window."""
    explorer, camera = run.explorer, run.map.camera
    size = (run.map.width(), run.map.height())
    here = explorer.here()
    x, y = explorer.projected.place(np.array([here.code], np.float32))[0]
    if run.stepped is not None and run.stepped[0] == here:
        x, y = run.stepped[1]  # by UMAP a place's code need not lie at that place
    x, y = x + right / camera.scale, y - down / camera.scale
    explorer.pointer = None
    place = explorer.place_at(x, y)
    run.stepped = (place, (x, y))
    explorer.go(place, "Move over the map", "step")
    left, top = to_world(camera, size, np.array([[0, 0]]))[0]
    end, bottom = to_world(camera, size, np.array([size]))[0]
    if not (left < x < end and bottom < y < top):
        explorer.store.change("Follow", camera=moved(camera, -right, -down))


def next_item(run: OpenRun) -> None:
    """Go to the item nearest to the place at hand, or on to the nearest one that was not visited."""
    explorer = run.explorer
    rows = run.hover.nearby.nearest(
        np.asarray(explorer.here().code, np.float32), min(64, len(explorer.space))
    )[1]
    fresh = [int(row) for row in rows if int(row) not in run.visited]
    row = fresh[0] if fresh else int(rows[-1])
    run.visited.add(row)
    explorer.pointer = None
    explorer.go(explorer.place_of(row), "Next item")


def surprise(run: OpenRun) -> None:
    """Go to a code drawn between two random items."""
    explorer = run.explorer
    codes = explorer.space.codes
    first, last = run.random.integers(len(codes), size=2)
    share = run.random.uniform(0, 0.5)
    explorer.pointer = None
    explorer.go(Place(as_code((1 - share) * codes[first] + share * codes[last]), "a surprise"), "Surprise")

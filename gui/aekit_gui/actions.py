# The one table of what can be done: menus, palette, shortcuts, help and docs are made from it.
"""The one table of what can be done: menus, palette, shortcuts, help and docs are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

BY_KEYS = "By keys: Return begins where you are, arrows draw, Return ends."
ADDS = "Shift adds, Alt or Ctrl removes."


@dataclass(frozen=True)
class Action:
    """Something that a person can do.

    Attributes:
        id: "journey.add": the menu is the part before the dot.
        title: as in a menu ("Add a waypoint here").
        help: one sentence more, for tooltips, the palette and the help page.
        keys: shortcuts in Qt's portable words ("Ctrl+Z", "W"); the first one is shown.
        when: what must be open: "" for always, "run" for an open run, "model" for one that decodes, "heard" for one
            that can be heard.
        checked: whether it is a switch.
    """

    id: str
    title: str
    help: str = ""
    keys: tuple[str, ...] = ()
    when: str = ""
    checked: bool = False

    @property
    def menu(self) -> str:
        return self.id.partition(".")[0]


MENUS = {
    "file": "&File",
    "edit": "&Edit",
    "view": "&View",
    "map": "&Map",
    "place": "&Place",
    "journey": "&Journey",
    "sound": "&Sound",
    "help": "&Help",
}

ACTIONS: tuple[Action, ...] = (
    Action("file.open", "Open a run…", "Choose the folder that `aekit train` wrote.", ("Ctrl+O",)),
    Action("file.gallery", "Gallery", "Back to the runs and demos.", ("Ctrl+G",)),
    Action("file.drop", "Put a file on the map…", "A picture, a MIDI file: read, encoded and placed.", ("Ctrl+I",), "model"),
    Action("file.take-off", "Take the files off the map", "All of your own that lie on it; undo brings them back.", (), "run"),
    Action("file.export", "Export…", "The walk, or the place at hand: pictures, animation, sound, arrays.", ("Ctrl+E",), "model"),
    Action("file.screenshot", "Save a picture of the window…", "", ("Ctrl+Shift+S",)),
    Action("file.restart", "Restart the model", "End the process that decodes, and start it anew.", ("F5",), "run"),
    Action("file.quit", "Quit", "The session saves itself.", ("Ctrl+Q",)),
    Action("edit.undo", "Undo", "Everything that changes what is shown can be undone.", ("Ctrl+Z",), "run"),
    Action("edit.redo", "Redo", "", ("Ctrl+Shift+Z", "Ctrl+Y"), "run"),
    Action("edit.copy-picture", "Copy the picture", "What is decoded at hand, to the clipboard.", ("Ctrl+C",), "model"),
    Action("edit.copy-code", "Copy the code", "The latent code at hand, as JSON.", ("Ctrl+Shift+C",), "run"),
    Action("edit.paste-code", "Paste a code", "Go to a code from the clipboard.", ("Ctrl+V",), "run"),
    Action("edit.find", "Find", "Search labels and names.", ("Ctrl+F",), "run"),
    Action("edit.clear", "Clear the selection", "", ("Ctrl+Shift+A",), "run"),
    Action("view.palette", "Command palette", "Everything that can be done, by name.", ("Ctrl+K", "Ctrl+Shift+P")),
    Action("view.light", "Light theme"),
    Action("view.dark", "Dark theme"),
    Action("view.system", "Theme of the system"),
    Action("view.larger", "Larger interface", "", ("Ctrl+=", "Ctrl++")),
    Action("view.smaller", "Smaller interface", "", ("Ctrl+-",)),
    Action("view.normal", "Interface of normal size", "", ("Ctrl+0",)),
    Action("view.sliders", "Dimensions", "Show or hide the sliders of all dimensions.", ("D",), "run", True),
    Action("view.journey", "Journey", "Show or hide the walk.", ("J",), "run", True),
    Action("map.fit", "Fit all", "", ("F",), "run"),
    Action("map.zoom-in", "Zoom in", "Around the middle; the wheel zooms around the pointer.", ("+", "="), "run"),
    Action("map.zoom-out", "Zoom out", "", ("-",), "run"),
    Action("map.look", "Look", "The pointer decodes; dragging moves the map.", ("V",), "run"),
    Action("map.box", "Select in a box", f"{ADDS} {BY_KEYS}", ("B",), "run"),
    Action("map.lasso", "Select with a lasso", f"{ADDS} {BY_KEYS}", ("L",), "run"),
    Action("map.draw", "Draw a path", f"A line drawn by hand becomes a walk. {BY_KEYS}", ("P",), "run"),
    Action("map.pca", "Map by PCA", "", (), "run"),
    Action("map.umap", "Map by UMAP", "Computed in another process; cached with the run.", (), "run"),
    Action("map.dimensions", "Map of two dimensions…", "A plane along two latent dimensions.", (), "run"),
    Action("map.items", "Plane through three items", "Of the selection, or of waypoints.", (), "run"),
    Action("map.near", "Lift by near items", "The pointer's place becomes the mean of near items' codes.", (), "run"),
    Action("map.plane", "Lift along the plane", "The pointer's place becomes the code on the map's own plane.", (), "run"),
    Action("place.pin", "Pin the place", "A click pins too; two pins are compared.", ("Return", "Space"), "model"),
    Action("place.unpin", "Remove the pins", "", ("Escape",), "model"),
    Action("place.left", "Go left", "", ("Left",), "run"),
    Action("place.right", "Go right", "", ("Right",), "run"),
    Action("place.up", "Go up", "", ("Up",), "run"),
    Action("place.down", "Go down", "", ("Down",), "run"),
    Action("place.next", "Next item", "The item nearest to the right one of now.", ("N",), "run"),
    Action("place.random", "Surprise", "Go to a code drawn from the data.", ("R",), "model"),
    Action("place.between", "Between the two pins", "Go to the middle of the walk from one pin to the other.", ("M",), "model"),
    Action("journey.add", "Add a waypoint here", "", ("W",), "model"),
    Action("journey.remove", "Remove the last waypoint", "", ("Backspace",), "model"),
    Action("journey.clear", "New walk", "Forget all waypoints.", ("Ctrl+Backspace",), "model"),
    Action("journey.play", "Play or stop", "", ("Ctrl+Space",), "model"),
    Action("journey.loop", "Loop", "", ("Ctrl+L",), "model", True),
    Action("sound.play", "Play what is at hand", "", ("S",), "heard"),
    Action("sound.stop", "Stop the sound", "", ("Shift+S",), "heard"),
    Action("sound.dwell", "Play where the pointer rests", "", ("Ctrl+D",), "heard", True),
    Action("sound.louder", "Louder", "", ("Ctrl+Up",), "heard"),
    Action("sound.softer", "Softer", "", ("Ctrl+Down",), "heard"),
    Action("help.keys", "Keys and tools", "All of this on one page.", ("F1", "?")),
    Action("help.tour", "A first minute", "What the parts of the window are."),
    Action("help.about", "About aekit"),
)  # fmt: skip

Callback = Callable[[], None]


def by_id(actions: Iterable[Action] = ACTIONS) -> dict[str, Action]:
    """The table by id."""
    return {action.id: action for action in actions}


def matching(words: str, actions: Iterable[Action] = ACTIONS) -> list[Action]:
    """The actions that hold all of the words, or parts of them, best first: titles' beginnings before the rest."""
    wanted = words.lower().split()
    found = []
    for place, action in enumerate(actions):
        title = action.title.lower()
        text = f"{title} {action.help.lower()} {action.menu}"
        if all(word in text for word in wanted):
            rank = 0 if title.startswith(words.lower()) else 1 if all(word in title for word in wanted) else 2
            found.append((rank, place, action))
    return [action for _, _, action in sorted(found, key=lambda one: one[:2])]

# What the actions of the window do that need no open run: themes, sizes, help, the gallery.
"""What the actions of the window do that need no open run: themes, sizes, help, the gallery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFileDialog

from aekit_gui.views.dialogs import About
from aekit_gui.views.help import HelpPage

if TYPE_CHECKING:
    from aekit_gui.window import Window

Callback = Callable[[], None]


def commands_of_window(window: Window) -> dict[str, Callback]:
    """The actions that are always there, by id."""
    return {
        "file.open": window.choose_run,
        "file.gallery": window.show_gallery,
        "file.screenshot": lambda: save_screenshot(window),
        "view.palette": lambda: window.palette.ask(window.main.enabled, window.main.titles),
        **{f"view.{name}": theme_command(window, name) for name in ("light", "dark", "system")},
        "view.larger": lambda: scale(window, window.style.scale, 1),
        "view.smaller": lambda: scale(window, window.style.scale, -1),
        "view.normal": lambda: scale(window, 1.0, 0),
        "help.keys": lambda: show_dialog(HelpPage(window.style.theme, parent=window.main)),
        "help.tour": window.tour.begin,
        "help.about": lambda: show_dialog(About(window.main)),
    }


def theme_command(window: Window, name: str) -> Callback:
    """Take a theme, and keep it."""

    def choose() -> None:
        before = window.style.theme
        window.style.choose(name)
        window.settings["theme"] = name
        if window.style.theme is before:  # nobody was told of a change, but the choice may be another
            window.dress(before)

    return choose


def scale(window: Window, base: float, steps: int) -> None:
    """Make the interface larger or smaller, and keep that."""
    window.style.set_scale(base)
    if steps:
        window.style.step(steps)
    window.settings["scale"] = window.style.scale


def show_dialog(dialog: QDialog) -> None:
    """Show a dialog that does not stop the window; it is deleted with its closing."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def save_screenshot(window: Window) -> None:
    """Ask where, and write a picture of the window."""
    picture = window.main.grab()
    offered = str(Path.home() / "aekit.png")
    path, _ = QFileDialog.getSaveFileName(window.main, "Save a picture of the window", offered, "PNG (*.png)")
    if not path:
        return
    if picture.save(path, "PNG"):
        window.messages.say(f"Saved {Path(path).name}")
    else:
        window.messages.say(f"{path} cannot be written; choose another place.")

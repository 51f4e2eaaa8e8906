# The volume and the output device, at the end of the Sound menu.
"""The volume and the output device, at the end of the Sound menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from aekit_gui.window import Window

VOLUMES = (0, 25, 50, 75, 100)  # per cent
NO_DEVICE = "No sound device was found"


def add_sound_menus(window: Window, menu: QMenu) -> None:
    """Append both to a menu; they are filled when they are opened, and rest while no run is open."""
    menu.addSeparator()
    volume, device = menu.addMenu("Volume"), menu.addMenu("Output device")
    volume.aboutToShow.connect(lambda: fill_volumes(window, volume))
    device.aboutToShow.connect(lambda: fill_devices(window, device))
    menu.aboutToShow.connect(lambda: enable(window, volume, device))
    enable(window, volume, device)


def enable(window: Window, *menus: QMenu) -> None:
    """Volume and device belong to a run that can be heard."""
    for menu in menus:
        menu.setEnabled(window.run is not None and window.run.sound.heard)


def fill_volumes(window: Window, menu: QMenu) -> None:
    """Offer volumes, the nearest to that of now checked."""
    menu.clear()
    if window.run is None:
        return
    sound = window.run.sound
    nearest = min(VOLUMES, key=lambda one: abs(one - 100 * sound.volume))
    choices = QActionGroup(menu)
    for share in VOLUMES:
        made = choice(menu, choices, f"{share} %", share == nearest)
        made.triggered.connect(lambda checked=False, share=share: sound.set_volume(share / 100))


def fill_devices(window: Window, menu: QMenu) -> None:
    """Offer the devices that are there now, and the system's own choice."""
    menu.clear()
    if window.run is None:
        return
    sound, names = window.run.sound, window.run.sound.devices()
    choices = QActionGroup(menu)
    for title, name in (("The system's choice", ""), *((name, name) for name in names)):
        made = choice(menu, choices, title, window.player.device == name)
        made.triggered.connect(lambda checked=False, name=name: sound.choose_device(name))
    if not names:
        menu.addAction(NO_DEVICE).setEnabled(False)


def choice(menu: QMenu, choices: QActionGroup, title: str, checked: bool) -> QAction:
    """One of several entries of which one is checked."""
    made = menu.addAction(title.replace("&", "&&"))
    made.setCheckable(True)
    made.setChecked(checked)
    choices.addAction(made)
    return made

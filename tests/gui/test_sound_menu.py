# The Sound menu's volumes and devices are those of now, and rest without a run that can be heard.
from types import SimpleNamespace

from aekit_gui.soundmenu import NO_DEVICE, add_sound_menus
from PySide6.QtWidgets import QMenu


class Sound:
    heard, volume = True, 0.8

    def __init__(self, names):
        self.names, self.chosen = names, []

    def devices(self):
        return self.names

    def set_volume(self, volume):
        self.volume = volume

    def choose_device(self, name):
        self.chosen.append(name)


def menu_of(qtbot, run, device=""):
    menu = QMenu()
    qtbot.addWidget(menu)
    add_sound_menus(SimpleNamespace(run=run, player=SimpleNamespace(device=device)), menu)
    menu.aboutToShow.emit()
    return {"Sound": menu, **{one.title(): one for one in menu.findChildren(QMenu)}}


def shown(menu):
    menu.aboutToShow.emit()
    return [(action.text(), action.isChecked()) for action in menu.actions()]


def test_volumes_and_devices_are_chosen(qtbot):
    sound = Sound(["Speakers", "Head & phones"])
    menus = menu_of(qtbot, SimpleNamespace(sound=sound), device="Speakers")

    assert shown(menus["Volume"])[3] == ("75 %", True)
    menus["Volume"].actions()[1].trigger()
    assert sound.volume == 0.25 and shown(menus["Volume"])[1] == ("25 %", True)
    choices = [("The system's choice", False), ("Speakers", True), ("Head && phones", False)]
    assert shown(menus["Output device"]) == choices
    menus["Output device"].actions()[2].trigger()
    menus["Output device"].actions()[0].trigger()
    assert sound.chosen == ["Head & phones", ""]


def test_no_device_is_said_and_no_run_leaves_both_at_rest(qtbot):
    menus = menu_of(qtbot, SimpleNamespace(sound=Sound([])))
    assert shown(menus["Output device"])[-1] == (NO_DEVICE, False) and menus["Volume"].isEnabled()

    assert not any(menu.isEnabled() for name, menu in menu_of(qtbot, None).items() if name != "Sound")

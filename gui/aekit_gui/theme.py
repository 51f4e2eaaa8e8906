# Colours and sizes as data: a light and a dark theme, and colours of classes that colour-blind eyes tell apart.
"""Colours and sizes as data: a light and a dark theme, and colours of classes that colour-blind eyes tell apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colours as "#rrggbb".

    Attributes:
        window, panel, raised: backgrounds, from the back to the front.
        map: the map's background.
        text, dim: of text, and of text that matters less.
        line: thin lines between things.
        accent, on_accent: what is active, and text on it.
        warm: the second accent: the pointer's place, the second pin.
        good, bad: of messages.
        point: items without a class on the map.
    """

    name: str
    window: str
    panel: str
    raised: str
    map: str
    text: str
    dim: str
    line: str
    accent: str
    on_accent: str
    warm: str
    good: str
    bad: str
    point: str

    @property
    def dark(self) -> bool:
        return self.name == "dark"


LIGHT = Theme(
    "light", window="#f4f5f7", panel="#ffffff", raised="#ffffff", map="#fbfbfc", text="#1e222a", dim="#646d7c",
    line="#d9dde4", accent="#2662a0", on_accent="#ffffff", warm="#cc5c2c", good="#2e865c", bad="#b3372f",
    point="#5b7ea6",
)  # fmt: skip

DARK = Theme(
    "dark", window="#15181d", panel="#1c2027", raised="#262b34", map="#101317", text="#e8ebf0", dim="#98a2b3",
    line="#323945", accent="#6cb0f5", on_accent="#0b1420", warm="#f2935c", good="#63c793", bad="#f0796f",
    point="#7fa6d4",
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

# Ten classes that all kinds of eyes tell apart, on dark and light grounds: six of Okabe and Ito 2008, and four more at
# a distance of at least .06 in OKLab as normal, protan and deutan eyes see them; further classes repeat.
CLASSES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9",
    "#d55e00", "#c0cd61", "#a483ff", "#806665", "#59188f",
)  # fmt: skip

SPACE = 8  # pixels between things; half and double of it are used too
RADIUS = 6
TEXT = 13  # pixels
TITLE = 17
SMALL = 11

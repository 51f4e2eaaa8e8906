# Draws the pictures of docs/explorer.md: opens the real window on the shipped demos and drives it like a person.
"""Draws the pictures of docs/explorer.md: opens the real window on the shipped demos and drives it like a person.

Run from a checkout: `python tools/draw_explorer.py [NAME …]` (half a minute for all six). `--to FOLDER`, `--theme`,
`--size` and `--interface` draw the same scenes otherwise, to be looked at.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST = 400_000  # bytes of a picture
PICTURES = Path(__file__).parents[1] / "docs/pictures"
RATIO = "1.5"  # device pixels a pixel

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", RATIO)
_kept = tempfile.TemporaryDirectory()
os.environ["XDG_CONFIG_HOME"] = _kept.name  # nobody's own settings are seen in the pictures

import numpy as np  # noqa: E402
from aekit_gui.app import application  # noqa: E402
from aekit_gui.choices import DEMOS  # noqa: E402
from aekit_gui.controllers.desk import OpenRun  # noqa: E402
from aekit_gui.models.camera import to_screen  # noqa: E402
from aekit_gui.selftest import exposed, pause, wait_until  # noqa: E402
from aekit_gui.theme import CLASSES, Theme  # noqa: E402
from aekit_gui.window import Window  # noqa: E402
from PIL import Image, ImageColor  # noqa: E402
from PySide6.QtCore import QPoint, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QWheelEvent  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget  # noqa: E402

PATIENCE = 60.0  # seconds
CANDIDATES, AROUND = 300, 60  # items of a class that are looked at, and around each
REST = 500  # milliseconds in which thumbnails and the nearest items are asked for
Where = tuple[float, float]


class Stage:
    """One window with one run, and hands that move its pointer and press its keys."""

    def __init__(self, theme: str, size: tuple[int, int], interface: float) -> None:
        self.window = Window(theme, remembers=False)
        self.main = self.window.main
        self.window.style.set_scale(interface)
        self.main.resize(*size)
        self.window.show()
        exposed(application(), self.main)

    @property
    def run(self) -> OpenRun:
        """The open run."""
        assert self.window.run is not None
        return self.window.run

    def open(self, path: Path) -> None:
        """Open a run, and wait until it decodes."""
        self.window.open_run(path)
        wait_until(lambda: self.window.run is not None and self.window.run.hover.decoded > 0, PATIENCE)
        if self.window.run is None or not self.run.hover.decoded:
            raise SystemExit(f"The run {path} was not ready after {PATIENCE:.0f} s.")
        self.settle()

    def settle(self) -> None:
        """Wait until everything that was asked for is on the screen."""
        for _ in range(3):
            pause(REST)
            wait_until(lambda: not self.busy, PATIENCE)

    @property
    def busy(self) -> bool:
        """Whether a process computes something."""
        niced = self.window.niced
        return bool(self.window.live.busy or (niced is not None and niced.busy))

    # ---- the map --------------------------------------------------------------------------------------

    def middle(self, label: str) -> Where:
        """Of a class the item that has the most of its like around it, as a place of the map."""
        space, positions = self.run.explorer.space, self.run.explorer.projected.positions
        own = space.labels == list(space.label_names).index(label)
        some = positions[own][:: max(int(own.sum()) // CANDIDATES, 1)]
        far = np.square(some[:, None] - positions[None]).sum(2)
        alike = own[np.argpartition(far, AROUND, axis=1)[:, :AROUND]].mean(1)
        return self.nearest(np.median(positions[own], axis=0), some[alike >= alike.max() - 0.02])

    @staticmethod
    def nearest(wanted: np.ndarray, places: np.ndarray) -> Where:
        """Of places (N, 2) the one nearest to what is wanted."""
        found = places[np.argmin(np.square(places - wanted).sum(1))]
        return float(found[0]), float(found[1])

    def pixel(self, where: Where) -> QPoint:
        """A place of the map as a point of the window."""
        held = self.run.map
        x, y = to_screen(held.camera, (held.width(), held.height()), np.array([where]))[0]
        return QPoint(held.mapTo(self.main, QPoint(round(x), round(y))))

    def move(self, where: Where) -> None:
        """Move the pointer to a place of the map."""
        QTest.mouseMove(self.main.windowHandle(), self.pixel(where))
        pause(60)

    def click(self, where: Where) -> None:
        """Click on a place of the map."""
        self.move(where)
        QTest.mouseClick(
            self.main.windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            self.pixel(where),
        )
        pause(60)

    def wheel(self, where: Where, notches: int) -> None:
        """Turn the wheel over a place of the map."""
        for _ in range(notches):
            self.turn(self.run.map, QPointF(self.run.map.mapFrom(self.main, self.pixel(where))), 1)

    def turn(self, widget: QWidget, at: QPointF, notches: int) -> None:
        """Turn the wheel over a point of a widget."""
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        pause(120)

    # ---- the rest of the window -----------------------------------------------------------------------

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        QTest.keyClick(self.main.windowHandle(), key, held)
        pause(60)

    def away(self) -> None:
        """Take the pointer off the map, to the status line."""
        QTest.mouseMove(self.main.windowHandle(), QPoint(self.main.width() // 2, self.main.height() - 4))
        pause(60)

    def drag(self, widget: QWidget, first: QPoint, last: QPoint) -> None:
        """Drag from one point of a widget to another."""
        handle, button, none = (
            self.main.windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        first, last = widget.mapTo(self.main, first), widget.mapTo(self.main, last)
        QTest.mouseMove(handle, first)
        QTest.mousePress(handle, button, none, first)
        for share in np.linspace(0, 1, 8):
            QTest.mouseMove(handle, first + (last - first) * float(share))
            pause(30)
        QTest.mouseRelease(handle, button, none, last)
        pause(60)

    def save(self, path: Path) -> None:
        """Write the window's picture in 256 colours."""
        self.main.grab().save(str(path))
        with Image.open(path) as held:
            drawn = held.convert("RGB")
        in_palette(drawn, self.window.style.theme).save(path, optimize=True)
        if path.stat().st_size <= MOST:
            return
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes, more than {MOST:,}.")

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        pause(50)


def in_palette(drawn: Image.Image, theme: Theme) -> Image.Image:
    """A picture in 256 colours: those of the theme and of classes exactly, the others as the picture has them."""
    held = [value for value in vars(theme).values() if value.startswith("#")] + list(CLASSES)
    fixed = list(dict.fromkeys(ImageColor.getrgb(value) for value in held))
    found = drawn.quantize(256 - len(fixed), Image.Quantize.MAXCOVERAGE, kmeans=2).getpalette() or []
    colours = np.concatenate([np.array(fixed), np.array(found).reshape(-1, 3)]).astype(np.float32)
    pixels = np.asarray(drawn).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    unique, back = np.unique(pixels, return_inverse=True)
    parts = np.stack([unique >> 16, unique >> 8 & 255, unique & 255], 1).astype(np.float32)
    far = np.square(colours).sum(1) - 2 * parts @ colours.T
    made = Image.fromarray(far.argmin(1)[back].reshape(pixels.shape).astype(np.uint8), "L").convert("P")
    made.putpalette(colours.astype(np.uint8).tobytes())
    return made


# ---- the scenes ---------------------------------------------------------------------------------------------


def digits(stage: Stage) -> None:
    """A four under the pointer."""
    stage.key(Qt.Key.Key_J)
    stage.move(stage.middle("4"))


def manifold(stage: Stage) -> None:
    """Zoomed in between a four and a nine, with the place halfway."""
    four, nine = stage.middle("4"), stage.middle("9")
    stage.key(Qt.Key.Key_J)
    between = ((four[0] + nine[0]) / 2, (four[1] + nine[1]) / 2)
    stage.move(between)
    stage.wheel(between, 7)
    stage.settle()
    stage.click(four)
    stage.click(nine)
    stage.key(Qt.Key.Key_M)


def sliders(stage: Stage) -> None:
    """Sixteen dimensions, the one that says most moved."""
    stage.key(Qt.Key.Key_J)
    column = stage.main.splitters["right"]
    handle = column.handle(column.indexOf(stage.main.slots["sliders"]))
    stage.drag(handle, QPoint(60, 0), QPoint(60, -130))
    stage.click(stage.middle("3"))
    stage.away()
    area = stage.run.widgets.sliders.findChild(QAbstractScrollArea)
    for _ in range(3):
        stage.turn(area.viewport(), QPointF(100, 200), -1)


def journey(stage: Stage) -> None:
    """A walk through four waypoints."""
    for label in ("0", "6", "4", "1"):
        stage.move(stage.middle(label))
        stage.key(Qt.Key.Key_W)
    stage.move(stage.middle("6"))


def music(stage: Stage) -> None:
    """A walk from tune to tune, and a tune under the pointer."""
    positions = stage.run.explorer.projected.positions
    places = [stage.nearest(np.quantile(positions, share, axis=0), positions) for share in (0.2, 0.5, 0.85)]
    for place in places[::2]:
        stage.move(place)
        stage.key(Qt.Key.Key_W)
    stage.move(places[1])


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Attributes:
        demo: the shipped run, or "" for the gallery.
        drive: what is done in the window.
        theme: of the picture in the docs.
    """

    demo: str
    drive: Callable[[Stage], None] = lambda stage: None
    theme: str = "light"


SCENES = {
    "explorer-digits": Scene("digits-2d", digits),
    "explorer-manifold": Scene("digits-2d", manifold),
    "explorer-sliders": Scene("digits-16d", sliders),
    "explorer-journey": Scene("digits-2d", journey),
    "explorer-music": Scene("folk-tunes", music, "dark"),
    "explorer-gallery": Scene(""),
}


def draw(scene: Scene, path: Path, theme: str, size: tuple[int, int], interface: float, demos: Path) -> None:
    """Open a window, drive it, and write its picture."""
    stage = Stage(theme or scene.theme, size, interface)
    try:
        if scene.demo:
            stage.open(demos / scene.demo)
            scene.drive(stage)
            stage.settle()
            stage.window.messages.clear()
            pause(60)
        else:
            stage.window.show_gallery()
            pause(1500)
        stage.save(path)
    finally:
        stage.close()


def main() -> None:
    """The scenes that were named, or all."""
    parser = argparse.ArgumentParser(description="Draw the pictures of docs/explorer.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENES)}; all by default")
    parser.add_argument("--to", type=Path, default=PICTURES, help="the folder that they are written to")
    parser.add_argument("--theme", default="", choices=("light", "dark", ""), help="another theme for all")
    parser.add_argument("--size", default="1360x860", help="of the window, in pixels")
    parser.add_argument("--interface", type=float, default=1.0, help="the interface's scale")
    parser.add_argument("--demos", type=Path, default=DEMOS, help="the folder of the demos")
    asked = parser.parse_args()
    width, _, height = asked.size.partition("x")
    asked.to.mkdir(parents=True, exist_ok=True)
    application()
    for name in asked.names or SCENES:
        path = asked.to / f"{name}.png"
        draw(SCENES[name], path, asked.theme, (int(width), int(height)), asked.interface, asked.demos)
        print(f"{path.name}: {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()

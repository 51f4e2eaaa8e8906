# The application's window: the gallery, the run that is open, and what lives as long as the window does.
"""The application's window: the gallery, the run that is open, and what lives as long as the window does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from aekit_gui.menus import commands_of_window, show_dialog
from aekit_gui.models import gallery
from aekit_gui.models.session import Session
from aekit_gui.models.settings import Settings
from aekit_gui.models.store import Store
from aekit_gui.prepared import Prepared, prepared
from aekit_gui.soundmenu import add_sound_menus
from aekit_gui.theme import Theme
from aekit_gui.views.dialogs import DimensionsDialog
from aekit_gui.views.gallery import Gallery
from aekit_gui.views.messages import Messages, Progress
from aekit_gui.views.palette import CommandPalette
from aekit_gui.views.style import Style
from aekit_gui.views.tour import Tour
from aekit_gui.views.window import MainWindow
from aekit_gui.work.client import ModelProcess
from aekit_gui.work.later import Later
from aekit_gui.work.player import Player
from aekit_gui.work.protocol import Opened, Problem

if TYPE_CHECKING:
    from aekit_gui.controllers.desk import OpenRun, Widgets

LOOK_AGAIN = 1000  # milliseconds between two looks at the run's files, and two chances to save
OF_A_PLACE = ("place.pin", "journey.add", "place.between", "edit.copy-picture", "edit.copy-code", "map.fit")
CANCELLED = frozenset(
    {"umap", "export"}
)  # what takes its time, and has a bar of its own with a way to cancel it
IDLE = 60.0  # seconds after which the niced process is ended


class Window:
    """The window and what lives as long as it does.

    Attributes:
        main: the window itself.
        run: what is open, or None in the gallery.
        opening: the folder that is being opened or is open, or None.
    """

    def __init__(self, theme: str = "", process: ModelProcess | None = None, remembers: bool = True) -> None:
        """Make it, not yet shown.

        Args:
            theme: "light", "dark" or "system"; "" for that of last time.
            process: a model process that was started already.
            remembers: whether sessions and settings are kept; a self-test leaves no trace.
        """
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.app, self.remembers = app, remembers
        self.live = process or ModelProcess()
        self.live.start()
        self.settings = Settings()
        self.style = Style(app, theme or self.settings.theme, self.settings.scale)
        self.main = MainWindow()
        self.style.dress(self.main)
        self.messages = Messages(self.main, (self.main.slots["map"], self.main.pages))
        self.settings.tell = self.messages.say
        self.niced: ModelProcess | None = None
        self.leaving: list[ModelProcess] = []  # niced ones that are being ended
        self.niced_used = 0.0
        self.later, self.player = Later(), Player()
        self.run: OpenRun | None = None
        self.session: Session | None = None
        self.opening: Path | None = None
        self.folder: Path | None = None  # whose runs the gallery shows, where a person chose one
        self.hangs: dict[str, Progress] = {}  # of "live" and "niced", while they do not answer
        self.ended = False
        self.cards = Gallery()
        self.palette, self.tour = CommandPalette(self.main), Tour(self.main, self.part)
        self._connect()
        self.main.put("gallery", self.cards)
        self.main.restore_layout(self.settings["window"])
        self.dress(self.style.theme)

    def _connect(self) -> None:
        self.cards.run_chosen.connect(lambda path: self.open_run(Path(path)))
        self.cards.folder_wanted.connect(self.choose_run)
        self.main.closing.connect(self.end)
        self.main.files_dropped.connect(self.drop)
        self.main.folded.connect(lambda id, shown: self.keep_layout())
        self.palette.chosen.connect(self.main.do)
        self.style.changed.connect(self.dress)
        self.live.ready.connect(self.model_ready)
        self.live.problem.connect(self.model_problem)
        self.watch_over("live")
        self.live.ended.connect(
            lambda: self.main.status.show_process("the model process has ended", "problem")
        )
        self.beat = QTimer(self.main)
        self.beat.timeout.connect(self.every_second)
        self.beat.start(LOOK_AGAIN)
        self.main.bind(commands_of_window(self))
        add_sound_menus(self, self.main.menus["sound"])

    # ---- showing --------------------------------------------------------------------------------------

    def show(self) -> None:
        """Put it on the screen."""
        self.main.show()

    def begin(self, paths: list[Path]) -> None:
        """Open the first of the runs, or the gallery where there is none; the others are in the gallery."""
        for path in reversed(paths[1:]):
            self.settings.opened(path)
        if paths:
            self.open_folder(paths[0])
        if self.opening is None:
            self.show_gallery()

    def show_gallery(self) -> None:
        """Close what is open, and show the runs and demos."""
        self.close_run()
        self.main.show_page("gallery")
        self.main.setWindowTitle("aekit")
        recents, folder = self.settings.recents, self.folder or Path.cwd() / "runs"
        self.later.run(lambda: gallery.found(folder, recents), self.cards.show_cards, slot="gallery")

    def dress(self, theme: Theme) -> None:
        """Take a theme's colours everywhere."""
        self.main.set_theme(theme)
        self.messages.set_theme(theme)
        self.palette.set_theme(theme)
        self.tour.set_theme(theme)
        for name in ("light", "dark", "system"):
            self.main.set_checked(f"view.{name}", self.style.choice == name)
        if self.run is not None:
            self.run.scene.set_theme(theme)

    def part(self, name: str) -> QWidget | None:
        """A part of the window, for the tour; None where it is not there."""
        slot = self.main.slots.get(name)
        return slot if slot is not None and slot.isVisible() else None

    # ---- runs -----------------------------------------------------------------------------------------

    def choose_run(self) -> None:
        """Ask for a run's folder."""
        folder = QFileDialog.getExistingDirectory(self.main, "Open a run", str(Path.cwd()))
        if folder:
            self.open_folder(Path(folder))

    def open_folder(self, path: Path) -> None:
        """Open a run, or the gallery of a folder of runs; where it is neither, say so, and keep what is open."""
        if gallery.is_run(path):
            self.open_run(path)
        elif gallery.run_folders(path):
            self.folder = path
            self.show_gallery()
        else:
            self.messages.problem(
                Problem(
                    f"{path} is no run, and holds none. Choose a folder that `aekit train` wrote, or a folder of such."
                )
            )

    def open_run(self, path: Path) -> None:
        """Open a run: its map at once, its model when it is loaded."""
        self.close_run()
        self.opening = path
        self.main.show_page("explorer")
        self.main.setWindowTitle(f"{gallery.title_of(path.resolve())} – aekit")
        self.main.status.show_process("loading the model", "busy")
        self.live.open(path)
        self.later.run(
            lambda: prepared(path, self.remembers),
            lambda ready: self.show_run(path, ready),
            lambda problem: self.no_codes(path, problem),
            slot="open",
        )

    def show_run(self, path: Path, ready: Prepared) -> None:
        """The codes have come."""
        from aekit_gui.openrun import make_widgets  # imported once the window is there

        if path == self.opening:
            self._parts = make_widgets(self.main, self.style.theme)
            self.next_part(path, ready, self._parts)

    def next_part(self, path: Path, ready: Prepared, parts: Iterator[Widgets | None]) -> None:
        """Make one of the run's widgets, and the others when the window has looked after all else."""
        if parts is not self._parts:
            return
        widgets = next(parts)
        if widgets is None:
            QTimer.singleShot(0, lambda: self.next_part(path, ready, parts))
        else:
            self._parts = None
            self.join_run(path, ready, widgets)

    def join_run(self, path: Path, ready: Prepared, widgets: Widgets) -> None:
        """All widgets are there."""
        from aekit_gui.controllers.desk import OpenRun
        from aekit_gui.controllers.explorer import Explorer

        space, found = ready.space, ready.found
        store = Store(found.look)
        explorer = Explorer(
            path, store, space, self.live, self.background, self.later, self.messages, ready.projected
        )
        self.run = OpenRun(explorer, widgets, self.player, self.settings, self.ask_dimensions)
        self.main.bind(self.run.commands())
        widgets.map.menu_wanted.connect(self.show_menu)
        widgets.map.files_dropped.connect(self.drop)
        widgets.strip.files_dropped.connect(lambda paths: self.drop(paths, waypoints=True))
        if self.remembers:
            self.session = Session(
                space.run, store, lambda: explorer.space.index, self.messages.say, later=self.later
            )
            self.settings.opened(path.absolute())
        store.listen(lambda before, now: self.show_changes())
        explorer.on("dwells", self.show_changes)
        explorer.on("restarted", self.restart_background)
        self.main.set_open(run=True, model=False, heard=False)
        if found.note:
            self.messages.say(found.note)
        run = self.run
        QTimer.singleShot(0, lambda: self.start_run(run))  # once the map has its size

    def start_run(self, run: OpenRun) -> None:
        """Show a run whose widgets are in their places."""
        if run is not self.run:
            return
        run.start()
        run.map.setFocus()
        self.show_changes()
        if self._waiting is not None:
            self.model_ready(self._waiting)
        else:
            self.show_unopened()

    _parts: Iterator[Widgets | None] | None = None  # of the run that is being opened
    _waiting: Opened | None = None  # a model that was ready before its codes were read
    _unopened: Problem | None = None  # why the run's model is not to be had

    def no_codes(self, path: Path, problem: Problem) -> None:
        """The codes cannot be read: show what is known of the run, or go back."""
        from aekit_gui.openrun import brief_facts

        if path != self.opening:
            return
        self.messages.problem(problem)
        if not brief_facts(self.main, path, problem, self.style.theme, lambda: self.open_run(path)):
            self.show_gallery()

    def close_run(self) -> None:
        """Close what is open; its session is saved."""
        self.opening, self._waiting, self._unopened, self._parts = None, None, None, None
        self.live.leave()
        self.model_answers("live")
        if self.session is not None:
            self.session.close()
            self.session = None
        if self.run is not None:
            run, self.run = self.run, None
            self.main.unbind(run.commands())
            run.close()
        for name in self.main.slots:
            self.main.put(name, None)
        self.main.make_room(False)
        self.end_background()
        self.main.set_open(run=False, model=False, heard=False)
        self.main.set_undo("", "")

    def ask_dimensions(
        self, kl: list[float], axes: tuple[int, ...], chosen: Callable[[int, int], None]
    ) -> None:
        """Have a person choose two dimensions of which the KL is known."""
        dialog = DimensionsDialog(kl, axes, self.main)
        dialog.chosen.connect(chosen)
        show_dialog(dialog)

    def show_menu(self, x: float, y: float, at: QPoint) -> None:
        """What can be done with a place of the map, which is the one at hand from now on."""
        if self.run is None:
            return
        self.run.go_to(x, y)
        menu = QMenu(self.main)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for id in OF_A_PLACE:
            menu.addAction(self.main.actions_by_id[id])
        menu.popup(at)

    def drop(self, paths: list[str], waypoints: bool = False) -> None:
        """Files were dropped somewhere: a folder of runs or of one is opened, others are put on the map.

        Args:
            waypoints: whether files become waypoints too.
        """
        folders = [
            Path(path) for path in paths if gallery.is_run(Path(path)) or gallery.run_folders(Path(path))
        ]
        if folders:
            self.open_folder(folders[0])
        elif self.run is not None:
            self.run.files.take(paths, waypoints)
        else:
            self.messages.say(
                "Open a run first: then its plugin reads your files, and they are put on its map."
            )

    def show_changes(self) -> None:
        """What undo and the switches of the menus say."""
        if self.run is None:
            return
        store = self.run.explorer.store
        look = store.look
        self.main.set_undo(store.undo_words, store.redo_words)
        self.main.set_checked(f"map.{look.tool}", True)
        self.main.set_checked(f"map.{look.projection}", True)
        self.main.set_checked(f"map.{look.lift}", True)
        self.main.set_checked("journey.loop", look.journey.loop)
        self.main.set_checked("sound.dwell", self.run.sound.dwells)
        self.main.status.show_words(store.said)

    # ---- the model process ----------------------------------------------------------------------------

    def model_ready(self, opened: Opened) -> None:
        """The run's model is loaded."""
        self._unopened = None
        if self.run is None:
            self._waiting = opened
            return
        from aekit_gui.openrun import no_facts

        self._waiting = None
        no_facts(self.main)
        self.run.explorer.opened = opened
        self.main.set_open(run=True, model=True, heard=self.run.sound.heard)
        self.main.status.show_process("ready", "ready")
        self.run.explorer.tell("opened")

    def model_problem(self, problem: Problem) -> None:
        """Something went wrong that nobody else deals with: above all, the run cannot be opened."""
        self.messages.problem(problem)
        if self.opening is not None and (self.run is None or self.run.explorer.opened is None):
            self._unopened = problem
            self.show_unopened()

    def show_unopened(self) -> None:
        """Show what is known of a run whose model is not to be had, beside its map where that is there."""
        from aekit_gui.openrun import brief_facts

        path, problem = self.opening, self._unopened
        if path is not None and problem is not None:
            self.main.status.show_process("the model is not to be had", "problem")
            brief_facts(self.main, path, problem, self.style.theme, lambda: self.live.open(path))

    def watch_over(self, which: str) -> None:
        """Tell of it where a process, "live" or "niced", does not answer."""
        process: ModelProcess = getattr(self, which)
        process.hanging.connect(lambda name: self.model_hangs(which, name))
        process.answering.connect(lambda: self.model_answers(which))

    def model_hangs(self, which: str, name: str) -> None:
        """No answer for five seconds: offer to give it up."""
        if name in CANCELLED:
            return
        self.model_answers(which)
        text = f"The plugin has not answered '{name}' for five seconds"
        bar = self.messages.progress(text, lambda: self.give_up(which))
        bar.show()
        self.hangs[which] = bar
        if which == "live":
            self.main.status.show_process("not answering", "problem")

    def give_up(self, which: str) -> None:
        """End what hangs, and start its process anew; who waited for it is told."""
        self.model_answers(which)
        process: ModelProcess = getattr(self, which)
        process.restart()

    def model_answers(self, which: str) -> None:
        """A process does not hang any more."""
        bar = self.hangs.pop(which, None)
        if bar is not None:
            bar.close()
            if which == "live":
                self.main.status.show_process("ready", "ready")

    def background(self) -> ModelProcess:
        """The niced process with the same run, started where it is first needed."""
        self.niced_used = time.monotonic()
        if self.niced is None:
            self.niced = ModelProcess(background=True)
            self.niced.problem.connect(self.messages.problem)
            self.watch_over("niced")
            if self.opening is not None:
                self.niced.open(self.opening)
        return self.niced

    def restart_background(self) -> None:
        """Have the niced process take the weights of now, what waits for it included; end it where nothing does."""
        if self.niced is not None and self.niced.busy:
            self.niced.restart()
        else:
            self.end_background()

    def end_background(self) -> None:
        """End the niced process."""
        self.leaving = [process for process in self.leaving if not process.over]
        if self.niced is not None:
            self.model_answers("niced")
            self.niced.close(wait=False)
            self.leaving.append(self.niced)
            self.niced = None

    # ---- time passing ---------------------------------------------------------------------------------

    def every_second(self) -> None:
        """Save what is due, look at the run's files, end what is not used."""
        now = time.monotonic()
        if self.remembers:
            self.settings.due(now)
        if self.session is not None:
            self.session.due(now)
        if self.run is not None:
            self.run.watch.look()
        if self.niced is not None:
            if self.niced.busy:
                self.niced_used = now
            elif now - self.niced_used > IDLE:
                self.end_background()

    def keep_layout(self) -> None:
        """Remember where everything is."""
        self.settings["window"] = self.main.layout_state()

    def end(self) -> None:
        """The window is closed: save, and end all that runs."""
        if self.ended:
            return
        self.ended = True
        self.beat.stop()
        self.keep_layout()
        self.close_run()
        if self.remembers:
            self.settings.save()
        for process in (self.live, *self.leaving):
            process.close()
        self.player.close()
        self.later.close()
        self.style.close()
        self.messages.close()
        for part in (self.live, self.player, self.later, self.main):
            part.deleteLater()

    def close(self) -> None:
        """Close the window."""
        if not self.ended:
            self.main.close()
        self.end()

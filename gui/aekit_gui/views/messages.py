# Messages: quiet toasts in a corner of the window: what was done, what went wrong, what is under way.
"""Messages: quiet toasts in a corner of the window: what was done, what went wrong, what is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontInfo
from PySide6.QtWidgets import QWidget

from aekit_gui.theme import LIGHT, SPACE, TEXT, Theme
from aekit_gui.views.details import DetailsDialog
from aekit_gui.views.toast import ROOM, WIDTH, ProblemToast, ProgressToast, SayToast, Toast
from aekit_gui.work.protocol import Problem

MOST = 4  # toasts that are seen at once
HELD = 40  # problems that wait for their turn
ARRANGED_AT = (
    QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.FontChange,
)  # fmt: skip
PATIENCE = 300  # milliseconds after which something that is under way is shown


class Progress:
    """Something that is under way; the one who does it says how far it is, and closes it."""

    def __init__(self, messages: Messages, toast: ProgressToast) -> None:
        self._messages, self._toast = messages, toast
        self.closed = False
        self._timer = QTimer(messages)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show)
        self._timer.start(PATIENCE)

    def show(self) -> None:
        """Show it at once."""
        self._timer.stop()
        if not self.closed:
            self._messages.add(self._toast)

    def update(self, fraction: float, text: str = "") -> None:
        """Say how far it is: `fraction` in [0, 1], 0 where nobody knows; `text` is what is done now."""
        if not self.closed:
            self._toast.show_share(fraction, text)
            self._messages.arrange()

    def close(self) -> None:
        """It is over."""
        if not self.closed:
            self.closed = True
            self._timer.stop()
            self._timer.deleteLater()
            self._messages.remove(self._toast)


class Messages(QObject):
    """Tells a person things over a window.

    At most four toasts are seen at once: of more, messages that are only good to know go, and all others wait.
    """

    def __init__(self, window: QWidget, places: Sequence[QWidget] = ()) -> None:
        """Tell things at the bottom right of the first of `places` in `window` that is seen; else of the window."""
        super().__init__(window)
        self.theme: Theme = LIGHT
        self.dialog: DetailsDialog | None = None
        self._window, self._places = window, places
        self._toasts: list[Toast] = []  # the oldest first
        for widget in (window, *places):
            widget.installEventFilter(self)

    @property
    def shown(self) -> list[Toast]:
        """The toasts that are seen, the oldest first."""
        return [toast for toast in self._toasts if not toast.isHidden()]

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        for toast in self._toasts:
            toast.set_theme(theme)
        self.arrange()

    # ---- what is told ---------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Say something that goes by itself; the same again only stays longer."""
        last = next(
            (toast for toast in self._toasts if isinstance(toast, SayToast) and toast.text == text), None
        )
        if last is not None:
            last.wait()
        else:
            self.add(SayToast(text, self._window))

    def problem(self, problem: Problem) -> None:
        """Say what went wrong; the same again is counted, not said again."""
        for toast in self._toasts:
            if isinstance(toast, ProblemToast) and toast.problem.sentence == problem.sentence:
                toast.again(problem)
                self.arrange()
                return
        toast = ProblemToast(problem, self._window)
        toast.details_wanted.connect(self.show_details)
        self.add(toast)

    def progress(self, text: str, cancel: Callable[[], None] | None = None) -> Progress:
        """Show that something is under way, once that takes a moment.

        Args:
            cancel: called where the person wants it to stop; the one who does it closes the progress then.
        """
        toast = ProgressToast(text, cancel, self._window)
        toast.hide()
        return Progress(self, toast)

    def show_details(self, problem: Problem) -> None:
        """Show what happened exactly."""
        self.close_details()
        self.dialog = DetailsDialog(problem, self._window)
        self.dialog.finished.connect(self.close_details)
        self.dialog.open()

    def close_details(self) -> None:
        """The details were seen."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    def clear(self) -> None:
        """Take away all that was said; what is under way stays."""
        for toast in [toast for toast in self._toasts if not isinstance(toast, ProgressToast)]:
            self.remove(toast)

    # ---- where they are -------------------------------------------------------------------------------

    def add(self, toast: Toast) -> None:
        """Show a toast, or let it wait where there are too many."""
        toast.set_theme(self.theme)
        toast.ended.connect(lambda: self.remove(toast))
        self._toasts.append(toast)
        for old in [one for one in self._toasts if isinstance(one, SayToast)][
            : max(len(self._toasts) - MOST, 0)
        ]:
            if old is not toast:
                self._drop(old)
        problems = [one for one in self._toasts if isinstance(one, ProblemToast)]
        for old_problem in problems[: max(len(problems) - HELD, 0)]:
            self._drop(old_problem)
        self.arrange()
        if not toast.isHidden():
            QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def remove(self, toast: Toast) -> None:
        """Take a toast away; one that waits comes in its place."""
        self._drop(toast)
        self.arrange()

    def _drop(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
        toast.hide()
        toast.deleteLater()

    def close(self) -> None:
        """Arrange nothing any more: the window is being closed."""
        for widget in (self._window, *self._places):
            widget.removeEventFilter(self)

    def arrange(self) -> None:
        """Put the newest toasts above one another, the newest lowest, as many as the window is high enough for."""
        seen = self._toasts[-MOST:]
        for toast in self._toasts[:-MOST]:
            toast.hide()
        scale = QFontInfo(self._window.font()).pixelSize() / TEXT
        place = next((one for one in self._places if one.isVisible()), self._window)
        width = min(round(WIDTH * scale) + 2 * ROOM, place.width() - 2 * SPACE)
        corner = place.mapTo(self._window, place.rect().bottomRight())
        right, bottom = corner.x() + 1 - SPACE, corner.y() + 1 - SPACE
        for toast in reversed(seen):
            toast.ensurePolished()
            toast.column.activate()
            height = max(toast.heightForWidth(width), toast.minimumSizeHint().height())
            if bottom < height and toast is not seen[-1]:  # it waits until those before it are gone
                bottom = 0
                toast.hide()
                continue
            bottom -= height
            toast.setGeometry(right - width, bottom, width, height)
            bottom += 2 * ROOM - SPACE  # their shadows may overlap
            fresh = toast.isHidden()
            toast.show()
            if fresh:
                toast.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._toasts and event.type() in ARRANGED_AT:
            self.arrange()
        return False

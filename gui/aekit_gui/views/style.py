# Style: how the whole application looks: theme, palette, font and stylesheet, changed while it runs.
"""Style: how the whole application looks: theme, palette, font and stylesheet, changed while it runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from aekit_gui.models.settings import STEP, clamped
from aekit_gui.theme import DARK, LIGHT, TEXT, THEMES, Theme
from aekit_gui.views.drawing import mixed
from aekit_gui.views.sheet import stylesheet

__all__ = ["Style", "palette", "stylesheet", "system_theme", "text_font"]

SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}


class Style(QObject):
    """The look of a window and of the application.

    Attributes:
        choice: "system", "light" or "dark".
        theme: what that is now.
        scale: of the interface, .8 to 2.

    Signals:
        changed(object Theme): the theme or the scale is another; widgets that paint themselves take the theme.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: str = "system", scale: float = 1.0) -> None:
        """Give the application its font and colours; make it before any widget, whose font would not follow."""
        super().__init__(app)
        self._app = app
        self._window: QWidget | None = None
        self._turn = QTimer(self)  # widgets are told in a turn of their own: the window answers in between
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._tell)
        self.choice = choice if choice in THEMES else "system"
        colour_title_bars(self.choice)
        self.theme = THEMES.get(self.choice) or system_theme()
        self.scale = clamped(scale)
        self._dress()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def dress(self, window: QWidget) -> None:
        """Dress a window, and what belongs to it: menus, dialogs, tooltips.

        The stylesheet is the window's: the same one for the application costs Qt three to four times as much.
        """
        self._window = window
        window.setStyleSheet(stylesheet(self.theme, self.scale))

    def choose(self, choice: str) -> None:
        """Take a theme by name, or the system's.

        Raises:
            ValueError: there is no such theme.
        """
        if choice not in (*THEMES, "system"):
            raise ValueError(f"The theme must be light, dark or system (received {choice!r}).")
        self.choice = choice
        colour_title_bars(choice)
        self._take(THEMES.get(choice) or system_theme(), self.scale)

    def set_scale(self, scale: float) -> None:
        """Make the interface larger or smaller: 1 is the normal size."""
        self._take(self.theme, clamped(scale))

    def step(self, steps: int) -> None:
        """Make the interface larger by so many steps, or smaller."""
        self.set_scale(self.scale + steps * STEP)

    def close(self) -> None:
        """Follow the system no more; the application looks on as it does."""
        self._turn.stop()
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._system_changed)
        self.deleteLater()

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        if self.choice == "system":
            self._take(DARK if scheme == Qt.ColorScheme.Dark else LIGHT, self.scale)

    def _take(self, theme: Theme, scale: float) -> None:
        if (theme, scale) == (self.theme, self.scale):
            return
        self.theme, self.scale = theme, scale
        if self._window is not None:
            self._window.setUpdatesEnabled(False)  # nothing is seen half dressed
        self._dress()
        self._turn.start()

    def _tell(self) -> None:
        self.changed.emit(self.theme)
        if self._window is not None:
            self._window.setUpdatesEnabled(True)

    def _dress(self) -> None:
        self._app.setFont(text_font(self.scale))
        self._app.setPalette(palette(self.theme))
        if self._window is not None:
            self.dress(self._window)


def colour_title_bars(choice: str) -> None:
    """Let the system draw title bars and its own dialogs in the theme "light", "dark" or "system"."""
    QGuiApplication.styleHints().setColorScheme(SCHEMES[choice])


def system_theme() -> Theme:
    """The theme that the system asks for; light where it doesn't say."""
    return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def text_font(scale: float = 1.0) -> QFont:
    """The system's font for text at the interface's scale."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(round(TEXT * scale))
    return font


def palette(theme: Theme) -> QPalette:
    """The colours of what the stylesheet doesn't reach."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: theme.window, roles.WindowText: theme.text, roles.Base: theme.panel, roles.Text: theme.text,
        roles.AlternateBase: theme.window, roles.Button: theme.raised, roles.ButtonText: theme.text,
        roles.BrightText: theme.bad, roles.ToolTipBase: theme.raised, roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.dim, roles.Highlight: theme.accent, roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent, roles.LinkVisited: theme.accent, roles.Accent: theme.accent,
        roles.Light: theme.raised, roles.Midlight: theme.line, roles.Mid: theme.line, roles.Dark: theme.dim,
        roles.Shadow: theme.map,
    }  # fmt: skip
    made = QPalette()
    for role, colour in colours.items():
        made.setColor(role, QColor(colour))
    faint = mixed(theme.dim, theme.panel, 0.45)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made

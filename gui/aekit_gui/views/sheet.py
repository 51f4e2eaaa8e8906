# The window's stylesheet: all of Qt's widgets as one calm tool, from a theme and an interface scale.
"""The window's stylesheet: all of Qt's widgets as one calm tool, from a theme and an interface scale."""

from __future__ import annotations

from functools import cache
from string import Template

from aekit_gui.theme import RADIUS, SMALL, TEXT, TITLE, Theme
from aekit_gui.views.drawing import mixed
from aekit_gui.views.signs import sign_folder

# $4 is four pixels at the normal scale; other words are colours.
SHEET = """
QMainWindow, QDialog { background: $window; }
QLabel { background: transparent; }
QLabel#dim { color: $dim; }
QLabel#small { color: $dim; font-size: ${small_text}px; }
QLabel#title { font-size: ${title_text}px; font-weight: 600; }
QLabel#heading { color: $dim; font-size: ${small_text}px; font-weight: 600; }
QLabel#code { color: $text; background: $field; border: 1px solid $line; border-radius: ${radius}px;
    padding: $6 $10; }
QFrame#panel { background: $panel; border: none; }
QFrame#line { background: $line; border: none; }

QPushButton { color: $text; background: $raised; border: 1px solid $line; border-radius: ${radius}px;
    padding: $5 $12; min-height: $16; }
QPushButton:hover { background: $over; border-color: $strong; }
QPushButton:pressed { background: $down; }
QPushButton:checked { background: $tint; border-color: $accent; color: $text; }
QPushButton:focus { border: 2px solid $accent; padding: $inset_4 $inset_11; }
QPushButton:disabled { color: $faint; background: $panel; border-color: $line; }
QPushButton#primary, QPushButton:default { color: $on_accent; background: $accent; border: 1px solid $accent;
    font-weight: 600; }
QPushButton#primary:hover, QPushButton:default:hover { background: $accent_over; }
QPushButton#primary:pressed, QPushButton:default:pressed { background: $accent_down; }
QPushButton#primary:focus, QPushButton:default:focus { border: 2px solid $text; padding: $inset_4 $inset_11; }
QPushButton#primary:disabled, QPushButton:default:disabled { color: $faint; background: $line; border-color: $line; }
QPushButton#flat { background: transparent; border: 1px solid transparent; color: $accent; font-weight: 600;
    padding: $3 $8; }
QPushButton#flat:hover { background: $tint; }
QPushButton#flat:focus { border: 2px solid $accent; padding: $inset_2 $inset_7; }
QPushButton#flat:disabled { color: $faint; }

QToolButton { color: $text; background: transparent; border: 2px solid transparent; border-radius: ${radius}px;
    padding: $3; }
QToolButton:hover { background: $over; }
QToolButton:pressed { background: $down; }
QToolButton:checked { background: $tint; color: $accent; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox { color: $text; background: $field;
    border: 1px solid $line; border-radius: ${radius}px; padding: $4 $8; selection-background-color: $accent;
    selection-color: $on_accent; }
QLineEdit, QAbstractSpinBox { min-height: $18; }
QLineEdit:hover, QAbstractSpinBox:hover, QPlainTextEdit:hover { border-color: $strong; }
QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent;
    padding: $inset_3 $inset_7; }
QLineEdit:disabled, QAbstractSpinBox:disabled { color: $faint; background: $panel; }
QAbstractSpinBox { padding: $3 $20 $3 $8; }
QAbstractSpinBox:focus { padding: $inset_2 $inset_19 $inset_2 $inset_7; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { background: transparent; border: none;
    padding: 0 $4; min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: $18; border: none;
    background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 1px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 1px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $over; border-radius: 3px; }
QAbstractSpinBox::up-arrow { image: url($signs/up.png); width: $10; height: $10; }
QAbstractSpinBox::down-arrow { image: url($signs/down.png); width: $10; height: $10; }

QComboBox { color: $text; background: $raised; border: 1px solid $line; border-radius: ${radius}px;
    padding: $4 $24 $4 $10; min-height: $18; combobox-popup: 0; }
QComboBox:hover { background: $over; border-color: $strong; }
QComboBox:focus { border: 2px solid $accent; padding: $inset_3 $inset_23 $inset_3 $inset_9; }
QComboBox:disabled { color: $faint; background: $panel; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: $24; border: none; }
QComboBox::down-arrow { image: url($signs/down.png); width: $12; height: $12; }
QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus { color: $text; background: $raised;
    border: 1px solid $strong; padding: $2; border-radius: 0; outline: none; selection-background-color: $tint;
    selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: $24; padding: 0 $6; border-radius: $4; }

QCheckBox, QRadioButton { color: $text; spacing: $8; background: transparent; padding: $2;
    border: 2px solid transparent; border-radius: ${radius}px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator, QTreeView::indicator {
    width: $14; height: $14;
    border: 1px solid $strong; background: $field; border-radius: $4; }
QRadioButton::indicator { border-radius: $round_14; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked { background: $accent;
    border-color: $accent; image: url($signs/tick.png); }
QCheckBox::indicator:indeterminate, QListView::indicator:indeterminate { background: $accent; border-color: $accent;
    image: url($signs/dash.png); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url($signs/dot.png); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $panel; border-color: $line; }

QSlider { background: transparent; min-height: $22; border: 2px solid transparent; border-radius: ${radius}px; }
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal { height: $4; background: $groove; border-radius: $2; }
QSlider::sub-page:horizontal { height: $4; background: $accent; border-radius: $2; }
QSlider::handle:horizontal { width: $12; height: $14; margin: -$5 0; background: $handle;
    border: 1px solid $strong; border-radius: $knob; }
QSlider::groove:vertical { width: $4; background: $groove; border-radius: $2; }
QSlider::add-page:vertical { width: $4; background: $accent; border-radius: $2; }
QSlider::handle:vertical { width: $14; height: $12; margin: 0 -$5; background: $handle;
    border: 1px solid $strong; border-radius: $knob; }
QSlider::handle:hover { border: 2px solid $accent; }
QSlider::sub-page:horizontal:disabled, QSlider::add-page:vertical:disabled { background: $line; }
QSlider::handle:disabled { background: $panel; border-color: $line; }

QScrollArea, QAbstractScrollArea#bare { border: none; background: transparent; }
QScrollBar:vertical { width: $10; background: transparent; margin: 0; border: none; }
QScrollBar:horizontal { height: $10; background: transparent; margin: 0; border: none; }
QScrollBar::handle { background: $scroll; border-radius: $3; margin: $2; }
QScrollBar::handle:vertical { min-height: $28; }
QScrollBar::handle:horizontal { min-width: $28; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QListView, QTreeView, QTableView { color: $text; background: $field; border: 1px solid $line;
    border-radius: ${radius}px; outline: none; selection-background-color: $tint; selection-color: $text;
    alternate-background-color: $panel; gridline-color: $line; }
QListView, QTreeView { padding: $3; }
QListView:focus, QTreeView:focus, QTableView:focus { border-color: $accent; }
QListView::item, QTreeView::item { border-radius: $4; }
QListView::item:hover, QTreeView::item:hover { background: $over; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $tint; color: $text; }
QListView#bare { background: transparent; border: none; padding: 0; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { color: $dim; background: $panel; border: none; border-bottom: 1px solid $line;
    padding: $4 $8; font-weight: 600; }

QTabWidget::pane { border: 1px solid $line; border-radius: ${radius}px; top: -1px; background: $panel; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { color: $dim; background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: $6 $12; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QGroupBox { border: 1px solid $line; border-radius: ${radius}px; margin-top: $10; padding: $8; }
QGroupBox::title { subcontrol-origin: margin; left: $10; padding: 0 $4; color: $dim; }

QMenuBar { color: $text; background: $window; border: none; padding: $2 $4; font-size: ${text_size}px; }
QMenuBar::item { background: transparent; padding: $4 $10; border-radius: ${radius}px; }
QMenuBar::item:selected { background: $over; }
QMenuBar::item:pressed { background: $tint; }
QMenu { color: $text; background: $raised; border: 1px solid $strong; padding: $5;
    font-size: ${text_size}px; }
QMenu::item { background: transparent; padding: $5 $22 $5 $28; border-radius: $4; border: 1px solid transparent; }
QMenu::item:selected { background: $tint; border-color: $tint_line; }
QMenu::item:disabled { color: $faint; }
QMenu::item:disabled:selected { background: transparent; border-color: $line; }
QMenu::separator { height: 1px; background: $line; margin: $5 $8; }
QMenu::indicator { width: $14; height: $14; left: $7; }
QMenu::indicator:checked { image: url($signs/tick-menu.png); }
QMenu::right-arrow { image: url($signs/right.png); width: $12; height: $12; right: $6; }

QToolTip { color: $text; background: $tip; border: 1px solid $strong; padding: $5 $8; font-size: ${text_size}px; }
QStatusBar { color: $dim; background: $window; border: none; font-size: ${small_text}px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $dim; font-size: ${small_text}px; padding: $2 $6; }

QSplitter { background: $window; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }
QProgressBar { color: transparent; background: $groove; border: none; border-radius: $2; max-height: $4;
    min-height: $4; }
QProgressBar::chunk { background: $accent; border-radius: $2; }
"""


class Scaled(Template):
    """A template in which "$4" is four pixels at the interface's scale."""

    idpattern = r"(?:[0-9]+|[a-z][a-z_0-9]*)"


@cache
def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """The stylesheet of the whole application.

    Args:
        scale: of the interface, 1 for the normal size.
    """
    return Scaled(SHEET).substitute(_colours(theme) | _sizes(scale), signs=sign_folder(theme.name, scale))


def _colours(theme: Theme) -> dict[str, str]:
    """The theme's colours, and those between them."""
    names = (
        "window",
        "panel",
        "raised",
        "map",
        "text",
        "dim",
        "line",
        "accent",
        "on_accent",
        "warm",
        "good",
        "bad",
    )
    return {name: getattr(theme, name) for name in names} | {
        "over": mixed(theme.raised, theme.text, 0.06).name(),
        "down": mixed(theme.raised, theme.text, 0.13).name(),
        "field": mixed(theme.panel, theme.map, 0.65).name(),
        "strong": mixed(theme.line, theme.dim, 0.4).name(),
        "faint": mixed(theme.dim, theme.panel, 0.45).name(),
        "tint": mixed(theme.raised, theme.accent, 0.18).name(),
        "tint_line": mixed(theme.raised, theme.accent, 0.4).name(),
        "groove": mixed(theme.line, theme.panel, 0.15).name(),
        "handle": theme.text if theme.dark else theme.panel,
        "scroll": mixed(theme.panel, theme.dim, 0.45).name(),
        "tip": mixed(theme.raised, theme.text, 0.03).name(),
        "accent_over": mixed(theme.accent, theme.panel, 0.14).name(),
        "accent_down": mixed(theme.accent, theme.map, 0.28).name(),
    }


def _sizes(scale: float) -> dict[str, str]:
    """Pixels by their number at the normal scale; "inset_N" leaves room for a border that is a pixel wider,
    "round_N" is the radius of a circle that wide with a border."""
    most = range(1, 33)
    pixels = {str(number): f"{max(round(number * scale), 1)}px" for number in most}
    insets = {f"inset_{number}": f"{max(round((number + 1) * scale) - 1, 0)}px" for number in most}
    rounds = {f"round_{number}": f"{(round(number * scale) + 2) // 2}px" for number in most}
    knob = min(round(12 * scale) + 2, round(4 * scale) + 2 * round(5 * scale)) // 2
    fonts = {"text_size": TEXT, "small_text": SMALL, "title_text": TITLE, "radius": RADIUS}
    return (
        pixels
        | insets
        | rounds
        | {"knob": f"{knob}px"}
        | {name: str(round(value * scale)) for name, value in fonts.items()}
    )

# The panel of tables: rows that sort by any column; a single row is read downwards, a single cell stands large.
"""The panel of tables: rows that sort by any column; a single row is read downwards, a single cell stands large."""

from __future__ import annotations

import numbers
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from aekit.views import Table, shown
from aekit_gui.theme import RADIUS, SPACE, TITLE, Theme
from aekit_gui.views.drawing import mixed, scaled_font, scroll_sheet
from aekit_gui.views.panels.panel import Panel

Index = QModelIndex | QPersistentModelIndex
LINE = 24  # pixels of a row
ROOM = 12  # pixels more than the cells of a column ask for: an arrow fits
WIDEST = 260  # pixels of a column
ARROWS = (" ▴", " ▾")  # behind the name of the column that rises, or falls
ROOT = QModelIndex()
Role = Qt.ItemDataRole


class Cells(QAbstractTableModel):
    """A table's cells, in the order that a header was clicked for; the order stays when the rows change."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[str, ...] = ()
        self.rows: list[tuple[Any, ...]] = []
        self.sorted_by: tuple[int, bool] | None = None  # column, whether it falls

    def fill(self, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """Show other cells."""
        same = columns == self.columns and len(rows) == len(self.rows)
        if not same:
            self.beginResetModel()
            if columns != self.columns:
                self.sorted_by = None
        self.columns, self.rows = columns, self.in_order(rows)
        if same and rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(columns) - 1))
        elif not same:
            self.endResetModel()

    def in_order(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows sorted as asked for; what has no value comes last either way."""
        if self.sorted_by is None:
            return list(rows)
        column, falling = self.sorted_by
        known = [row for row in rows if column < len(row) and shown(row[column]) != "-"]
        missing = [row for row in rows if not (column < len(row) and shown(row[column]) != "-")]
        return [*sorted(known, key=lambda row: sorting(row[column]), reverse=falling), *missing]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self.columns):
            return
        self.layoutAboutToBeChanged.emit()
        self.sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        self.rows = self.in_order(self.rows)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row = self.rows[index.row()]
        cell = row[index.column()] if index.column() < len(row) else None
        if role == Role.DisplayRole:
            return " ".join(shown(cell).split("\n"))
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if is_number(cell) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Role.ToolTipRole:
            name = self.columns[index.column()]
            return f"{name}: {cell}" if name else str(cell)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            column, falling = self.sorted_by or (-1, False)
            return self.columns[section] + (ARROWS[falling] if section == column else "")
        if role == Role.TextAlignmentRole:
            number = any(is_number(row[section]) for row in self.rows[:20] if section < len(row))
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Role.ToolTipRole:
            return "Click to sort by this column; again to turn the order."
        return None


class Grid(QTableView):
    """The table's own window, which tells its panel when it was painted."""

    def __init__(self, panel: TablePanel) -> None:
        super().__init__(panel)
        self.panel = panel
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSortingEnabled(True)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(LINE)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setResizeContentsPrecision(40)
        self.horizontalHeader().setMaximumSectionSize(WIDEST)
        self.setAccessibleName("Table of the decoded view")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.panel.grid_painted()


class TablePanel(Panel):
    """A table. Many rows stand in a grid that scrolls and sorts; the numbers are shown to four figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[str, ...] = ()
        self.cells: list[tuple[Any, ...]] = []
        self.single = ""
        self.model = Cells()
        self.grid: Grid | None = None  # made where it is first seen: miniatures need none
        self._laid_out: tuple[str, ...] | None = None

    def take(self, view: Table) -> str:
        columns, rows = tuple(str(name) for name in view.columns), [tuple(row) for row in view.rows]
        self.single = shown(rows[0][0]) if len(rows) == 1 and len(columns) == 1 and not columns[0] else ""
        self.setToolTip("" if self.single else "Click a column's name to sort by it.")
        described = f"A table of {len(rows)} rows and {len(columns)} columns."
        if len(rows) == 1 and len(columns) > 2:  # one item with many properties
            cells = (*rows[0], *[None] * (len(columns) - len(rows[0])))
            rows = list(zip(columns, cells, strict=False))
            columns = ("", "")
        self.columns, self.cells = columns, rows
        if not rows or not columns:
            self.words = "A table without rows."
        self.model.fill(columns, rows)
        self.settle()
        return f"The word {self.single}." if self.single else described

    def settle(self) -> None:
        """Show the grid where there is one to show, with columns that fit, once for each set of columns."""
        wanted = bool(self.cells and self.columns) and not self.single and self.isVisible()
        if wanted and self.grid is None:
            self.grid = Grid(self)
            self.grid.setModel(self.model)
            layout = QVBoxLayout(self)
            layout.setContentsMargins(1, 1, 1, 1)
            layout.addWidget(self.grid)
            self.setFocusProxy(self.grid)
            self.dress()
        if self.grid is None:
            return
        self.grid.setVisible(wanted)
        if wanted and self._laid_out != self.columns:
            self._laid_out = self.columns
            self.grid.horizontalHeader().setVisible(any(self.columns))
            self.grid.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.grid.resizeColumnsToContents()
            for column in range(len(self.columns)):
                self.grid.setColumnWidth(column, self.grid.columnWidth(column) + ROOM)
            self.grid.horizontalHeader().setStretchLastSection(len(self.columns) <= 3)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.settle()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.dress()

    def dress(self) -> None:
        """Give the grid the theme's colours."""
        if self.grid is not None:
            self.grid.setFont(self.small())
            self.grid.horizontalHeader().setFont(self.small())
            self.grid.setStyleSheet(sheet(self.theme) + scroll_sheet(self.theme))

    def refresh(self) -> None:
        super().refresh()
        if self.grid is not None:
            self.grid.viewport().update()

    def finish(self) -> None:
        if self.grid is None or self.grid.isHidden():
            super().finish()

    def grid_painted(self) -> None:
        """The grid has painted its cells."""
        super().finish()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        if self.single:
            self.draw_single(painter, area)
        elif self.grid is None:
            self.draw_rows(painter, area)

    def draw_single(self, painter: QPainter, area: QRectF) -> None:
        """One cell in the middle, as large as fits."""
        font = scaled_font(self, 2 * TITLE, QFont.Weight.DemiBold)
        while (
            QFontMetricsF(font).horizontalAdvance(self.single) > area.width() - 2 * SPACE
            and font.pixelSize() > 9
        ):
            font.setPixelSize(font.pixelSize() - 2)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWrapAnywhere
        painter.drawText(area.adjusted(4, 4, -4, -4), flags, self.single)

    def draw_rows(self, painter: QPainter, area: QRectF) -> None:
        """The first cells, as many as fit: a table in little."""
        line = QFontMetricsF(painter.font()).height() + 1
        wide = area.width() / max(min(len(self.columns), 2), 1)
        head = [self.columns] if any(self.columns) else []
        for number, row in enumerate([*head, *self.cells][: max(int(area.height() / line), 1)]):
            painter.setPen(QColor(self.theme.dim if number < len(head) else self.theme.text))
            for column, cell in enumerate(row[:2]):
                box = QRectF(area.left() + column * wide + 4, area.top() + number * line + 1, wide - 8, line)
                side = Qt.AlignmentFlag.AlignRight if is_number(cell) else Qt.AlignmentFlag.AlignLeft
                words = QFontMetricsF(painter.font()).elidedText(
                    shown(cell), Qt.TextElideMode.ElideRight, box.width()
                )
                painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words)


def is_number(cell: Any) -> bool:
    """Whether a cell is a number, NumPy's included."""
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool)


def sorting(cell: Any) -> tuple[int, float, str]:
    """What a cell is sorted by: numbers before words."""
    return (0, float(cell), "") if is_number(cell) else (1, 0.0, str(cell).casefold())


def sheet(theme: Theme) -> str:
    """The grid's style."""
    faint = mixed(theme.map, theme.line, 0.55).name()
    chosen = mixed(theme.map, theme.accent, 0.22).name()
    return f"""
        QTableView {{ background: {theme.map}; color: {theme.text}; border: none; border-radius: {RADIUS}px;
            selection-background-color: {chosen}; selection-color: {theme.text}; outline: none; }}
        QTableView:focus {{ border: 2px solid {theme.accent}; }}
        QTableView::item {{ border: none; border-bottom: 1px solid {faint}; padding: 0 6px; }}
        QHeaderView {{ background: {theme.map}; border: none; border-radius: {RADIUS}px; }}
        QHeaderView::section {{ background: {theme.map}; color: {theme.dim}; border: none;
            border-bottom: 1px solid {theme.line}; padding: 5px 8px; }}
        QHeaderView::section:hover {{ color: {theme.text}; }}
    """

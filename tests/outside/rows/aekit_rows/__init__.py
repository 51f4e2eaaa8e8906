# The one public name of the rows plugin.
"""Rows of a table, with numbers, categories and missing cells: a plugin for aekit."""

from aekit_rows.modality import RowsModality as RowsModality

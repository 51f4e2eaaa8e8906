# The one public name of the words plugin.
"""Words as character strings, decoded letter by letter: a plugin for aekit."""

from aekit_words.modality import WordsModality as WordsModality

# Makes the tests' own little modality importable: `from vectors import VectorModality`.
"""Makes the tests' own little modality importable: `from vectors import VectorModality`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

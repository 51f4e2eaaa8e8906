# The conformance kit that plugin authors call: does a modality keep the contract?
"""The conformance kit that plugin authors call: does a modality keep the contract?

from aekit.testing import check_modality

def test_my_modality_keeps_the_contract():
    check_modality(MyModality).raise_for_failures()
"""

from aekit.testing.kit import check_modality, check_names
from aekit.testing.report import ConformanceError, Report, Result

__all__ = ["ConformanceError", "Report", "Result", "check_modality", "check_names"]

# Two processes train as one does that takes its batch in two pieces.
"""Two processes train as one does that takes its batch in two pieces."""

import numpy as np
import pytest
from digits import train

from aekit.files import read_arrays

# Sums of gradients are added in another order, which fp32 rounds differently
TOLERANCE = 2e-4


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["vae", "adversarial"])
def test_two_processes_give_the_weights_of_one(source, tmp_path, objective):
    options = {"objective": objective, "epochs": 3, "precision": "32", "learning_rate": 1e-3}
    if objective == "vae":
        options["free_bits"] = 6.0
    one = train(source, tmp_path / "one", accumulate=2, **options)
    two = train(source, tmp_path / "two", devices=2, **options)

    (first, facts), (second, other) = read_arrays(one.weights), read_arrays(two.weights)

    assert facts["step"] == other["step"]
    assert facts["monitored"] == pytest.approx(other["monitored"], rel=1e-4)
    for name in first:
        np.testing.assert_allclose(first[name], second[name], atol=TOLERANCE, rtol=0, err_msg=name)


@pytest.mark.slow
def test_an_error_in_one_of_two_processes_is_one_line(source, tmp_path):
    import aekit

    with pytest.raises(aekit.UsageError, match="larger than the 360 items"):
        train(source, tmp_path / "run", devices=2, batch_size=5000, epochs=1)

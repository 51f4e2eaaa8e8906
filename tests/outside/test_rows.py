# The rows plugin: missing cells count for nothing, columns come back as they were, and it learns.
"""The rows plugin: missing cells count for nothing, columns come back as they were, and it learns."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from aekit import Batch, DataError
from aekit.plugins import modality, objective

SPEC = {
    "columns": [
        {"name": "km", "kind": "continuous", "mean": 10.0, "scale": 2.0},
        {"name": "sky", "kind": "categorical", "categories": ["dry", "rain", "snow"]},
        {"name": "bell", "kind": "categorical", "categories": ["no", "yes"]},
    ]
}


@pytest.fixture(scope="module")
def rows(outside: Path) -> Any:
    """The modality's class, as a run finds it."""
    return modality("rows")


@pytest.fixture
def small(rows: Any) -> Any:
    """A modality of one number and two categories."""
    return rows(rows.Options(width=8), SPEC)


def score(small: Any, decoder: Any, cells: list[float]) -> Tensor:
    """log p of one stored row at z = 0."""
    return decoder.log_prob(torch.zeros(1, 2), small.prepare(torch.tensor([cells])))[0].detach()


def test_a_row_is_the_sum_of_its_cells_and_a_missing_cell_is_nothing(small: Any) -> None:
    decoder = small.decoder(2).eval()
    nan = math.nan

    alone = [score(small, decoder, cells) for cells in ([12.5, nan, nan], [nan, 2.0, nan], [nan, nan, 1.0])]

    assert float(score(small, decoder, [12.5, 2.0, 1.0])) == pytest.approx(float(sum(alone)), abs=1e-5)
    assert float(score(small, decoder, [nan, nan, nan])) == 0.0


def test_columns_are_proper_distributions(small: Any) -> None:
    decoder, nan = small.decoder(2).eval(), math.nan

    skies = torch.stack([score(small, decoder, [nan, float(sky), nan]) for sky in range(3)])
    grid = torch.linspace(-60, 80, 4001)
    density = torch.stack([score(small, decoder, [float(km), nan, nan]) for km in grid[::10]]).exp()

    assert float(skies.exp().sum()) == pytest.approx(1.0, abs=1e-5)
    # in standard deviations of the column: the step of km over 2
    assert float(density.sum() * (grid[10] - grid[0]) / 2.0) == pytest.approx(1.0, abs=1e-3)


def test_a_missing_cell_has_no_gradient_and_spoils_none(small: Any) -> None:
    decoder = small.decoder(2)
    x = small.prepare(torch.tensor([[math.nan, 1.0, math.nan], [9.0, math.nan, 0.0]]))

    decoder.log_prob(torch.randn(2, 2), x).sum().backward()

    assert all(bool(weight.grad.isfinite().all()) for weight in decoder.parameters())


def test_generated_rows_are_whole_and_in_the_columns_units(small: Any) -> None:
    decoder = small.decoder(2).eval()

    drawn = decoder.generate(torch.zeros(4000, 2), temperature=1.0)
    mean = decoder.mean(torch.zeros(1, 2))[0].detach()

    assert bool(drawn.isfinite().all())
    assert float(drawn[:, 0].mean()) == pytest.approx(10.0 + 2.0 * float(mean[0]), abs=0.2)
    assert float((drawn[:, 1] == 2).float().mean()) == pytest.approx(float(mean[3]), abs=0.04)


def test_csv_columns_are_told_apart(rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    cells = [(n, "rain" if n % 3 else "", n * 0.5, "ab"[n % 2], "NA") for n in range(20)]
    lines = ["count,sky,half,label,empty", *(",".join(map(str, row)) for row in cells)]
    path.write_text("\n".join(lines))

    train, test = (rows.load(rows.Options(), f"csv:{path}", split) for split in ("train", "test"))

    assert [column["name"] for column in train.spec["columns"]] == ["count", "half", "sky"]
    assert (len(train), len(test)) == (16, 4)
    assert sorted(torch.cat([train.items, test.items])[:, 0].tolist()) == list(range(20))
    assert train.label_names == ("a", "b")
    view = rows(rows.Options(), train.spec).view(torch.tensor([3.0, 1.5, math.nan]))
    assert view.columns == ("count", "half", "sky")
    assert view.rows == ((3.0, 1.5, None),)


def test_read_leaves_out_rows_that_do_not_fit(small: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("sky,km,other\nrain,11,x\nhail,12,x\n,,\nsnow,far,x\n")

    result = small.read(path)

    assert result.names == ("row 0", "row 2")
    assert result.items[0, :2].tolist() == [11.0, 1.0]
    assert bool(result.items[1].isnan().all())
    assert [rejection.reason for rejection in result.rejected] == [
        "'hail' is no sky of the training rows",
        "'far' is no number (km)",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n1\n", "Row 2 .* has 1 cells"),
        (b"a\n\xff\n", "UTF-8"),
        (b"a\n1\n", "1 row"),
        (b"a,b\n,\n,NA\n", "no column"),
    ],
)
def test_unusable_files_are_refused(rows: Any, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(DataError, match=said):
        rows.load(rows.Options(), f"csv:{path}", "train")


def test_the_bound_improves_and_categories_are_learnt(rows: Any) -> None:
    options = rows.Options(width=64)
    data = rows.load(options, "synthetic", "train")
    made = rows(options, data.spec)
    items = data.items[torch.arange(400)]
    x, none = made.prepare(items), torch.zeros(400, 0)

    torch.manual_seed(0)
    model = objective("vae")(made, objective("vae").Options(), latent_dim=4)
    adam = torch.optim.AdamW(model.parameters(), lr=3e-3)
    before = float(model.bound(Batch(x, none), 1).detach().mean())
    for step in range(150):
        adam.zero_grad()
        model(Batch(x, none), torch.tensor(step)).loss.backward()
        adam.step()
    after = float(model.bound(Batch(x, none), 1).detach().mean())

    wrong = made.metrics(model.decoder, model.posterior(x, none).mean, items)["categories_wrong"]
    assert after > before + 5
    assert float(wrong.mean()) < 0.6  # of two a row; the likeliest of each would miss 0.9


def test_masking_makes_a_share_of_the_cells_missing(small: Any) -> None:
    torch.manual_seed(0)
    x = torch.tensor([[12.5, 2.0, 1.0], [9.0, math.nan, 0.0]]).repeat(2000, 1)

    masked = small.degrade(x, "masking", 0.3)

    assert torch.equal(masked[~masked.isnan()], x[~masked.isnan()])
    shares = masked.isnan().view(2000, 2, 3).float().mean(0)
    assert shares.flatten().tolist() == pytest.approx([0.3, 0.3, 0.3, 0.3, 1.0, 0.3], abs=0.041)


def test_what_was_masked_is_filled_in_from_the_rest_of_the_row(rows: Any) -> None:
    options = rows.Options(width=32)
    data = rows.load(options, "synthetic", "train")
    made = rows(options, data.spec)
    items, none = data.items[torch.arange(400)], torch.zeros(400, 0)
    minutes = [column["name"] for column in made.numbers].index("minutes")
    hidden = items.clone()
    hidden[:, minutes] = math.nan

    torch.manual_seed(0)
    model = objective("denoising")(made, objective("denoising").Options(), latent_dim=4)
    adam = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(120):
        adam.zero_grad()
        batch = Batch(made.prepare(items), none, made.prepare(model.degrade(items)))
        model(batch, torch.tensor(step)).loss.backward()
        adam.step()
    model.eval()

    filled = model.decoder.generate(model.posterior(made.prepare(hidden), none).mean)[:, minutes]
    true, known = items[:, minutes], ~items[:, minutes].isnan()
    error = (filled - true)[known].abs().mean()
    # .26 here; .42 for a model that saw no masked cells in training
    assert error < 0.34 * (true[known] - true[known].mean()).abs().mean()

# `aekit compare`, on real digits: one budget, one table, one page; stopped and started again.
"""`aekit compare`, on real digits: one budget, one table, one page; stopped and started again."""

from __future__ import annotations

import json
import math
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from digits import train, write_digits
from scipy.stats import sem

from aekit.comparison.outcome import Outcome, said
from aekit.comparison.rows import Figure, Row, standard_error
from aekit.runs import Run
from aekit.training import trainer

QUICK = ["--network", "mlp", "--width", 16, "--depth", 1, "--latent-dim", 3, "--batch-size", 50]
QUICK += ["--likelihood", "bernoulli", "--precision", 32, "--snapshots", 0, "--nll-samples", 5, "--quiet"]


@pytest.fixture(scope="module")
def call(trained):
    """Compare objectives on the small digits."""
    from aekit.cli import run

    def compare(out, objectives, *more):
        words = ["compare", "--plugin", "image", "--source", trained.source, "--objectives", objectives]
        return run([str(word) for word in [*words, *QUICK, "--out", out, *more]])

    return compare


@pytest.fixture(scope="module")
def two(call, tmp_path_factory):
    """Two objectives with two seeds."""
    out = tmp_path_factory.mktemp("two") / "out"
    assert call(out, "vae,autoencoder", "--seeds", 2, "--epochs", 1, "--set", "vae.beta=2") == 0
    return SimpleNamespace(out=out, found=json.loads((out / "comparison.json").read_text()))


def evaluation(path):
    return json.loads((path / "evaluation.json").read_text())


def test_means_and_errors_are_numpys_of_the_runs_own_figures(two):
    for row in two.found["rows"]:
        kept = [evaluation(two.out / path) for path in row["runs"]]
        for name in ("reconstruction", "linear_probe", "grey_bce_per_pixel"):
            values = np.array([values[name] for values in kept])
            figure = row["figures"][name]
            assert len(values) == 2 and figure["mean"] == pytest.approx(values.mean())
            assert figure["standard_error"] == pytest.approx(np.sqrt(values.var(ddof=1) / 2))
        assert row["errors_over"] == "seeds" and row["seeds"] == [0, 1]


def test_settings_reach_their_objective_alone_and_the_budget_all(two):
    records = {row["objective"]: Run(two.out / row["runs"][0]).record for row in two.found["rows"]}

    assert records["vae"].objective_options["beta"] == 2
    assert "beta" not in records["autoencoder"].objective_options
    assert all(record.stages[0].epochs == 1 and record.latent_dim == 3 for record in records.values())


def test_a_model_without_a_bound_has_no_figures_of_one(two):
    figures = {row["objective"]: row["figures"] for row in two.found["rows"]}

    assert {"nll", "elbo", "kl", "active_units"} <= figures["vae"].keys()
    assert not {"nll", "elbo", "kl", "active_units"} & figures["autoencoder"].keys()


def test_the_page_stands_alone_with_all_pictures_and_figures(two):
    page = (two.out / "index.html").read_text()

    assert (
        page.count("data:image/png;base64,") == 1 + 2 * 2
    )  # reconstructions together; samples, maps of each
    assert "http" not in page
    for row in two.found["rows"]:
        assert said(Figure(**row["figures"]["reconstruction"])) in page


def test_a_second_call_trains_and_measures_nothing_again(call, two):
    files = [*two.out.glob("runs/*/weights.safetensors"), *two.out.glob("runs/*/evaluation.json")]
    before = {path: path.stat().st_mtime_ns for path in files}

    assert call(two.out, "vae,autoencoder", "--seeds", 2, "--epochs", 1, "--set", "vae.beta=2") == 0

    assert len(before) == 8 and before == {path: path.stat().st_mtime_ns for path in files}
    assert json.loads((two.out / "comparison.json").read_text()) == two.found


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        ({}, ()),
        ({"max_time": "0.2s"}, ()),
        ({"max_time": "5m"}, ("--epochs", 0.5)),
        ({"epochs": 30}, ("--max-time", "0.2s")),
        ({"epochs": 0.5}, ()),
    ],
)
def test_a_second_call_knows_its_runs_whatever_budget_is_the_default(
    call, tmp_path, monkeypatch, usual, words
):
    from aekit_image import ImageModality

    monkeypatch.setattr("aekit.training.plan.DEFAULT_SECONDS", 0.2)
    monkeypatch.setattr(ImageModality, "training_defaults", {**ImageModality.training_defaults, **usual})
    asked = (tmp_path, "vae,autoencoder", "--seeds", 1, *words)

    assert call(*asked) == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/*/weights.safetensors")}
    assert call(*asked) == 0

    assert len(before) == 2 and before == {path: path.stat().st_mtime_ns for path in before}


def test_stopped_and_called_again_it_comes_to_the_same(call, two, tmp_path, monkeypatch):
    real = trainer.Trainer.share_done
    steps = {"taken": 0}

    def stopping(self, seconds, interrupted):
        steps["taken"] += 1
        return real(self, seconds, interrupted or steps["taken"] > 12)  # in the second run

    words = ("--seeds", 2, "--epochs", 1, "--set", "vae.beta=2")
    with monkeypatch.context() as patch:
        patch.setattr(trainer.Trainer, "share_done", stopping)
        assert call(tmp_path / "out", "vae,autoencoder", *words) == 130
    runs = sorted((tmp_path / "out/runs").iterdir())
    assert [Run(path).status() for path in runs] == ["stopped", "finished"]
    assert not (tmp_path / "out/comparison.json").exists()

    assert call(tmp_path / "out", "vae,autoencoder", *words) == 0

    assert json.loads((tmp_path / "out/comparison.json").read_text())["rows"] == [
        {**row, "seconds": pytest.approx(row["seconds"], abs=60)} for row in two.found["rows"]
    ]


def test_other_options_for_the_same_folder_are_refused(call, two, capsys):
    assert call(two.out, "vae,autoencoder", "--seeds", 2, "--epochs", 2) == 2

    assert "epochs 1.0 (asked now: 2.0)" in capsys.readouterr().err


def test_an_objective_that_cannot_be_trained_is_left_out_with_its_reason(call, tmp_path):
    assert call(tmp_path, "vae,personal,autoencoder", "--seeds", 1, "--epochs", 0.5) == 0

    found = json.loads((tmp_path / "comparison.json").read_text())
    assert [row["name"] for row in found["rows"]] == ["vae", "autoencoder"]
    assert "aekit personalize" in found["failed"]["personal"]
    assert "aekit personalize" in (tmp_path / "index.html").read_text()


def test_single_runs_have_errors_over_items(aekit, two, tmp_path):
    runs = [two.out / "runs" / name for name in ("vae-0", "autoencoder-0")]
    done = aekit("compare", *runs, "--nll-samples", 5, "--json", "--out", tmp_path)

    rows = json.loads(done.output)["rows"]
    assert [row["name"] for row in rows] == ["vae-0", "autoencoder-0"]
    probe = rows[0]["figures"]["knn_probe"]
    hits = np.arange(40) < round(probe["mean"] * 40)  # 40 test digits
    assert probe["standard_error"] == pytest.approx(sem(hits))
    assert rows[0]["figures"]["nll"]["standard_error"] == evaluation(runs[0])["nll_standard_error"]
    assert rows[0]["figures"]["active_units"]["standard_error"] is None


def test_the_error_of_the_reconstruction_is_that_of_the_items_themselves(two):
    import torch

    from aekit.autoencoder import load

    model = load(two.out / "runs/autoencoder-0")
    x = model.dataset("test").items[torch.arange(40)]

    nats = -model.log_prob(x, model.encode(x)).numpy()

    kept = evaluation(model.run.path)
    assert kept["reconstruction"] == pytest.approx(nats.mean(), rel=1e-5)
    assert kept["standard_errors"]["reconstruction"] == pytest.approx(sem(nats), rel=1e-4)


def test_runs_that_differ_in_the_seed_alone_share_a_row(aekit, two, tmp_path):
    runs = [two.out / "runs" / name for name in ("vae-0", "vae-1", "autoencoder-0")]

    rows = json.loads(aekit("compare", *runs, "--nll-samples", 5, "--json", "--out", tmp_path).output)["rows"]

    assert [(row["name"], row["seeds"]) for row in rows] == [("vae, 3-D", [0, 1]), ("autoencoder-0", [0])]
    nlls = [evaluation(path)["nll"] for path in runs[:2]]
    assert rows[0]["figures"]["nll"]["standard_error"] == pytest.approx(abs(nlls[0] - nlls[1]) / 2)


def test_figures_of_an_older_evaluation_are_not_set_beside_others(aekit, two, tmp_path):
    runs = [shutil.copytree(two.out / "runs" / name, tmp_path / name) for name in ("vae-0", "vae-1")]
    old = {**evaluation(runs[0]), "elbo": -1.0}
    old["protocol"] = {**old["protocol"], "nll_samples": 500}
    (runs[0] / "evaluation.json").write_text(json.dumps(old))

    rows = json.loads(
        aekit("compare", *runs, "--nll-samples", 5, "--json", "--out", tmp_path / "out").output
    )["rows"]

    assert rows[0]["figures"]["elbo"]["mean"] == evaluation(two.out / "runs/vae-0")["elbo"]


@pytest.mark.parametrize(
    ("objective", "options", "reason"),
    [
        ("vae", {"likelihood": "logistic"}, "its likelihood is 'logistic', not 'bernoulli'"),
        ("conditional", {}, "it is of p(x|label)"),
    ],
)
def test_likelihoods_of_different_things_are_not_side_by_side(
    aekit, trained, two, tmp_path, objective, options, reason
):
    other = train(trained.source, tmp_path / "other", objective=objective, epochs=0.5, **options)
    runs = [two.out / "runs/vae-0", two.out / "runs/autoencoder-0", other.path]

    found = json.loads(
        aekit("compare", *runs, "--nll-samples", 5, "--json", "--out", tmp_path / "out").output
    )

    assert "nll" in found["rows"][0]["figures"] and "reconstruction" in found["rows"][1]["figures"]
    assert not {"nll", "elbo", "reconstruction"} & found["rows"][2]["figures"].keys()
    assert "knn_probe" in found["rows"][2]["figures"]
    assert any(reason in note for note in found["notes"])


def test_runs_of_different_data_are_refused(aekit, two, tmp_path):
    other = train(write_digits(tmp_path, 200), tmp_path / "run", epochs=0.5)

    done = aekit("compare", two.out / "runs/vae-0", other.path, "--out", tmp_path / "out")

    assert done.status == 2 and done.errors.count("\n") == 1
    assert "different data" in done.errors and str(other.path) in done.errors
    assert not (tmp_path / "out").exists()


def test_the_same_source_with_other_content_is_refused(aekit, two, tmp_path):
    changed = shutil.copytree(two.out / "runs/vae-0", tmp_path / "changed")
    record = json.loads((changed / "run.json").read_text())
    (changed / "run.json").write_text(json.dumps({**record, "fingerprint": "0" * 64}))

    done = aekit("compare", two.out / "runs/autoencoder-0", changed, "--out", tmp_path / "out")

    assert done.status == 2 and "fingerprint" in done.errors and "000000000000" in done.errors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--objectives", "vae,iwea"], "No objective named 'iwea'. Available: adversarial, autoencoder"),
        (["--objectives", "vae"], "two objectives or more (received 1)"),
        (["--objectives", "vae,vae"], "'vae' twice"),
        (["--objectives", "vae,iwae", "--seeds", "0"], "--seeds must be at least 1 (received 0)"),
        (["--objectives", "vae,iwae", "--set", "vae.bta=4"], "Did you mean 'beta'?"),
        (["--objectives", "vae,iwae", "--set", "vae.epochs=4"], "option of the objective 'vae'"),
        (["--objectives", "vae,iwae", "--set", "wae.mmd_weight=4"], "not compared: vae, iwae"),
        (["--objectives", "vae,iwae", "--set", "beta=4"], "NAME.OPTION=VALUE"),
        (["--objectives", "vae,iwae", "--seed", "x"], "--seed takes a whole number"),
        (["--objectives", "vae,iwae", "--source", "nowhere"], "nowhere"),
        ([], "Name what to compare"),
        (["runs/a"], "--plugin cannot stand beside them"),
    ],
)
def test_wrong_uses_are_one_line_and_train_nothing(aekit, tmp_path, words, said):
    done = aekit("compare", "--plugin", "image", *words, "--out", tmp_path / "out")

    assert done.status == 2, done.errors
    assert said in done.errors and done.errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_runs_by_themselves_are_checked_too(aekit, two, tmp_path):
    vae = two.out / "runs/vae-0"
    assert "two runs or more (received 1)" in aekit("compare", vae, "--out", tmp_path / "out").errors
    assert "named twice" in aekit("compare", vae, vae, "--out", tmp_path / "out").errors
    assert "--out DIR" in aekit("compare", vae, vae).errors


def test_a_figure_has_the_places_that_its_error_leaves():
    assert said(Figure(85.00321, 0.2149)) == "85.00 ± 0.21"
    assert said(Figure(0.97312, 0.00161)) == "0.9731 ± 0.0016"
    assert said(Figure(2.0, 0.0)) == "2 ± 0"
    assert said(Figure(7.0, None)) == "7"


def test_the_standard_error_is_scipys():
    values = [1.0, 2.5, 7.0, math.pi]

    assert standard_error(values) == pytest.approx(sem(values))


def test_the_columns_keep_their_order_where_the_first_row_has_no_bound():
    plain = Row("plain", [], [{"reconstruction": 1.0, "own": 0.5}])
    bounded = Row("bounded", [], [{"reconstruction": 1.0, "own": 2.0, "nll": 3.0, "nll_standard_error": 0.1}])

    assert Outcome([plain, bounded], {}, []).columns == ["nll", "reconstruction", "own"]

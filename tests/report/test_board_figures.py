"""Figures of metrics, ranks, costs and samples: the CSV has what is drawn, nothing is hidden."""

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox
from scipy.stats import rankdata, spearmanr

from genbench.metric import Score
from genbench.report.cost import best_within, cost_frame, costs
from genbench.report.cost_plot import cost_figure
from genbench.report.figure_files import MORE, NAMES
from genbench.report.figures import HIGHEST, WIDEST, family_colours, png, svg
from genbench.report.folder import report
from genbench.report.frames import to_csv
from genbench.report.leaderboard import tables
from genbench.report.losses import estimates, losses
from genbench.report.metric_correlations import (
    correlation_frame,
    metric_correlations,
    spearman,
)
from genbench.report.metric_correlations_plot import correlation_figure
from genbench.report.overall import overall
from genbench.report.ranks import courses, ranks_frame
from genbench.report.ranks_plot import ranks_figure, spread
from genbench.report.samples_plot import samples_figure, samples_frame, samples_of
from genbench.runs import records as store
from genbench.runs.records import REAL, Record

DATASETS = ("blobs", "digits", "ring")
FAMILIES = ("GAN", "autoencoder", "diffusion", "flow")
AIMS = {
    "frechet_distance": "low",
    "precision": "high",
    "coverage": "high",
    "authenticity": "match",
    "bayesian_surprise": "match",
}


def record(model, dataset, seed, way, *, family="GAN", originals=0.5, seconds=1.0, **facts):
    """Return a record so far from noise (0) to real samples (1)."""
    rng = np.random.default_rng(abs(hash_of(model, dataset, seed)))
    size = 4 if dataset == "digits" else 2
    n = 10 if dataset == "digits" else 200
    values = {
        "frechet_distance": 10 - 9 * way,
        "precision": 0.1 + 0.8 * way,
        "coverage": 0.1 + 0.7 * way,
        "authenticity": originals,
        "bayesian_surprise": 0.6 - 0.2 * way,
    }
    known = {
        "key": f"{model}{dataset}{seed}",
        "status": "ok",
        "n_generated": 400,
        "fit_seconds": seconds,
        "preview": tuple(map(tuple, rng.normal(size=(n, size)).round(3).tolist())),
        "scores": {
            name: Score(metric=name, aim=AIMS[name], bounds=(-1e9, 1e9), status="ok", value=value)
            for name, value in values.items()
        },
    }
    return Record(model=model, dataset=dataset, seed=seed, family=family, **known | facts)


def hash_of(*parts):
    """Return a number that is the same in every process, as that of Python is not."""
    return sum(ord(c) * 31**i for i, c in enumerate("".join(map(str, parts)))) % 2**32


def board(n, *, datasets=DATASETS, seed=0, spread_of_seeds=2e-3):
    """Return the records of controls, a model that copies, and `n` honest ones."""
    rng = np.random.default_rng(seed)
    controls = {REAL: (1.0, 0.5), "noise": (0.0, 0.9), "copycat": (0.99, 0.0)}
    found = [
        record(model, dataset, s, way + 1e-3 * s, family="control", originals=originals,
               seconds=None if model == REAL else 1e-3)
        for model, (way, originals) in controls.items() for dataset in datasets for s in range(3)
    ]  # fmt: skip
    found += [
        record("copyist", dataset, s, 0.97 + 1e-3 * s, originals=0.01)
        for dataset in datasets
        for s in range(3)
    ]
    for i in range(n):
        seconds = float(10 ** rng.uniform(-1, 2))
        for dataset in datasets:
            way = rng.uniform(0.4, 0.95)
            found += [
                record(
                    f"model_{i:02}",
                    dataset,
                    s,
                    way + rng.normal() * spread_of_seeds,
                    family=FAMILIES[i % 4],
                    originals=rng.uniform(0.4, 0.6),
                    seconds=seconds * rng.uniform(0.9, 1.1),
                )
                for s in range(3)
            ]
    return found


def drawn(name, records):
    """Return a figure, with the frame beside it."""
    made = tables(records)
    every = overall(made)
    colours = family_colours(each.family for each in records)
    if name == "metrics":
        found = metric_correlations(made)
        return correlation_figure(found), correlation_frame(found)
    if name == "ranks":
        found = courses(every)
        names = every.datasets
        return ranks_figure(names, found, colours), ranks_frame(names, found)
    if name == "cost":
        found = costs(every)
        return cost_figure(found, colours), cost_frame(found)
    found = samples_of(made, every)
    return samples_figure(found), samples_frame(found)


def rows_of(frame):
    return list(csv.DictReader(io.StringIO(to_csv(frame).decode())))


def words_in(figure):
    return {t.get_text() for t in texts_in(figure)}


def texts_in(figure):
    found = [*figure.texts]
    for ax in figure.axes:
        found += [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            found += [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
            found += [t.label2 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
    found = [text for text in found if text.get_visible()]
    return [text for text in found if text.get_text()]


FEW, MANY = board(6), board(40, spread_of_seeds=0.03)
# Whom nobody needs to name crowds around those who are named.
CROWD = [
    replace(each, fit_seconds=each.fit_seconds and 50 + each.fit_seconds)
    for each in board(80, spread_of_seeds=0.01)
]


@pytest.mark.parametrize("name", MORE)
def test_records_in_any_order_give_the_same_bytes(name):
    shuffled = [FEW[i] for i in np.random.default_rng(0).permutation(len(FEW))]
    (one, numbers), (two, others) = drawn(name, FEW), drawn(name, shuffled)

    assert png(one) == png(two)
    assert svg(one) == svg(two)
    assert to_csv(numbers) == to_csv(others)


@pytest.mark.parametrize("records", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("name", MORE)
def test_figures_keep_to_their_size_and_no_word_lies_on_another(name, records):
    figure, _ = drawn(name, records)

    figure.draw_without_rendering()  # which puts all words in their places
    width, height = figure.get_size_inches()
    assert width <= WIDEST
    assert height <= HIGHEST
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts_in(figure)]
    boxes += [("legend", each.get_window_extent(renderer)) for each in figure.legends]
    for i, (word, box) in enumerate(boxes):
        assert not [other for other, beside in boxes[:i] if box.overlaps(beside)], word
    across, down = figure.get_size_inches() * figure.dpi
    for word, box in boxes:
        assert box.x0 >= 0, word
        assert box.y0 >= 0, word
        assert box.x1 <= across, word
        assert box.y1 <= down, word


@pytest.mark.parametrize("records", [FEW, MANY, CROWD], ids=["few", "many", "crowd"])
@pytest.mark.parametrize("name", ["ranks", "cost"])
def test_no_name_lies_on_a_point(name, records):
    figure, _ = drawn(name, records)

    renderer = FigureCanvasAgg(figure).get_renderer()
    (ax,) = figure.axes
    boxes = [t.get_window_extent(renderer) for t in ax.texts if t.get_text()]
    points = np.concatenate(
        [
            ax.transData.transform(line.get_xydata())
            for line in ax.lines
            if line.get_marker() not in ("None", "", None)
        ]
    )
    assert len(boxes) > 3
    assert len(points) > 5
    assert not [box for box in boxes for x, y in points if box.contains(x, y)]


def test_correlations_are_spearmans_of_losses_over_honest_models():
    records = [each for each in MANY if each.status == "ok"]
    found = metric_correlations(tables(records))

    honest = {f"model_{i:02}" for i in range(40)}
    for dataset in DATASETS:
        cells = [each for each in records if each.dataset == dataset]
        for i, one in enumerate(found.metrics):
            for j, other in enumerate(found.metrics):
                values = [
                    [e.mean for e in estimates(losses(cells, name), honest).values()]
                    for name in (one, other)
                ]
                expected = spearmanr(*values).statistic
                assert found.by_dataset[dataset][i, j] == pytest.approx(expected, abs=1e-12)
                assert found.models[dataset][i, j] == len(honest)
    assert found.mean == pytest.approx(np.mean(list(found.by_dataset.values()), axis=0))
    assert set(found.metrics) == set(AIMS)
    assert "frechet_distance" in found.headline


def test_controls_and_copiers_move_no_correlation():
    def mean_without(*models):
        kept = [each for each in MANY if each.model not in models]
        return metric_correlations(tables(kept)).mean

    assert np.array_equal(mean_without("noise_not_there"), mean_without("copycat", "copyist"))


def test_rank_correlation_with_ties_infinities_and_gaps():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 5, size=(4, 30)).astype(float)
    values[0, :3] = np.nan
    values[1, 2:6] = np.nan
    values[2, 7] = np.inf
    found = spearman(values)

    for i in range(4):
        for j in range(4):
            both = ~np.isnan(values[i]) & ~np.isnan(values[j])
            ranks = rankdata(values[i, both]), rankdata(values[j, both])
            assert found[i, j] == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-12)


def test_there_is_no_correlation_of_two_models_or_of_what_is_the_same_for_all():
    two_in_common = np.array([[1.0, 2.0, np.nan, 3.0], [2.0, 1.0, 3.0, np.nan]])
    constant = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]])

    assert np.isnan(spearman(two_in_common)[0, 1])
    assert np.isnan(spearman(constant)[0]).all()
    assert spearman(constant)[1, 1] == 1


def test_a_metric_like_no_other_is_named_and_pairs_without_a_number_have_a_reason():
    scores = {
        each.place: dict(each.scores)
        | {
            name: replace(each.scores["precision"], metric=name, value=value)
            for name, value in (("constant", 0.5), *([("rare", 1.0)] * (each.model == "model_00")))
        }
        for each in FEW
    }
    figure, frame = drawn("metrics", [replace(each, scores=scores[each.place]) for each in FEW])

    reasons = {row["metric"]: row["reason"] for row in rows_of(frame) if not row["other"]}
    assert reasons == dict.fromkeys(("constant", "rare"), "it can be held against no other metric")
    assert any("constant, rare" in word for word in words_in(figure))


def test_the_csv_of_metrics_holds_what_is_drawn():
    figure, frame = drawn("metrics", MANY)

    found = metric_correlations(tables(MANY))
    means = [row for row in rows_of(frame) if not row["dataset"]]
    assert len(means) == len(AIMS) * (len(AIMS) - 1) / 2
    for row in means:
        i, j = found.metrics.index(row["metric"]), found.metrics.index(row["other"])
        assert float(row["correlation"]) == found.mean[i, j]
        assert f"{found.mean[i, j]:z.2f}".replace("-", "−") in words_in(figure)
    per_dataset = [row for row in rows_of(frame) if row["dataset"]]
    assert {row["models"] for row in per_dataset} == {"40"}


def test_like_metrics_stand_side_by_side():
    found = metric_correlations(tables(MANY))

    alike = {"frechet_distance", "precision", "coverage", "bayesian_surprise"}  # by construction
    places = sorted(found.metrics.index(name) for name in alike)
    assert all(b - a == 1 for a, b in pairwise(places))


def test_places_are_of_ranked_models_by_agreement_with_ties_shared():
    every = overall(tables(FEW))
    found = courses(every)

    assert {course.line.model for course in found} == {f"model_{i:02}" for i in range(6)}
    for index, dataset in enumerate(DATASETS):
        values = [-course.line.rows[dataset].agreement.mean for course in found]
        assert [course.places[index] for course in found] == rankdata(values).tolist()
    assert [course.places[-1] for course in found] == [1, 2, 3, 4, 5, 6]


def test_a_clone_shares_its_place():
    clones = [replace(r, model="clone") for r in FEW if r.model == "model_00"]
    found = {c.line.model: c.places for c in courses(overall(tables([*FEW, *clones])))}

    assert found["clone"] == found["model_00"]
    assert {place % 1 for place in found["clone"]} == {0.5}


def test_names_of_equal_places_stand_one_below_the_other():
    clones = [replace(r, model=f"clone {i}") for r in FEW if r.model == "model_00" for i in "abc"]
    figure, _ = drawn("ranks", [*FEW, *clones])

    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    assert len(boxes) == 2 * 9
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])


def test_who_failed_on_a_data_set_has_no_place_there_and_the_csv_says_why():
    failed = [
        replace(each, status="error", phase="fit", reason="oh", scores={}, preview=())
        if (each.model, each.dataset) == ("model_02", "digits")
        else each
        for each in FEW
    ]
    figure, frame = drawn("ranks", failed)

    rows = {(row["dataset"], row["model"]): row for row in rows_of(frame)}
    assert rows["digits", "model_02"]["place"] == ""
    assert rows["digits", "model_02"]["reason"] == "failed with every seed"
    assert float(rows["", "model_02"]["place"]) >= 1
    samples = {(row["dataset"], row["model"]): row for row in rows_of(drawn("samples", failed)[1])}
    assert samples["digits", "model_02"]["reason"] == "error in fit: oh"
    assert png(figure)


def test_the_csv_of_ranks_holds_the_points_that_are_drawn():
    figure, frame = drawn("ranks", FEW)

    spots = {
        (round(float(x)), float(y))
        for line in figure.axes[0].lines
        if line.get_marker() not in ("None", "")
        for x, y in line.get_xydata()
    }
    rows = rows_of(frame)
    columns = {name: i for i, name in enumerate((*DATASETS, ""))}
    assert spots == {(columns[row["dataset"]], float(row["place"])) for row in rows}
    assert len(rows) == 6 * 4


def test_of_many_models_only_the_lead_group_is_named_in_ranks():
    figure, frame = drawn("ranks", MANY)

    lead = {r["model"] for r in rows_of(frame) if not r["dataset"] and r["group"] == "A"}
    named = {word for word in words_in(figure) if "model_" in word}
    assert 0 < len(lead) < 40
    assert {part for word in named for part in word.split() if "model_" in part} == lead


def test_names_are_spread_by_the_least_that_parts_them():
    found = spread([1.0, 1.0, 2.0, 9.0], gap=1.5, most=12)

    assert (np.diff(found) >= 1.5 - 1e-9).all()
    assert found[-1] == 9
    assert spread([1.0, 1.1, 1.2], gap=1, most=3).tolist() == [1, 2, 3]
    assert spread([2.0, 8.0], gap=1.5, most=12).tolist() == [2, 8]


def test_costs_are_mean_seconds_and_whom_nobody_beats_on_both():
    every = overall(tables(FEW))
    found = costs(every)

    assert found.absent == {REAL: "the seconds of its fits are not known"}
    for each in found.priced:
        seconds = [[r.fit_seconds for r in row.records] for row in each.line.rows.values()]
        assert each.seconds.mean == pytest.approx(np.mean(seconds))
        assert each.seconds.mean == each.line.seconds
    means = {each.model: (each.agreement.mean, each.seconds.mean) for each in found.priced}
    best = {
        each.model
        for each in found.priced
        if each.honest
        and not any(
            means[o.model][0] > means[each.model][0] and means[o.model][1] < means[each.model][1]
            for o in found.priced
            if o.honest
        )
    }
    assert {each.model for each in best_within(found)} == best
    front = {each.model for each in found.priced if each.on_front}
    assert best <= front
    assert front.isdisjoint({"copycat", "noise", "copyist"})


def test_who_is_slower_and_worse_for_sure_is_not_on_the_front():
    worse = [record("worse", d, s, 0.2 + 1e-3 * s, seconds=900.0 + s)
             for d in DATASETS for s in range(3)]  # fmt: skip
    found = {each.model: each for each in costs(overall(tables([*FEW, *worse]))).priced}

    assert not found["worse"].on_front


def test_the_csv_of_costs_holds_the_points_that_are_drawn():
    figure, frame = drawn("cost", FEW)

    spots = {
        tuple(map(float, line.get_xydata()[0]))
        for line in figure.axes[0].lines
        if line.get_marker() not in ("None", "")
    }
    rows = rows_of(frame)
    assert spots == {
        (float(row["seconds"]), min(max(float(row["agreement"]), 0.0), 1.08))
        for row in rows
        if not row["reason"]
    }
    assert [row["model"] for row in rows if row["reason"]] == [REAL]
    assert figure.axes[0].get_xscale() == "log"
    assert {"0.01", "1", "100"} <= {t.get_text() for t in figure.axes[0].get_xticklabels()}


def test_the_csv_of_samples_holds_what_is_drawn_of_the_first_seed():
    _, frame = drawn("samples", FEW)

    rows = rows_of(frame)
    kept = {each.place: each.preview for each in FEW}
    assert len(rows) == 3 * (6 + 4)
    for row in rows:
        preview = kept[row["dataset"], row["model"], 0]
        n = 8 if row["dataset"] == "digits" else 200
        assert json.loads(row["samples"]) == [list(sample) for sample in preview[:n]]
        assert row["seed"] == "0"
    assert rows[0]["model"] == REAL


def test_all_models_are_on_the_sheet_and_every_dot_is_in_its_frame():
    figure, _ = drawn("samples", MANY)

    assert {each.model for each in MANY} <= words_in(figure)
    (ax,) = figure.axes
    points = [line for line in ax.lines if line.get_marker() == "o"]
    frames = [patch.get_extents() for each in ax.collections for patch in each.get_paths()]
    for line in points:
        for x, y in line.get_xydata()[::97]:
            assert any(box.contains(x, y) for box in frames)
    assert len(ax.images) == 40 + 4


def test_no_picture_lies_on_another_or_on_a_frame():
    figure, _ = drawn("samples", FEW)

    (ax,) = figure.axes
    boxes = [patch.get_extents() for each in ax.collections for patch in each.get_paths()]
    for image in ax.images:
        left, right, bottom, top = image.get_extent()
        boxes.append(Bbox([[left, min(top, bottom)], [right, max(top, bottom)]]))
    assert len(boxes) == 3 * 10
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_there_is_no_figure_of_what_there_is_nothing_to_compare_in():
    two_models = [each for each in FEW if each.model in (REAL, "noise", "model_00", "model_01")]
    two_metrics = [
        replace(each, scores={n: each.scores[n] for n in ("precision", "coverage")}) for each in FEW
    ]
    controls = [each for each in FEW if each.family == "control"]
    no_scores = [replace(each, scores={}) for each in FEW]
    one_data_set = [each for each in FEW if each.dataset == "ring"]
    no_seconds = [replace(each, fit_seconds=None) for each in FEW]
    no_samples = [replace(each, preview=()) for each in FEW]

    assert metric_correlations(tables(two_models)) is None
    assert metric_correlations(tables(two_metrics)) is None
    assert metric_correlations(tables(controls)) is None
    assert metric_correlations(tables(no_scores)) is None
    assert courses(overall(tables(one_data_set))) is None
    assert courses(overall(tables(controls))) is None
    assert costs(overall(tables(controls))) is None
    assert costs(overall(tables(no_seconds))) is None
    assert samples_of(tables(no_samples), overall(tables(no_samples))) is None


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boards") / "mine"
    folder.mkdir()
    store.write(folder / "records.jsonl", FEW)
    report(folder)
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_report_has_the_files_of_every_figure_and_its_readme_folds_them_away(reported):
    found = contents(reported)

    assert {name for name in NAMES if not name.startswith("frontier")} <= set(found)
    readme = found["README.md"].decode()
    folded = readme[readme.index("<details><summary>More figures") :]
    for name in MORE:
        assert f"\n\n![{name}]({name}.png)\n" in folded[: folded.index("</details>")]
        assert f"({name}.csv)" in folded


def test_a_figure_of_an_earlier_report_that_has_nothing_to_show_any_more_is_removed(
    reported, tmp_path
):
    for path in reported.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "notes.csv").write_text("mine")
    (tmp_path / "frontier.png").write_text("old")
    little = [
        replace(each, preview=(), fit_seconds=None)
        for each in FEW
        if each.dataset == "ring" and each.model in (REAL, "noise", "model_00")
    ]
    store.write(tmp_path / "records.jsonl", little)
    report(tmp_path)

    gone = {f"{name}.{ending}" for name in MORE for ending in ("csv", "png", "svg")}
    assert set(contents(reported)) - set(contents(tmp_path)) == gone
    assert (tmp_path / "notes.csv").read_text() == "mine"
    assert not (tmp_path / "frontier.png").exists()
    assert "More figures" not in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_only_the_figure_of_costs_tells_how_fast_a_machine_is(reported, tmp_path):
    slower = [replace(r, fit_seconds=r.fit_seconds and 3.7 * r.fit_seconds) for r in FEW]
    other = tmp_path / "mine"
    other.mkdir()
    store.write(other / "records.jsonl", slower)
    report(other)

    one, two = contents(reported), contents(other)
    assert {name for name in one if one[name] != two[name]} == {
        "records.jsonl",
        "board.json",  # cites the records
        "index.html",
        "costs.csv",
        "cost.csv",
        "cost.png",
        "cost.svg",
    }


@pytest.mark.parametrize("name", MORE)
def test_any_name_can_be_drawn(name):
    names = ["$x^$", r"$\frac{$", "<script>", "a\nb", "x" * 200, " "]
    renamed = {f"model_0{i}": name for i, name in enumerate(names)}
    sets = dict(zip(DATASETS, ("$d$", "b" * 60, "all data sets"), strict=True))
    records = [
        replace(each, model=renamed.get(each.model, each.model), dataset=sets[each.dataset])
        for each in FEW
    ]
    figure, frame = drawn(name, records)

    assert png(figure)
    assert svg(figure)
    assert to_csv(frame)

"""Anchors, faces and originality: what counts, what does not, and what is said of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from genbench.metric import Score
from genbench.report.agreement import FACES, agreement
from genbench.report.anchors import anchors_of
from genbench.report.copying import Originality
from genbench.report.leaderboard import Rules, tables
from genbench.report.overall import overall
from genbench.runs.records import REAL, Record

AIMS = {"precision": "high", "coverage": "high", "authenticity": "match"}
METRICS = [name for names in FACES.values() for name in names]


def record(model, seed, *, dataset="ring", status="ok", errors=None, **values):
    scores = {
        name: Score(
            metric=name,
            aim=AIMS.get(name, "low"),
            bounds=(0, 1),
            status="ok",
            value=value,
            standard_error=errors,
        )
        for name, value in values.items()
    }
    controls = {REAL, "noise", "copycat", "noisy_bootstrap"}
    return Record(
        key=f"{dataset}{model}{seed}",
        dataset=dataset,
        model=model,
        family="control" if model in controls else "yours",
        seed=seed,
        status=status,
        n_generated=400,
        scores=scores,
    )


def seeds(model, values, metric="frechet_distance", **more):
    return [record(model, seed, **{metric: value}, **more) for seed, value in enumerate(values)]


def test_the_gap_is_between_means_in_root_mean_variances_of_controls():
    cells = [
        *seeds(REAL, (1.0, 2.0, 3.0)),
        *seeds("noise", (100.0, 104.0, 108.0)),
        *seeds("copycat", (1.0, 1.0, 1.0)),
        *seeds("wild", (0.0, 500.0, 90.0)),  # a competitor, however it scatters
    ]

    found = anchors_of(cells, "frechet_distance")

    assert found.gap == pytest.approx((104 - 2) / math.sqrt((1 + 16 + 0) / 3))
    assert (found.verdict, found.real, found.noise) == ("counts", 2, 104)
    assert found.share(53.0) == 0.5
    assert found.share(-100.0) == 2  # not cut off


@pytest.mark.parametrize(
    ("real", "noise", "verdict"),
    [
        ((0.0, 1.0, 2.0), (11.0, 12.0, 13.0), "counts"),
        ((0.0, 1.0, 2.0), (9.0, 10.0, 11.0), "too near"),
        ((0.0, 1.0, 2.0), (1.0, 1.0, 1.0), "out of order"),
        ((5.0, 6.0, 7.0), (1.0, 2.0, 3.0), "out of order"),
        ((0.0, 1.0, math.inf), (9.0, 10.0, 11.0), "missing"),
        ((1.0, 1.0, 1.0), (2.0, 2.0, 2.0), "counts"),
    ],
)
def test_a_metric_counts_where_noise_is_far_from_real_samples(real, noise, verdict):
    found = anchors_of([*seeds(REAL, real), *seeds("noise", noise)], "frechet_distance")

    assert found.verdict == verdict
    assert (found.problem is None) == (verdict == "counts")


def test_with_one_seed_the_gap_is_in_standard_errors_or_unchecked():
    drawn = ((REAL, 1.0, 3.0), ("noise", 21.0, 1.0))
    known = [record(model, 0, frechet_distance=v, errors=e) for model, v, e in drawn]
    blank = [record(model, 0, frechet_distance=v) for model, v, _ in drawn]

    assert anchors_of(known, "frechet_distance").gap == pytest.approx(20 / math.sqrt(5))
    assert anchors_of(blank, "frechet_distance").verdict == "unchecked"
    assert anchors_of(blank, "frechet_distance").counts


def board(models, *, metrics=METRICS, datasets=("ring",), n=5, spread=0.005):
    """Draw records of models, each as far from noise (0) to real samples (1) as it says."""
    ends = {name: (0.1, 0.9) if AIMS.get(name) == "high" else (10.0, 1.0) for name in metrics}
    cells = []
    for dataset in datasets:
        for model, way in ({REAL: 1.0, "noise": 0.0} | models).items():
            for seed in range(n):
                rng = np.random.default_rng([seed, *map(ord, model + dataset)])
                values = {
                    name: float(low + (way + spread * rng.normal()) * (high - low))
                    for name, (low, high) in ends.items()
                }
                cells.append(record(model, seed, dataset=dataset, **values))
    return cells


MODELS = {"good": 0.97, "fair": 0.8, "poor": 0.4}


def ranks(cells):
    (table,) = tables(cells)
    return {row.model: (row.standing and row.standing.letter, row.rank) for row in table.rows}


def test_the_headline_is_the_mean_of_faces_each_the_mean_of_its_metrics():
    cells = board(MODELS)
    found = agreement(cells)

    for cell in cells:
        shares = {
            face: np.mean([anchors_of(cells, n).share(value(cell, n)) for n in names])
            for face, names in FACES.items()
        }
        assert found.of[cell.model][cell.seed] == pytest.approx(np.mean(list(shares.values())))
        assert found.faces["distance"][cell.model][cell.seed] == pytest.approx(shares["distance"])


def value(cell, name):
    return -cell.value(name) if AIMS.get(name) == "high" else cell.value(name)


def test_real_samples_have_one_and_noise_has_nought():
    found = agreement(board(MODELS)).of

    assert np.mean(list(found[REAL].values())) == pytest.approx(1, abs=1e-12)
    assert np.mean(list(found["noise"].values())) == pytest.approx(0, abs=1e-12)


def test_the_unit_of_a_loss_changes_nothing():
    cells = board(MODELS)
    scaled = changed(cells, "frechet_distance", lambda value, _: 1000 * value)

    expected, found = agreement(cells).of, agreement(scaled).of
    for model, values in expected.items():
        assert found[model] == pytest.approx(values, abs=1e-12)


def changed(cells, metric, change):
    return [
        replace(
            cell,
            scores=dict(cell.scores)
            | {metric: replace(cell.scores[metric], value=change(cell.value(metric), cell))},
        )
        for cell in cells
    ]


def test_a_coin_is_dropped_and_named():
    cells = changed(board(MODELS), "precision", lambda _, cell: 0.5 + 0.1 * (-1) ** cell.seed)

    found = agreement(cells)

    assert "precision" not in found.metrics
    assert "fidelity" not in found.faces
    assert any(note.startswith("precision is left out") for note in found.notes)


def test_a_metric_with_its_sign_turned_is_out_of_order():
    cells = changed(board(MODELS), "coverage", lambda value, _: 1 - value)

    assert anchors_of(cells, "coverage").verdict == "out of order"
    assert "coverage" not in agreement(cells).metrics


def test_a_metric_twice_in_its_face_moves_nothing_but_the_face():
    cells = board(MODELS, spread=0.01)
    twice = FACES | {"distance": (*FACES["distance"], "frechet_distance")}

    once, again = agreement(cells).of, agreement(cells, twice).of

    for model, values in once.items():
        assert again[model] == pytest.approx(values, abs=0.05)


def test_fewer_than_two_faces_make_no_headline():
    cells = board(MODELS, metrics=("precision",))

    found = agreement(cells)
    (table,) = tables(cells)

    assert not found.of
    assert any("only fidelity is left" in note for note in found.notes)
    assert all(row.rank is None for row in table.rows)
    assert agreement(cells, {"fidelity": ("precision",)}).of  # the board itself asks for one


def test_one_seed_is_an_order_and_not_a_ranking():
    (table,) = tables(board(MODELS, n=1))

    assert [row.model for row in table.rows if row.competes] == ["good", "fair", "poor"]
    assert all(row.standing is None and row.agreement.half is None for row in table.rows)
    assert "Fewer than three seeds: an order, not a ranking." in table.notes
    assert not any(cell.best for row in table.rows for cell in row.cells.values())


def test_where_all_copy_nobody_says_that_seeds_are_few():
    cells = board({"copyist": 0.99}, metrics=(*METRICS, "authenticity"))
    own = {"copyist": 0.01, "noise": 0.9}
    (table,) = tables(changed(cells, "authenticity", lambda _, cell: own.get(cell.model, 0.5)))

    assert table.by_model["copyist"].standing is None
    assert not any("three seeds" in note for note in table.notes)


def test_separated_models_are_ranked_and_real_samples_are_not():
    assert ranks(board(MODELS)) == {
        REAL: (None, None),
        "good": ("A", "1"),
        "fair": ("B", "2"),
        "poor": ("C", "3"),
        "noise": (None, None),
    }


def test_names_and_the_order_of_records_change_nothing():
    cells = board(MODELS)
    renamed = [replace(c, model=f"z{c.model}") if c.family == "yours" else c for c in cells]

    assert tables(cells[::-1]) == tables(cells)
    assert list(ranks(renamed).values()) == list(ranks(cells).values())


@pytest.mark.parametrize(("share", "copies"), [(0.0, True), (0.2, True), (0.24, True), (0.3, False),
                                               (0.5, False), (1.0, False)])  # fmt: skip
def test_a_copyist_has_less_than_half_of_the_originals(share, copies):
    assert Originality(share=share, real=0.5, n=1000).copies is copies


def test_few_samples_may_be_copies_by_chance():
    """(r - x) / sqrt((r (1 - r) + x (1 - x)) / n), by hand: 2.33 for 10, 3.3 not reached."""
    few, many = (Originality(share=0.15, real=0.5, n=n) for n in (10, 100))

    assert (0.5 - 0.15) / math.sqrt((0.25 + 0.15 * 0.85) / 10) < 3.3
    assert (few.copies, many.copies) == (False, True)
    assert many.relative == pytest.approx(0.3)
    assert Originality(share=0.0, real=0.0, n=100).relative is None


def test_honest_models_are_hardly_ever_called_copyists():
    rng = np.random.default_rng(0)
    share = rng.binomial(399, 0.54, size=20_000) / 399

    assert not any(Originality(share=float(x), real=0.54, n=399).copies for x in share)


def test_a_copyist_keeps_its_place_without_a_rank_and_others_move_up():
    cells = board({"copyist": 0.99} | MODELS, metrics=(*METRICS, "authenticity"))
    own = {"copyist": 0.01, "noise": 0.9}
    cells = changed(cells, "authenticity", lambda _, cell: own.get(cell.model, 0.5))
    (table,) = tables(cells)
    (ranked,) = tables(cells, Rules(copiers_ranked=True))
    by_model = table.by_model

    assert [row.model for row in table.rows][:3] == [REAL, "copyist", "good"]
    assert (by_model["copyist"].copies_train, by_model["copyist"].rank) == (True, None)
    assert by_model["good"].rank == "1"
    assert by_model["copyist"].mark == "copies"
    assert ranked.by_model["copyist"].rank in ("1", "1-2")
    assert ranked.by_model["copyist"].copies_train


def test_two_thirds_of_the_seeds_suffice_and_fewer_are_imputed():
    cells = board(MODELS, n=6)
    failed = {"good": (0, 1), "fair": (0, 1, 2)}
    cells = [
        replace(c, status="crash", scores={}) if c.seed in failed.get(c.model, ()) else c
        for c in cells
    ]
    (table,) = tables(cells)

    good, fair = table.by_model["good"], table.by_model["fair"]
    assert (len(good.agreement.values), good.imputed) == (4, False)
    assert (fair.agreement.mean, fair.imputed) == (0, True)
    assert fair.mark == "3 of 6 seeds, agreement imputed"
    assert fair.rank == "3"


def test_what_was_made_otherwise_stands_in_no_column():
    cells = board(MODELS)
    cells = [replace(c, n_test=100) if c.model == "good" and c.seed == 1 else c for c in cells]
    (table,) = tables(cells)

    ((record, why),) = table.otherwise
    assert (record.model, record.seed) == ("good", 1)
    assert why == "another number of test samples (100 for 0)"
    assert len(table.by_model["good"].records) == 4


def test_a_data_set_that_tells_models_apart_badly_says_so():
    (table,) = tables(board({f"m{i}": 0.9 for i in range(8)}, spread=0.04))

    assert any("tells models apart badly" in note for note in table.notes)


DATASETS = ("one", "two", "three")


def test_over_all_data_sets_each_weighs_the_same_however_many_seeds_it_has():
    cells = board(MODELS, datasets=("one",), n=3) + board(MODELS, datasets=("two",), n=8)
    made = tables(cells)

    line = overall(made).by_model["fair"]

    assert line.agreement.mean == pytest.approx(
        np.mean([table.by_model["fair"].agreement.mean for table in made])
    )
    assert [each.model for each in overall(made).lines] == [REAL, "good", "fair", "poor", "noise"]
    assert [each.rank for each in overall(made).lines] == [None, "1", "2", "3", None]


def test_who_was_refused_on_one_data_set_is_listed_and_not_ranked():
    cells = board(MODELS, datasets=DATASETS)
    refused = [
        replace(c, status="skipped", reason="needs pictures", scores={})
        if (c.model, c.dataset) == ("good", "two")
        else c
        for c in cells
    ]
    found = overall(tables(refused))

    (incomplete,) = found.incomplete
    assert (incomplete.model, incomplete.done, incomplete.of) == ("good", 2, 3)
    assert incomplete.reasons == {"two": "skipped: needs pictures"}
    assert "good" not in found.by_model
    assert found.by_model["fair"].rank == "1"


def test_who_failed_with_every_seed_of_a_data_set_has_the_agreement_of_noise_there():
    cells = board(MODELS, datasets=DATASETS)
    failed = [
        replace(c, status="oom", scores={}) if (c.model, c.dataset) == ("good", "two") else c
        for c in cells
    ]
    line = overall(tables(failed)).by_model["good"]
    whole = overall(tables(cells)).by_model["good"]

    assert line.imputed == 1
    assert line.agreement.mean == pytest.approx(
        whole.agreement.mean - whole.rows["two"].agreement.mean / 3
    )


def test_copying_on_most_data_sets_takes_the_rank_and_on_one_marks_it():
    cells = board({"copyist": 0.99} | MODELS, metrics=(*METRICS, "authenticity"), datasets=DATASETS)

    def originals(_, cell):
        copied = {"copyist": DATASETS[:2], "good": DATASETS[:1]}.get(cell.model, ())
        return 0.01 if cell.dataset in copied else 0.5

    found = overall(tables(changed(cells, "authenticity", originals)))

    copyist, good = found.by_model["copyist"], found.by_model["good"]
    assert (copyist.copies, copyist.standing) == (True, None)
    assert (good.copied, good.copies, good.rank) == (("one",), False, "1")
    assert good.originality == pytest.approx((0.02 + 1 + 1) / 3)


def test_a_data_set_without_a_headline_is_left_out_and_named():
    cells = board(MODELS, datasets=("one",)) + board(
        MODELS, datasets=("blind",), metrics=("precision",)
    )

    found = overall(tables(cells))

    assert (found.datasets, found.without) == (("one",), ("blind",))


def test_adding_or_removing_a_model_changes_no_agreement_of_another():
    crowd = board(MODELS | {f"clone {i}": 0.97 for i in range(4)}, datasets=DATASETS)
    alone = [cell for cell in crowd if "clone" not in cell.model]

    many, few = (overall(tables(cells)).by_model for cells in (crowd, alone))

    for model in MODELS:
        assert many[model].agreement == few[model].agreement

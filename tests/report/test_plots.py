"""Figures: the same bytes twice, names that do not hide one another, names that mean no harm."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from genbench.metric import Score
from genbench.report import bars, figures, plots
from genbench.report.labels import place
from genbench.report.leaderboard import Rules, tables
from genbench.report.overall import overall
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs.records import REAL, Record


def record(model, seed=0, *, family="yours", status="ok", **values):
    scores = {
        name: Score(metric=name, aim="high", bounds=(0, 1), status="ok", value=value)
        for name, value in values.items()
    }
    return Record(
        key=f"{model}{seed}",
        dataset="ring",
        model=model,
        family="control" if model in (REAL, "noise") else family,
        seed=seed,
        status=status,
        scores=scores,
    )


FACES = {"fidelity": ("precision",)}
RECORDS = [
    record(REAL, precision=0.9, bayesian_surprise=0.5),
    record("noise", precision=0.1, bayesian_surprise=2.0),
    *(record("a", seed, precision=0.7, bayesian_surprise=0.4 + seed / 10) for seed in range(3)),
    record("b", family="GAN", precision=0.6, bayesian_surprise=0.7),
    record("broken", family="GAN", status="timeout"),
]


def words(figure):
    texts = [*figure.texts, *(legend for each in figure.legends for legend in each.get_texts())]
    for ax in figure.axes:
        texts += [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label]
        texts += [*ax.texts, *ax.get_yticklabels()]
    return {text.get_text() for text in texts}


def make_tradeoff(records=RECORDS):
    return plots.novelty_quality(novelty_quality_points(records))


def make_bars(records=RECORDS):
    made = tables(records, Rules(faces=FACES))
    return bars.agreement_bars(overall(made), made, {"yours": "#0173b2", "GAN": "#de8f05"})


@pytest.mark.parametrize("make", [make_tradeoff, make_bars])
def test_the_same_records_give_the_same_bytes_without_date_or_version(make):
    one, two = make(), make(RECORDS[::-1])
    drawing, picture = figures.svg(one), figures.png(one)

    assert figures.svg(two) == drawing
    assert figures.png(two) == picture
    assert b"<dc:date>" not in drawing
    assert b"matplotlib.org" not in drawing
    assert b"Software" not in picture


def test_the_panel_names_its_axes_its_points_and_who_is_missing():
    found = words(make_tradeoff())

    assert "bayesian surprise [nats], best where real samples are" in found
    assert "precision [share of samples], more is better" in found
    assert {"ring", REAL, "a", "b", "not shown: broken"} <= found
    assert {"GAN", "yours", "real samples", "noise"} <= found


def test_noise_far_away_is_named_with_its_place_and_does_not_squeeze_the_rest():
    figure = make_tradeoff()

    assert figure.axes[0].get_xlim()[1] < 1
    assert "noise is at (2.00, 0.100)" in words(figure)


def test_seeds_are_drawn_as_a_cross():
    lines = [tuple(line.get_xdata()) for line in make_tradeoff().axes[0].lines]

    assert (pytest.approx(0.4), pytest.approx(0.6)) in lines


def test_dashes_meet_at_real_samples():
    dashed = [line for line in make_tradeoff().axes[0].lines if line.get_linestyle() == "--"]

    assert [set(line.get_xdata()) for line in dashed] == [{0.5}, {0, 1}]
    assert [set(line.get_ydata()) for line in dashed] == [{0, 1}, {0.9}]


def test_of_many_models_few_are_named():
    rng = np.random.default_rng(0)
    crowd = [
        record(f"m{i}", precision=float(p), bayesian_surprise=float(b))
        for i, (p, b) in enumerate(rng.uniform(0.5, 0.8, size=(60, 2)))
    ]
    panels = novelty_quality_points([*RECORDS, *crowd])
    figure = plots.novelty_quality(panels, leads={"ring": {"m0", "m1"}})

    named = {text.get_text() for text in figure.axes[0].texts if text.get_text()}
    assert {REAL, "m0", "m1"} <= named
    assert len(named) <= 2 + 12


def test_no_name_hides_a_point_or_a_name():
    """Measured on the drawing itself, in the boxes that letters and markers take there."""
    rng = np.random.default_rng(1)
    crowd = [
        record(f"model_{i}", precision=float(p), bayesian_surprise=float(b))
        for i, (p, b) in enumerate(rng.normal((0.7, 0.6), 0.03, size=(20, 2)))
    ]
    figure = plots.novelty_quality(novelty_quality_points([*RECORDS[:2], *crowd]))
    renderer = FigureCanvasAgg(figure).get_renderer()
    (ax,) = figure.axes[:1]
    names = [text.get_window_extent(renderer) for text in ax.texts if text.get_text()]
    spots = [
        ax.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
        for line in ax.lines
        if line.get_marker() not in ("None", "")
    ]

    assert len(names) > 12
    for i, box in enumerate(names):
        assert not any(box.overlaps(other) for other in names[:i])
        assert not any(box.contains(*spot) for spot in spots)


def test_an_infinite_number_is_not_drawn_but_named():
    records = [*RECORDS, record("endless", precision=0.5, bayesian_surprise=float("inf"))]

    assert "not shown: broken, endless" in words(make_tradeoff(records))


def test_a_board_without_both_numbers_says_so():
    assert "no model has both numbers" in words(make_tradeoff([record("a", precision=0.5)]))


def test_the_headline_names_groups_anchors_and_who_is_not_shown():
    models = {REAL: 0.9, "noise": 0.1} | {f"m{i:02}": 0.8 - 0.03 * i for i in range(20)}
    records = [
        record(model, seed, precision=value + 1e-4 * seed)
        for model, value in models.items()
        for seed in range(3)
    ]
    found = words(make_bars(records))

    assert {REAL, "noise", "m00", "m11", "group A", "group B", "a perfect model"} <= found
    assert "m12" not in found
    assert "8 more models below are in the tables" in found


def test_the_headline_says_that_there_is_none():
    assert "no agreement on ring" in words(make_bars([record("a", recall=1.0)]))


def test_numbers_of_a_logarithmic_axis_are_written_out():
    far = [record(f"m{i}", precision=0.5, bayesian_surprise=10.0**-i) for i in range(4)]
    figure = make_tradeoff([*far, record("far", precision=0.5, bayesian_surprise=100.0)])

    assert figure.axes[0].get_xscale() == "log"
    numbers = {text.get_text() for text in figure.axes[0].get_xticklabels()}
    assert {"0.01", "1", "100"} <= numbers


def test_any_name_can_be_drawn():
    names = ["$x^$", r"$\frac{$", "<script>", "a\nb", "x" * 200]
    records = [*RECORDS, *(record(name, precision=0.5, bayesian_surprise=0.5) for name in names)]

    assert figures.svg(make_tradeoff(records))
    assert figures.svg(make_bars(records))


def test_names_do_not_overlap_even_in_a_crowd():
    rng = np.random.default_rng(0)
    points = [(float(x), float(y)) for x, y in rng.normal((250, 200), 35, size=(20, 2))]
    sizes = [(60.0, 9.0)] * 20

    centres = place(points, sizes, (0, 0, 500, 400))

    assert None not in centres
    apart = np.abs(np.array(centres)[:, None] - np.array(centres)) >= (60 - 1e-6, 9 - 1e-6)
    assert (apart.any(axis=-1) | np.eye(20, dtype=bool)).all()
    assert np.all(np.abs(np.array(centres) - (250, 200)) <= (250 - 30, 200 - 4.5))


def test_a_name_without_room_is_left_out():
    points = [(10.0, 10.0), (10.0, 11.0), (11.0, 10.0)]

    assert None in place(points, [(20.0, 9.0)] * 3, (0, 0, 44, 30))


def test_a_name_hides_no_point_that_has_none():
    (centre,) = place([(50.0, 50.0)], [(40.0, 9.0)], (0, 0, 100, 100), others=[(78.0, 50.0)])

    assert abs(centre[0] - 78) >= 20 or abs(centre[1] - 50) >= 4.5


def test_families_keep_their_colour_and_no_two_share_one():
    found = figures.family_colours([f"family {i}" for i in range(20)])

    assert len(set(found.values())) == 20


def test_many_models_without_a_place_do_not_push_the_figure_away():
    names = (f"/some/long/folder/of/mine/zoo.py:Model{i:02}" for i in range(40))
    records = [record(name, precision=0.5) for name in names] + RECORDS

    (said,) = (word for word in words(make_tradeoff(records)) if "not shown" in word)

    assert "Model00" in said
    assert said.endswith(" and 39 more")  # with the one that is broken

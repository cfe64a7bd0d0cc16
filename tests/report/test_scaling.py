"""What records of a model of several sizes tell: trials, laws, and files that they alone make."""

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.metric import Score
from genbench.report.scaling import scalings
from genbench.report.scaling_folder import contents_of, scalings_in, write_report
from genbench.report.scaling_laws import lines, untold
from genbench.report.scaling_plot import scaling_figure
from genbench.runs import records
from genbench.runs.records import REAL, Record
from genbench.sequences.scaling.loss_law import LossLaw

TRUTH = LossLaw(
    floor=1.2, size_factor=10.0, size_exponent=0.4, data_factor=60.0, data_exponent=0.35
)
WIDTHS, ROWS, LENGTH = (16, 32, 64, 128), (128, 256, 512, 1024), 128


def score(name, value, **facts):
    return Score(
        metric=name, aim="low", bounds=(-math.inf, math.inf), status="ok", value=value, **facts
    )


def record(width, rows, seed, *, noise=0.005, model="grower", dataset="english"):
    rng = rng_for(seed, str(width), str(rows))
    size = 3 * width**2
    loss = float(TRUTH(size, rows * LENGTH)) * (1 + noise * rng.normal())
    return Record(
        key=f"{dataset}-{model}-{width}-{rows}-{seed}",
        dataset=f"{dataset}/{rows}",
        model=f"{model}#width={width}",
        family="autoregressive",
        seed=seed,
        status="ok",
        n_train=rows,
        n_parameters=size,
        n_seen=10 * rows * LENGTH,
        fit_seconds=1e-4 * size**0.9,
        scores={
            "bits_per_symbol": score(
                "bits_per_symbol", loss, parameters={"n_rows": 50, "n_symbols": 50 * LENGTH}
            ),
            "excess_bits": score("excess_bits", loss - 1.25),
            "likelihood_gap": score("likelihood_gap", LENGTH * math.log(2) * size**0.74 / rows),
        },
    )


def grid(**how):
    return [record(w, n, s, **how) for w in WIDTHS for n in ROWS for s in (0, 1)]


@pytest.fixture(scope="module")
def found():
    (one,) = scalings(grid())
    return one  # with its law, once that was fitted


def test_a_cell_tells_sizes_symbols_compute_and_losses_of_its_seeds(found):
    first = found.trials[0]
    assert (found.dataset, found.model, len(found.trials)) == ("english", "grower", 16)
    assert (first.width, first.rows, first.size) == (16, 128, 768)
    assert first.amount == 128 * LENGTH
    assert first.compute == 6 * 768 * 10 * 128 * LENGTH
    assert first.losses == tuple(record(16, 128, seed).value("bits_per_symbol") for seed in (0, 1))
    assert first.gaps == pytest.approx([768**0.74 / 128] * 2)
    assert found.entropy == pytest.approx(1.25)


def test_the_law_that_the_losses_have_lies_inside_its_intervals(found):
    for name in ("floor", "size_exponent", "data_exponent"):
        assert found.fit.may_be(name, getattr(TRUTH, name))
    told = {(line.law, line.quantity): line for line in lines(found)}
    law = "L = E + A N^-alpha + B D^-beta"
    floor = told[law, "E, the loss of no end of parameters and data"]
    assert floor.value == found.fit.law.floor
    assert floor.beside == "1.25 under the true law: inside"
    ratio = told[law, "alpha / beta: data grow as N to this"]
    assert ratio.value == pytest.approx(found.fit.law.size_exponent / found.fit.law.data_exponent)
    assert ratio.low < ratio.value < ratio.high


def test_power_laws_say_whether_one_and_three_quarters_lie_inside(found):
    told = {line.law: line for line in lines(found)}
    seconds = told["seconds of a fit by parameters, 1024 rows: y = k x^a"]
    assert seconds.value == pytest.approx(0.9)
    assert seconds.beside == "1 outside, 3/4 outside"
    needed = told["data for one loss by parameters: y = k x^a"]
    assert needed.value < 0  # larger models need less


@pytest.mark.parametrize(
    ("by_size", "exponent", "said"),
    [
        (-0.1, -0.25, "larger models need less"),
        (0.0, 0.0, "0 inside: not told"),
        (0.1, 0.25, "larger models need more"),
    ],
)
def test_whether_larger_models_need_less_data_is_said(by_size, exponent, said):
    cells = []
    for each in (record(width, n, 0) for width in (16, 20, 24) for n in (128, 1024)):
        bits = each.scores["bits_per_symbol"]
        # One number where rows grow as the size to a power.
        loss = each.n_parameters**by_size * each.n_train**-0.4
        scores = each.scores | {"bits_per_symbol": replace(bits, value=loss)}
        cells.append(replace(each, scores=scores))
    (one,) = scalings(cells)

    (line,) = (each for each in lines(one) if each.law.startswith("data for one loss"))

    assert (line.value, line.beside) == (pytest.approx(exponent, abs=1e-9), said)


def test_the_end_of_each_curve_by_data_is_foretold_by_what_comes_before_it(found):
    ends = [line for line in lines(found) if line.law.startswith("the end of a curve by data")]

    assert [line.quantity for line in ends] == [f"width {w}, 1024 rows: foretold" for w in WIDTHS]
    first = found.of_width(16)
    amounts, losses = ([getattr(one, name) for one in first] for name in ("amount", "loss"))
    curve = np.polyfit(np.log(amounts[:-1]), np.log(losses[:-1]), 1)
    assert ends[0].value == pytest.approx(math.exp(np.polyval(curve, math.log(amounts[-1]))))
    assert ends[0].low < ends[0].value < ends[0].high
    assert ends[0].beside.startswith(f"found {losses[-1]:.4g}: ")
    assert untold(found) == []


def test_what_orders_the_gaps_is_told(found):
    (by_both, by_data) = (line for line in lines(found) if "rank correlation" in line.quantity)
    assert by_both.value == pytest.approx(1)  # they were made by it
    assert by_data.value < 1


def test_parameters_beside_the_width_are_part_of_the_model():
    deep = [replace(each, model=each.model.replace("#", "#depth=2,")) for each in grid()]

    found = scalings([*grid(), *deep])

    assert [one.model for one in found] == ["grower", "grower#depth=2"]


def test_cells_without_a_number_are_left_out_and_said():
    known = grid()
    known[0] = replace(known[0], status="timeout", phase="fit", reason="Too long.", scores={})
    known[1] = replace(known[1], n_seen=None)
    known[2] = replace(
        known[2],
        scores={
            "bits_per_symbol": Score(
                metric="bits_per_symbol",
                aim="low",
                bounds=(0.0, math.inf),
                status="unavailable",
                reason="the model holds 2 of 50 rows to be impossible",
            )
        },
    )
    real = replace(known[3], model=REAL)

    (found,) = scalings([*known, real])

    assert [len(one.losses) for one in found.trials[:2]] == [1, 2]
    assert found.trials[0].rows == 256
    assert found.left_out == (
        "english/128, grower#width=16, seed 0: timeout in fit. Too long.",
        "english/128, grower#width=16, seed 1: the model does not say how many parameters it has, "
        "and how much it has seen.",
        "english/256, grower#width=16, seed 0: no bits_per_symbol: the model holds 2 of 50 rows to "
        "be impossible.",
    )


def test_too_few_cells_have_no_law_and_still_a_table():
    (found,) = scalings([record(w, n, 0) for w in (16, 32) for n in (128, 256)])

    files = contents_of([found], "genbench scale --again here")

    assert found.fit is None
    readme = files["README.md"].decode()
    assert "4 cells are too few for a law of 5 parameters" in readme
    assert untold(found) == [
        "How much less data larger models need for one loss: 3 widths with all amounts of data are"
        " needed, not 2.",
        *(
            f"The end of the curve by data from its beginning, width {width}: A power law is fitted"
            " to 3 points or more, not to 1."
            for width in (16, 32)
        ),
    ]
    assert all(f"- {sentence}" in readme for sentence in untold(found))
    assert len(files["trials.csv"].decode().splitlines()) == 5
    assert files["english_grower.png"].startswith(b"\x89PNG")


def test_files_are_a_function_of_the_records_alone(tmp_path):
    records.write(tmp_path / "records.jsonl", grid()[:10])
    made = []
    for _ in range(2):
        written = write_report(tmp_path, scalings_in(tmp_path), command="genbench scale")
        made.append({path.name: path.read_bytes() for path in written})

    assert made[0] == made[1]
    assert sorted(made[0]) == [
        "README.md",
        "english_grower.png",
        "english_grower.svg",
        "laws.csv",
        "trials.csv",
    ]


def test_text_of_others_is_inert_in_the_readme():
    (one,) = scalings(grid(model="<b>|my.py:Model")[:4])

    text = contents_of([one], "genbench scale")["README.md"].decode()

    assert "<b>" not in text
    assert "## &lt;b&gt;\\|my.py:Model on english" in text


def test_an_exponent_that_the_trials_do_not_tell_is_marked(found):
    flat = []
    for each in grid():
        bits = each.scores["bits_per_symbol"]
        by_data = replace(bits, value=2 + 60 * (each.n_train * LENGTH) ** -0.35)
        flat.append(replace(each, scores=each.scores | {"bits_per_symbol": by_data}))
    (one,) = scalings(flat)

    first = {line.quantity: line.beside for line in reversed(lines(one))}

    assert first["alpha, of parameters"] == "these trials do not tell it"
    assert first["beta, of data"] == ""
    assert found.fit.is_told("size_exponent")


def test_a_folder_of_other_records_is_no_scaling(tmp_path):
    with pytest.raises(BadInput, match="no records"):
        scalings_in(tmp_path)
    records.write(tmp_path / "records.jsonl", [replace(grid()[0], model="grower")])
    with pytest.raises(BadInput, match="No record is of a model of some width"):
        scalings_in(tmp_path)


def drawn_lines(figure: Figure, dashed: bool):
    by_data = figure.axes[0]
    kind = "--" if dashed else "-"
    return [
        line
        for line in by_data.get_lines()
        if line.get_linestyle() == kind and len(line.get_xdata()) > 2
    ]


def test_the_law_is_dashed_beyond_what_was_tried(found):
    figure = scaling_figure(found)

    furthest = ROWS[-1] * LENGTH
    inside, beyond = drawn_lines(figure, False), drawn_lines(figure, True)
    assert len(inside) == len(beyond) == len(WIDTHS)
    assert all(np.max(line.get_xdata()) <= furthest * 1.000001 for line in inside)
    assert all(np.min(line.get_xdata()) >= furthest * 0.999999 for line in beyond)
    law = found.fit.law
    assert inside[0].get_ydata() == pytest.approx(law(768.0, np.array(inside[0].get_xdata())))

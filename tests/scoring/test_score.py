"""The door `genbench.score`: what it takes, what it gives, and what it says of everything else."""

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

import genbench
from genbench import BadInput, Score, Scores
from genbench.ground.arrays import as_probabilities, as_samples, has_channels_first
from genbench.metrics import ALIASES, CATALOG
from genbench.scoring.accumulators import FeatureMoments
from genbench.scoring.inputs import comparison_of

QUICK = ["fid", "coverage", "authenticity"]  # metrics that train nothing
RNG = np.random.default_rng(0)
TEST, GENERATED, TRAIN = RNG.normal(size=(3, 40, 2))
TABLE = RNG.dirichlet(np.ones(3), size=40)


def score(**arguments):
    return genbench.score(**{"test": TEST, "generated": GENERATED, "metrics": QUICK, **arguments})


def message(**arguments):
    with pytest.raises(BadInput) as caught:
        score(**arguments)
    return str(caught.value)


# What it gives


def test_arguments_have_names():
    with pytest.raises(TypeError, match="positional"):
        genbench.score(TEST, GENERATED)


def test_a_score_says_all_it_takes_to_read_it():
    found = score()["coverage"]

    assert found.metric == "coverage"
    assert (found.status, found.reason) == ("ok", None)
    assert isinstance(found.value, float)
    assert (found.aim, found.bounds, found.chance) == ("high", (0, 1), 0.0)
    assert 0 < found.ideal < 1
    assert found.seconds > 0
    with pytest.raises(FrozenInstanceError):
        found.value = 1.0


def test_standard_errors_come_where_they_are_known():
    scores = score(metrics=["precision", "ndb"])

    assert scores["precision"].standard_error >= 0
    assert scores["precision"].uncertainty == "spread over disjoint parts of all sets"
    assert scores["ndb"].standard_error is scores["ndb"].uncertainty is None
    assert 0 <= scores["ndb"].p_value <= 1
    assert "±" in repr(scores)


def test_scores_are_a_mapping_by_name_and_acronym():
    scores = score()

    assert isinstance(scores, Scores)
    assert list(scores) == ["frechet_distance", "coverage", "authenticity"]
    assert len(scores) == 3
    assert scores["FID"] is scores["fid"] is scores["frechet_distance"]
    assert "fid" in scores
    assert "kid" not in scores
    with pytest.raises(KeyError, match="No metric named 'fdi'"):
        scores["fdi"]


@pytest.mark.parametrize("alias", ALIASES)
def test_every_acronym_finds_its_metric(alias):
    assert list(score(metrics=[alias.upper()])) == [ALIASES[alias]]


def test_names_may_be_spelt_in_any_usual_way_and_given_alone():
    assert list(score(metrics="Frechet-Distance ")) == ["frechet_distance"]
    assert list(score(metrics=("frechet distance",))) == ["frechet_distance"]


def test_what_cannot_be_had_is_skipped_with_the_reason():
    scores = genbench.score(test=TEST[:10], generated=GENERATED[:10])

    skipped = {name: found.reason for name, found in scores.items() if found.status == "skipped"}
    assert list(scores) == list(CATALOG)
    assert skipped["authenticity"] == "There are no train samples."
    assert skipped["inception_score"] == (
        "There are no class probabilities of the generated samples."
    )
    assert skipped["critic_distance"] == "Needs 20 points of each set; there are 10."
    assert skipped["log_likelihood"] == "The model has no log_prob."
    assert all(scores[name].value is None for name in skipped)
    assert scores["fid"].value > 0


@pytest.mark.parametrize("name", [name for name in CATALOG if name != "wasserstein_distance"])
def test_one_sample_is_too_few_and_no_error(name):
    found = score(generated=GENERATED[:1], train=TRAIN, metrics=[name])[name]

    assert found.status in {"ok", "skipped"}
    assert found.status == "ok" or found.reason.endswith(".")


def test_probabilities_of_generated_samples_suffice_for_their_scores():
    scores = genbench.score(generated_probabilities=TABLE)

    assert scores["inception_score"].value > 1
    assert scores["inception_score"].chance == 1
    assert scores["inception_score"].ideal is None
    assert scores["modified_inception_score"].value > 1
    assert "law of the classes" in scores["mode_score"].reason
    assert scores["fid"].reason == "There are no generated samples."


def test_labels_of_test_samples_give_the_law_of_the_classes():
    labels = np.arange(40) % 2

    scores = score(
        test_labels=labels, generated_probabilities=np.tile([0.5, 0.5, 0.0], (40, 1)), metrics="ms"
    )

    assert scores["ms"].value == pytest.approx(1)


def test_training_probabilities_come_first_in_the_law_of_the_classes():
    sure = np.tile(np.eye(3), (4, 1))
    arguments = {"generated_probabilities": sure, "metrics": "am"}

    even = genbench.score(train_probabilities=sure, test_probabilities=TABLE, **arguments)
    uneven = genbench.score(test_probabilities=TABLE, **arguments)

    assert even["am"].value == pytest.approx(0, abs=1e-12)
    assert uneven["am"].value > 1e-6


def test_labels_of_generated_samples_are_the_classes_of_the_modified_inception_score():
    table = np.repeat([[0.6, 0.4], [0.4, 0.6]], 5, axis=0)

    likeliest = genbench.score(generated_probabilities=table, metrics="m-is")
    mixed = genbench.score(
        generated_probabilities=table, generated_labels=np.arange(10) % 2, metrics="m-is"
    )

    assert likeliest["m_is"].value == pytest.approx(1)
    # In each class three of one kind and two of the other: 12 of 20 pairs differ.
    assert mixed["m_is"].value == pytest.approx(np.exp(0.6 * 0.2 * np.log(1.5)))


# What it takes


def test_tensors_and_lists_are_as_good_as_arrays():
    tensors = {
        "test": torch.tensor(TEST, requires_grad=True),
        "generated": torch.tensor(GENERATED),
        "train": torch.tensor(TRAIN),
    }

    expected = {name: found.value for name, found in score(train=TRAIN).items()}
    for arguments in (tensors, {name: values.tolist() for name, values in tensors.items()}):
        assert {name: found.value for name, found in score(**arguments).items()} == expected


def test_numbers_of_any_kind_are_taken():
    whole = np.rint(10 * TEST)

    for kind in (np.int16, np.float32, np.longdouble):
        found = score(test=whole.astype(kind), metrics="fid")
        assert found["fid"].value == score(test=whole, metrics="fid")["fid"].value


def test_pictures_are_taken_as_they_are():
    found = score(test=TEST.reshape(20, 2, 2), generated=GENERATED.reshape(20, 2, 2))

    expected = score(test=TEST.reshape(20, 4), generated=GENERATED.reshape(20, 4))
    assert found["fid"].value == expected["fid"].value


def test_the_callers_arrays_stay_theirs():
    test, generated, table = TEST.copy(), GENERATED.copy(), TABLE.copy()

    genbench.score(test=test, generated=generated, train=test, generated_probabilities=table)

    assert (test == TEST).all()
    assert (generated == GENERATED).all()
    assert (table == TABLE).all()
    assert all(array.flags.writeable for array in (test, generated, table))


def test_a_seed_decides_what_is_drawn():
    drawn = {"metrics": "kde", "test": TEST, "generated": GENERATED}

    first, again, other = (genbench.score(seed=seed, **drawn)["kde"].value for seed in (1, 1, 2))

    assert first == again != other


# What it refuses


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"generated": None}, "Nothing to score: give generated samples"),
        ({"generated": np.zeros(40)}, "generated must have shape (n_samples, ...), not (40,)."),
        ({"test": np.zeros((0, 2))}, "test is empty: its shape is (0, 2)."),
        ({"test": np.zeros((4, 0))}, "test is empty: its shape is (4, 0)."),
        ({"generated": np.zeros((40, 3))}, "generated has samples of shape (3,); expected (2,)."),
        ({"train": np.zeros((40, 3))}, "train has samples of shape (3,); expected (2,)."),
        (
            {"generated": np.where(np.eye(40)[:, :2] == 1, np.nan, 0)},
            "generated: 2 of 40 samples hold NaN or infinity.",
        ),
        ({"test": [[np.inf, 0.0]]}, "test: 1 of 1 samples hold NaN or infinity."),
        ({"test": [["a", "b"]]}, "test must hold real numbers, not <U1."),
        ({"test": TEST + 1j}, "test must hold real numbers, not complex128."),
        ({"test": [[None, 1.0]]}, "test must hold real numbers, not object."),
        ({"test": [[1.0], [1.0, 2.0]]}, "test is not a regular array"),
        (
            {"generated_probabilities": TABLE[:39]},
            "generated_probabilities has 39 rows, but there are 40 generated samples.",
        ),
        ({"generated_probabilities": 2 * TABLE}, "apply a softmax to logits first."),
        ({"generated_probabilities": TABLE - TABLE.mean(axis=1, keepdims=True)}, "logits"),
        (
            {"generated_probabilities": np.tile([1.5, -0.5, 0.0], (40, 1))},
            "40 of 40 rows are not probabilities (row 0 sums to 1, its least entry is -0.5)",
        ),
        ({"generated_probabilities": np.ones((40, 1))}, "two classes or more, not (40, 1)."),
        ({"generated_probabilities": np.ones((40, 1, 1))}, "two classes or more"),
        (
            {"generated_probabilities": TABLE, "test_probabilities": np.full((40, 2), 0.5)},
            "test_probabilities has 2 classes; expected 3.",
        ),
        ({"test_labels": np.zeros(39, dtype=int)}, "test_labels must have shape (40,)"),
        ({"test_labels": np.full(40, 0.5)}, "test_labels must be whole numbers from 0 up."),
        ({"test_labels": np.full(40, -1)}, "test_labels must be whole numbers from 0 up."),
        ({"test_labels": np.full(40, np.nan)}, "test_labels must be whole numbers from 0 up."),
        (
            {"test_labels": np.full(40, 3), "generated_probabilities": TABLE},
            "test_labels holds 3, but there are 3 classes.",
        ),
        (
            {"generated_labels": np.full(40, 7), "generated_probabilities": TABLE},
            "generated_labels holds 7, but there are 3 classes.",
        ),
        ({"test_labels": np.full(40, 1e30)}, "test_labels holds 1e+30; classes count from 0"),
        ({"test": None, "test_labels": np.zeros(40)}, "test_labels need the samples"),
        ({"test": np.ma.masked_greater(TEST, 1)}, "test has masked values"),
        ({"test": 1e200 * TEST}, "test holds numbers beyond 1e+40: scale it."),
        ({"test_log_prob": np.full(40, -1e300)}, "test_log_prob holds numbers beyond 1e+40"),
        ({"test_factors": np.full((40, 2), 0.5)}, "test_factors must be whole numbers"),
        (
            {"test": None, "test_codes": np.zeros((40, 3)), "test_factors": np.zeros((10, 2))},
            "has 40 rows, but there are 10 test samples.",
        ),
        (
            {"token_log_prob": [0.5, -1.0]},
            "token_log_prob: 1 of 2 tokens have probabilities above one.",
        ),
        ({"path_starts": np.zeros((9, 3))}, "path_starts has samples of shape (3,); expected (2,)"),
        ({"picture": 5}, "picture must be (height, width) or (height, width, channels), not 5."),
        ({"picture": {1, 2}}, "picture must be (height, width)"),
        ({"picture": (8, 8)}, "picture is (8, 8), but that is not the size of samples of shape"),
        ({"data_range": 0}, "data_range must be a number above 0, not 0."),
        ({"fresh": 1e200 * TEST}, "fresh holds numbers beyond 1e+40"),
        ({"data_range": 10**400}, "data_range must be a number above 0"),
        (
            {"test_moments": FeatureMoments(9, np.zeros(2), -np.eye(2))},
            "test_moments must be a mean (d,) and a scatter (d, d) around it.",
        ),
        (
            {"test": None, "test_moments": FeatureMoments.of(RNG.normal(size=(9, 3)))},
            "Moments and samples differ in dimension: {'test_moments': 3, 'generated': 2}.",
        ),
        ({"density": "normal"}, "density must have `sample` and `log_prob`, unlike 'normal'."),
        ({"manifold": "circle"}, "manifold must be a function, not 'circle'."),
        (
            {"manifold": lambda points: points, "metrics": "manifold_precision"},
            "what manifold returns must have shape (40,)",
        ),
        ({"metrics": 5}, "metrics must be names of metrics, not 5."),
        ({"preset": 5}, "No preset named '5'."),
        ({"device": 5}, "device must be a name such as 'cuda', not 5."),
        ({"metrics": ["coverag"]}, "No metric named 'coverag'. Did you mean 'coverage'"),
        ({"metrics": "covrage"}, "Did you mean 'coverage'"),
        ({"metrics": ["zzzz"]}, "No metric named 'zzzz'. Known: "),
        ({"seed": -1}, "seed must be a whole number from 0 up, not -1."),
        ({"seed": 0.5}, "seed must be a whole number from 0 up, not 0.5."),
        ({"seed": "one"}, "seed must be a whole number from 0 up, not 'one'."),
    ],
)
def test_bad_input_is_named_in_plain_words(arguments, expected):
    found = message(**arguments)

    assert expected in found
    assert found[-1] in ".?"


def test_numbers_of_few_digits_and_numpys_own_are_taken():
    found = as_samples(torch.full((2, 3), 1.5, dtype=torch.bfloat16, requires_grad=True), name="x")
    assert (found == 1.5).all()

    numbers = {"data_range": np.float32(8), "picture": np.array([1, 2])}
    reference = comparison_of(test=TEST, generated=GENERATED, **numbers).reference
    assert (reference.data_range, reference.picture) == (8, (1, 2))


@given(st.data())
def test_samples_are_taken_as_read_only_numbers_of_the_same_shape(data):
    shapes = st_numpy.array_shapes(min_dims=2, max_dims=4, max_side=5)
    shape = data.draw(shapes.filter(lambda shape: not has_channels_first(shape[1:])))
    kind = data.draw(st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]))
    elements = st_numpy.from_dtype(
        np.dtype(kind),
        **({"allow_nan": False, "allow_infinity": False} if np.dtype(kind).kind == "f" else {}),
    )
    values = data.draw(st_numpy.arrays(kind, shape, elements=elements))

    found = as_samples(values, name="x")

    assert found.dtype == np.float64
    assert found.shape == values.shape
    assert (found == values.astype(np.float64)).all()
    assert values.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        found[...] = 0


@given(
    st_numpy.arrays(
        np.float64,
        st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements=st.one_of(st.floats(-5, 5), st.sampled_from([np.nan, np.inf])),
    )
)
def test_samples_are_taken_or_refused_by_what_is_said_of_them(values):
    good = values.ndim >= 2 and values.size > 0 and np.isfinite(values).all()

    if good:
        assert (as_samples(values, name="x") == values).all()
    else:
        with pytest.raises(BadInput, match=r"^x.*\.$"):
            as_samples(values, name="x")


@given(
    st_numpy.arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.floats(0, 1)
    ),
    st.floats(-9e-5, 9e-5),
)
def test_rows_that_nearly_sum_to_one_are_made_to(weights, excess):
    table = weights + 1e-3
    table = table / table.sum(axis=1, keepdims=True) * (1 + excess)

    found = as_probabilities(table, name="x")

    assert found.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert found == pytest.approx(table / (1 + excess), rel=1e-12)
    assert not found.flags.writeable


@given(
    st_numpy.arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.floats(-3, 3)
    )
)
def test_rows_that_are_not_probabilities_are_refused(table):
    table[0, 0] = 2 + abs(table[0]).sum()

    with pytest.raises(BadInput, match="rows are not probabilities"):
        as_probabilities(table, name="x")


def test_scores_and_errors_are_public():
    assert {"score", "Scores", "Score", "Metric", "BadInput", "Unavailable"} <= set(dir(genbench))
    assert isinstance(score()["fid"], Score)
    with pytest.raises(AttributeError, match="no attribute 'scroe'"):
        _ = genbench.scroe


@pytest.mark.parametrize(
    ("theirs", "ours"), [("real", "test"), ("fake", "generated"), ("synthetic", "generated")]
)
def test_names_of_other_programs_are_answered_with_ours(theirs, ours):
    with pytest.raises(BadInput, match=f"{theirs}.*Did you mean '{ours}'"):
        genbench.score(**{theirs: np.ones((9, 2)), "test": np.ones((9, 2))})


def test_scores_are_told_as_they_come_and_become_tables():
    rng = np.random.default_rng(0)
    told = []

    scores = genbench.score(
        test=rng.normal(size=(40, 2)),
        generated=rng.normal(size=(30, 2)),
        metrics=["fid", "authenticity", "coverage"],
        on_score=told.append,
    )

    assert told == list(scores.values())
    found = json.loads(scores.to_json())
    assert found["coverage"]["value"] == scores["coverage"].value
    frame = scores.to_frame()
    assert list(frame.index) == ["frechet_distance", "authenticity", "coverage"]
    assert frame.loc["frechet_distance", "value"] == scores["fid"].value
    assert frame.loc["authenticity", "status"] == "skipped"
    html = scores._repr_html_()
    assert html.count("<tr>") == 3  # the head, and two that were scored
    assert "authenticity: There are no train samples" in html


def test_infinities_become_strict_json():
    scores = genbench.score(test=TEST, generated=GENERATED, metrics="fid")

    found = json.loads(scores.to_json(), parse_constant=pytest.fail)

    assert found["frechet_distance"]["bounds"] == [0, "inf"]

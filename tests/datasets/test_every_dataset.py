"""Laws of all data sets, and the truth of those that know theirs."""

import struct
from functools import cache

import numpy as np
import pytest
from scipy.special import entr

from genbench import datasets
from genbench.datasets import Dataset, load
from genbench.ground.errors import BadInput

every_dataset = pytest.mark.parametrize("name", datasets.CATALOG)
PICTURES = {"mnist", "fashion_mnist", "cifar10"}  # read from files, here of noise
LOCAL = PICTURES | {"text"}
RECURRING = {"grammar", "tasks"}  # short rows are the same by chance
every_text = pytest.mark.parametrize(
    "name", ["english", "english_pairs", "markov", "grammar", "tasks", "text"]
)
every_law = pytest.mark.parametrize("name", ["markov", "grammar", "tasks"])
DENSITIES = ["ring", "grid", "moons", "spirals", "checkerboard", "pinwheel"]
every_density = pytest.mark.parametrize("name", DENSITIES)
# These two are integrals along curves, at each of many points.
every_density_on_a_grid = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in ("moons", "spirals") else ())
        for name in DENSITIES
    ],
)

# A quarter of the noise's width, where sums over a grid are exact to 1e-9; and a whole part of the
# squares of the checkerboard, none of whose edges meets the middle of a cell.
STEP = 0.025
REACH = 6.0  # no density has anything to speak of beyond


@pytest.fixture(scope="module", autouse=True)
def files_of_ones_own(tmp_path_factory):
    """A few pictures, or a text, in place of each data set that is read from local files."""
    rng = np.random.default_rng(0)
    root = tmp_path_factory.mktemp("data")
    for name in LOCAL:
        (root / name).mkdir()
    letters = "".join(rng.choice(list("abcdé \n"), size=128 * 40))
    (root / "text" / "letters.txt").write_text(letters, encoding="utf-8")
    for name in sorted(PICTURES - {"cifar10"}):
        for part, n in (("train", 20), ("t10k", 10)):
            pictures = b"\0\0\x08\x03" + struct.pack(">III", n, 28, 28) + rng.bytes(n * 784)
            (root / name / f"{part}-images-idx3-ubyte").write_bytes(pictures)
            labels = b"\0\0\x08\x01" + struct.pack(">I", n) + bytes(range(10)) * (n // 10)
            (root / name / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    for batch in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        records = b"".join(bytes([label]) + rng.bytes(3072) for label in range(10))
        (root / "cifar10" / f"{batch}.bin").write_bytes(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_DATA", str(root))
        yield


@cache
def hash_of(name):
    return load(name).content_hash


@cache
def on_a_grid(name):
    density = load(name).density
    axis = np.arange(-REACH, REACH, STEP) + STEP / 2
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return np.concatenate([density.log_prob(part) for part in np.array_split(grid, 40)])


@pytest.mark.parametrize("name", sorted(set(datasets.CATALOG) - RECURRING))
def test_parts_never_overlap(name):
    dataset = load(name)

    rows = np.concatenate([dataset.train, dataset.test, dataset.fresh])

    assert len(np.unique(rows, axis=0)) == len(rows)


@every_dataset
def test_loading_twice_gives_the_same_content_and_no_other_data_set_does(name):
    assert load(name).content_hash == hash_of(name)
    assert hash_of(name) not in {hash_of(other) for other in datasets.CATALOG if other != name}


@every_dataset
def test_samples_cannot_be_written_to(name):
    dataset = load(name)

    parts = (dataset.train, dataset.test, dataset.fresh)
    labels = () if dataset.train_labels is None else (dataset.train_labels, dataset.test_labels)
    for part in (*parts, *labels):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0


@every_dataset
def test_every_sample_is_what_samples_can_be(name):
    dataset = load(name)

    for part in (dataset.train, dataset.test, dataset.fresh):
        np.testing.assert_array_equal(dataset.project(part), part)


@every_dataset
def test_projected_samples_are_left_alone_by_another_projection(name):
    dataset = load(name)
    rng = np.random.default_rng(3)
    wild = dataset.test + rng.normal(scale=dataset.train.std(), size=dataset.test.shape)

    projected = dataset.project(wild)

    np.testing.assert_array_equal(dataset.project(projected), projected)


@every_dataset
def test_points_at_which_a_density_is_judged_are_in_the_cells_of_the_test_samples(name):
    dataset = load(name)

    points = dataset.dequantized_test(np.random.default_rng(0))

    np.testing.assert_array_equal(dataset.project(points), dataset.test)
    whole = np.broadcast_to(dataset.domain.whole, points.shape[1:])
    assert ((points != dataset.test).any(axis=0) == whole).all()


@every_dataset
def test_a_density_of_symbols_is_asked_at_training_samples_too(name):
    dataset = load(name)

    points = dataset.dequantized_train(np.random.default_rng(0))

    if dataset.symbols is None:
        assert points is None
        assert dataset.n_compared == 0
    else:
        assert len(points) == dataset.n_compared == min(len(dataset.train), len(dataset.test))
        np.testing.assert_array_equal(dataset.project(points), dataset.train[: len(points)])


@pytest.mark.parametrize("name", sorted(set(datasets.CATALOG) - LOCAL - {"ring_contaminated"}))
def test_parts_have_the_same_distribution(name):
    """Coordinates' means differ by no more than chance allows, over all parts and coordinates."""
    dataset = load(name)
    train, test, fresh = dataset.train, dataset.test, dataset.fresh

    for part in (test, fresh):
        variance = train.var(axis=0) / len(train) + part.var(axis=0) / len(part)
        difference = np.abs(train.mean(axis=0) - part.mean(axis=0))
        # Patches of one tile are alike: 65 tiles of each photograph are as good as independent.
        effective = min(1.0, 130 / len(part)) if name.startswith("photographs") else 1.0
        assert (difference <= 5 * np.sqrt(variance / effective)).all()


@every_density_on_a_grid
def test_density_integrates_to_one(name):
    log_prob = on_a_grid(name)

    assert np.exp(log_prob).sum() * STEP**2 == pytest.approx(1, abs=1e-6)


@every_density_on_a_grid
def test_density_agrees_with_its_samples(name):
    """Its entropy, by quadrature, is what its samples' log-density averages to."""
    density = load(name).density
    log_prob = on_a_grid(name)
    entropy = entr(np.exp(log_prob)).sum() * STEP**2

    found = -density.log_prob(density.sample(20_000, rng=np.random.default_rng(1))[0])

    margin = 4 * found.std() / np.sqrt(len(found)) + 1e-6
    assert found.mean() == pytest.approx(entropy, abs=margin)


@every_density_on_a_grid
def test_samples_are_spread_as_the_density_says(name):
    """Counts in cells of a coarse grid, against the density's mass there: Pearson's statistic."""
    density = load(name).density
    cells, side = 24, round(0.5 / STEP)
    density_of_cells = np.exp(on_a_grid(name)).reshape(cells, side, cells, side)
    mass = density_of_cells.sum(axis=(1, 3)) * STEP**2
    n = 20_000

    drawn, _ = density.sample(n, rng=np.random.default_rng(4))

    edges = np.linspace(-REACH, REACH, cells + 1)
    counts, _, _ = np.histogram2d(drawn[:, 1], drawn[:, 0], bins=(edges, edges))
    often = n * mass > 5
    statistic = ((counts - n * mass)[often] ** 2 / (n * mass)[often]).sum()
    # A chi-squared variable has the mean k and the variance 2k.
    assert abs(statistic - often.sum()) < 5 * np.sqrt(2 * often.sum())


@every_density
def test_posterior_is_a_probability_that_knows_the_mode(name):
    density = load(name).density
    points, modes = density.sample(2000, rng=np.random.default_rng(2))

    posterior = density.posterior(points)

    np.testing.assert_allclose(posterior.sum(axis=1), 1)
    assert (posterior.argmax(axis=1) == modes).mean() > 0.98


@every_text
def test_every_symbol_is_met_in_training_and_in_few_rows_of_it(name):
    """A model knows no others: it takes the greatest number that it meets for the last."""
    whole = load(name)
    n = min(512 if name == "tasks" else 128, len(whole.train))  # each speaker there is rare

    for dataset in (whole, load(f"{name}/{n}")):
        found = np.unique(dataset.train)
        np.testing.assert_array_equal(found, np.arange(dataset.symbols.count))


@every_text
def test_rows_are_closed_and_spell_texts_that_are_encoded_as_they_were(name):
    dataset = load(name)
    rows, symbols = dataset.test, dataset.symbols
    np.testing.assert_array_equal(symbols.close(rows), rows)

    texts = [symbols.spell(row) for row in rows]

    if name == "english_pairs":  # whose symbols are cut by pairs, and not from the left
        assert symbols.joint.join(texts) == "".join(
            symbols.vocabulary[int(number)] for number in rows.ravel()
        )
    else:
        np.testing.assert_array_equal(symbols.encode(texts, rows.shape[1]), rows)


@every_law
def test_what_comes_next_is_a_law_and_adds_up_to_the_law_of_rows(name):
    dataset = load(name)
    rows = dataset.test[:100]
    total = np.zeros(len(rows))

    for t, symbol in enumerate(rows.T.astype(int)):
        found = dataset.density.next_log_prob(rows[:, :t])
        assert found.shape == (len(rows), dataset.symbols.count)
        np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)
        total += found[np.arange(len(rows)), symbol]

    np.testing.assert_allclose(dataset.density.log_prob(rows), total, atol=1e-9)


@pytest.mark.parametrize("name", ["markov", "grammar", "tasks", "ar_process"])
def test_a_row_alone_is_as_likely_as_among_others(name):
    dataset = load(name)
    rows = dataset.test[:20]

    alone = [dataset.density.log_prob(row[None])[0] for row in rows]

    np.testing.assert_allclose(dataset.density.log_prob(rows), alone, atol=1e-9)


@pytest.mark.parametrize("name", ["english", "grammar", "ring", "digits"])
def test_fewer_training_samples_are_the_first_and_all_else_is_the_same(name):
    whole, some = load(name), load(f"{name}/200")

    assert some.name == f"{name}/200"
    assert some.content_hash != whole.content_hash
    np.testing.assert_array_equal(some.train, whole.train[:200])
    if whole.train_labels is not None:
        np.testing.assert_array_equal(some.train_labels, whole.train_labels[:200])
    for seed in (0, 1):
        one, other = whole.drawn_anew(seed), some.drawn_anew(seed)
        np.testing.assert_array_equal(one.test, other.test)
        np.testing.assert_array_equal(one.fresh, other.fresh)


@pytest.mark.parametrize("n", ["0", "2001", "-1", "1.5", "many", "", "0100", "100/10", "１２"])
def test_other_than_a_number_of_training_samples_is_refused(n):
    with pytest.raises(BadInput, match="a number from 1 to 2000, not"):
        load(f"ring/{n}")


def test_so_few_rows_that_a_symbol_is_not_met_are_refused():
    with pytest.raises(BadInput, match=r"english/2: only \d+ of its 94 symbols are met"):
        load("english/2")


def test_fresh_samples_are_drawn_anew_for_each_seed_where_the_density_is_known():
    ring = load("ring")

    one, again = ring.drawn_anew(1), ring.drawn_anew(1)
    assert ring.drawn_anew(0) is ring
    assert not np.array_equal(one.fresh, ring.fresh)
    np.testing.assert_array_equal(one.fresh, again.fresh)
    np.testing.assert_array_equal(one.test, ring.test)
    modes = one.fresh_labels
    np.testing.assert_array_equal(ring.density.posterior(one.fresh).argmax(axis=1), modes)


def test_elsewhere_test_and_fresh_samples_are_dealt_anew():
    digits = load("digits")
    one, two = digits.drawn_anew(1), digits.drawn_anew(2)

    def rows(data):
        every = np.concatenate([data.test.reshape(len(data.test), -1), data.fresh.reshape(
            len(data.fresh), -1)])  # fmt: skip
        labels = np.concatenate([data.test_labels, data.fresh_labels])
        return sorted(map(tuple, np.column_stack([every, labels])))

    assert rows(one) == rows(two) == rows(digits)
    assert len(one.test) == len(digits.test)
    assert not np.array_equal(one.test, two.test)
    assert not np.array_equal(one.test, digits.test)
    assert 0.3 < np.isin(one.test @ np.arange(64), digits.test @ np.arange(64)).mean() < 0.7


def test_digits_are_projected_to_what_pixels_can_be():
    digits = load("digits")

    projected = digits.project(np.array([[-3.0, 0.4, 15.6, 99.0]]))

    np.testing.assert_array_equal(projected, [[0, 0, 16, 16]])


def test_whole_numbers_are_spread_over_their_cells_before_a_density_is_judged():
    digits, ring = load("digits"), load("ring")

    spread = digits.dequantized_test(np.random.default_rng(0))

    np.testing.assert_array_equal(digits.project(spread), digits.test)
    assert not np.array_equal(spread, digits.test)
    np.testing.assert_array_equal(ring.dequantized_test(np.random.default_rng(0)), ring.test)


def test_parts_of_different_shapes_are_refused():
    with pytest.raises(BadInput, match=r"mine: test has samples of shape \(3,\); expected \(2,\)"):
        Dataset(name="mine", train=np.ones((4, 2)), test=np.ones((4, 3)), fresh=np.ones((4, 2)))


def test_labels_of_one_part_only_are_refused():
    ones = np.ones((4, 2))

    with pytest.raises(BadInput, match="labels must be given for train and test"):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, train_labels=np.zeros(4))


def test_pictures_of_another_size_than_the_samples_are_refused():
    ones = np.ones((4, 12))

    with pytest.raises(BadInput, match=r"mine: pictures of \(2, 2\) are not samples of \(12,\)"):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, picture=(2, 2))


def test_the_range_of_pictures_is_that_of_their_values():
    assert load("digits").data_range == 16
    assert load("photographs_8").data_range == 255
    assert load("wine").data_range is None


def test_an_unknown_name_gets_near_matches():
    with pytest.raises(BadInput, match="No data set named 'digit'"):
        load("digit")

"""Only the last few coordinates are seen."""

from genbench.baselines.autoregressive.finite_memory import FiniteMemory


def quick(train, rng, **settings):
    return FiniteMemory(**({"memory": 2, "width": 4, "hidden": 16, "epochs": 3} | settings)).fit(
        train, rng=rng
    )


def test_a_coordinate_is_predicted_from_the_two_before_it_only(changes, rng):
    net = quick(rng.integers(4, size=(60, 7)).astype(float), rng).net

    moved = changes(net, 2, 7)

    assert (moved[[3, 4]] > 0).all()
    assert (moved[[0, 1, 2, 5, 6]] == 0).all()


def test_memory_may_be_longer_than_a_sample(rng):
    samples = quick(rng.normal(size=(30, 2)), rng, memory=10).sample(5, rng=rng)

    assert samples.shape == (5, 2)

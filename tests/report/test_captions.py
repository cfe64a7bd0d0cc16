"""Names beside points: whole where there is room for all, else only those that hide nothing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from genbench.report.captions import write


def written(n, *, only_free):
    figure = Figure(figsize=(2.5, 2.5), dpi=100)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    points = [(float(x), float(y)) for x, y in np.random.default_rng(0).random((n, 2))]
    figure.draw_without_rendering()
    words = [f"a long name {i}" for i in range(n)]
    write(ax, points, words, bold=[i == n - 1 for i in range(n)], only_free=only_free)
    seen = {t.get_text(): t.get_window_extent() for t in ax.texts if t.get_text()}
    return words, seen, ax.transData.transform(points)


def overlaps(seen):
    boxes = list(seen.values())
    return sum(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_where_names_would_hide_others_only_free_ones_are_left_bold_ones_first():
    words, every, _ = written(40, only_free=False)
    _, free, spots = written(40, only_free=True)

    assert set(every) == set(words)
    assert overlaps(every) > 0 == overlaps(free)
    assert 1 < len(free) < 40
    assert not any(box.contains(x, y) for box in free.values() for x, y in spots)


@pytest.mark.parametrize("only_free", [False, True])
def test_where_there_is_room_all_names_stand(only_free):
    words, seen, _ = written(3, only_free=only_free)

    assert set(seen) == set(words)
    assert overlaps(seen) == 0

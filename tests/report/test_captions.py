"""Names beside points: whole where there is room for all, else only those that hide nothing."""

import numpy as np
from matplotlib.figure import Figure

from genbench.report.captions import write


def written(n):
    figure = Figure(figsize=(2.5, 2.5), dpi=100)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    points = [(float(x), float(y)) for x, y in np.random.default_rng(0).random((n, 2))]
    figure.draw_without_rendering()
    words = [f"a long name {i}" for i in range(n)]
    write(ax, points, words, bold=[i == n - 1 for i in range(n)])
    seen = {t.get_text(): t.get_window_extent() for t in ax.texts if t.get_text()}
    return words, seen, ax.transData.transform(points)


def overlaps(seen):
    boxes = list(seen.values())
    return sum(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_where_names_would_hide_others_they_are_left_out_the_bold_one_last():
    words, free, spots = written(20)

    assert overlaps(free) == 0
    assert 1 < len(free) < 20
    assert words[-1] in free
    assert not any(box.contains(x, y) for box in free.values() for x, y in spots)


def test_where_there_is_room_all_names_stand():
    words, seen, _ = written(3)

    assert set(seen) == set(words)
    assert overlaps(seen) == 0

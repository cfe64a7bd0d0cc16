"""Names beside points: whole where there is room for all, else only those that hide nothing."""

import numpy as np
from matplotlib.figure import Figure

from genbench.report.captions import FAR, SHORT, write


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


def test_a_line_leads_from_a_far_name_to_just_before_its_point():
    figure = Figure(figsize=(4, 3), dpi=150)
    ax = figure.add_subplot()
    ax.set_xlim(1, 1000)
    ax.set_ylim(0, 1)
    ax.set_xscale("log")
    points = [(100.0, 0.5)] * 6  # all but the first must go elsewhere

    boxes = write(ax, points, [f"name {i}" for i in range(6)], bold=[False] * 6)

    assert len(boxes) == 6
    assert ax.lines
    point = ax.transData.transform(points[0]) * 72 / figure.dpi
    for line in ax.lines:
        start, end = line.get_transform().transform(line.get_xydata()) * 72 / figure.dpi - point
        assert abs(np.hypot(*end) - SHORT) < 1e-9
        assert np.hypot(*start) > FAR
        assert abs(np.cross([*start, 0], [*end, 0])[2]) < 1e-6  # on one ray from the point

"""Pictures that stand out, as they are cut from the picture that a page holds."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from genbench.report.html_parts import Look
from genbench.report.leaderboard import tables
from genbench.report.standouts import GAP, standouts
from genbench.runs.records import REAL, Record
from genbench.scoring.standouts import N_EACH, Standouts

LOOK = Look(colours={"f": "#000"}, meanings={}, failings={}, cards={})
SIDE = 4


def picture(value, channels=1):
    return (float(value),) * (SIDE**2 * channels)


def shown(kept):
    table, *_ = tables(
        [
            Record(
                key=model, dataset="d", model=model, family="f", seed=0, status="ok", standouts=each
            )
            for model, each in kept.items()
        ]
    )
    return standouts(3, table, LOOK)


def cut(markup, model):
    """Return each of a model's groups of pictures, as a browser would show it."""
    (address,) = re.findall(r"url\(data:image/png;base64,([^)]*)\)", markup)
    whole = np.array(Image.open(io.BytesIO(base64.b64decode(address))).convert("RGB"))
    (scaled,) = map(int, re.findall(r"background-size:(\d+)px auto", markup))
    zoom = scaled // whole.shape[1]
    part = markup.split(f"</s>{model}<dd>")[1].split("<dt")[0]
    found = []
    for i, x, width in re.findall(r"--i:(\d+);--x:(\d+)px;width:(\d+)px", part):
        top, left = SIDE * int(i), int(x) // zoom
        found.append(whole[top : top + SIDE, left : left + int(width) // zoom])
    return found


@pytest.mark.parametrize("channels", [1, 3])
def test_each_model_has_its_own_pictures_in_their_groups(channels):
    def of(*values):
        return tuple(picture(value, channels) for value in values)

    other = Standouts(nearest=(of(0, 255),), most_typical=of(0), least_typical=of(255))
    mine = Standouts(
        nearest=(of(51, 102), of(0, 0)), most_typical=of(153, 0), least_typical=of(204)
    )

    near, most, least = cut(shown({REAL: other, "mine": mine}), "mine")

    assert near.shape[1] == N_EACH * (2 * SIDE + 1 + GAP)
    assert most.shape[1] == least.shape[1] == N_EACH * (SIDE + GAP)
    assert (near[:, :SIDE] == 51).all()
    assert (near[:, SIDE + 1 : 2 * SIDE + 1] == 102).all()
    assert (near[:, 2 * SIDE + 1 : 2 * SIDE + 1 + GAP] == 255).all()
    assert (near[:, 2 * SIDE + 1 + GAP :][:, :SIDE] == 0).all()
    assert (most[:, :SIDE] == 153).all()
    assert (most[:, SIDE + GAP :][:, :SIDE] == 0).all()
    assert (least[:, :SIDE] == 204).all()
    assert (least[:, SIDE:] == 255).all()  # nothing but paper, where there are fewer


def test_who_has_none_is_not_listed_and_where_nobody_has_there_is_nothing():
    markup = shown({REAL: Standouts(most_typical=(picture(0), picture(1))), "mine": None})

    assert "mine" not in markup
    assert shown({"mine": None}) == ""

"""A model as it stands on a board, and the most and the least novel of its samples."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from genbench.models.find import baselines
from genbench.report.leaderboard import tables
from genbench.report.novel_figure import figure
from genbench.report.novel_samples import few
from genbench.runs import records
from genbench.runs.cells import load_once
from genbench.runs.records import Record
from genbench.runs.store import Store
from genbench.scoring.novelty import novelty


def test_the_card_holds_the_numbers_of_the_board(boards, call):
    made = tables(records.read(boards / "mine" / "records.jsonl"))
    said = call("show", "second", "--board", "mine")
    lines = {line.split()[0]: line for line in said.stdout.splitlines()}

    assert said.exit_code == 0
    assert lines["second"].split() == ["second", "yours"]
    assert lines["agreement"].split() == [
        "agreement", "rank", "group", "distance", "fidelity", "coverage",
        "originality", "surprise", "seconds",
    ]  # fmt: skip
    for table in made:
        row = table.by_model["second"]
        shown = re.split(r"  +", lines[table.dataset].strip())
        faces = [row.faces[face].text for face in ("distance", "fidelity", "coverage")]
        assert shown == [
            table.dataset, row.agreement.text, row.rank, row.standing.letter, *faces,
            "80 %", row.cells["bayesian_surprise"].text, "1.50",
        ]  # fmt: skip
    assert "105 % of real" in lines["overall"]
    assert "moons, ring: the samples were pruned, only their scores are kept." in said.stdout


def test_of_our_own_models_the_summary_is_shown(call):
    said = call("show", "copycat", "--board", "mine").stdout

    assert said.splitlines()[1] == baselines()["copycat"].summary
    assert "moons, ring: no rank: it is there to be compared with." in said


def test_where_there_is_nothing_the_reason_stands(call):
    said = call("show", "narrow", "--board", "mine").stdout

    assert "moons: skipped: too wide" in said
    assert "overall: no agreement: 1 of 2 data sets are done." in said
    assert re.search(r"^moons( +–){8}", said, re.MULTILINE)
    assert "ring: the samples were pruned" in said  # and there are none to be pruned of moons


def test_a_copier_is_told_of(call):
    assert "moons, ring: copies" in call("show", "copyist", "--board", "mine").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("frist", "--board", "mine"), "No model on the board mine named 'frist'. Did you mean"),
        (("first", "--board", "quik"), "No board named 'quik'. Did you mean 'quick'?"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(call, arguments, says):
    result = call("show", *arguments)

    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout


@pytest.fixture
def keep(boards):
    """Put samples of a model `kept` on a data set beside those of the board `mine`."""

    def run(dataset, samples, **more):
        store = Store(boards / "mine")
        record = Record(
            key=f"kept-{dataset}",
            dataset=dataset,
            model="kept",
            family="yours",
            seed=0,
            status="ok",
            dataset_hash=load_once(dataset).content_hash,
        )
        store.land(replace(record, **more))
        np.save(store.cell(record.key) / "samples.npy", samples)
        return store.cell(record.key)

    return run


def picture(path):
    return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB")).astype(int)


def test_points_of_the_plane_are_drawn_among_those_of_training(keep, call):
    data = load_once("ring")
    samples = data.fresh.copy()
    samples[5] = [6.0, 6.0]
    place = keep("ring", samples)
    said = call("show", "kept", "--board", "mine")

    assert said.exit_code == 0, said.output
    assert f"ring, seed 0: {place / 'samples.npy'}" in said.stdout
    assert str(place / "novel.png") in said.stdout
    found = novelty(data, samples)
    assert found.places[0] == 5
    assert f"most novel ({', '.join(f'{v:.2f}' for v in found.surprise[:3])} nats)" in said.stdout
    assert f"least novel ({', '.join(f'{v:.2f}' for v in found.surprise[:-4:-1])}" in said.stdout
    drawn = picture(place / "novel.png")
    for colour in ((0xD5, 0x5E, 0x00), (0x00, 0x72, 0xB2)):
        assert (abs(drawn - colour).sum(axis=-1) < 30).sum() > 50
    before = (place / "novel.png").read_bytes()
    call("show", "kept", "--board", "mine")
    assert (place / "novel.png").read_bytes() == before


def test_pictures_are_drawn_beside_their_nearest_of_training(keep, call):
    data = load_once("photographs_8")
    samples = data.train[: len(data.fresh)].copy()
    samples[9] = samples[9][::-1]  # upside down: like nothing
    place = keep("photographs_8", samples)
    said = call("show", "kept", "--board", "mine")

    assert said.exit_code == 0, said.output
    drawn = picture(place / "novel.png")
    assert drawn.shape[1] > 2 * drawn.shape[0]  # six beside each other, two below
    shown = few(novelty(data, samples))
    axes = figure(data, shown).axes
    scaled = [
        (sample - data.train.min()) / (data.train.max() - data.train.min())
        for found in shown.values()
        for pair in zip(found.samples, found.nearest, strict=True)
        for sample in pair
    ]
    assert len(axes) == len(scaled) == 12
    for ax, sample in zip(axes, scaled, strict=True):
        np.testing.assert_allclose(ax.images[0].get_array(), sample.reshape(data.picture))
    assert (shown["least novel"].samples == shown["least novel"].nearest).all()  # copies


def test_rows_of_a_table_are_told_in_numbers(keep, call):
    data = load_once("wine")
    samples = data.fresh.copy()
    samples[4] = data.train.mean(axis=0) + 30 * data.train.std(axis=0)
    place = keep("wine", samples)
    said = call("show", "kept", "--board", "mine").stdout

    found = novelty(data, samples)
    assert found.places[0] == 4
    assert not (place / "novel.png").exists()
    for kind, order in (("most", range(3)), ("least", range(-1, -4, -1))):
        part = said.split(f"wine: {kind} novel")[1]
        line = next(line for line in part.splitlines() if line.startswith("alcohol"))
        pairs = [(found.samples[i, 0], found.nearest[i, 0]) for i in order]
        assert line.split()[1:] == [f"{value:.4g}" for pair in pairs for value in pair]
    assert re.search(rf"sample 4 .*\n.*{found.surprise[0]:.2f} nats", said)


@pytest.mark.parametrize(
    ("more", "n", "says"),
    [
        ({"dataset_hash": "another"}, None, "they were drawn for another version of the data set"),
        ({}, 3, "samples.npy is"),
    ],
)
def test_samples_that_are_not_of_the_data_set_are_not_judged(keep, call, more, n, says):
    keep("ring", load_once("ring").fresh[:n], **more)
    said = call("show", "kept", "--board", "mine")

    assert said.exit_code == 0
    assert "ring: how novel samples are cannot be said" in said.stdout
    assert says in said.stdout

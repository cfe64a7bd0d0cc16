"""The boards that are committed are what their records make, to the byte."""

import shutil
from pathlib import Path

import pytest

from genbench.report.folder import report
from genbench.report.scaling_folder import scalings_in, write_report

LEADERBOARDS = Path(__file__).parents[2] / "leaderboards"


def scaling(folder):
    command = f"genbench scale --again leaderboards/{folder.name}"
    write_report(folder, scalings_in(folder), command=command)


MAKERS = dict.fromkeys(["quick", "families", "decoding", "sequences"], report)
MAKERS["scaling_english"] = scaling


@pytest.mark.parametrize("board", MAKERS)
def test_a_committed_board_is_what_its_records_make(board, tmp_path):
    committed = LEADERBOARDS / board
    again = tmp_path / board
    again.mkdir()
    for name in ("records.jsonl", "environments.json", "codebook.json"):
        if (committed / name).exists():
            shutil.copy(committed / name, again)

    MAKERS[board](again)

    theirs, ours = (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        for folder in (committed, again)
    )
    assert sorted(ours) == sorted(theirs)
    assert [name for name in theirs if ours[name] != theirs[name]] == []

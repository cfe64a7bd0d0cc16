"""The most and the least novel samples of a model, beside the training samples nearest to them."""

from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from genbench.datasets import Dataset
from genbench.ground.arrays import flat
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.report.figures import png
from genbench.report.kept import Kept
from genbench.report.leaderboard import plain
from genbench.report.novel_figure import PLANE, figure
from genbench.runs.records import Record
from genbench.scoring.dataset import read_outputs
from genbench.scoring.novelty import Novelty, novelty

FEW = 3  # of either kind
PICTURE = "novel.png"


def few(found: Novelty) -> dict[str, Novelty]:
    """Return the most novel samples, the most first, and the least novel, the least first."""
    return {
        "most novel": found.part(slice(FEW)),
        "least novel": found.part(slice(None, -FEW - 1, -1)),
    }


def stored(board: Kept, model: str) -> dict[str, list[tuple[Record, Path]]]:
    """Return the records of a model whose samples are kept, and the folders, by data set."""
    found: dict[str, list[tuple[Record, Path]]] = {}
    for record in board.records:
        if record.model == model and record.status == "ok":
            folders = [s.cell(record.key) for s in board.stores if s.landed(record.key) is not None]
            kept = [folder for folder in folders if (folder / "samples.npy").is_file()]
            if kept:
                found.setdefault(record.dataset, []).append((record, kept[0]))
    return found


def print_samples(board: Kept, model: str, console: Console) -> None:
    """Print where samples are, and for each data set the most and the least novel of one seed."""
    kept = stored(board, model)
    pruned = []
    for table in board.tables:
        if table.dataset in kept:
            for record, folder in kept[table.dataset]:
                words = f"{table.dataset}, seed {record.seed}: {folder / 'samples.npy'}"
                console.print(Text(plain(words)), soft_wrap=True)
            _print_novel(board, *kept[table.dataset][0], console)
        elif model in table.by_model:
            pruned.append(table.dataset)
    if pruned:
        words = f"{', '.join(pruned)}: the samples were pruned, only their scores are kept."
        console.print(Text(plain(words), style="dim"), soft_wrap=True)


def _print_novel(board: Kept, record: Record, folder: Path, console: Console) -> None:
    try:
        dataset = board.data(record.dataset)
        if dataset.content_hash != record.dataset_hash:
            raise BadInput("they were drawn for another version of the data set.")
        found = novelty(dataset, read_outputs(folder, dataset).samples)
    except BadInput as error:
        words = f"{record.dataset}: how novel samples are cannot be said: {error}"
        console.print(Text(plain(words), style="dim"), soft_wrap=True)
        return
    shown = few(found)
    if dataset.picture is None and dataset.train[0].size != PLANE:
        for kind, samples in shown.items():
            console.print(_numbers(dataset, kind, samples))
        return
    path = replace_file(folder / PICTURE, png(figure(dataset, shown)))
    said = "; ".join(
        f"{kind} ({', '.join(f'{value:.2f}' for value in samples.surprise)} nats)"
        for kind, samples in shown.items()
    )
    words = f"{record.dataset}, seed {record.seed}: {said}, beside the nearest of training: {path}"
    console.print(Text(plain(words)), soft_wrap=True)


def _numbers(dataset: Dataset, kind: str, shown: Novelty) -> RenderableType:
    """Return a table: a row a coordinate, samples and their nearest of training side by side."""
    grid = Grid(title=f"{dataset.name}: {kind}", title_justify="left", box=None, pad_edge=False)
    grid.add_column("")
    for place, surprise in zip(shown.places, shown.surprise, strict=True):
        grid.add_column(f"sample {place}\n{surprise:.2f} nats", justify="right")
        grid.add_column("nearest of\ntraining", justify="right", style="dim")
    drawn, nearest = flat(shown.samples), flat(shown.nearest)
    names = dataset.columns or tuple(map(str, range(drawn.shape[1])))
    for column, name in enumerate(names):
        pairs = zip(drawn[:, column], nearest[:, column], strict=True)
        grid.add_row(Text(plain(name)), *(f"{value:.4g}" for pair in pairs for value in pair))
    return grid

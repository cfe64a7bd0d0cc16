"""The command `genbench calibrate`: do standard errors say how much numbers scatter?"""

from pathlib import Path

import click

from genbench.ground.consoles import HELP, WideConsole
from genbench.ground.errors import unknown_name

DRAWS = 200


@click.command(context_settings=HELP)
@click.argument("metrics", nargs=-1)
@click.option("--draws", type=click.IntRange(20), default=DRAWS, show_default=True)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results") / "calibration",
    show_default=True,
    help="Where draws are kept and the table is written.",
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Draws at a time; one a core.")
def calibrate(metrics: tuple[str, ...], draws: int, folder: Path, jobs: int | None) -> None:
    """Compare standard errors of METRICs, or of all, with the spread over samples drawn anew.

    \b
    genbench calibrate fid precision
    genbench calibrate --folder leaderboards/metrics
    """
    from joblib import cpu_count

    from genbench.ground.meter import meter
    from genbench.metrics import find
    from genbench.report.folder import write_files
    from genbench.report.frames import to_csv
    from genbench.sanity.calibration import redraws, samples, table
    from genbench.sanity.store import refuse_boards

    known = redraws.with_errors()
    chosen = {metric.name: metric for metric in map(find, metrics)} or known
    for name in chosen:
        if name not in known:
            raise unknown_name("metric with a standard error", name, known)
    refuse_boards(folder)
    console = WideConsole()
    with meter(console, transient=True) as progress:
        task = progress.add_task("", total=len(samples.CASES) * draws)
        redraws.run(
            list(chosen),
            draws,
            folder,
            jobs=jobs or int(cpu_count()),
            on_end=lambda case: progress.update(task, advance=1, description=case),
        )
    rows = [
        row
        for case in samples.CASES
        for row in table.calibrated(case.name, redraws.found(folder, case, draws, chosen.values()))
    ]
    order = list(chosen)
    rows.sort(key=lambda row: order.index(row.metric))
    command = " ".join(["genbench calibrate", *metrics, f"--draws {draws} --folder {folder}"])
    contents = {
        "calibration.csv": to_csv(table.frame(rows)),
        "calibration.md": table.markdown(rows, command).encode(),
    }
    for path in write_files(folder, contents):
        console.print(str(path), markup=False, highlight=False)

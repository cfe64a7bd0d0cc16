"""The ways of `genbench score`: a model, its samples, two sample files, two folders of images."""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from genbench.cli import sheets
from genbench.cli.halves import halved
from genbench.cli.show import Show, as_they_come, metrics_of, show_scores, telling
from genbench.datasets import Dataset
from genbench.files import is_text, read_samples
from genbench.files.texts import read_like, read_texts
from genbench.ground.errors import BadInput
from genbench.metrics import find
from genbench.runs.cells import Cell, load_once
from genbench.runs.continued import Continued
from genbench.runs.endings import said_in
from genbench.runs.fits import fit_and_sample
from genbench.runs.limits import Limits
from genbench.runs.own_data import Data, OwnData, name_of
from genbench.runs.with_decoders import find_decoded, remarks_on_decoder
from genbench.scoring.dataset import Outputs, read_outputs, score_samples
from genbench.scoring.evaluate import Scores, with_remarks
from genbench.scoring.resolution import remarks_on_size
from genbench.scoring.sheet import hold_pictures, side_of_pixels


def model(
    console: Console,
    errors: Console,
    target: str,
    dataset: str | OwnData,
    *,
    seed: int,
    budget: float | None,
    limits: Limits,
    show: Show,
    decoder: str = "",
    prefix: int | None = None,
) -> bool:
    """Fit a model on a data set in a process of its own, and score what it draws.

    Or what a decoder writes by it, where rows may begin with so many symbols of real ones. False if
    it failed, of which `errors` are told.
    """
    known: Data = dataset if prefix is None else Continued(dataset, prefix)
    own = None if isinstance(known, str) else known
    cell = Cell(name_of(known), target, seed, budget, own=own, decoder=decoder)
    if prefix is not None and not cell.decoder:
        raise BadInput("--prefix needs a decoder that goes on from it: --decode ancestral, say.")
    data = load_once(known)
    cell.key()  # says at once what is misspelt
    metrics_of(show.metrics)
    with (
        tempfile.TemporaryDirectory() as temporary,
        show.status(console, f"Fitting {target} on {cell.dataset}, then sampling"),
    ):
        folder = Path(temporary) / "cell"
        outcome = fit_and_sample(cell, folder, limits=limits)
        if outcome.status != "ok":
            errors.print(said_in(folder)[-4000:], markup=False, highlight=False)
            where = f" in {outcome.phase}" if outcome.phase else ""
            _say(errors, f"{target}: {outcome.status}{where}. {outcome.reason}")
            return outcome.status == "skipped"
        try:
            drawn = read_outputs(folder, data)
        except BadInput as error:
            _say(errors, f"{target}: error in sample. {error}")
            return False
    said = remarks_on_decoder(cell.decoder, begun=cell.begun)
    _as_model(console, drawn, data, seed=seed, show=show, name=cell.name, remarks=said)
    return True


def model_on_files(
    console: Console,
    errors: Console,
    target: str,
    against: Path,
    *,
    train: Path | None,
    fresh: Path | None,
    show: Show,
    **how: Any,
) -> bool:
    """Fit a model on the samples of one file and score what it draws against those of another.

    `how` are the other arguments of `model`. Without fresh samples half of `against` stands in for
    them. False if the model failed.

    Raises:
        BadInput: there is no such model, or no file to learn from.
    """
    find_decoded(target, None)
    if train is None:
        raise BadInput(f"To fit {target}, say what it is to learn from: --train FILE.")
    files = (train, against) if fresh is None else (train, against, fresh)
    data = OwnData(name=against.name, samples=files)
    if fresh is None:
        n = len(load_once(data).fresh)
        telling(console, show)(
            f"Half of {against}, {n} samples drawn at random, stands in for fresh real samples; "
            "--fresh brings others."
        )
    return model(console, errors, target, data, show=show, **how)


def _say(errors: Console, message: str) -> None:
    errors.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)


def samples(console: Console, path: Path, dataset: str, *, seed: int, show: Show) -> None:
    """Score samples from a file as a model of a data set."""
    data = load_once(dataset)
    drawn = read_like(path, data, told=telling(console, show))
    _as_model(console, Outputs(drawn), data, seed=seed, show=show, name=str(path))


def _as_model(
    console: Console,
    drawn: Outputs,
    data: Dataset,
    *,
    seed: int,
    show: Show,
    name: str,
    remarks: Sequence[str] = (),
) -> None:
    """Score what was drawn, and as much fresh data, beside a data set's test part."""
    chosen = metrics_of(show.metrics)
    with show.status(console, "Scoring"):
        found = score_samples(data, **drawn._asdict(), seed=seed, metrics=chosen)
        found = with_remarks(found, remarks)
        anew = data.drawn_anew(seed)
        real = score_samples(anew, anew.fresh, labels=anew.fresh_labels, seed=seed, metrics=chosen)
    beside = (replace(one, real=real[metric].value) for metric, one in found.items())
    scores = Scores(
        replace(one, warnings=(*one.warnings, *remarks_on_size(find(one.metric), one)))
        for one in beside
    )
    sizes = {"drawn": drawn.samples, "test": data.test}
    title = f"{name} {_size(sizes, 'drawn')} on {data.name} {_size(sizes, 'test')}"
    show_scores(console, title, scores, show)


def two_files(
    console: Console,
    path: Path,
    against: Path,
    *,
    train: Path | None,
    fresh: Path | None,
    no_fresh: bool,
    sheet: Path | None,
    show: Show,
    standardise: bool = False,
    **settings: Any,
) -> None:
    """Score one file of samples against another; `settings` are those of `score`.

    They are taken as they are, or, to standardise them, as numbers of spreads of each column of
    the real samples, away from its mean.
    """
    told = telling(console, show)
    named = {"generated": path, "test": against, "train": train, "fresh": fresh}
    files = {name: file for name, file in named.items() if file is not None}
    sources = {} if sheet is None else sheets.opened(named)
    if any(map(is_text, files.values())):
        if standardise:
            raise BadInput("--standardise would do nothing: text has no columns of numbers.")
        symbols, rows = read_texts(list(files.values()), told=told)
        lines: dict[str, Any] = dict(zip(files, rows, strict=True))
        given = lines | {"symbols": symbols}
        _beside_real(console, given, named, no_fresh=no_fresh, show=show, **settings)
        return
    test = read_samples(against, told=told)
    generated = read_samples(path, like=test, told=told)
    training, more = (
        None if other is None else read_samples(other, like=test, told=told)
        for other in (train, fresh)
    )
    if standardise:
        mean, spread = test.mean(axis=0), test.std(axis=0)
        spread[spread == 0] = 1
        test, generated = (test - mean) / spread, (generated - mean) / spread
        training, more = (
            None if other is None else (other - mean) / spread for other in (training, more)
        )
        told(f"Standardised by the mean and the spread of each column of {against}.")
    given = {"test": test, "generated": generated, "train": training, "fresh": more}
    _beside_real(console, given, named, no_fresh=no_fresh, show=show, **settings)
    if sheet is not None:
        sides = {name: side_of_pixels(source) for name, source in sources.items()}
        sheets.draw(console, show, sheet, sides, features="pixels", seed=settings["seed"])


def images(
    console: Console,
    target: str,
    against: Path,
    *,
    looked: dict[str, Any],
    train: Path | None,
    fresh: Path | None,
    no_fresh: bool,
    sheet: Path | None,
    show: Show,
    preset: str | None,
    device: str,
    seed: int,
) -> None:
    """Score pictures against others on the features of a network: FID, KID, IS and more."""
    from genbench.cli.picture_options import settings_from
    from genbench.scoring.images import gather

    named = {"generated": Path(target), "test": against, "train": train, "fresh": fresh}
    metrics_of(show.metrics)  # says at once what is misspelt
    if sheet is not None:
        hold_pictures(named)
    found = gather(
        named,
        settings_from(looked, device=device, seed=seed),
        preset=preset,
        n=looked["n"],
        told=telling(console, show),
    )
    _beside_real(
        console,
        found.inputs,
        named,
        no_fresh=no_fresh,
        show=replace(show, tell=found.tell),
        preset=preset,
        device=device,
        seed=seed,
    )
    if sheet is not None:
        features = f"{found.about['features']}, {found.about['preprocessing']}"
        sheets.draw(console, show, sheet, found.pictures, features=features, seed=seed)


def _beside_real(
    console: Console,
    given: dict[str, Any],
    named: dict[str, Path | None],
    *,
    no_fresh: bool,
    show: Show,
    preset: str | None,
    seed: int,
    **settings: Any,
) -> None:
    """Score what is given, and beside it real samples: those that were brought, or half of test.

    Other programs compare with all samples: where numbers are to meet theirs, none is set apart.
    """
    against = str(named["test"])
    real_samples = given.get("test") is not None and given.get("test_moments") is None
    made = given.get("generated") is not None
    if named["fresh"] is None and not no_fresh and preset is None and real_samples and made:
        given, said = halved(given, against, seed=seed)
        telling(console, show)(said)
        named = named | {"fresh": None if given.get("fresh") is None else Path(against)}
    words = {"generated": "", "test": " against ", "train": ", train ", "fresh": ", real: "}
    title = "".join(
        f"{before}{named[name]} {_size(given, name)}"
        for name, before in words.items()
        if named[name] is not None
    )
    as_they_come(console, title, given | {"preset": preset, "seed": seed} | settings, show=show)


def _size(given: dict[str, Any], name: str) -> str:
    """Say how many samples there are, of how many values."""
    if given.get(name) is None:
        moments = given[f"{name}_moments"]
        return f"(n = {moments.n}, d = {len(moments.mean)})"
    samples = given[name]
    return f"(n = {len(samples)}, d = {math.prod(samples.shape[1:])})"

"""Seconds a picture, beside other programs: each in a process of its own, all in turns.

`python benchmarks/images.py FOLDER` takes pictures of a folder; Inception's weights are random, as
its time does not depend on them. One thread, processor seconds, the median of three turns.
"""

import argparse
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("torch-fidelity", "inception", "lite0-128", "lite0-224")
TURNS, THREADS = 3, 1
MARK = "seconds a picture:"


def random_weights(path: Path) -> None:
    """Write weights of Inception that nobody trained."""
    import torch

    from genbench.images.torchvision_import import import_torchvision

    import_torchvision()
    from torch_fidelity import FeatureExtractorInceptionV3

    class Untrained(FeatureExtractorInceptionV3):
        def load_state_dict(self, *_: object) -> None:
            pass

    nothing = io.BytesIO()
    torch.save({}, nothing)
    nothing.seek(0)
    network = Untrained("random", ["2048"], feature_extractor_weights_path=nothing)
    torch.save(network.state_dict(), path)


def prepared(program: str, folder: Path, weights: Path) -> tuple[Callable[[], object], int]:
    """Return what is timed, with everything imported and loaded, and of how many pictures."""
    import torch

    from genbench.images.sources import open_source

    torch.set_num_threads(THREADS)
    source = open_source(folder, told=print)
    if program == "torch-fidelity":
        from genbench.images.torchvision_import import import_torchvision

        import_torchvision()
        import torch_fidelity

        network = torch_fidelity.FeatureExtractorInceptionV3(
            "inception", ["2048", "logits_unbiased"], feature_extractor_weights_path=str(weights)
        )

        def run() -> object:
            pictures = [torch.from_numpy(one.read().copy()) for one in source.pictures()]
            batch = [picture.permute(2, 0, 1) for picture in pictures]
            with torch.inference_mode():
                return [network(torch.stack(part)) for part in in_batches(batch)]

        return run, source.n or 0

    from genbench.images.embedding import embed
    from genbench.images.extractors import find
    from genbench.images.weights import Wanted

    wanted = Wanted(weights) if program == "inception" else Wanted()
    extractor = find(program, weights=wanted)
    return lambda: embed(source, extractor, show_progress=False), source.n or 0


def in_batches(items: list, size: int = 32) -> list[list]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def measure(program: str, folder: Path, weights: Path) -> None:
    run, n = prepared(program, folder, weights)
    start = time.process_time()
    run()
    print(MARK, (time.process_time() - start) / n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", choices=PROGRAMS, help="this one alone, in this process")
    parser.add_argument("--weights", type=Path, default=Path("random-inception.pth"))
    given = parser.parse_args()
    if not given.weights.exists():
        random_weights(given.weights)
    if given.program:
        measure(given.program, given.folder, given.weights)
        return
    found: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    for _ in range(TURNS):
        for program, times in found.items():
            call = [sys.executable, "-P", __file__, str(given.folder), "--program", program]
            call += ["--weights", str(given.weights)]
            done = subprocess.run(call, check=True, capture_output=True, text=True)
            times.append(float(done.stdout.rpartition(MARK)[2]))
    print("| program | ms a picture | least | most |\n| --- | --- | --- | --- |")
    for program, times in found.items():
        middle, least, most = (1000 * f(times) for f in (statistics.median, min, max))
        print(f"| {program} | {middle:.1f} | {least:.1f} | {most:.1f} |")


if __name__ == "__main__":
    main()

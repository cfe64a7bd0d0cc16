"""What all measures together cost, beside the dearest of them alone, on 10,000 points of 64.

    python benchmarks/scorecard.py

The second table of benchmarks/README.md.
"""

import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from contenders import features

import genbench

N, D = 10_000, 64
DEAREST = 6  # how many of the dearest in company are measured alone
HERE = Path(__file__).parent


def seconds_of(**inputs: object) -> tuple[float, genbench.Scores]:
    """Score once, and return the CPU seconds."""
    start = time.process_time()
    scores = genbench.score(**inputs)
    return time.process_time() - start, scores


def main() -> None:
    """Write the table."""
    inputs = {
        name: features(N, D, shift=shift, seed=seed)
        for seed, (name, shift) in enumerate({"test": 0.0, "generated": 0.1, "train": 0.0}.items())
    }
    seconds_of(**{name: points[:200] for name, points in inputs.items()})  # imports
    together, scores = seconds_of(**inputs)
    applicable = [score for score in scores.values() if score.status == "ok"]
    dear = sorted(applicable, key=lambda score: -score.seconds)[:DEAREST]
    alone = {score.metric: seconds_of(**inputs, metrics=score.metric)[0] for score in dear}
    dearest = max(alone.values())
    lines = [
        f"{len(applicable)} measures of {N:,} x {D} points, one thread: {together:.0f} s together, "
        f"{together / dearest:.1f} times the dearest of them alone.",
        "",
        "| measure | CPU s alone |",
        "| --- | --- |",
        *(
            f"| `{name}` | {seconds:.1f} |"
            for name, seconds in sorted(alone.items(), key=lambda item: -item[1])
        ),
    ]
    text = (HERE / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- scorecard: begin -->\n", "<!-- scorecard: end -->"
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    (HERE / "README.md").write_text(
        before + begin + "\n".join(lines) + "\n" + end + after, encoding="utf-8"
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()

"""What is done beside a cell's process while it works: its time, and what it is handed late."""

import io
import time
from threading import Event

import numpy as np

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.runs.disk import tells_of_full_disk
from genbench.runs.worker import PHASES
from genbench.runs.workplace import Workplace
from genbench.scoring.dataset import MOST_HEADER


class Watch:
    """Watches a cell's process: says when to end it, and brings what it needs late."""

    def __init__(self, place: Workplace, dataset: Dataset, seconds: float, stop: Event) -> None:
        self.place, self.dataset, self.seconds, self.stop = place, dataset, seconds, stop
        self.reached = -1  # of PHASES: who goes back to one gets no more time
        self.last = time.monotonic() + seconds
        self.samples: bytes | None = None  # as they were before the points came

    def __call__(self) -> str | None:
        phase = self.place.phase()
        if phase is not None and PHASES.index(phase) > self.reached:
            self.reached, self.last = PHASES.index(phase), time.monotonic() + self.seconds
            if phase == "log_prob":
                self._bring_points()
        if self.stop.is_set():
            return "stop"
        return "deadline" if time.monotonic() > self.last else None

    def _bring_points(self) -> None:
        """Bring the points that a density is judged at, in exchange for the samples."""
        try:
            most = 8 * self.dataset.fresh.size + MOST_HEADER
            self.samples = self.place.read("samples.npy", most=most)
        except OSError:  # it has not drawn
            return
        points = self.dataset.dequantized_test(rng_for(0, "dequantize"))
        try:
            self.place.write("points.npy", npy(points))
        except OSError as error:  # it has removed its folder, say, and will be late
            if tells_of_full_disk(error):
                raise


def npy(array: Array | Labels) -> bytes:
    """Return an array as an .npy file holds it."""
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False)
    return written.getvalue()

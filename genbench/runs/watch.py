"""What is done beside a cell's process while it works: its time, and what it is handed late."""

import io
import time
from collections.abc import Callable, Mapping
from threading import Event

import numpy as np

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.runs.disk import tells_of_full_disk
from genbench.runs.outcomes import MOST_SAID, Outcome, believed
from genbench.runs.worker import PHASES, TRAIN_POINTS
from genbench.runs.workplace import Workplace
from genbench.scoring.dataset import MOST_HEADER

Keep = Callable[[int, Outcome, bytes], None]  # of the rows of one decoder, by its number


class Watch:
    """Watches a cell's process: says when to end it, and brings what it needs late.

    Rows that decoders have written are handed to `keep` as they come.
    """

    def __init__(
        self,
        place: Workplace,
        dataset: Dataset,
        seconds: float,
        stop: Event,
        *,
        late: Mapping[str, bytes],
        n_decoders: int,
        keep: Keep,
    ) -> None:
        """Watch the process in a place.

        Args:
            place: its folder.
            dataset: what it draws samples like.
            seconds: that each phase may take, and each decoder.
            stop: set to end it.
            late: files that it is brought once decoders are to write.
            n_decoders: how many there are.
            keep: what takes the rows of one.
        """
        self.place, self.dataset, self.seconds, self.stop = place, dataset, seconds, stop
        self.late, self.n_decoders, self.keep = late, n_decoders, keep
        self.reached = (-1, 0)  # of PHASES: who goes back to one gets no more time
        self.last = time.monotonic() + seconds
        self.samples: bytes | None = None  # as they were before anything came late
        self.n_kept = 0
        self.is_told = False  # whether it has the points that it is judged at

    def __call__(self) -> str | None:
        phase = self.place.phase()
        if phase is not None:
            step = PHASES.index(phase), min(self.place.number(), self.n_decoders)
            if step > self.reached:
                self.reached, self.last = step, time.monotonic() + self.seconds
                if phase == "decode":
                    self._bring_late()
                if phase == "log_prob":
                    self._bring_points()
        self.collect()
        if self.stop.is_set():
            return "stop"
        return "deadline" if time.monotonic() > self.last else None

    def collect(self) -> None:
        """Keep the rows of each decoder that is done; none that came after the points."""
        most = 8 * self.dataset.fresh.size + MOST_HEADER
        while self.n_kept < self.n_decoders and not self.is_told:
            folder = f"decoded/{self.n_kept}"
            try:
                outcome = believed(self.place.read(f"{folder}/outcome.json", most=MOST_SAID))
                if outcome is None:
                    outcome = Outcome("invalid", "decode", "It left no outcome that can be read.")
                good = outcome.status == "ok"
                rows = self.place.read(f"{folder}/samples.npy", most=most) if good else b""
            except OSError:  # it is not done
                return
            self.keep(self.n_kept, outcome, rows)
            self.n_kept += 1

    def _bring_late(self) -> None:
        """Bring what decoders write from, in exchange for the samples."""
        self._take_samples()
        self._bring(self.late)

    def _bring_points(self) -> None:
        """Bring the points that a density is judged at, in exchange for all samples."""
        self.collect()
        if not self._take_samples():  # it has not drawn
            return
        self.is_told = True
        rng = rng_for(0, "dequantize")
        test, train = self.dataset.dequantized_test(rng), self.dataset.dequantized_train(rng)
        late = {} if train is None else {TRAIN_POINTS: npy(train)}
        self._bring(late | {"points.npy": npy(test)})

    def _take_samples(self) -> bool:
        """Read the samples as they are, once; False if there are none."""
        if self.samples is None:
            try:
                most = 8 * self.dataset.fresh.size + MOST_HEADER
                self.samples = self.place.read("samples.npy", most=most)
            except OSError:
                return False
        return True

    def _bring(self, files: Mapping[str, bytes]) -> None:
        try:
            for name, content in files.items():
                self.place.write(name, content)
        except OSError as error:  # it has removed its folder, say, and will be late
            if tells_of_full_disk(error):
                raise


def npy(array: Array | Labels) -> bytes:
    """Return an array as an .npy file holds it."""
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False)
    return written.getvalue()

"""The laws of `genbench check` about a model of sequences that says what comes next."""

import numpy as np

from genbench.check.candidate import Candidate, N
from genbench.check.notes import Broken, NotApplicable, Notes
from genbench.check.verdicts import Law
from genbench.ground.arrays import Array
from genbench.models import toys
from genbench.models.find import HasLogProb, HasNextLogProb, Selective
from genbench.models.next_symbols import as_laws, total

NEAR = 1e-4  # of a probability that is told twice
NEAR_NATS = 1e-3  # of a row's log-probability, by its symbols and as a whole
NEAR_ONE = 2e-3  # of the sum over all rows, of laws that sum to one within what is allowed
MOST_ROWS = 10_000  # that are all rows there can be
N_ALONE = 5  # rows that are asked about one by one


def try_next_symbols(candidate: Candidate, notes: Notes) -> None:
    """Fit a model to rows of symbols, and try what it says of the next one."""
    with notes.trial(Law.NEXT):
        asked = Asked(candidate, notes)
        asked.check_laws()
    with notes.trial(Law.ADDS_UP):
        if Law.NEXT not in notes.passed:
            raise NotApplicable("what it says of the next symbol has no sum")
        asked.check_sums()


class Asked:
    """A model that has learned rows of symbols, and is asked about them.

    Raises:
        NotApplicable: it does not say what comes next, or refuses the rows.
        Broken: it could not be made or fitted.
    """

    def __init__(self, candidate: Candidate, notes: Notes) -> None:
        model = candidate.make()
        if not isinstance(model, HasNextLogProb):
            raise NotApplicable("it has no next_log_prob, and needs none")
        toy = candidate.data or toys.toy(toys.SYMBOLS)
        if isinstance(model, Selective) and (reason := model.refuses(toy.train.copy())):
            raise NotApplicable(f"it refuses {toy.name}: {reason}")
        fitted = candidate.on(toy).fitted(toy.train.copy())
        if not isinstance(fitted, HasNextLogProb):
            raise NotApplicable("what fit returns has no next_log_prob, and needs none")
        self.notes, self.model, self.train = notes, fitted, toy.train
        self.n_symbols, self.length = int(toy.train.max()) + 1, toy.train.shape[1]

    def laws(self, prefixes: Array) -> Array:
        """Return what the model says comes next.

        Raises:
            Broken: it raised, or wrote to what it was asked about.
            BadInput: what it says is no law.
        """
        given, t = prefixes.copy(), prefixes.shape[1]
        told = self.notes.call(f"next_log_prob after {t} symbols", self.model.next_log_prob, given)
        if not np.array_equal(given, prefixes):
            raise Broken("next_log_prob wrote to the prefixes it was given: work on a copy.")
        return as_laws(told, (len(prefixes), self.n_symbols), after=t)

    def check_laws(self) -> None:
        """See that it tells a law after any number of symbols, and the same in any company."""
        rows = self.train[:N]
        before = [self.laws(rows[:, :t]) for t in range(self.length)]
        one_by_one = [slice(i, i + 1) for i in range(min(N_ALONE, len(rows)))]
        for t in reversed(range(self.length)):
            for some in (slice(None), *one_by_one):
                again = self.laws(rows[some, :t])
                if (np.abs(np.exp(again) - np.exp(before[t][some])) > NEAR).any():
                    when = "asked once more" if some == slice(None) else "asked of a row alone"
                    raise Broken(
                        f"After {t} symbols, {when}, it says otherwise: what comes next depends on "
                        "what came before in that row, and on nothing else."
                    )

    def check_sums(self) -> None:
        """See that symbols add up to rows, and all rows there can be to one."""
        rows = np.unique(self.train[:N], axis=0)
        if is_whole := self.n_symbols**self.length <= MOST_ROWS:
            shape = (self.n_symbols,) * self.length
            rows = np.indices(shape).reshape(self.length, -1).T.astype(np.float64)
        by_symbols = total(self.laws, rows, self.n_symbols)
        by_rows = by_symbols
        if isinstance(self.model, HasLogProb):
            by_rows = np.asarray(self.notes.call("log_prob", self.model.log_prob, rows.copy()))
        if by_rows.shape != by_symbols.shape:
            raise Broken(f"log_prob of {len(rows)} rows has shape {by_rows.shape}.")
        with np.errstate(over="ignore"):
            mass = float(np.exp(by_rows).sum())
        if is_whole and not abs(mass - 1) <= NEAR_ONE:
            raise Broken(
                f"The probabilities of all {len(rows)} rows there can be sum to {mass:.4g}: each "
                "symbol must be told from those before it alone, and rows in nats."
            )
        differ = by_symbols != by_rows  # what is impossible both ways does not
        far = np.zeros(len(rows))
        far[differ] = np.abs(by_symbols[differ] - by_rows[differ])
        if far.max() > NEAR_NATS:
            i = int(far.argmax())
            raise Broken(
                f"log_prob of a row is {by_rows[i]:.6g}, but what next_log_prob says of its "
                f"symbols adds up to {by_symbols[i]:.6g}: both are of one law, in nats."
            )

"""Boards: which data sets, models and seeds make a leaderboard. To add one: a line in CATALOG."""

from dataclasses import dataclass, replace

from genbench.ground.errors import BadInput, unknown_name

STANDARD = (
    "frechet_distance",
    "maximum_mean_discrepancy",
    "kernel_distance",
    "wasserstein_distance",
    "critic_distance",
    "classifier_two_sample_test",
    "classifier_two_sample_p_value",
    "statistically_different_bins",
    "bin_divergence",
    "precision",
    "recall",
    "density",
    "coverage",
    "authenticity",
    "bayesian_surprise",
    "high_density_share",
    "birthday_support",
    "inception_score",
    "modified_inception_score",
    "mode_score",
    "am_score",
    "kernel_log_likelihood",
    "log_likelihood",
)

# One or two members of every family, those that train fast.
FEW = (
    "copycat",
    "noise",
    "marginals",
    "gaussian",
    "kernel_density",
    "mixture",
    "good_turing",
    "metropolis",
    "realnvp",
    "pca",
    "denoising_autoencoder",
    "vae",
    "vector_quantization",
    "vq_vae",
    "gan",
    "wgan_gp",
    "masked_autoregressive",
    "transformer",
    "flow_matching",
    "noise_contrastive",
)


@dataclass(frozen=True, kw_only=True)
class Board:
    """A plan: every model on every data set, once per seed."""

    summary: str
    datasets: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    models: tuple[str, ...] | None = None  # None: every baseline
    metrics: tuple[str, ...] = STANDARD  # a table of all measures could not be read
    deadline: float = 300.0  # seconds a cell may take to fit and sample
    budget: float | None = None  # seconds a fit is to take, where a model lets that be said

    def narrowed(
        self,
        *,
        models: tuple[str, ...] | None,
        datasets: tuple[str, ...] | None,
        seeds: tuple[int, ...] | None,
        budget: float | None = None,
    ) -> "Board":
        """Return the same board with other models, data sets, seeds or budget, where given.

        Raises:
            BadInput: nothing is left, or a seed is negative.
        """
        for name, values in (("models", models), ("data sets", datasets), ("seeds", seeds)):
            if values is not None and not values:
                raise BadInput(f"No {name} were named.")
        if seeds is not None and min(seeds) < 0:
            raise BadInput(f"Seeds are whole numbers from 0 up, not {min(seeds)}.")
        return replace(
            self,
            models=self.models if models is None else models,
            datasets=self.datasets if datasets is None else datasets,
            seeds=self.seeds if seeds is None else seeds,
            budget=self.budget if budget is None else budget,
        )


CATALOG = {
    "quick": Board(
        summary="every family on real digits and the ring, one seed; minutes on two cores",
        datasets=("digits", "ring"),
        models=FEW,
        budget=30.0,  # half of what the models would take: it is to be done while one looks on
    ),
    "families": Board(
        summary="every baseline on pictures, points and a table, three seeds; hours on two cores",
        datasets=("digits", "ring", "grid", "moons", "wine"),
        seeds=(0, 1, 2),
    ),
}


def name_of(board: Board) -> str | None:
    """Return the name of a board of the catalog; others have none."""
    return next((name for name, known in CATALOG.items() if known == board), None)


def find(name: str) -> Board:
    """Return the board of that name.

    Raises:
        BadInput: there is none.
    """
    if name in CATALOG:
        return CATALOG[name]
    raise unknown_name("board", name, CATALOG)

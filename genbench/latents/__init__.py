"""What a decoder allows: likelihoods by annealing, reconstructions, paths between latents."""

from genbench.ground.lazy import lazy

_HOMES = {
    "annealed_log_weights": "annealing",
    "paths": "interpolation",
    "reconstruct": "inversion",
    "reverse_log_weights": "annealing",
    "upper_bound": "annealing",
}
__getattr__ = lazy(__name__, _HOMES)

"""How a loss falls with the size of a model and the amount of its data: laws, and how sure."""

from genbench.ground.lazy import lazy

_HOMES = {
    "Exponent": "power_law",
    "LawFit": "resampling",
    "LossLaw": "loss_law",
    "PowerLaw": "power_law",
    "Trials": "trials",
    "akaike": "loss_law",
    "constant_offset": "claims",
    "data_needed": "claims",
    "end_from_beginning": "claims",
    "fit_by_log_sum_exp": "log_sum_exp",
    "fit_loss_law": "loss_law",
    "fit_power_law": "power_law",
    "fit_with_intervals": "resampling",
    "sample_efficiency": "claims",
}
__getattr__ = lazy(__name__, _HOMES)

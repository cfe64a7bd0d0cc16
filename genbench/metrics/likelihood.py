"""Average log-likelihood of test samples: under the model itself, and under a kernel estimate.

Parzen windows for models without a density: Goodfellow et al., "Generative adversarial nets",
NeurIPS 2014, https://arxiv.org/abs/1406.2661; why to distrust them: Theis et al., "A note on the
evaluation of generative models", ICLR 2016, https://arxiv.org/abs/1511.01844.

Differs from usage: the bandwidth is chosen on one half of the test samples and used on the other,
both ways, so none is judged by a bandwidth it helped to choose.
"""

from genbench.evidence import KernelLikelihood, LogLikelihoods
from genbench.evidence.parts import OverParts
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def log_likelihood(likelihoods: LogLikelihoods) -> float:
    """Mean log-density of test samples under the model's own density, in nats."""
    return float(likelihoods.test.mean())


def kernel_log_likelihood(likelihood: KernelLikelihood) -> float:
    """Mean log-density of test samples under a Gaussian blur of the generated ones, in nats.

    The blur's own likelihood, not the model's: samples shrunk towards the mean can score higher
    than real ones. Never compare it across dimensions.
    """
    return float(likelihood.log_densities.mean())


def mean_error(likelihoods: LogLikelihoods) -> float:
    """Standard error of the mean over test samples."""
    return error_of_mean(likelihoods.test)


METRICS = (
    Metric(
        compute=kernel_log_likelihood,
        needs=KernelLikelihood,
        aim="high",
        catches=("noise", "shift", "collapse", "dropped mode"),
        standard_error=OverParts(),
        revision=2,
    ),
    Metric(
        compute=log_likelihood,
        needs=LogLikelihoods,
        aim="high",
        catches=(),
        standard_error=mean_error,
    ),
)

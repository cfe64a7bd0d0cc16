"""Evidence: the expensive things that metrics read, each computed once and shared."""

from genbench.evidence.bins import Bins
from genbench.evidence.classifier_test import ClassifierTest
from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.critic import Critic
from genbench.evidence.duplicates import Duplicates
from genbench.evidence.gaussians import Gaussian
from genbench.evidence.kernel_likelihood import KernelLikelihood
from genbench.evidence.kernel_means import Kernels
from genbench.evidence.level_set import LevelSet
from genbench.evidence.log_likelihoods import LogLikelihoods
from genbench.evidence.moments import Moments
from genbench.evidence.overlap import Overlap
from genbench.evidence.pair_means import KernelMeans
from genbench.evidence.probabilities import Probabilities
from genbench.evidence.proximity import Proximity
from genbench.evidence.transport import Transport

__all__ = [
    "Bins",
    "ClassifierTest",
    "Comparison",
    "Critic",
    "Duplicates",
    "Evidence",
    "Gaussian",
    "KernelLikelihood",
    "KernelMeans",
    "Kernels",
    "LevelSet",
    "LogLikelihoods",
    "Moments",
    "Overlap",
    "Probabilities",
    "Proximity",
    "Reference",
    "Transport",
]

"""The measures. To add one: write its file, then its module's name here."""

import importlib

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief
from genbench.metric import Metric

__all__ = ["ALIASES", "CATALOG", "find"]

MODULES = (
    # test and generated points
    "frechet",
    "kernel_distances",
    "energy_distance",
    "embedding_discrepancy",
    "wasserstein",
    "sliced_wasserstein",
    "sinkhorn",
    "classifier_two_sample",
    "neighbour_two_sample",
    "bins",
    "probability_mass",
    "mauve",
    "precision_recall_curve",
    "precision_recall",
    "density_coverage",
    "probabilistic_precision_recall",
    "alpha_precision",
    "topological_precision_recall",
    "level_coverage",
    "rarity",
    "retrieval",
    "birthday",
    "vendi",
    "geometry",
    # training points as well
    "authenticity",
    "hull",
    "surprise",
    "data_copying",
    "memorization",
    "feature_likelihood",
    # class probabilities, labels
    "inception_scores",
    "creativity",
    "classification",
    "boundary_distortion",
    "adversarial_divergence",
    # where the truth is known
    "level_set",
    "manifold",
    "true_law",
    # sequences
    "judged_bits",
    "grams",
    "self_similarity",
    "zipf",
    "copied_text",
    "series",
    # pictures
    "picture_statistics",
    "sliced_patches",
    "picture_similarity",
    # what the model says of itself
    "likelihood",
    "bits",
    "perplexity",
    "sequence_bits",
    "latent_likelihood",
    "stein",
    "reconstruction",
    "path_length",
    "latent_information",
    "disentanglement",
    # other models
    "tournament",
    "generative_adversarial_metric",
    "relative_discriminative_score",
)

CATALOG: dict[str, Metric] = {
    metric.name: metric
    for module in MODULES
    for metric in importlib.import_module(f"genbench.metrics.{module}").METRICS
}

ALIASES = {
    "fid": "frechet_distance",
    "fid_infinity": "frechet_distance_infinity",
    "kid": "kernel_distance",
    "mmd": "maximum_mean_discrepancy",
    "w1": "wasserstein_distance",
    "w2": "wasserstein_2_distance",
    "energy": "energy_distance",
    "cmmd": "embedding_discrepancy",
    "sinkhorn": "sinkhorn_divergence",
    "vendi": "vendi_score",
    "rke": "renyi_kernel_modes",
    "rrke": "relative_renyi_kernel_entropy",
    "kce": "kernel_cross_entropy",
    "prd_recall": "precision_recall_f8",
    "prd_precision": "precision_recall_f1_8",
    "pqmass": "probability_mass_chi_square",
    "ksd": "kernel_stein_discrepancy",
    "geometry": "geometry_score",
    "fld": "feature_likelihood_divergence",
    "sw1": "sliced_wasserstein_1",
    "sw2": "sliced_wasserstein_2",
    "critic": "critic_distance",
    "c2st": "classifier_two_sample_test",
    "ndb": "statistically_different_bins",
    "p_recall": "probabilistic_recall",
    "p_precision": "probabilistic_precision",
    "top_r": "topological_recall",
    "top_p": "topological_precision",
    "mifid": "memorization_informed_frechet_distance",
    "c_t": "data_copying",
    "one_nn": "neighbour_two_sample_accuracy",
    "birthday": "birthday_support",
    "intra_fid": "class_frechet_distance",
    "is": "inception_score",
    "m_is": "modified_inception_score",
    "ms": "mode_score",
    "am": "am_score",
    "kde": "kernel_log_likelihood",
    "surprise": "bayesian_surprise",
    "swd": "sliced_patch_distance",
    "ssim": "structural_similarity",
    "psnr": "peak_signal_to_noise_ratio",
    "ms_ssim": "pairwise_structural_similarity",
    "gan_train": "train_on_generated_accuracy",
    "gan_test": "test_on_generated_accuracy",
    "gqi": "generation_quality_index",
    "adversarial_accuracy": "train_on_generated_accuracy",
    "gam": "generative_adversarial_metric",
    "nrds": "relative_discriminative_score",
    "win_rate": "tournament_win_rate",
    "glicko2": "skill_rating",
    "bpd": "bits_per_dimension",
    "bpb": "bits_per_byte",
    "elbo": "evidence_lower_bound",
    "iwae": "importance_weighted_bound",
    "path_length": "perceptual_path_length",
    "gilbo": "latent_information",
    "mig": "mutual_information_gap",
    "sap": "separated_attribute_predictability",
    "dci": "code_disentanglement",
    "bits_per_character": "bits_per_symbol",
    "bpc": "bits_per_symbol",
    "bits_per_token": "bits_per_symbol",
    "grammaticality": "grammatical_share",
    "self_bleu": "self_similarity",
    "distinct_n": "distinct_ngrams",
    "dist_n": "distinct_ngrams",
    "distinct_4": "distinct_ngrams",
    "rep_n": "repetition",
    "seq_rep_4": "repetition",
    "rep_4": "repetition",
    "zipf": "zipf_gap",
    "zipf_coefficient": "zipf_gap",
    "ngram_novelty": "novel_ngrams",
    "ngram_js": "ngram_divergence",
    "longest_common_substring": "copied_span",
    "exact_match": "verbatim_share",
    "ljung_box": "innovation_whiteness",
    "acf_distance": "autocorrelation_distance",
    "wiener_entropy": "spectral_flatness",
}


def find(name: str) -> Metric:
    """Return a metric by its name or its usual acronym, in any case, with - or _.

    Raises:
        BadInput: there is none; the message has near matches.
    """
    if not isinstance(name, str):
        raise BadInput(f"A metric is named by a text, not by {brief(repr(name))}.")
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    plain = ALIASES.get(plain, plain)
    if plain not in CATALOG:
        raise unknown_name("metric", name, [*CATALOG, *ALIASES])
    return CATALOG[plain]

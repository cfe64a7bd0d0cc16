"""Where models are that stood at another address: old records, and commands, still name that."""

_FAMILIES = {
    "autoencoders": (
        "autoencoder",
        "contractive_autoencoder",
        "denoising_autoencoder",
        "pca",
        "sparse_autoencoder",
    ),
    "autoregressive": (
        "causal_convolution",
        "finite_memory",
        "masked_autoregressive",
        "pixel_cnn",
        "recurrent",
        "transformer",
    ),
    "chains": ("langevin", "metropolis"),
    "controls": ("copycat", "noise", "noisy_bootstrap"),
    "counts": ("good_turing", "laplace_smoothing", "maximum_likelihood_counts"),
    "densities": ("copula", "kernel_density", "mixture", "smote"),
    "diffusion": ("ddpm", "flow_matching", "score_langevin"),
    "energy": ("energy_based", "noise_contrastive"),
    "flows": (
        "continuous_flow",
        "glow",
        "maf",
        "planar_flow",
        "radial_flow",
        "realnvp",
        "spline_flow",
    ),
    "gans": (
        "conditional_gan",
        "f_gan",
        "gan",
        "packed_gan",
        "robust_gan",
        "unrolled_gan",
        "wgan_clipping",
        "wgan_gp",
    ),
    "latent_variables": ("vae",),
    "quantization": ("lloyd_max", "vector_quantization", "vq_vae"),
    "samplers": (
        "box_muller",
        "gaussian",
        "gumbel_max",
        "marginals",
        "nonlinear_map",
        "rejection",
    ),
}
MOVED = {
    "genbench.exported": "genbench.models.exported",
    "genbench.template": "genbench.models.template",
} | {
    f"genbench.baselines.{name}": f"genbench.baselines.{family}.{name}"
    for family, names in _FAMILIES.items()
    for name in names
}


def present_address(target: str) -> str:
    """Return the target under which the same model is found now; any other text as it is."""
    module, colon, name = target.rpartition(":")
    return f"{MOVED.get(module, module)}{colon}{name}"

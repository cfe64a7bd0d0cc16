"""Built-in models, at least one of every family. To add one: write its file, then a line here.

It stands apart from `__init__.py`, which says nothing but what the folder is: a model's key covers
the files that its code is in and the packages around them, not the lines of other models.
"""

from genbench.models.find import ModelSpec

__all__ = ["CATALOG", "FAMILIES"]

Row = tuple[str, str, str, dict[str, object]]


def _row(of_class: str, summary: str, file: str = "", /, **params: object) -> Row:
    """Return a model's class, what it is, its file if that has another name, and its settings."""
    return of_class, summary, file, params


# Families, as tables name them and with the folder that each is in, and their models by name.
FAMILIES: dict[tuple[str, str], dict[str, Row]] = {
    ("control", "controls"): {
        "copycat": _row("Copycat", "returns training samples"),
        "noisy_bootstrap": _row("NoisyBootstrap", "training samples with a little noise"),
        "noise": _row("UniformNoise", "uniform over the range of each coordinate"),
    },
    ("exact sampler", "samplers"): {
        "marginals": _row(
            "IndependentMarginals",
            "inverse empirical distribution function of each coordinate on its own",
        ),
        "gaussian": _row("Gaussian", "affine map of normal noise"),
        "box_muller": _row("BoxMuller", "affine map of normal noise made from uniform"),
        "gumbel_max": _row("GumbelMax", "categories drawn as noisy maxima"),
        "rejection": _row("Rejection", "Gaussian proposals, kept as a mixture asks"),
        "nonlinear_map": _row("NonlinearMap", "many-to-one map of normal noise"),
    },
    ("count model", "counts"): {
        "maximum_likelihood_counts": _row(
            "MaximumLikelihoodCounts", "relative frequencies of whole numbers"
        ),
        "laplace_smoothing": _row("LaplaceSmoothing", "every count raised by one"),
        "good_turing": _row("GoodTuring", "what was seen once makes room for the unseen"),
    },
    ("density estimator", "densities"): {
        "kernel_density": _row("KernelDensity", "training samples, blurred"),
        "mixture": _row("Mixture", "Gaussian mixture, sized by held-out likelihood"),
        "copula": _row("GaussianCopula", "own marginals, tied by normal scores"),
        "smote": _row("Smote", "between a training sample and a near neighbour"),
    },
    ("Markov chain", "chains"): {
        "metropolis": _row("Metropolis", "random-walk chains on an estimated density"),
        "langevin": _row("Langevin", "chains that climb the gradient of a density"),
    },
    ("normalizing flow", "flows"): {
        "realnvp": _row("RealNVP", "affine coupling layers"),
        "maf": _row(
            "MaskedAutoregressiveFlow", "each coordinate scaled and shifted by those before it"
        ),
        "spline_flow": _row("SplineFlow", "couplings along monotone splines"),
        "planar_flow": _row("PlanarFlow", "layers that stretch space across planes"),
        "radial_flow": _row("RadialFlow", "layers that stretch space around points"),
        "continuous_flow": _row(
            "ContinuousFlow", "differential equation trained by exact likelihood"
        ),
        "glow": _row("Glow", "convolutional couplings; square pictures only"),
    },
    ("autoencoder", "autoencoders"): {
        "pca": _row("PrincipalComponents", "linear code with a mixture on it"),
        "autoencoder": _row("Autoencoder", "short code with a mixture on it"),
        "sparse_autoencoder": _row(
            "SparseAutoencoder", "long code, mostly near zero, with a mixture on it"
        ),
        "contractive_autoencoder": _row(
            "ContractiveAutoencoder", "code that hardly moves, with a mixture on it"
        ),
        "denoising_autoencoder": _row("DenoisingAutoencoder", "learned code with a mixture on it"),
    },
    ("latent variables", "latent_variables"): {
        "vae": _row("VariationalAutoencoder", "evidence lower bound"),
        "convolutional_vae": _row("ConvolutionalVAE", "evidence lower bound; square pictures only"),
        "conditional_vae": _row("ConditionalVAE", "told which class a sample is of"),
        "beta_vae": _row(
            "VariationalAutoencoder",
            "lower bound with four times the divergence",
            "vae",
            beta=4.0,
            components=1,
        ),
        "info_vae": _row(
            "VariationalAutoencoder",
            "lower bound with a tenth of the divergence and a mean discrepancy",
            "vae",
            beta=0.1,
            discrepancy=5.0,
            components=1,
        ),
        "iwae": _row(
            "VariationalAutoencoder", "importance-weighted lower bound", "vae", importance=8
        ),
    },
    ("quantization", "quantization"): {
        "vector_quantization": _row("VectorQuantization", "Lloyd's codebook"),
        "lloyd_max": _row("LloydMax", "best levels of each coordinate on its own"),
        "vq_vae": _row("VQVAE", "discrete codes with an autoregressive prior"),
        "convolutional_vq_vae": _row(
            "ConvolutionalVQVAE",
            "a map of discrete codes, read by a PixelCNN; square pictures only",
        ),
    },
    ("GAN", "gans"): {
        "gan": _row("GAN", "non-saturating loss"),
        "gan_minimax": _row("GAN", "the game as the theory has it", "gan", loss="minimax"),
        "gan_maximum_likelihood": _row(
            "GAN", "a loss with the slope of likelihood", "gan", loss="maximum_likelihood"
        ),
        "f_gan_kl": _row("FGAN", "Kullback-Leibler divergence", "f_gan", divergence="kl"),
        "f_gan_reverse_kl": _row(
            "FGAN", "reverse Kullback-Leibler divergence", "f_gan", divergence="reverse_kl"
        ),
        "f_gan_jensen_shannon": _row(
            "FGAN", "Jensen-Shannon divergence", "f_gan", divergence="jensen_shannon"
        ),
        "f_gan_pearson": _row("FGAN", "Pearson's chi-square", "f_gan", divergence="pearson"),
        "f_gan_total_variation": _row(
            "FGAN", "total variation", "f_gan", divergence="total_variation"
        ),
        "r3gan": _row("R3GAN", "judged in pairs, with penalties on both slopes"),
        "wgan_gp": _row("WassersteinGAN", "Wasserstein loss with gradient penalty"),
        "wgan_clipping": _row("ClippedWassersteinGAN", "Wasserstein loss with clipped weights"),
        "packed_gan": _row("PackedGAN", "samples are judged in packs"),
        "unrolled_gan": _row("UnrolledGAN", "looks some steps of the discriminator ahead"),
        "conditional_gan": _row("ConditionalGAN", "told which class a sample is of"),
        "dcgan": _row("DCGAN", "deep convolutional; square pictures only"),
        "convolutional_wgan_gp": _row(
            "ConvolutionalWGAN", "Wasserstein loss, convolutional; square pictures only"
        ),
        "robust_gan": _row("RobustGAN", "a Gaussian, in spite of a share of bad samples"),
    },
    ("autoregressive", "autoregressive"): {
        "masked_autoregressive": _row(
            "MaskedAutoregressive", "masked network over quantized coordinates"
        ),
        "finite_memory": _row("FiniteMemory", "network that sees the last few coordinates"),
        "finite_memory_text": _row(
            "FiniteMemoryText", "the same for windows of text", "finite_memory"
        ),
        "recurrent": _row("Recurrent", "gated recurrent network"),
        "recurrent_text": _row("RecurrentText", "the same for windows of text", "recurrent"),
        "causal_convolution": _row("CausalConvolution", "dilated causal convolutions"),
        "causal_convolution_text": _row(
            "CausalConvolutionText", "the same for windows of text", "causal_convolution"
        ),
        "pixel_cnn": _row("PixelCNN", "masked convolutions over square pictures"),
    },
    ("Transformer", "autoregressive"): {
        "transformer": _row("Transformer", "causal attention over quantized coordinates"),
        "transformer_text": _row("TransformerText", "the same for windows of text", "transformer"),
        "conditional_transformer": _row("ConditionalTransformer", "the class first, then the rest"),
    },
    ("diffusion", "diffusion"): {
        "flow_matching": _row("FlowMatching", "velocity field from noise to data"),
        "one_step_flow": _row("OneStepFlow", "one leap, taught by flow matching"),
        "ddpm": _row("DDPM", "noise taken out in a thousand small steps"),
        "ddpm_velocity": _row("DDPM", "the same, predicting velocity", "ddpm", predict="velocity"),
        "conditional_ddpm": _row("ConditionalDDPM", "told which class a sample is of"),
        "unet_ddpm": _row("UNetDDPM", "noise taken out by a U-Net; square pictures only"),
        "unet_flow_matching": _row(
            "UNetFlowMatching", "velocity field of a U-Net; square pictures only"
        ),
        "tabular_diffusion": _row(
            "TabularDiffusion", "columns of numbers by their quantiles, categories by flags"
        ),
        "score_langevin": _row("ScoreLangevin", "score network with annealed Langevin chains"),
    },
    ("energy-based", "energy"): {
        "energy_based": _row("EnergyBased", "contrastive divergence with Langevin chains"),
        "noise_contrastive": _row(
            "NoiseContrastive", "mixture reweighted by a classifier of data against it"
        ),
    },
    ("sequence model", "sequences"): {
        **{
            f"markov_{order}": _row(
                "NGram", f"chain of order {order}, its counts smoothed", "ngram", order=order
            )
            for order in range(6)
        },
        "ngram": _row("NGram", "what followed the last seven symbols, Kneser-Ney", order=7),
        "ngram_maximum_likelihood": _row(
            "NGram",
            "what followed the last three symbols, counts as they are",
            "ngram",
            order=3,
            smoothing="maximum_likelihood",
        ),
        "ngram_laplace": _row(
            "NGram", "the same, a tenth added to every count", "ngram", order=3, smoothing="laplace"
        ),
        "ngram_witten_bell": _row(
            "NGram",
            "the same, shorter contexts weighed by different symbols",
            "ngram",
            order=3,
            smoothing="witten_bell",
        ),
        "ngram_good_turing": _row(
            "NGram",
            "the same, backing off where nothing was seen",
            "ngram",
            order=3,
            smoothing="good_turing",
        ),
        "interpolated": _row("Interpolated", "n-grams mixed with a recurrent network"),
        "hidden_markov": _row("HiddenMarkov", "symbols of hidden states that form a chain"),
        "context_free": _row(
            "ContextFree", "probabilistic grammar, found by counting expected rules"
        ),
        "burg": _row(
            "Burg", "series predicted linearly, forwards and backwards", "linear_prediction"
        ),
        "yule_walker": _row(
            "YuleWalker", "series predicted linearly from its autocovariances", "linear_prediction"
        ),
    },
}

CATALOG = {
    name: ModelSpec(
        target=f"genbench.baselines.{folder}.{file or name}:{of_class}",
        family=family,
        summary=summary,
        params=params,
    )
    for (family, folder), models in FAMILIES.items()
    for name, (of_class, summary, file, params) in models.items()
}

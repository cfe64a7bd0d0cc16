"""Built-in models, at least one of every family. To add one: write its file, then a line here.

It stands apart from `__init__.py`, which says nothing but what the folder is: a model's key covers
the files that its code is in and the packages around them, not the lines of other models.
"""

from genbench.models.find import ModelSpec

__all__ = ["CATALOG", "FOLDERS"]

# Families, as tables name them, and the folder that the models of each are in.
FOLDERS = {
    "control": "controls",
    "exact sampler": "samplers",
    "count model": "counts",
    "density estimator": "densities",
    "Markov chain": "chains",
    "normalizing flow": "flows",
    "autoencoder": "autoencoders",
    "latent variables": "latent_variables",
    "quantization": "quantization",
    "GAN": "gans",
    "autoregressive": "autoregressive",
    "Transformer": "autoregressive",
    "diffusion": "diffusion",
    "energy-based": "energy",
}


def _spec(target: str, family: str, summary: str, /, **params: object) -> ModelSpec:
    target = f"genbench.baselines.{FOLDERS[family]}.{target}"
    return ModelSpec(target=target, family=family, summary=summary, params=params)


CATALOG = {
    "copycat": _spec("copycat:Copycat", "control", "returns training samples"),
    "noisy_bootstrap": _spec(
        "noisy_bootstrap:NoisyBootstrap", "control", "training samples with a little noise"
    ),
    "noise": _spec("noise:UniformNoise", "control", "uniform over the range of each coordinate"),
    "marginals": _spec(
        "marginals:IndependentMarginals",
        "exact sampler",
        "inverse empirical distribution function of each coordinate on its own",
    ),
    "gaussian": _spec("gaussian:Gaussian", "exact sampler", "affine map of normal noise"),
    "box_muller": _spec(
        "box_muller:BoxMuller", "exact sampler", "affine map of normal noise made from uniform"
    ),
    "gumbel_max": _spec(
        "gumbel_max:GumbelMax", "exact sampler", "categories drawn as noisy maxima"
    ),
    "rejection": _spec(
        "rejection:Rejection", "exact sampler", "Gaussian proposals, kept as a mixture asks"
    ),
    "nonlinear_map": _spec(
        "nonlinear_map:NonlinearMap", "exact sampler", "many-to-one map of normal noise"
    ),
    "maximum_likelihood_counts": _spec(
        "maximum_likelihood_counts:MaximumLikelihoodCounts",
        "count model",
        "relative frequencies of whole numbers",
    ),
    "laplace_smoothing": _spec(
        "laplace_smoothing:LaplaceSmoothing", "count model", "every count raised by one"
    ),
    "good_turing": _spec(
        "good_turing:GoodTuring", "count model", "what was seen once makes room for the unseen"
    ),
    "kernel_density": _spec(
        "kernel_density:KernelDensity", "density estimator", "training samples, blurred"
    ),
    "mixture": _spec(
        "mixture:Mixture", "density estimator", "Gaussian mixture, sized by held-out likelihood"
    ),
    "copula": _spec(
        "copula:GaussianCopula", "density estimator", "own marginals, tied by normal scores"
    ),
    "smote": _spec(
        "smote:Smote", "density estimator", "between a training sample and a near neighbour"
    ),
    "metropolis": _spec(
        "metropolis:Metropolis", "Markov chain", "random-walk chains on an estimated density"
    ),
    "langevin": _spec(
        "langevin:Langevin", "Markov chain", "chains that climb the gradient of a density"
    ),
    "realnvp": _spec("realnvp:RealNVP", "normalizing flow", "affine coupling layers"),
    "maf": _spec(
        "maf:MaskedAutoregressiveFlow",
        "normalizing flow",
        "each coordinate scaled and shifted by those before it",
    ),
    "spline_flow": _spec(
        "spline_flow:SplineFlow", "normalizing flow", "couplings along monotone splines"
    ),
    "planar_flow": _spec(
        "planar_flow:PlanarFlow", "normalizing flow", "layers that stretch space across planes"
    ),
    "radial_flow": _spec(
        "radial_flow:RadialFlow", "normalizing flow", "layers that stretch space around points"
    ),
    "continuous_flow": _spec(
        "continuous_flow:ContinuousFlow",
        "normalizing flow",
        "differential equation trained by exact likelihood",
    ),
    "glow": _spec("glow:Glow", "normalizing flow", "convolutional couplings; square pictures only"),
    "pca": _spec("pca:PrincipalComponents", "autoencoder", "linear code with a mixture on it"),
    "autoencoder": _spec(
        "autoencoder:Autoencoder", "autoencoder", "short code with a mixture on it"
    ),
    "sparse_autoencoder": _spec(
        "sparse_autoencoder:SparseAutoencoder",
        "autoencoder",
        "long code, mostly near zero, with a mixture on it",
    ),
    "contractive_autoencoder": _spec(
        "contractive_autoencoder:ContractiveAutoencoder",
        "autoencoder",
        "code that hardly moves, with a mixture on it",
    ),
    "denoising_autoencoder": _spec(
        "denoising_autoencoder:DenoisingAutoencoder",
        "autoencoder",
        "learned code with a mixture on it",
    ),
    "vae": _spec("vae:VariationalAutoencoder", "latent variables", "evidence lower bound"),
    "beta_vae": _spec(
        "vae:VariationalAutoencoder",
        "latent variables",
        "lower bound with four times the divergence",
        beta=4.0,
        components=1,
    ),
    "info_vae": _spec(
        "vae:VariationalAutoencoder",
        "latent variables",
        "lower bound with a tenth of the divergence and a mean discrepancy",
        beta=0.1,
        discrepancy=5.0,
        components=1,
    ),
    "iwae": _spec(
        "vae:VariationalAutoencoder",
        "latent variables",
        "importance-weighted lower bound",
        importance=8,
    ),
    "vector_quantization": _spec(
        "vector_quantization:VectorQuantization", "quantization", "Lloyd's codebook"
    ),
    "lloyd_max": _spec(
        "lloyd_max:LloydMax", "quantization", "best levels of each coordinate on its own"
    ),
    "vq_vae": _spec("vq_vae:VQVAE", "quantization", "discrete codes with an autoregressive prior"),
    "gan": _spec("gan:GAN", "GAN", "non-saturating loss"),
    "gan_minimax": _spec("gan:GAN", "GAN", "the game as the theory has it", loss="minimax"),
    "gan_maximum_likelihood": _spec(
        "gan:GAN", "GAN", "a loss with the slope of likelihood", loss="maximum_likelihood"
    ),
    "f_gan_kl": _spec("f_gan:FGAN", "GAN", "Kullback-Leibler divergence", divergence="kl"),
    "f_gan_reverse_kl": _spec(
        "f_gan:FGAN", "GAN", "reverse Kullback-Leibler divergence", divergence="reverse_kl"
    ),
    "f_gan_jensen_shannon": _spec(
        "f_gan:FGAN", "GAN", "Jensen-Shannon divergence", divergence="jensen_shannon"
    ),
    "f_gan_pearson": _spec("f_gan:FGAN", "GAN", "Pearson's chi-square", divergence="pearson"),
    "f_gan_total_variation": _spec(
        "f_gan:FGAN", "GAN", "total variation", divergence="total_variation"
    ),
    "wgan_gp": _spec("wgan_gp:WassersteinGAN", "GAN", "Wasserstein loss with gradient penalty"),
    "wgan_clipping": _spec(
        "wgan_clipping:ClippedWassersteinGAN", "GAN", "Wasserstein loss with clipped weights"
    ),
    "packed_gan": _spec("packed_gan:PackedGAN", "GAN", "samples are judged in packs"),
    "unrolled_gan": _spec(
        "unrolled_gan:UnrolledGAN", "GAN", "looks some steps of the discriminator ahead"
    ),
    "conditional_gan": _spec(
        "conditional_gan:ConditionalGAN", "GAN", "told which cluster a sample is of"
    ),
    "robust_gan": _spec(
        "robust_gan:RobustGAN", "GAN", "a Gaussian, in spite of a share of bad samples"
    ),
    "masked_autoregressive": _spec(
        "masked_autoregressive:MaskedAutoregressive",
        "autoregressive",
        "masked network over quantized coordinates",
    ),
    "finite_memory": _spec(
        "finite_memory:FiniteMemory", "autoregressive", "network that sees the last few coordinates"
    ),
    "recurrent": _spec("recurrent:Recurrent", "autoregressive", "gated recurrent network"),
    "causal_convolution": _spec(
        "causal_convolution:CausalConvolution", "autoregressive", "dilated causal convolutions"
    ),
    "pixel_cnn": _spec(
        "pixel_cnn:PixelCNN", "autoregressive", "masked convolutions over square pictures"
    ),
    "transformer": _spec(
        "transformer:Transformer", "Transformer", "causal attention over quantized coordinates"
    ),
    "flow_matching": _spec(
        "flow_matching:FlowMatching", "diffusion", "velocity field from noise to data"
    ),
    "ddpm": _spec("ddpm:DDPM", "diffusion", "noise taken out in a thousand small steps"),
    "ddpm_velocity": _spec(
        "ddpm:DDPM", "diffusion", "the same, predicting velocity", predict="velocity"
    ),
    "score_langevin": _spec(
        "score_langevin:ScoreLangevin", "diffusion", "score network with annealed Langevin chains"
    ),
    "energy_based": _spec(
        "energy_based:EnergyBased", "energy-based", "contrastive divergence with Langevin chains"
    ),
    "noise_contrastive": _spec(
        "noise_contrastive:NoiseContrastive",
        "energy-based",
        "mixture reweighted by a classifier of data against it",
    ),
}

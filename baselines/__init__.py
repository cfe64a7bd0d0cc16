"""Built-in models, at least one of every family. To add one: write its file, then a line here."""

from genbench.models import ModelSpec

__all__ = ["CATALOG"]


def _spec(target: str, family: str, summary: str, **params: object) -> ModelSpec:
    return ModelSpec(
        target=f"genbench.baselines.{target}", family=family, summary=summary, params=params
    )


CATALOG = {
    "copycat": _spec("copycat:Copycat", "control", "returns training samples"),
    "noise": _spec("noise:UniformNoise", "control", "uniform over the range of each coordinate"),
    "marginals": _spec(
        "marginals:IndependentMarginals",
        "exact sampler",
        "inverse empirical distribution function of each coordinate on its own",
    ),
    "gaussian": _spec("gaussian:Gaussian", "exact sampler", "affine map of normal noise"),
    "kernel_density": _spec(
        "kernel_density:KernelDensity", "density estimator", "training samples, blurred"
    ),
    "mixture": _spec(
        "mixture:Mixture", "density estimator", "Gaussian mixture, sized by held-out likelihood"
    ),
    "metropolis": _spec(
        "metropolis:Metropolis", "Markov chain", "random-walk chains on an estimated density"
    ),
    "realnvp": _spec("realnvp:RealNVP", "normalizing flow", "affine coupling layers"),
    "pca": _spec("pca:PrincipalComponents", "autoencoder", "linear code with a mixture on it"),
    "denoising_autoencoder": _spec(
        "denoising_autoencoder:DenoisingAutoencoder",
        "autoencoder",
        "learned code with a mixture on it",
    ),
    "vae": _spec("vae:VariationalAutoencoder", "latent variables", "evidence lower bound"),
    "vector_quantization": _spec(
        "vector_quantization:VectorQuantization", "quantization", "Lloyd's codebook"
    ),
    "vq_vae": _spec("vq_vae:VQVAE", "quantization", "discrete codes with an autoregressive prior"),
    "gan": _spec("gan:GAN", "GAN", "non-saturating loss"),
    "wgan_gp": _spec("wgan_gp:WassersteinGAN", "GAN", "Wasserstein loss with gradient penalty"),
    "masked_autoregressive": _spec(
        "masked_autoregressive:MaskedAutoregressive",
        "autoregressive",
        "masked network over quantized coordinates",
    ),
    "transformer": _spec(
        "transformer:Transformer", "Transformer", "causal attention over quantized coordinates"
    ),
    "flow_matching": _spec(
        "flow_matching:FlowMatching", "diffusion", "velocity field from noise to data"
    ),
}

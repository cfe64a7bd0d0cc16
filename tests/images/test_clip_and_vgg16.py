"""CLIP's and VGG16's networks on weights drawn at random, much smaller than the published ones."""

import pytest
import torch

from genbench.ground.errors import BadInput
from genbench.images.extractors import clip, find
from genbench.images.weights import Wanted

pytestmark = pytest.mark.images

NAME = "clip-vit-b-32"
SMALL = clip.Shape(resolution=224, patch=32, width=64, layers=2, dimensions=16)


@pytest.fixture
def network(torch_fidelity, monkeypatch):
    """OpenAI's network, as torch-fidelity has it."""
    from torch_fidelity.feature_extractor_clip import VisionTransformer

    monkeypatch.setitem(clip.SHAPES, NAME, SMALL)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return VisionTransformer(224, 32, 64, 2, 1, 16).eval()


def load(path):
    found = find(NAME, weights=Wanted(path))
    return type(found)(**{**vars(found), "dimensions": 16})


class Whole(torch.nn.Module):
    """Both sides, as the published files hold them."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual
        self.logit_scale = torch.nn.Parameter(torch.ones(()))

    def forward(self, pictures):
        return self.visual(pictures)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("form", ["state dict", "TorchScript", "half precision"])
def test_clip_from_any_form_of_file(network, form, tmp_path):
    path, batch = tmp_path / "w.pt", torch.randn(2, 3, 224, 224)
    whole = Whole(network)
    if form == "TorchScript":
        torch.jit.trace(whole, batch).save(str(path))
    else:
        state = whole.state_dict()
        torch.save({k: v.half() if form[0] == "h" else v for k, v in state.items()}, path)

    features, logits = load(path)(batch)

    with torch.no_grad():
        expected = network(batch)
    tolerance = 1e-2 if form == "half precision" else 1e-5
    torch.testing.assert_close(features, expected, atol=tolerance, rtol=tolerance)
    assert logits is None


def test_clip_of_other_weights_is_refused(network, tmp_path):
    torch.save({"visual.proj": torch.zeros(2, 2)}, tmp_path / "w.pt")

    with pytest.raises(BadInput, match="does not hold the weights of the image side of clip-vit-b"):
        load(tmp_path / "w.pt")


def test_vgg16_is_torch_fidelitys(torch_fidelity, tmp_path, monkeypatch):
    import torchvision

    class Narrow(torch.nn.Module):
        """The same layers, a thousandth of the weights."""

        def __init__(self):
            super().__init__()
            widths = [8, "M", 16, "M", 16, "M", 16, "M", 512, "M"]
            self.features = torchvision.models.vgg.make_layers(widths)
            self.classifier = torch.nn.Sequential(
                torch.nn.Linear(512 * 49, 64),
                torch.nn.ReLU(),
                torch.nn.Dropout(),
                torch.nn.Linear(64, 4096),
                torch.nn.ReLU(),
                torch.nn.Dropout(),
                torch.nn.Linear(4096, 10),
            )

        def forward(self, pictures):
            return self.classifier(self.features(pictures).flatten(1))

    monkeypatch.setattr(torchvision.models, "vgg16", Narrow)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        torch.save(Narrow().state_dict(), tmp_path / "w.pth")
    pictures = torch.randint(256, (2, 3, 40, 50), dtype=torch.uint8)
    theirs = torch_fidelity.feature_extractor_vgg16.FeatureExtractorVGG16(
        "vgg16", ["fc2_relu"], feature_extractor_weights_path=str(tmp_path / "w.pth")
    )(pictures)[0]

    ours = find("vgg16", weights=Wanted(tmp_path / "w.pth"))
    prepared = [ours.preparing(one.permute(1, 2, 0).numpy()) for one in pictures]

    torch.testing.assert_close(ours(torch.stack(prepared))[0], theirs, atol=1e-5, rtol=1e-4)

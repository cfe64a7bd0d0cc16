"""VGG16's second hidden layer of its classifier, as torch-fidelity's precision and recall take it.

Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR
2015, https://arxiv.org/abs/1409.1556; Kynkaanniemi et al., "Improved precision and recall metric
for assessing generative models", NeurIPS 2019, https://arxiv.org/abs/1904.06991.
"""

from typing import Any

from genbench.images.extractors import Extractor, Seen
from genbench.images.preparing import find as find_preparing
from genbench.images.torchvision_import import import_torchvision
from genbench.images.weights import Wanted, find, fitting, load_state


def vgg16(name: str, wanted: Wanted, device: str) -> Extractor:
    """Return the network up to the rectified output of `fc2`.

    Raises:
        BadInput: there are no weights of it.
        MissingExtra: torchvision is not installed.
    """
    network: Any = import_torchvision().models.vgg16()
    found = find("vgg16", wanted)
    with fitting(found, "torchvision's VGG16"):
        network.load_state_dict(load_state(found))
    network.classifier = network.classifier[:5]
    network = network.eval().requires_grad_(False).to(device)

    def run(batch: Any) -> Seen:
        return network(batch.to(device)), None

    return Extractor(
        name=name,
        dimensions=4096,
        preparing=find_preparing("tf1-bilinear-224-imagenet"),
        run=run,
        weights=found.sha256,
    )

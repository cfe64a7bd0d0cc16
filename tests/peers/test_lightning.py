"""The example for Lightning, as it stands in the README: a number for each epoch."""

import re
from pathlib import Path

import pytest
import torch

README = Path(__file__).parents[2] / "genbench" / "loops" / "README.md"
SIDE, N, EPOCHS = 16, 40, 4


class Means(torch.nn.Module):
    """Three numbers of a picture."""

    def forward(self, batch):
        return batch.mean(dim=(2, 3))


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")  # of Lightning's, about workers and loggers
def test_the_example_of_the_readme_logs_a_distance_that_falls(find_peer, tmp_path):
    lightning = find_peer("pytorch_lightning")
    (code,) = re.findall(r"```python\n(import torch\n.*?)```", README.read_text(), re.DOTALL)
    names = {}
    exec(code, names)
    bright = 0.8 + 0.1 * torch.randn(N, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    pictures = torch.utils.data.DataLoader(bright.clamp(0, 1), batch_size=10)
    logged = []

    class Kept(names["Brightness"]):
        def log(self, name, value, **settings):
            logged.append((name, float(value)))
            super().log(name, value, **settings)

    torch.manual_seed(0)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        num_sanity_val_steps=0,
        accelerator="cpu",
        default_root_dir=tmp_path,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Kept((Means(), "as-is")), pictures, pictures)

    assert [name for name, _ in logged] == ["fid"] * EPOCHS
    values = [value for _, value in logged]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] / 4

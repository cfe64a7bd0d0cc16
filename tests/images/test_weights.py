"""Weights are found by name and checksum, downloaded only when told, and never run."""

import hashlib
import pickle
from pathlib import Path

import pytest
import torch

from genbench.ground.errors import BadInput
from genbench.images import weights
from genbench.images.weights import FILES, File, Wanted, find, find_published, load_state


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A network whose published file lies in a folder here."""
    path = tmp_path / "far" / "net.pth"
    path.parent.mkdir()
    torch.save({"weight": torch.arange(3.0)}, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    file = File("net.pth", path.as_uri(), sha256, path.stat().st_size)
    monkeypatch.setattr(weights, "FILES", {"net": file})
    monkeypatch.setenv("GENBENCH_WEIGHTS", str(tmp_path / "mine"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return path


def put(source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    return Path(folder / source.name).write_bytes(source.read_bytes())


def test_a_file_that_is_named_comes_first_then_mine_then_that_of_torch(published, tmp_path):
    put(published, tmp_path / "hub" / "checkpoints")
    assert find("net").path == tmp_path / "hub" / "checkpoints" / "net.pth"
    put(published, tmp_path / "mine")
    assert find("net").path == tmp_path / "mine" / "net.pth"
    torch.save({"weight": torch.zeros(3)}, tmp_path / "named.pth")
    named = find("net", Wanted(tmp_path / "named.pth"))

    assert load_state(named)["weight"].tolist() == [0, 0, 0]
    assert load_state(find("net"))["weight"].tolist() == [0, 1, 2]


def test_a_file_of_another_checksum_is_refused_wherever_it_lies(published, tmp_path):
    put(published, tmp_path / "mine")
    with (tmp_path / "mine" / "net.pth").open("ab") as file:
        file.write(b"more")

    with pytest.raises(BadInput, match=r"mine/net.pth has the SHA-256 checksum .*; expected"):
        find("net")
    with pytest.raises(BadInput, match="expected 1234"):
        find("net", Wanted(published, "1234"))


def test_what_is_missing_is_said_with_its_address_and_checksum(published):
    said = f"{published.as_uri()}, SHA-256 .*bytes.*--weights FILE.*--download"

    with pytest.raises(BadInput, match=f"The weights of net are not here: net.pth .{said}"):
        find("net")


def test_weights_are_downloaded_when_that_is_asked_for_and_only_whole(published, tmp_path):
    assert find("net", Wanted(download=True)).path == tmp_path / "mine" / "net.pth"
    published.unlink()
    assert find("net").path == tmp_path / "mine" / "net.pth"  # it is here now


@pytest.mark.parametrize("content", [None, b"another file"])
def test_a_download_that_fails_leaves_nothing(published, tmp_path, content):
    if content is None:
        published.unlink()
    else:
        published.write_bytes(content)

    with pytest.raises(BadInput, match=r"cannot be downloaded|has the SHA-256 checksum"):
        find("net", Wanted(download=True))
    assert list((tmp_path / "mine").iterdir()) == []


class Intruder:
    """Makes a file when it is unpickled without care."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


def test_code_in_weights_does_not_run(tmp_path):
    path, target = tmp_path / "weights.pth", tmp_path / "intruded"
    torch.save({"weight": Intruder(target)}, path)
    pickle.loads(pickle.dumps(Intruder(tmp_path / "proof")))

    with pytest.raises(BadInput, match="holds more than tensors"):
        load_state(find("any", Wanted(path)))
    assert (tmp_path / "proof").exists()
    assert not target.exists()


def test_the_table_is_sound():
    for network, file in FILES.items():
        assert file.address.startswith("https://")
        assert file.address.endswith(file.name)
        assert len(file.sha256) == 64
        assert int(file.sha256, 16)
        assert find_published(network) is file
    with pytest.raises(BadInput, match="No network named 'dinov2'"):
        find_published("dinov2")

"""What networks have seen is kept by content: nothing is seen twice, and nothing else is taken."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from genbench.ground.errors import BadInput
from genbench.images import embedding
from genbench.images.cache import FeatureCache, key_of
from genbench.images.embedding import embed
from genbench.images.extractors import BATCH_SIZE
from genbench.images.preparing import CATALOG
from genbench.images.sources import open_source


@pytest.fixture
def cache(tmp_path):
    return FeatureCache(tmp_path / "kept")


@pytest.fixture
def counted(network):
    """The network, and how many pictures it was shown."""
    shown = []

    def run(batch):
        shown.append(len(batch))
        return network.run(batch)

    return replace(network, run=run), shown


def seen(given, extractor, cache, **settings):
    found = embed(open_source(given, **settings), extractor, cache=cache, show_progress=False)
    cache.close()
    return found


@pytest.fixture(scope="module")
def many():
    return np.random.default_rng(0).integers(256, size=(100, 16, 16, 3), dtype=np.uint8)


def test_one_changed_pixel_is_seen_anew_with_its_batch_only(cache, counted, many):
    extractor, shown = counted
    first = seen(many, extractor, cache)
    changed = many.copy()
    changed[40, 3, 4, 1] ^= 1

    again = seen(changed, extractor, cache)

    assert shown == [32, 32, 32, 4, 32]
    assert again.seen.n_kept == 68
    differs = (first.features != again.features).any(axis=1)
    assert differs.tolist() == [place == 40 for place in range(100)]


def test_another_network_precision_weights_or_preprocessing_is_seen_anew(cache, counted, many):
    extractor, shown = counted
    others = (
        {},
        {"name": "another"},
        {"precision": "bfloat16"},
        {"weights": "1234"},
        {"preparing": CATALOG["pil-bicubic-224-lite"]},
        {"preparing": replace(extractor.preparing, version=2)},
    )
    for change in others:
        seen(many[:32], replace(extractor, **change), cache)

    assert shown == [32] * len(others)


def test_a_run_that_was_killed_goes_on_where_it_stopped(cache, counted, many):
    extractor, shown = counted

    class Killed(BaseException):
        pass

    def batches():
        yield many[:70]
        raise Killed

    with pytest.raises(Killed):
        seen(batches(), extractor, cache)
    seen(many, extractor, cache)

    assert sum(shown) <= 100 + BATCH_SIZE
    assert shown[-1] == 4


def test_files_that_did_not_change_are_not_even_decoded(
    cache, network, pixels, tmp_path, monkeypatch
):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for place, picture in enumerate(pixels):
        Image.fromarray(picture).save(folder / f"{place:02d}.png")
    first = seen(folder, network, cache)
    decoded = []
    look = embedding.Look.at
    monkeypatch.setattr(
        embedding.Look, "at", lambda *of: decoded.append(1) or look(*of), raising=True
    )

    again = seen(folder, network, cache)
    assert not decoded
    Image.fromarray(255 - pixels[7]).save(folder / "07.png")
    changed = seen(folder, network, cache)

    assert len(decoded) == 1
    np.testing.assert_array_equal(first.features, again.features)
    assert first.seen == replace(again.seen, n_kept=0)
    assert (changed.features[7] != first.features[7]).any()


def test_an_entry_that_was_cut_short_is_made_anew(cache, counted, many):
    extractor, shown = counted
    first = seen(many[:32], extractor, cache)
    (entry,) = (cache.folder / "features").rglob("*.npy")
    entry.write_bytes(entry.read_bytes()[:1000])

    again = seen(many[:32], extractor, cache)

    assert shown == [32, 32]
    np.testing.assert_array_equal(first.features, again.features)


def test_what_was_not_used_for_longest_goes_first(counted, many, tmp_path):
    extractor, shown = counted
    large = FeatureCache(tmp_path / "kept")
    seen(many[:96], extractor, large)
    seen(many[:32], extractor, large)  # used again
    size = large.size()[1]
    small = FeatureCache(tmp_path / "kept", most_bytes=size)
    seen(many[96:], extractor, small)  # one more

    assert small.size()[1] <= size
    shown.clear()
    seen(many[:32], extractor, large)
    assert shown == []
    seen(many[32:64], extractor, large)
    assert shown == [32]


def test_a_folder_that_cannot_be_written_to_is_a_warning(counted, many, tmp_path):
    extractor, shown = counted
    (tmp_path / "file").write_text("no folder")
    cache = FeatureCache(tmp_path / "file" / "kept")

    with pytest.warns(UserWarning, match="Features are not kept in .*Not a directory") as warned:
        found = seen(many, extractor, cache)

    assert len(warned) == 1
    assert len(found.features) == 100
    assert sum(shown) == 100


def test_clearing_leaves_nothing(cache, network, many):
    seen(many, network, cache)

    cache.clear()

    assert cache.size() == (0, 0)


def test_the_order_of_pictures_is_part_of_the_key():
    described = {"features": "a"}

    assert key_of(described, [b"1" * 32, b"2" * 32]) != key_of(described, [b"2" * 32, b"1" * 32])


def test_broken_files_are_named_at_once_and_counted(network, pixels, tmp_path):
    for place in range(14):
        (tmp_path / f"{place:02d}.png").write_bytes(b"broken")
    Image.fromarray(pixels[0]).save(tmp_path / "good.png")

    with pytest.raises(BadInput, match=r"14 pictures cannot be read. .*00.png .*09.png .*4 more"):
        embed(open_source(tmp_path), network, show_progress=False)


def test_truncated_files_are_named_together_though_their_heads_are_sound(network, tmp_path):
    rng = np.random.default_rng(0)
    for place in range(70):
        path = tmp_path / f"{place:02d}.png"
        Image.fromarray(rng.integers(256, size=(20, 20, 3), dtype=np.uint8)).save(path)
        if place in (5, 40, 69):
            path.write_bytes(path.read_bytes()[:-300])

    with pytest.raises(BadInput, match=r"3 pictures cannot .*05.png .*40.png .*69.png "):
        embed(open_source(tmp_path), network, show_progress=False)

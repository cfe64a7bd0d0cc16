"""Everything that makes a comparison unfair is found and said, and nothing else is."""

import numpy as np
import pytest
from PIL import Image

from genbench.images.embedding import embed
from genbench.images.fairness import remarks
from genbench.images.sources import open_source

N = 6


@pytest.fixture(scope="module")
def drawn():
    """Smooth random pictures."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(256, size=(4 * N, 4, 4, 3), dtype=np.uint8)
    resized = [Image.fromarray(each).resize((32, 32), Image.Resampling.BILINEAR) for each in coarse]
    return np.stack([np.asarray(each) for each in resized])


@pytest.fixture
def said(tmp_path, network):
    """What is said of sets: each pictures, how they are saved, and with what."""

    def say(size=128, published=False, **sides):
        seen = {}
        for name, (pictures, form, settings) in sides.items():
            folder = tmp_path / name
            folder.mkdir()
            for place, pixels in enumerate(pictures):
                end = form.lower() if place % 2 else form
                Image.fromarray(pixels).save(folder / f"{place}.{end}", form, **settings)
            found = embed(open_source(folder), network, show_progress=False)
            seen[name] = found.seen
        return remarks(seen, size=size, published=published)

    return say


def saved(pictures, form="PNG", **settings):
    return pictures, form, settings


def test_of_sets_alike_nothing_is_said(said, drawn):
    names = ("generated", "test", "train", "fresh")

    assert said(**{name: saved(drawn[k * N : (k + 1) * N]) for k, name in enumerate(names)}) == []


def only(found):
    (one,) = found
    return one


def test_different_numbers(said, drawn):
    found = only(said(generated=saved(drawn[:4]), test=saved(drawn[4:10])))

    assert found.startswith("generated has 4 pictures, test 6: the floor of distances")


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
@pytest.mark.parametrize("lossy", ["generated", "test"])
def test_one_side_with_a_loss(said, drawn, form, lossy):
    sides = {"generated": saved(drawn[:N]), "test": saved(drawn[N : 2 * N])}
    sides[lossy] = saved(sides[lossy][0], form)

    assert only(said(**sides)).startswith(f"6 of 6 {lossy} pictures were compressed with a loss")


def test_webp_without_a_loss_is_none(said, drawn):
    lossless = saved(drawn[:N], "WEBP", lossless=True)

    assert said(generated=lossless, test=saved(drawn[N : 2 * N])) == []


def test_jpegs_of_different_quality(said, drawn):
    one, other = (saved(drawn[s : s + N], "JPEG", quality=q) for s, q in ((0, 90), (N, 60)))

    found = only(said(generated=one, test=other))

    assert found.startswith("generated and test are JPEGs of different quality: 1 and 1 kinds")


def test_jpegs_of_one_quality_are_alike(said, drawn):
    one, other = (saved(drawn[s : s + N], "JPEG", quality=90) for s in (0, N))

    assert said(generated=one, test=other) == []


def test_different_sizes_and_by_how_much_either_is_scaled(said, drawn):
    small = saved(drawn[:N, ::2, ::2])

    found = only(said(generated=small, test=saved(drawn[N : 2 * N])))

    assert found == (
        "pictures differ in size: generated are 16 x 16, test 32 x 32; for the network generated "
        "are scaled by 8, test by 4."
    )


def test_grey_against_colour(said, drawn):
    grey = saved(drawn[:N, ..., 0])

    found = only(said(generated=grey, test=saved(drawn[N : 2 * N])))

    assert found == "6 of 6 generated pictures are grey, and 0 of 6 of test: grey against colour."


def test_colours_that_are_all_alike_are_grey_too(said, drawn):
    grey = saved(drawn[:N, ..., 0])
    alike = saved(np.stack([drawn[N : 2 * N, ..., 0]] * 3, axis=3))

    assert said(generated=grey, test=alike) == []


def test_pictures_turned_by_exif_and_profiles_of_colours(said, drawn):
    from PIL import ImageCms

    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    odd = saved(drawn[:N], "PNG", exif=exif, icc_profile=profile)

    turned, coloured = said(generated=odd, test=saved(drawn[N : 2 * N]))

    assert turned == "6 of 6 generated pictures were turned as their EXIF data say."
    assert coloured.startswith("6 of 6 generated pictures have a profile of colours")


def test_pictures_of_one_colour_and_repeats(said, drawn):
    pictures = drawn[:N].copy()
    pictures[1], pictures[4] = 7, pictures[3]

    constant, repeated = said(generated=saved(pictures), test=saved(drawn[N : 2 * N]))

    assert constant.startswith("1 of 6 generated pictures are of one colour: ")
    assert constant.endswith("1.png.")
    assert repeated == "1 of 6 generated pictures repeat others of them, pixel by pixel."


def test_copies_of_training_and_test_pictures(said, drawn):
    made = drawn[:N].copy()
    made[:3], made[3] = drawn[2 * N : 2 * N + 3], drawn[N]

    found = said(
        generated=saved(made),
        test=saved(drawn[N : 2 * N]),
        train=saved(drawn[2 * N : 3 * N], "BMP"),
    )

    assert found == [
        "1 of 6 generated pictures are pictures of test, pixel by pixel.",
        "3 of 6 generated pictures are pictures of train, pixel by pixel.",
    ]


def test_too_few_to_stand_beside_published_numbers(said, drawn):
    found = said(published=True, generated=saved(drawn[:N]), test=saved(drawn[N : 2 * N]))

    assert [one.split(":")[0] for one in found] == [
        "generated has 6 pictures",
        "test has 6 pictures",
    ]

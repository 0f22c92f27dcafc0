"What a network is shown: good prints from faded ones, and whole photographs as they are."

import numpy as np
import pytest
from PIL import Image
from scans import ASTRONAUT, BORDERS, scan
from scipy.ndimage import binary_dilation
from skimage import data

from dlcolorize import Colorizer
from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import srgb_to_lab, srgb_to_lightness
from dlcolorize.image_reading import as_photo
from dlcolorize.photos import Photo
from dlcolorize.views import find_levels, resize, view_of


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer()


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (40, 40), (64, 2000)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_sheet_is_its_own_view(shape, value):
    lightness = pixels_to_lightness(np.full(shape, value, np.uint8))
    view = view_of(lightness)
    assert view.frame is None and view.levels is None and view.inside(lightness).shape == shape


def test_a_whole_photograph_is_its_own_view(colorizer):
    lightness = pixels_to_lightness(ASTRONAUT)
    view, grid = view_of(lightness), np.zeros((2, 5, 5), np.float32)
    assert (
        view.shown(view.copy) is view.copy
        and view.restore(grid) is grid
        and np.shares_memory(view.inside(lightness), lightness)
    )
    assert np.array_equal(view.copy, resize(lightness, 384, 384))


def test_a_view_of_a_scan_is_a_copy_of_the_photograph_inside():
    picture, _ = scan(ASTRONAUT, (40, 50, 60, 70), 235)
    lightness = pixels_to_lightness(picture)
    view = view_of(lightness)
    top, bottom, left, right = view.box
    assert np.allclose(view.box, [40, 40 + 512, 70, 70 + 512], atol=1)
    assert np.array_equal(view.inside(lightness), lightness[top:bottom, left:right])
    assert np.array_equal(view.copy, resize(view.inside(lightness), 384, 384))


def ab_of(image):
    return srgb_to_lab(np.asarray(image, np.float32) / 255)[..., 1:]


STRAIGHT = ["black", "white", "paper", "top", "written on", "askew by 3", "round corners"]


@pytest.mark.parametrize("kind", STRAIGHT)
def test_a_border_changes_no_color_inside_and_has_none(colorizer, kind):
    picture, inside = scan(ASTRONAUT, **BORDERS[kind])
    ab = colorizer.predict_ab(pixels_to_lightness(picture))
    plain = colorizer.predict_ab(pixels_to_lightness(ASTRONAUT))
    assert np.abs(ab[~binary_dilation(inside, iterations=4)]).max() == 0
    if "askew" in kind:
        turned = [
            np.asarray(Image.fromarray(ab[..., channel]).rotate(-3, Image.Resampling.BILINEAR))
            for channel in range(2)
        ]
        ab = np.stack(turned, -1)
    top, _, _, left = BORDERS[kind].get("borders", (60,) * 4)
    difference = np.hypot(
        *np.moveaxis(ab[top : top + 512, left : left + 512] - plain, -1, 0)
    ).mean()
    assert difference < (2 if kind in ("black", "white", "paper", "top", "written on") else 5)


@pytest.mark.parametrize("low, high", [(110, 186), (0, 90), (140, 235), (60, 150)])
def test_a_faded_print_gets_the_colors_of_a_good_one(colorizer, low, high):
    whole, faded = (
        ab_of(colorizer(print_))
        for print_ in (ASTRONAUT, np.round(low + ASTRONAUT * ((high - low) / 255)).astype(np.uint8))
    )
    assert faded[..., 0].mean() < 9 and (np.hypot(*np.moveaxis(faded, -1, 0)) > 40).mean() < 0.03
    assert abs(faded[..., 0].mean() - whole[..., 0].mean()) < 3


def test_a_print_that_faded_on_one_side_is_leveled_by_a_plane():
    across = np.linspace(0, 1, 512)
    levels = find_levels(
        resize(
            pixels_to_lightness(
                np.round(60 + 120 * across + ASTRONAUT * (0.55 - 0.35 * across)).astype(np.uint8)
            ),
            256,
            256,
        )
    )
    assert 25 < levels.black[1] < 60 and abs(levels.black[2]) < 10


@pytest.mark.parametrize("pixel_type, allowed", [(np.uint8, 0.5), (np.uint16, 0.05)])
def test_lightness_is_kept(colorizer, pixel_type, allowed):
    picture, _ = scan(np.round(110 + ASTRONAUT * 0.3).astype(np.uint8), (80, 80, 80, 80), 235, 2)
    lightness = pixels_to_lightness(picture)
    answer = colorizer.colorize(Photo(lightness, pixel_type=pixel_type)) / np.iinfo(pixel_type).max
    assert np.abs(srgb_to_lightness(answer) - lightness).max() < allowed


BLEMISHES = {
    "torn corner": lambda a: a.__setitem__((slice(33), slice(33)), 0),
    "scratch and crease": lambda a: (
        a.__setitem__((slice(150, 152),), 255),
        a.__setitem__((slice(None), slice(200, 202)), 0),
    ),
    "white dust": lambda a: a.__setitem__(np.random.default_rng(0).random(a.shape) < 0.006, 255),
}


@pytest.mark.parametrize("name", BLEMISHES)
def test_a_blemish_does_not_change_the_levels_of_a_faded_print(name):
    gray = np.asarray(Image.fromarray(data.coffee()).convert("L").resize((400, 300)))
    faded = 110 + 76 * (gray / 255)
    blemished = faded.copy()
    BLEMISHES[name](blemished)
    clean, other = (
        view_of(as_photo(print_.round().astype(np.uint8)).lightness).levels
        for print_ in (faded, blemished)
    )
    lightness = np.linspace(47, 74, 300 * 400, dtype=np.float32).reshape(300, 400)
    assert np.abs(clean.stretch(lightness) - other.stretch(lightness)).mean() < 3  # of 95 L*

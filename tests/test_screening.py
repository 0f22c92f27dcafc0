"Files that are left as they are: photographs in color, pages, pure black and white, blank sheets."

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from scans import PHOTOS, scan
from scipy.ndimage import gaussian_filter
from skimage import data

from dlcolorize import Colorizer
from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import lab_to_srgb, srgb_to_lab, srgb_to_lightness
from dlcolorize.image_reading import as_photo
from dlcolorize.photos import Photo
from dlcolorize.screening import is_black_and_white, is_page, reason_to_leave


def read(pixels):
    "As a file is read: lightness, and a small copy of its own a*b*."
    small = np.asarray(
        Image.fromarray(pixels).convert("RGB").resize((128, 128), Image.Resampling.BOX), np.float32
    )
    return Photo(
        pixels_to_lightness(pixels),
        ab=srgb_to_lab(small / 255)[..., 1:] if pixels.ndim == 3 else None,
    )


def toned(name, a, b):
    "A print whose a*b* follow from L* (and from where it was tinted)."
    lightness = pixels_to_lightness(PHOTOS[name])
    ab = np.stack(
        [np.broadcast_to(channel, lightness.shape) for channel in (a(lightness), b(lightness))], -1
    )
    return np.round(lab_to_srgb(lightness, ab) * 255).astype(np.uint8)


def face(lightness):
    "Where a print was tinted: a soft spot, none where it is black."
    y, x = np.mgrid[-1 : 1 : lightness.shape[0] * 1j, -1 : 1 : lightness.shape[1] * 1j]
    return np.exp(-(x**2 + y**2) / 0.1) * np.minimum(lightness / 30, 1)


TONES = {
    "sepia": (lambda plane: 8 - abs(plane - 50) / 10, lambda plane: 26 - abs(plane - 50) / 4),
    "cyanotype": (lambda plane: -6.0 + 0 * plane, lambda plane: -38 + plane / 3),
    "selenium": (lambda plane: 8 - plane / 15, lambda plane: -4 + plane / 30),
    "split": (lambda plane: (plane - 50) / 12, lambda plane: (plane - 50) / 2.5),
    "one tint": (lambda plane: 4 + 16 * face(plane), lambda plane: 14 + 6 * face(plane)),
}


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("tone", TONES)
def test_a_toned_print_is_gray(name, tone):
    assert reason_to_leave(read(toned(name, *TONES[tone]))) is None


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_color_is_left_and_gray_is_not(name):
    photo = getattr(data, name)()
    muted = np.round(
        lab_to_srgb(
            srgb_to_lightness(photo / 255),
            srgb_to_lab(photo / np.float32(255))[..., 1:] * (1 if name == "rocket" else 0.4),
        )
        * 255
    ).astype(np.uint8)
    assert reason_to_leave(read(photo)) == reason_to_leave(read(muted)) == "already in color"
    assert (
        reason_to_leave(read(PHOTOS[name]))
        is reason_to_leave(read(np.repeat(PHOTOS[name][..., None], 3, 2)))
        is None
    )


def test_a_print_tinted_in_several_hues_is_in_color():
    y, x = np.mgrid[:1:512j, :1:512j]
    several = toned(
        "astronaut",
        lambda plane: 4 + 18 * (x > 0.6) - 16 * (y < 0.3),
        lambda plane: 10 - 25 * (y < 0.3) + 12 * (x > 0.6),
    )
    assert reason_to_leave(read(several)) == "already in color"


def page(height, size):
    "Lines of made-up words."
    from PIL import ImageFont

    sheet, letters = Image.new("L", (height * 3 // 4, height), 245), np.random.default_rng(1)
    for line in range(height // 12, height * 11 // 12, size * 3 // 2):
        words = [
            "".join(letters.choice(list("abcdefghiklmnoprstuv"), letters.integers(2, 9)))
            for _ in range(height // size // 4)
        ]
        ImageDraw.Draw(sheet).text(
            (height // 12, line), " ".join(words), fill=20, font=ImageFont.load_default(size)
        )
    return np.asarray(sheet)


def thick_lines():
    "Circles of a broad pen."
    sheet, places = Image.new("L", (900, 700), 245), np.random.default_rng(3)
    for _ in range(25):
        x, y, side = places.integers(40, 500, 3)
        ImageDraw.Draw(sheet).ellipse(
            [x, y, x + side / 2, y + side / 2], outline=20, width=int(places.integers(6, 12))
        )
    return np.asarray(sheet)


PAGES = {
    "page": data.page(),
    "text": data.text(),
    "small": page(600, 14),
    "scan": page(2400, 38),
    "one bit": (page(1000, 20) > 128) * np.uint8(255),
    "faded": (150 + page(1000, 20) * 0.3).astype(np.uint8),
    "on a lid": scan(page(1000, 20), tone=5)[0],
    "white on black": 255 - page(1000, 20),
    "large on a slide": 230 - (page(800, 48) * 0.8).astype(np.uint8),
    "thick lines": thick_lines(),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_left(kind):
    assert (
        reason_to_leave(read(PAGES[kind]))
        == "a page of text or a line drawing, to which no color fits"
    )


def halftone(pixels):
    "Print a photograph with dots of six pixels."
    waves = np.add.outer(*[np.cos(np.arange(side) * np.pi / 3) for side in pixels.shape])
    return np.where(waves * 64 + 128 < pixels, 235, 30).astype(np.uint8)


@pytest.mark.parametrize("name", PHOTOS)
def test_a_scanned_halftone_is_a_photograph(name):
    scanned = Image.fromarray(halftone(PHOTOS[name])).filter(ImageFilter.GaussianBlur(1))
    assert reason_to_leave(read(np.asarray(scanned))) is None


@pytest.mark.parametrize("name", PHOTOS)
def test_pure_black_and_white_has_no_room_for_color(name):
    one_bit = np.asarray(Image.fromarray(PHOTOS[name]).convert("1").convert("L"))
    assert is_black_and_white(pixels_to_lightness(one_bit))
    assert reason_to_leave(read(one_bit)).endswith(("room for no color", "no color fits"))
    assert np.ptp(Colorizer(threads=1)(one_bit), axis=2).max() <= 1  # of 255


@pytest.mark.parametrize("stars", [300, 1000, 4000])
def test_a_starry_sky_is_no_page(stars):
    sky, places = np.zeros((700, 900)), np.random.default_rng(0)
    where = places.integers(0, 700, stars), places.integers(0, 900, stars)
    sky[where] = 5_000 * places.exponential(size=stars)  # few are bright, most are faint
    sky = gaussian_filter(sky, 2)
    assert not is_page(pixels_to_lightness((sky.clip(0, 245) + 8).astype(np.uint8)))


@pytest.mark.parametrize("quality", [None, 90, 75])
@pytest.mark.parametrize("tone", [(1.351, 1.203, 0.937), (1, 0.85, 0.65)])
def test_sepia_is_gray_however_its_file_is_compressed(tone, quality):
    for name in ("astronaut", "coffee", "chelsea"):
        gray = np.asarray(
            Image.fromarray(getattr(data, name)()).convert("L").resize((400, 400)), float
        )
        sepia = Image.fromarray((gray[..., None] * tone).clip(0, 255).round().astype(np.uint8))
        file = io.BytesIO()
        sepia.save(file, "JPEG", quality=quality) if quality else sepia.save(file, "PNG")
        assert reason_to_leave(as_photo(file.getvalue())) is None, name


def test_a_blank_sheet_stays_gray():
    for sheet in (
        np.full((96, 128), 128, np.uint8),
        (200 + np.random.default_rng(0).normal(0, 2, (96, 128))).astype(np.uint8),
    ):
        photo = as_photo(sheet)
        assert "blank" in reason_to_leave(photo)
        assert np.abs(Colorizer(threads=1).predict_ab(photo.lightness)).max() == 0

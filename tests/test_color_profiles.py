"""What numbers mean, against formulas and against the color engine of Pillow."""

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data
from skimage.color import rgb2lab

from dlcolorize import color_profiles
from dlcolorize.color_profiles import (
    SRGB_PRIMARIES,
    SRGB_PROFILE,
    differs_from_srgb,
    from_bits,
    hlg_light,
    pixels_to_lightness,
    plain_pixels,
    pq_light,
    profile_of_code_points,
    profile_of_curve,
    profile_of_png,
    profile_of_tags,
    small_ab,
    through_profile,
)
from dlcolorize.files import PhotoError

astronaut = data.astronaut()
ramp = np.arange(256, dtype=np.uint8)[None]
ADOBE, GRAY_18 = imagecodecs.cms_profile("adobergb"), imagecodecs.cms_profile("gray", gamma=1.8)


def light(numbers):
    "L* of luminance in [0, 1] (CIE 15)."
    return np.where(numbers > (6 / 29) ** 3, 116 * np.cbrt(numbers) - 16, numbers * (29 / 3) ** 3)


@pytest.mark.parametrize("profile", [ADOBE, profile_of_curve(1.8), profile_of_code_points(12, 13)])
def test_color_means_what_another_color_engine_says(profile):
    image = Image.fromarray(astronaut)
    lab = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    expected = np.asarray(lab)[..., 0] * (100 / 255)  # L* of 8 bits
    assert np.abs(pixels_to_lightness(astronaut, profile) - expected).mean() < 0.5


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(
    "profile, exponent",
    [
        (GRAY_18, 1.8),
        (profile_of_curve(1.8), 1.8),
        (ADOBE, 563 / 256),
        (profile_of_curve(np.linspace(0, 1, 4096) ** 1.8), 1.8),
    ],
)
def test_any_profile_on_any_gray(profile, exponent, layers, dtype):
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    numbers = (ramp / 255 * white).astype(dtype)
    pixels = numbers if layers == 1 else np.dstack([numbers] * 3)
    assert (
        np.abs(pixels_to_lightness(pixels, profile) - light((ramp / 255) ** exponent)).max() < 0.1
    )
    assert differs_from_srgb(profile, layers)


def test_a_gray_profile_on_color_is_a_curve_for_each_channel():
    linear = (astronaut / 255) ** 1.8
    expected = light(linear @ [0.212671, 0.715160, 0.072169])
    assert np.abs(pixels_to_lightness(astronaut, GRAY_18) - expected).max() < 0.1


@pytest.mark.parametrize("profile", [ADOBE, GRAY_18, imagecodecs.cms_profile("lab2")])
def test_each_color_of_a_photograph_is_converted_once(profile, monkeypatch):
    photo = np.tile(astronaut, (2, 3, 1))[:, :1501]  # several strips that share their colors
    expected = color_profiles._strip_to_lightness(photo, profile)
    converted = []

    def counted(pixels, *args):
        converted.append(pixels.shape[0] * pixels.shape[1])
        return through_profile(pixels, *args)

    monkeypatch.setattr(color_profiles, "through_profile", counted)
    assert np.abs(pixels_to_lightness(photo, profile) - expected).max() < 1e-4
    assert sum(converted) == len(np.unique(photo.reshape(-1, 3), axis=0)) < photo[..., 0].size / 5


def test_a_lab_profile_is_read_as_lab():
    pixels = np.array([[[128, 128, 128], [255, 128, 128]]], np.uint8)
    assert (
        np.abs(pixels_to_lightness(pixels, imagecodecs.cms_profile("lab2")) - [50.2, 100]).max()
        < 0.5
    )


def test_profiles_of_no_use_are_known_by_that():
    for profile, channels in (
        (b"", 1),
        (b"x" * 200, 3),
        (ADOBE, 4),
        (GRAY_18, 4),
        (ADOBE[:300], 3),
        (SRGB_PROFILE[:200], 1),
    ):
        assert differs_from_srgb(profile, channels) is None
    assert through_profile(ramp, b"x" * 200) is None
    assert differs_from_srgb(imagecodecs.cms_profile("srgb"), 1) is False


@pytest.mark.parametrize(
    "side", [(40, 60), (128, 128), (256, 256), (500, 300), (1, 3000), (900, 600)]
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_small_copy_has_the_colors_of_the_picture(side, dtype):
    picture = np.asarray(Image.fromarray(astronaut).resize(side[::-1], Image.Resampling.BILINEAR))
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    pixels = (picture / 255 * white).astype(dtype)
    small = small_ab(pixels)
    assert max(small.shape[:2]) <= (300 if min(side) > 1 else 3000) and small.dtype == np.float32
    assert np.allclose(
        small.mean((0, 1)), rgb2lab(picture)[..., 1:].mean((0, 1)), atol=1.5 if min(side) > 1 else 4
    )
    assert np.allclose(small_ab(pixels, SRGB_PROFILE), small, atol=1)
    assert np.abs(small_ab(np.dstack([pixels[..., 0]] * 3))).max() < 0.1


def test_the_small_copy_of_cmyk():
    red = np.zeros((20, 20, 4), np.uint8)
    red[..., 1:3] = 255
    assert np.abs(small_ab(red) - rgb2lab(np.array([[[1.0, 0, 0]]]))[0, 0, 1:]).max() < 0.5


@pytest.mark.parametrize("bits", range(1, 17))
def test_the_highest_number_is_white_whatever_the_bits(bits):
    levels = np.arange(2**bits).astype(np.uint8 if bits <= 8 else np.uint16)
    full = from_bits(levels, bits)
    assert (
        full[0] == 0
        and full[-1] == np.iinfo(full.dtype).max
        and full.dtype == levels.dtype
        and np.all(np.diff(full.astype(int)) > 0)
    )


def test_numbers_in_the_other_byte_order():
    assert np.array_equal(plain_pixels(np.array([[1, 256]], ">u2")), [[1, 256]])
    assert plain_pixels(np.array([[1, 256]], ">u2")).dtype == np.uint16
    assert plain_pixels(np.array([[0.5, 1]], ">f4")).tolist() == [[0.5, 1]]


def test_some_negative_numbers_are_black_and_many_are_refused():
    pixels = np.full((20, 20), 200)
    pixels[0, 0] = -3
    notes = []
    assert plain_pixels(pixels, notes)[0, 0] == 0 and notes == [
        "negative pixels are taken as black"
    ]
    pixels[:2] = -3
    with pytest.raises(PhotoError, match="negative"):
        plain_pixels(pixels)


def test_curves_of_hdr():
    # ITU-R BT.2100 and BT.2408: 58 % of PQ and 75 % of HLG are 203 cd/m2;
    # the highest PQ number is 10,000 cd/m2, of HLG 1000
    assert pq_light(np.array([0.5807, 1])) == pytest.approx([1, 10000 / 203], rel=2e-3)
    assert hlg_light(np.array([0.75, 1])) == pytest.approx([1, 1000 / 203], rel=5e-3)


def test_numbers_that_make_no_profile():
    for curve in (0.0, 1e-9, 1e9, float("nan")):
        assert profile_of_curve(curve) is None
    assert profile_of_curve(2.2, (0,) * 6) is None
    assert (
        profile_of_png({b"gAMA": bytes(4)}, None) is None
        and profile_of_png({b"gAMA": b"\0"}, None) is None
    )
    broken = profile_of_png({b"gAMA": (45455).to_bytes(4, "big"), b"cHRM": bytes(32)}, None)
    assert np.abs(pixels_to_lightness(ramp, broken) - light((ramp / 255) ** 2.2)).max() < 0.1
    for tags in (
        {},
        {0xA001: 1},
        {0xA001: 65535},
        {0xA001: "x"},
        {0xA500: "x"},
        {0xA500: (1, 0)},
        {301: "x"},
        {301: (1,)},
        {301: (0,) * 256},
        {301: None, 1: b"R98"},
    ):
        assert profile_of_tags(tags) is None
    adobe = profile_of_tags({0xA001: 2})
    assert np.array_equal(pixels_to_lightness(ramp, adobe), pixels_to_lightness(ramp, ADOBE))


def test_png_chromaticities_move_the_lightness_of_colors():
    wide = [31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600]  # BT.2020's
    chunk = b"".join(value.to_bytes(4, "big") for value in wide)
    green = np.array([[[0, 255, 0]]], np.uint8)
    assert (
        abs(
            pixels_to_lightness(green, profile_of_png({b"cHRM": chunk}, None))[0, 0] - light(0.6780)
        )
        < 0.5
    )
    assert (
        abs(pixels_to_lightness(green, profile_of_curve(2.2, SRGB_PRIMARIES))[0, 0] - light(0.7152))
        < 0.5
    )

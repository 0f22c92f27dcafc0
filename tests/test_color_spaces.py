"""Color maths over random and boundary colors, against scikit-image and the torch twins."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.color import lab2rgb, rgb2lab

from dlcolorize.color_spaces import (
    gray_to_lightness,
    lab_to_linear,
    lab_to_srgb,
    lightness_to_gray,
    linear_to_srgb,
    srgb_to_lab,
    srgb_to_lightness,
)
from dlcolorize.lab_tensors import to_lightness_ab, to_rgb

unit = st.floats(0, 1, width=32)
boundary = st.sampled_from(
    [0.0, 1 / 255, 0.0404, 0.0405, 0.5, 254 / 255, 1.0]
)  # ends, and both sides of the curve's kink
colors = arrays(np.float32, (16, 3), elements=unit | boundary)
lightnesses = arrays(
    np.float32,
    (16,),
    elements=st.floats(0, 100, width=32) | st.sampled_from([0.0, 8.0, 50.0, 100.0]),
)
wishes = arrays(np.float32, (16, 2), elements=st.floats(-200, 200, width=32))


@given(colors)
def test_lab_agrees_with_scikit_image(srgb):
    assert np.abs(srgb_to_lab(srgb) - rgb2lab(srgb[None])[0]).max() < 0.03


@given(colors)
def test_the_way_back_agrees_with_scikit_image(srgb):
    lab = srgb_to_lab(srgb)
    assert (
        np.abs(linear_to_srgb(lab_to_linear(lab)) - lab2rgb(lab[None].astype(np.float64))[0]).max()
        < 2e-3
    )


@given(colors)
def test_colors_that_exist_come_back_unchanged(srgb):
    lab = srgb_to_lab(srgb)
    assert np.abs(lab_to_srgb(lab[:, 0], lab[:, 1:]) - srgb).max() < 5e-3


@given(arrays(np.uint8, (16, 3)))
def test_torch_twins_agree_with_numpy(srgb):
    lightness, ab = to_lightness_ab(torch.from_numpy(srgb).T[None, :, :, None])
    by_torch = torch.cat([(lightness + 1) * 50, ab * 110], 1)[0, :, :, 0].T.numpy()
    assert np.abs(by_torch - srgb_to_lab(srgb / np.float32(255))).max() < 0.03
    assert np.array_equal((to_rgb(lightness, ab) * 255).round().byte()[0, :, :, 0].T.numpy(), srgb)


@settings(max_examples=300)
@given(lightnesses, wishes)
def test_lightness_is_kept_whatever_color_is_asked_for(lightness, ab):
    srgb = np.round(lab_to_srgb(lightness, ab) * 255) / 255
    assert np.abs(srgb_to_lightness(srgb) - lightness).max() < 0.5


@given(lightnesses, wishes)
def test_hue_is_kept_where_chroma_gives_way(lightness, ab):
    shown = srgb_to_lab(lab_to_srgb(lightness, ab))[:, 1:]
    length, wished = np.hypot(*shown.T), np.hypot(*ab.T)
    assert (length <= wished + 0.1).all()
    cross = (
        shown[:, 0] * ab[:, 1] - shown[:, 1] * ab[:, 0]
    )  # sine of the angle between them, times both lengths
    assert (np.abs(cross) <= 0.3 * wished + 0.05).all()


@given(arrays(np.float32, (16,), elements=unit))
def test_gray_and_lightness_are_inverse(gray):
    assert np.abs(lightness_to_gray(gray_to_lightness(gray)) - gray).max() < 1e-4
    assert (
        np.abs(srgb_to_lightness(np.repeat(gray[:, None], 3, 1)) - gray_to_lightness(gray)).max()
        < 1e-2
    )

"Borders around photographs: found for each kind of old print, and in no photograph without one."

import numpy as np
import pytest
from scans import ASTRONAUT, BORDERS, PHOTOS, scan

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.views import view_of


@pytest.mark.parametrize("photo", ["astronaut", "coffee", "camera"])
@pytest.mark.parametrize("kind", BORDERS)
def test_a_border_is_found(kind, photo):
    picture, inside = scan(PHOTOS[photo], **BORDERS[kind])
    view = view_of(pixels_to_lightness(picture))
    assert view.frame is not None
    found = view.frame.depth(picture.shape) > 0
    assert (found & inside).sum() / (found | inside).sum() > 0.985


def test_borders_one_in_the_other_are_found():
    picture, _ = scan(scan(ASTRONAUT, (40, 40, 40, 40), 235)[0], (70, 70, 70, 70), 20)
    assert np.allclose(view_of(pixels_to_lightness(picture)).box, [110, 622, 110, 622], atol=1)


def test_a_photograph_on_an_uneven_lid_is_found():
    y, x = np.mgrid[-0.5:0.5:760j, -0.5:0.5:800j]
    scan = 190 + 60 * x + 25 * y + 30 * x * x
    scan[120:632, 150:662] = ASTRONAUT
    view = view_of(pixels_to_lightness(scan.round().astype(np.uint8)))
    assert np.allclose(view.box, [120, 632, 150, 662], atol=2)


def test_what_is_behind_the_holes_of_a_film_is_found():
    scan = np.full((732, 512), 12, np.uint8)
    scan[110:622] = ASTRONAUT
    for left in range(10, 500, 50):
        scan[30:75, left : left + 25] = scan[657:702, left : left + 25] = 250
    view = view_of(pixels_to_lightness(scan))
    assert np.allclose(view.box, [110, 622, 0, 512], atol=2)


def sides_of_their_own():
    "Photographs that end in plain dark or light parts."
    y, x = np.mgrid[:400, :500]
    yield (
        "night sky",
        np.where(
            y < 200 + 40 * np.sin(x / 60) + 20 * np.sin(x / 13), 3, PHOTOS["coffee"][:, :500]
        ).astype(np.uint8),
    )
    yield (
        "white studio",
        np.where(
            (x - 250) ** 2 + (y - 220) ** 2 / 2 < 110**2, PHOTOS["coffee"][:, 50:550], 255
        ).astype(np.uint8),
    )
    yield (
        "silhouette",
        np.where(y > 280 - 50 * np.abs(np.sin(x / 70)), 2, 150 + y // 8).astype(np.uint8),
    )
    yield (
        "snow",
        np.where(
            y > 150 + x // 9 + 5 * np.sin(x / 20), 245, PHOTOS["coffee"][:, 50:550] // 2
        ).astype(np.uint8),
    )
    yield "horizon", np.where(y < 150, 200 + y // 10, 90 + (x * 7 + y * 13) % 40).astype(np.uint8)
    yield (
        "vignette",
        (ASTRONAUT * (1 - np.hypot(*np.mgrid[-1:1:512j, -1:1:512j]) ** 2 / 2)).astype(np.uint8),
    )


@pytest.mark.parametrize("name, photo", list(sides_of_their_own()) + list(PHOTOS.items()))
def test_a_photograph_is_not_cropped(name, photo):
    assert view_of(pixels_to_lightness(photo)).frame is None

"Borders around photographs: found for each kind of old print, and in no photograph without one."

import numpy as np
import pytest
from scans import ASTRONAUT, BORDERS, PHOTOS, scan

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.frames import Frame, find_frame
from dlcolorize.views import EDGE_SIZE, resize, shape_of_area


def frame_of(picture):
    "The frame in a copy of the usual size."
    most = shape_of_area(*picture.shape, EDGE_SIZE)
    return find_frame(resize(pixels_to_lightness(picture), *np.minimum(picture.shape, most)))


@pytest.mark.parametrize("photo", ["astronaut", "coffee", "camera"])
@pytest.mark.parametrize("kind", BORDERS)
def test_a_border_is_found(kind, photo):
    picture, inside = scan(PHOTOS[photo], **BORDERS[kind])
    frame = frame_of(picture)
    assert frame is not None
    found = frame.depth(picture.shape) > 0
    assert (found & inside).sum() / (found | inside).sum() > 0.985


def test_borders_one_in_the_other_are_found():
    picture, _ = scan(scan(ASTRONAUT, (40, 40, 40, 40), 235)[0], (70, 70, 70, 70), 20)
    assert np.allclose(frame_of(picture).pixels(picture.shape), [110, 622, 110, 622], atol=1)


def test_a_photograph_on_an_uneven_lid_is_found():
    y, x = np.mgrid[-0.5:0.5:760j, -0.5:0.5:800j]
    scan = 190 + 60 * x + 25 * y + 30 * x * x
    scan[120:632, 150:662] = ASTRONAUT
    frame = frame_of(scan.round().astype(np.uint8))
    assert np.allclose(frame.pixels(scan.shape), [120, 632, 150, 662], atol=2)


def test_what_is_behind_the_holes_of_a_film_is_found():
    scan = np.full((732, 512), 12, np.uint8)
    scan[110:622] = ASTRONAUT
    for left in range(10, 500, 50):
        scan[30:75, left : left + 25] = scan[657:702, left : left + 25] = 250
    assert np.allclose(frame_of(scan).pixels(scan.shape), [110, 622, 0, 512], atol=2)


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
    assert frame_of(photo) is None


def test_a_frame_is_measured_at_any_size():
    lines = (10, 0.0), (20, 0.0), (30, 0.0), (40, 0.0)  # from the top, clockwise
    frame = Frame((100, 200), lines)
    assert frame.pixels((100, 200)) == (10, 70, 40, 180)
    assert frame.pixels((50, 400)) == (5, 35, 80, 360)
    inside = np.zeros((100, 200), bool)
    inside[10:70, 40:180] = True
    assert frame.is_rectangle and np.array_equal(frame.depth((100, 200)) > 0, inside)
    assert (frame.depth((30, 70), frame.box()) > 0).all()


def test_corners_and_ovals_and_tilted_sides_make_no_rectangle():
    straight = ((10, 0.0),) * 4
    for frame in (
        Frame((100, 200), straight, radius=20),
        Frame((100, 200), straight, oval=(50, 100, 40, 90)),
        Frame((100, 200), ((10, 0.05), *straight[1:])),
    ):
        assert not frame.is_rectangle
        assert (frame.depth((100, 200), frame.box()) < 0).any()  # in a corner of its box


def test_a_scan_that_is_too_small_has_no_frame():
    scan = np.zeros((47, 200))
    scan[12:35, 30:170] = 80
    assert find_frame(scan) is None and find_frame(np.pad(scan, ((1, 0), (0, 0)))) is not None

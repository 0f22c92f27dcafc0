"What a network is shown: right for each kind of old print, and whole photographs as they are."

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import binary_dilation, gaussian_filter
from skimage import data

from dlcolorize import Colorizer
from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import lab_to_srgb, srgb_to_lab, srgb_to_lightness
from dlcolorize.image_reading import as_photo
from dlcolorize.photos import Photo
from dlcolorize.views import (
    find_levels,
    is_black_and_white,
    is_page,
    reason_to_leave,
    resize,
    view_of,
)


def gray(name):
    return np.asarray(Image.fromarray(getattr(data, name)()).convert("L"))


PHOTOS = {name: gray(name) for name in ("astronaut", "coffee", "chelsea", "rocket", "camera")}
ASTRONAUT = PHOTOS["astronaut"]


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer()


def scan(
    photo,
    borders=(60, 60, 60, 60),
    tone=0,
    turn=0.0,
    corners=0,
    oval=False,
    paper=0.0,
    writing=False,
):
    "A photograph on a plain ground (borders: top, right, bottom, left), and its place in it."
    top, right, bottom, left = borders
    size = photo.shape[1] + left + right, photo.shape[0] + top + bottom
    grain = np.random.default_rng(0).normal(0, paper, size[::-1]) if paper else 0
    ground = Image.fromarray(np.clip(np.full(size[::-1], tone) + grain, 0, 255).astype(np.uint8))
    if writing:
        for place in range(left + 10, size[0] - right - 40, 60):
            ImageDraw.Draw(ground).line(
                [(place, size[1] - 15), (place + 30, size[1] - bottom + 15)], fill=60, width=3
            )
    inner = Image.new("L", photo.shape[::-1])
    draw, last = ImageDraw.Draw(inner), (0, 0, photo.shape[1] - 1, photo.shape[0] - 1)
    if oval:
        draw.ellipse(last, fill=255)
    else:
        draw.rounded_rectangle(last, corners, fill=255)
    mask, picture = Image.new("L", size), Image.new("L", size)
    for whole, part in ((mask, inner), (picture, Image.fromarray(photo))):
        whole.paste(part, (left, top))
    if turn:
        mask, picture = (whole.rotate(turn, Image.Resampling.BICUBIC) for whole in (mask, picture))
    return np.asarray(Image.composite(picture, ground, mask)), np.asarray(mask) > 127


BORDERS = {
    "black": {},
    "white": {"tone": 255},
    "gray": {"tone": 128},
    "paper": {"tone": 222, "paper": 3},
    "thin": {"borders": (12, 12, 12, 12), "tone": 245},
    "wide": {"borders": (150, 150, 150, 150), "tone": 30},
    "top": {"borders": (60, 0, 0, 0)},
    "lid on two sides": {"borders": (0, 70, 70, 0), "tone": 245},
    "three sides": {"borders": (60, 60, 60, 0), "tone": 240},
    "caption strip": {"borders": (30, 30, 120, 30), "tone": 240},
    "written on": {"borders": (60, 60, 80, 60), "tone": 235, "writing": True},
    "askew by 1": {"borders": (70, 70, 70, 70), "turn": 1},
    "askew by 3": {"borders": (90, 90, 90, 90), "tone": 240, "turn": 3},
    "askew by -5": {"borders": (110, 110, 110, 110), "tone": 10, "turn": -5},
    "round corners": {"borders": (40, 40, 40, 40), "tone": 240, "corners": 60},
    "oval": {"borders": (40, 40, 40, 40), "tone": 225, "oval": True},
    "letterbox, near black": {"borders": (70, 0, 70, 0), "tone": 12},
    "pillarbox, gray": {"borders": (0, 70, 0, 70), "tone": 128},
    "one side, gray": {"borders": (80, 0, 0, 0), "tone": 120},
    "hairline": {"borders": (4, 4, 4, 4), "tone": 250},
    "a tenth of the scan": {"borders": (500, 560, 540, 480), "tone": 240},
    "grainy": {"borders": (60, 60, 60, 60), "tone": 28, "paper": 8},
    "askew by 7": {"borders": (120, 120, 120, 120), "tone": 235, "turn": 7},
}


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
        lab_to_srgb(srgb_to_lightness(photo / 255), ab_of(photo) * (1 if name == "rocket" else 0.4))
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

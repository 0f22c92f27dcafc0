"""What goes in comes out; what is broken is said."""
import numpy as np
import pytest
from PIL import Image
from skimage import data

from dlcolorize.color_spaces import srgb_to_lightness
from dlcolorize.colorizing import Colorizer
from dlcolorize.image_files import PhotoError, from_image, output_path, pixels_to_lightness, read, write

camera = data.camera()[::2, ::2]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr", "F"])
def test_every_mode_is_read_as_the_same_lightness(mode):
    if mode == "I;16":
        image = Image.fromarray(camera.astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(camera.astype(np.float32) / 255)
    else:
        image = Image.fromarray(camera).convert(mode, **(dict(dither=Image.Dither.NONE) if mode == "1" else {}))
    expected = pixels_to_lightness(np.where(camera > 127, 255, 0).astype(np.uint8) if mode == "1" else camera)
    tolerance = 1.5 if mode in ("CMYK", "YCbCr") else 0.5
    assert np.abs(from_image(image).lightness - expected).max() < tolerance


@pytest.mark.parametrize("name, save", [
    ("photo.jpg", dict(quality=90)), ("photo.png", {}), ("photo.webp", dict(quality=90)), ("photo.tif", {}), ("photo.bmp", {}),
])
def test_format_name_and_resolution_are_kept(tmp_path, name, save):
    Image.fromarray(camera).save(tmp_path / name, dpi=(300, 300), **save)
    photo = read(tmp_path / name)
    out = output_path(tmp_path / name, photo, tmp_path / "out")
    write(out, Colorizer().colorize(photo), photo)
    with Image.open(tmp_path / name) as before, Image.open(out) as after:
        assert (after.format, after.size, after.mode) == (before.format, before.size, "RGB")
        if name != "photo.webp":  # WebP holds no resolution
            assert after.info["dpi"] == pytest.approx(before.info["dpi"], abs=0.02)


@pytest.mark.parametrize("name", ["old.gif", "old.pgm"])
def test_formats_without_color_become_png(tmp_path, name):
    Image.fromarray(camera).save(tmp_path / name)
    assert output_path(tmp_path / name, read(tmp_path / name), tmp_path) == tmp_path / "old.png"


def test_transparency_is_given_back(tmp_path):
    image = Image.fromarray(camera).convert("LA")
    alpha = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (256, 1)))
    image.putalpha(alpha)
    image.save(tmp_path / "cut.png")
    answer = Colorizer()(tmp_path / "cut.png")
    assert answer.mode == "RGBA" and np.array_equal(np.asarray(answer.getchannel("A")), np.asarray(alpha))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_lying_on_its_side_is_turned_upright_once(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(camera[:, :100]).save(tmp_path / "turned.png", exif=exif)
    photo = read(tmp_path / "turned.png")
    assert photo.size == ((100, 256) if orientation <= 4 else (256, 100))
    write(tmp_path / "out.png", Colorizer().colorize(photo), photo)
    with Image.open(tmp_path / "out.png") as out:
        assert out.size == photo.size and out.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("vividness", [0, 1, 2])
@pytest.mark.parametrize("name", ["camera", "astronaut", "coffee", "rocket"])
def test_lightness_is_kept_at_every_pixel(name, vividness):
    before = np.asarray(getattr(data, name)())
    after = np.asarray(Colorizer(vividness=vividness)(before))
    difference = srgb_to_lightness(after.astype(np.float32) / 255) - pixels_to_lightness(before)
    assert np.abs(difference).max() < 0.5


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    photo = from_image(Image.fromarray(camera))

    def full_disk(self, path, *arguments, **options):
        open(path, "wb").write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(PhotoError, match="No space left on device"):
        write(tmp_path / "out.png", np.zeros((256, 256, 3), np.uint8), photo)
    assert list(tmp_path.iterdir()) == []


def test_an_array_that_is_no_picture_is_refused():
    for wrong in (np.zeros((4, 4, 2)), np.zeros(9), np.zeros((0, 4)), np.full((2, 2), 1.5), np.zeros((2, 2), bool)):
        with pytest.raises(PhotoError):
            pixels_to_lightness(wrong)

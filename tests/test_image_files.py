"""What goes in comes out, file format by file format; what is broken is said."""

import io
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import srgb_to_lightness
from dlcolorize.colorizing import Colorizer
from dlcolorize.files import PhotoError, output_path, remove_parts, whole_file
from dlcolorize.image_formats import from_image
from dlcolorize.image_reading import as_photo, provenance_of, read, read_pages
from dlcolorize.image_writing import WriteOptions, write
from dlcolorize.photos import ReadOptions, TooManyPixels, upright

camera = data.camera()[::2, ::2]
wide = (
    (camera * 257.0 + np.arange(256) / 4).clip(0, 65535).astype(np.uint16)
)  # 16 bits that 8 could not hold
slope = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
colorizer = Colorizer(size=64)  # quick; which colors a file gets does not matter here


def colored(path, out, provenance=True):
    "What the command does with one file."
    pages = ((colorizer.colorize(photo), photo) for photo in read_pages(path))
    write(out, pages, WriteOptions(provenance=colorizer.provenance if provenance else None), path)
    return out


def shown(path):
    "sRGB of a file we wrote, in [0, 1], and its alpha channel, by another library."
    content = path.read_bytes()
    if content[:4] in (b"II*\0", b"MM\0*"):
        pixels = tifffile.imread(path)
    elif content[24:25] == b"\x10" and content[1:4] == b"PNG":
        pixels = imagecodecs.png_decode(content)
    else:
        pixels = np.asarray(Image.open(path))
    scale = 1 if pixels.dtype == np.float32 else np.iinfo(pixels.dtype).max
    return pixels[..., :3] / scale, pixels[..., 3] if pixels.shape[-1] == 4 else None, pixels.dtype


def kind_of_file(name):
    "Save a photograph as a kind of file: what its lightness must be within, and its alpha."

    def save(path):
        if name == "float.tif":
            tifffile.imwrite(path, wide.astype(np.float32) / 65535)
        elif name == "float-rgb.tif":
            tifffile.imwrite(
                path, np.dstack([wide.astype(np.float32) / 65535] * 3), photometric="rgb"
            )
        elif name.startswith("16-") and name.endswith(".tif"):
            layers = {
                "16-gray.tif": wide,
                "16-white-is-zero.tif": 65535 - wide,
                "16-alpha.tif": np.dstack([wide, slope * np.uint16(257)]),
                "16-rgb.tif": np.dstack([wide] * 3),
                "16-planar.tif": np.stack([wide] * 3),
                "16-lzw.tif": wide,
            }[name]
            photometric = {
                "16-rgb.tif": "rgb",
                "16-planar.tif": "rgb",
                "16-white-is-zero.tif": "miniswhite",
            }.get(name, "minisblack")
            tifffile.imwrite(
                path,
                layers,
                photometric=photometric,
                planarconfig="separate" if "planar" in name else None,
                extrasamples=["unassalpha"] if "alpha" in name else None,
                compression="lzw" if "lzw" in name else None,
            )
        elif name.startswith("16-") and name.endswith(".png"):
            layers = {
                "16-gray.png": wide,
                "16-alpha.png": np.dstack([wide, slope * np.uint16(257)]),
                "16-rgb.png": np.dstack([wide] * 3),
                "16-rgba.png": np.dstack([wide] * 3 + [slope * np.uint16(257)]),
            }[name]
            path.write_bytes(imagecodecs.png_encode(layers))
        else:
            mode = {
                "bilevel": "1",
                "fax": "1",
                "palette": "P",
                "rgb": "RGB",
                "rgba": "RGBA",
                "alpha": "LA",
                "cmyk": "CMYK",
                "ycc": "YCbCr",
                "lab": "LAB",
            }.get(name.split(".")[0], "L")
            image = Image.fromarray(camera)
            if mode == "LAB":
                image = ImageCms.profileToProfile(
                    image.convert("RGB"),
                    ImageCms.createProfile("sRGB"),
                    ImageCms.createProfile("LAB"),
                    outputMode="LAB",
                )
            else:
                image = (
                    image.convert(mode, dither=Image.Dither.NONE)
                    if mode == "1"
                    else image.convert(mode)
                )
            if mode in ("LA", "RGBA"):
                image.putalpha(Image.fromarray(slope))
            options = {
                "fax.tif": dict(compression="group4"),
                "ycc.tif": dict(compression="jpeg"),
                "lossless.webp": dict(lossless=True),
                "transparent.gif": dict(transparency=0),
            }
            image.save(path, **options.get(name, {}))

    return save


EXACT = [
    "16-gray.tif",
    "16-white-is-zero.tif",
    "16-alpha.tif",
    "16-rgb.tif",
    "16-planar.tif",
    "16-lzw.tif",
    "float.tif",
    "float-rgb.tif",
    "16-gray.png",
    "16-alpha.png",
    "16-rgb.png",
    "16-rgba.png",
    "gray.png",
    "palette.png",
    "rgb.png",
    "rgba.png",
    "alpha.png",
    "bilevel.png",
    "gray.tif",
    "rgb.tif",
    "rgba.tif",
    "cmyk.tif",
    "lab.tif",
    "fax.tif",
    "gray.bmp",
    "gray.pgm",
    "gray.gif",
    "lossless.webp",
    "gray.jp2",
]
LOSSY = [
    "gray.jpg",
    "ycc.tif",
    "cmyk.jpg",
    "rgb.jpg",
    "gray.webp",
    "rgba.webp",
    "gray.avif",
    "rgba.avif",
]


@pytest.mark.parametrize("name", EXACT + LOSSY)
def test_size_depth_alpha_and_lightness_are_kept(tmp_path, name):
    source = tmp_path / name
    kind_of_file(name)(source)
    photo = read(source)
    out = colored(source, output_path(source, tmp_path / "out"))
    srgb, alpha, pixel_type = shown(out)
    assert srgb.shape == (256, 256, 3)
    assert pixel_type == (
        np.float32
        if "float" in name
        else np.uint16
        if name.startswith("16-") or name == "lab.tif"
        else np.uint8
    )
    assert (np.ptp(srgb, axis=2).mean() > 0.02) or name.startswith(("bilevel", "fax"))
    if "alpha" in name or "rgba" in name:
        assert np.array_equal(alpha, photo.alpha) and np.ptp(alpha) > 200
        assert name in LOSSY or np.array_equal(
            alpha, slope * np.uint16(257) if pixel_type == np.uint16 else slope
        )
    else:
        assert alpha is None
    difference = np.abs(srgb_to_lightness(srgb.astype(np.float32)) - photo.lightness)
    if name in EXACT:
        assert difference.max() < (0.5 if pixel_type == np.uint8 else 0.05)
    else:
        assert difference.mean() < 0.7  # what the lossy format itself does


@pytest.mark.parametrize(
    "name",
    [
        "16-gray.tif",
        "float.tif",
        "16-gray.png",
        "gray.png",
        "cmyk.tif",
        "ycc.tif",
        "lab.tif",
        "gray.gif",
        "gray.jpg",
        "gray.avif",
    ],
)
def test_every_kind_of_file_is_read_as_the_same_lightness(tmp_path, name):
    kind_of_file(name)(tmp_path / name)
    difference = np.abs(read(tmp_path / name).lightness - pixels_to_lightness(camera))
    assert difference.mean() < (2 if name in LOSSY else 0.3)
    assert name in LOSSY or difference.max() < {"cmyk.tif": 1.5, "lab.tif": 0.7}.get(name, 0.3)


@pytest.mark.parametrize("vividness", [0.5, 1, 2])
@pytest.mark.parametrize("name", ["camera", "astronaut", "coffee", "rocket"])
def test_lightness_is_kept_at_every_pixel(tmp_path, name, vividness):
    before = getattr(data, name)()
    Image.fromarray(before).save(tmp_path / "8.png")
    tifffile.imwrite(
        tmp_path / "16.tif",
        before * np.uint16(257),
        photometric="rgb" if before.ndim == 3 else "minisblack",
    )
    bold = Colorizer(vividness=vividness, size=128)
    for file, allowed in (("8.png", 0.5), ("16.tif", 0.05)):
        photo = read(tmp_path / file)
        write(tmp_path / f"out-{file}", [(bold.colorize(photo), photo)])
        srgb, _, _ = shown(tmp_path / f"out-{file}")
        assert (
            np.abs(srgb_to_lightness(srgb.astype(np.float32)) - pixels_to_lightness(before)).max()
            < allowed
        )


@pytest.mark.parametrize(
    "name, save",
    [
        ("photo.jpg", dict(quality=90)),
        ("photo.png", {}),
        ("photo.tif", {}),
        ("photo.bmp", {}),
        ("cm.tif", dict(resolution_unit="cm")),
    ],
)
def test_resolution_is_kept(tmp_path, name, save):
    Image.fromarray(camera).save(tmp_path / name, dpi=(300, 200), **save)
    out = colored(tmp_path / name, output_path(tmp_path / name, tmp_path / "out"))
    with Image.open(tmp_path / name) as before, Image.open(out) as after:
        assert after.info["dpi"] == pytest.approx(before.info["dpi"], abs=0.02)


@pytest.mark.parametrize(
    "name", ["photo.jpg", "photo.png", "photo.tif", "photo.webp", "photo.avif", "photo.heic"]
)
def test_exif_and_xmp_are_kept(tmp_path, name):
    exif = Image.Exif()
    exif[0x0132], exif[0x010F] = "1936:03:01 12:00:00", "Leica"
    exif.get_ifd(0x8769).update(
        {0x9003: "1936:03:01 12:00:00", 0x927C: b"what only the maker understands"}
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0)})
    exif[0x8769] = exif[0x8825] = (
        0  # where the two directories are; Pillow fills it in, but for TIFF must see it
    )
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="the attic"/></rdf:RDF></x:xmpmeta>'
    )
    if name.endswith("heic"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    if name.endswith("png"):
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text("Author", "Grandmother")
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        Image.fromarray(camera[:96, :128]).save(tmp_path / name, exif=exif, pnginfo=texts)
    else:
        if name.endswith("tif"):
            exif[700] = xmp
        Image.fromarray(camera[:96, :128]).save(
            tmp_path / name, exif=exif, **({} if name.endswith("tif") else dict(xmp=xmp))
        )
    out = colored(tmp_path / name, tmp_path / "out" / name)
    with Image.open(out) as after:
        kept = after.getexif()
        assert kept[0x0132] == exif[0x0132] and kept[0x010F] == "Leica"
        assert (
            kept.get_ifd(0x8769)[0x9003] == exif[0x0132]
            and kept.get_ifd(0x8769)[0x927C] == b"what only the maker understands"
        )
        assert [float(part) for part in kept.get_ifd(0x8825)[2]] == [48, 51, 29]
        packet = after.info.get("xmp") or after.tag_v2[700]
        assert b"the attic" in (packet.encode() if isinstance(packet, str) else packet)
        assert not name.endswith("png") or after.text["Author"] == "Grandmother"
    said = provenance_of(out)
    assert said["model"] == "base" and said["model_sha256"] == colorizer.provenance["model_sha256"]
    assert said["software"].startswith("dlcolorize ") and said["digital_source_type"].endswith(
        "/compositeWithTrainedAlgorithmicMedia"
    )
    silent = colored(tmp_path / name, tmp_path / "silent" / name, provenance=False)
    assert provenance_of(silent) is None


def test_exif_of_a_tiff_for_over_4_gb_is_kept(tmp_path):
    path = tmp_path / "big.tif"
    tifffile.imwrite(
        path, wide, bigtiff=True, metadata=None, extratags=[(34664, 13, 1, 0, True)]
    )  # becomes the pointer, which tifffile does not write
    content = bytearray(path.read_bytes())
    place = tifffile.TiffFile(path).pages[0].offset
    (count,) = struct.unpack_from("<Q", content, place)
    (entry,) = [
        place + 8 + 20 * number
        for number in range(count)
        if content[place + 8 + 20 * number :][:2] == struct.pack("<H", 34664)
    ]
    struct.pack_into("<H", content, entry, 34665)
    struct.pack_into("<Q", content, entry + 12, len(content))
    date = b"1936:03:01 12:00:00\0"
    path.write_bytes(
        bytes(content)
        + struct.pack("<QHHQQQ", 1, 0x9003, 2, len(date), len(content) + 36, 0)
        + date
    )
    with Image.open(colored(path, tmp_path / "out.tif")) as image:
        assert image.getexif().get_ifd(0x8769)[0x9003] == "1936:03:01 12:00:00"


def test_iptc_and_comments_of_a_jpeg_are_kept(tmp_path):
    record = b"\x1c\x02\x78\0\x0dOn the bridge"  # IPTC 2:120, the caption
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    segment = struct.pack(">BBH", 0xFF, 0xED, len(block) + 2) + block
    Image.fromarray(camera).save(tmp_path / "photo.jpg", extra=segment, comment=b"from the attic")
    out = colored(tmp_path / "photo.jpg", tmp_path / "out.jpg")
    content = out.read_bytes()
    assert content.count(segment) == 1 and content.count(b"from the attic") == 1


def test_iptc_of_a_tiff_is_kept(tmp_path):
    record = b"\x1c\x02\x78\0\x0dOn the bridge"
    tifffile.imwrite(
        tmp_path / "photo.tif",
        wide,
        extratags=[(33723, 7, len(record), record, True), (315, 2, 0, "Grandmother", True)],
        metadata=None,
    )
    with tifffile.TiffFile(colored(tmp_path / "photo.tif", tmp_path / "out.tif")) as tiff:
        assert (
            tiff.pages[0].tags[33723].value == record
            and tiff.pages[0].tags[315].value == "Grandmother"
        )


@pytest.mark.parametrize("quality", [60, 98, 100])
def test_a_jpeg_is_rounded_as_it_was(tmp_path, quality):
    Image.fromarray(camera).save(tmp_path / "photo.jpg", quality=quality)
    out = colored(tmp_path / "photo.jpg", tmp_path / "out.jpg")
    with Image.open(tmp_path / "photo.jpg") as before, Image.open(out) as after:
        assert after.quantization[0] == before.quantization[0]


def test_a_lossless_webp_stays_lossless(tmp_path):
    Image.fromarray(camera).save(tmp_path / "photo.webp", lossless=True)
    out = colored(tmp_path / "photo.webp", tmp_path / "out.webp")
    assert np.array_equal(
        np.asarray(Image.open(out)), colorizer.colorize(read(tmp_path / "photo.webp"))
    )


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_lying_on_its_side_is_turned_upright_once(tmp_path, orientation, suffix):
    upright_photo = camera[:, :100]
    turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[
        orientation
    ]  # Pillow's transposition that undoes it
    stored = Image.fromarray(upright_photo)
    stored = stored if turned is None else stored.transpose(Image.Transpose(turned))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(
        tmp_path / f"turned.{suffix}", exif=exif, **(dict(quality=100) if suffix == "jpg" else {})
    )
    photo = read(tmp_path / f"turned.{suffix}")
    assert np.abs(photo.lightness - pixels_to_lightness(upright_photo)).max() < (
        3 if suffix == "jpg" else 0.01
    )
    out = colored(tmp_path / f"turned.{suffix}", tmp_path / f"out.{suffix}")
    with Image.open(out) as image:
        assert image.size == (100, 256) and image.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_16_bits_are_turned_upright_too(tmp_path, orientation):
    tifffile.imwrite(
        tmp_path / "turned.tif",
        wide[:, :100],
        extratags=[(274, 3, 1, orientation, True)],
        metadata=None,
        resolution=(100, 200),
    )
    photo = read(tmp_path / "turned.tif")
    assert np.array_equal(photo.lightness, upright(pixels_to_lightness(wide[:, :100]), orientation))
    assert photo.metadata.dpi == ((100, 200) if orientation < 5 else (200, 100))
    colored(tmp_path / "turned.tif", tmp_path / "out.tif")
    assert 274 not in tifffile.TiffFile(tmp_path / "out.tif").pages[0].tags


@pytest.mark.parametrize(
    "space", ["gray gamma 1.0", "gray gamma 2.6", "adobergb", "srgb", "scanner"]
)
@pytest.mark.parametrize("bits", [8, 16])
def test_icc_profiles_are_honoured_and_the_output_says_srgb(tmp_path, space, bits):
    if space.startswith("gray"):
        gamma = float(space.split()[-1])
        profile = imagecodecs.cms_profile("gray", gamma=gamma)
        pixels, light = camera, (camera / 255) ** gamma
    else:
        gamma = {"adobergb": 563 / 256, "scanner": 1.8}.get(space)
        primaries = [0.64, 0.33, 1, 0.29, 0.60, 1, 0.15, 0.06, 1]  # CIE xyY, a scanner's green
        profile = (
            imagecodecs.cms_profile(
                "rgb", gamma=gamma, primaries=primaries, whitepoint=[0.3127, 0.3290, 1]
            )
            if space == "scanner"
            else imagecodecs.cms_profile(space)
        )
        pixels = np.dstack([camera] * 3)
        light = (camera / 255) ** gamma if gamma else None
    expected = pixels_to_lightness(camera) if light is None else srgb_lightness_of(light)
    pixels = pixels if bits == 8 else pixels * np.uint16(257)
    tifffile.imwrite(
        tmp_path / "scan.tif",
        pixels,
        iccprofile=profile,
        photometric="rgb" if pixels.ndim == 3 else "minisblack",
    )
    assert np.abs(read(tmp_path / "scan.tif").lightness - expected).max() < 0.5
    colored(tmp_path / "scan.tif", tmp_path / "out.tif")
    embedded = tifffile.TiffFile(tmp_path / "out.tif").pages[0].iccprofile
    assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(embedded)))


def srgb_lightness_of(light):
    "L* of a luminance in [0, 1] (CIE 15)."
    return np.where(light > (6 / 29) ** 3, 116 * np.cbrt(light) - 16, light * (29 / 3) ** 3)


@pytest.mark.parametrize("profile", [b"not a profile", imagecodecs.cms_profile("lab2")])
def test_a_profile_that_cannot_be_used_does_no_harm(tmp_path, profile):
    Image.fromarray(camera).save(tmp_path / "photo.png", icc_profile=profile)
    assert np.array_equal(read(tmp_path / "photo.png").lightness, pixels_to_lightness(camera))


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "avif"])
def test_every_file_says_that_it_is_srgb(tmp_path, suffix):
    Image.fromarray(camera).save(tmp_path / f"photo.{suffix}")
    with Image.open(colored(tmp_path / f"photo.{suffix}", tmp_path / f"out.{suffix}")) as image:
        assert "sRGB" in ImageCms.getProfileDescription(
            ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        )


def test_every_page_of_a_tiff_is_colorized(tmp_path):
    for number, page in enumerate((camera, wide, camera[:50])):
        tifffile.imwrite(
            tmp_path / "album.tif",
            page,
            append=number > 0,
            description=f"page {number}",
            metadata=None,
        )
    with tifffile.TiffFile(colored(tmp_path / "album.tif", tmp_path / "out.tif")) as tiff:
        assert [(page.shape, page.dtype) for page in tiff.pages] == [
            ((256, 256, 3), np.uint8),
            ((256, 256, 3), np.uint16),
            ((50, 256, 3), np.uint8),
        ]
        assert [page.description for page in tiff.pages] == ["page 0", "page 1", "page 2"]


def test_sepia_is_reduced_to_lightness():
    sepia = np.round(camera[..., None] * [1.0, 0.86, 0.64]).astype(np.uint8)
    gray = as_photo(sepia).lightness
    assert np.array_equal(gray, pixels_to_lightness(sepia))
    answer = np.asarray(colorizer(sepia)).astype(np.float32) / 255
    assert np.abs(srgb_to_lightness(answer) - gray).max() < 0.5


@pytest.mark.parametrize(
    "name, target",
    [
        ("old.gif", "old.gif.png"),
        ("old.pgm", "old.pgm.png"),
        ("old.bmp", "old.bmp.png"),
        ("old.JPG", "old.JPG"),
        ("old.tiff", "old.tiff"),
    ],
)
def test_formats_without_color_become_png(tmp_path, name, target):
    assert output_path(tmp_path / name, tmp_path / "out") == tmp_path / "out" / target


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr", "F"])
def test_images_in_memory_are_taken_too(mode):
    if mode == "I;16":
        image = Image.fromarray(camera.astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(camera.astype(np.float32) / 255)
    else:
        image = Image.fromarray(camera).convert(
            mode, **(dict(dither=Image.Dither.NONE) if mode == "1" else {})
        )
    expected = pixels_to_lightness(
        np.where(camera > 127, 255, 0).astype(np.uint8) if mode == "1" else camera
    )
    assert np.abs(from_image(image).lightness - expected).max() < (
        1.5 if mode in ("CMYK", "YCbCr") else 0.5
    )
    assert colorizer(image).mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_an_interrupted_write_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "out.png") as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full_disk(path, content):
        with path.open("wb") as file:
            file.write(b"half")
        raise OSError(28, "No space left on device")

    Image.fromarray(camera).save(tmp_path / "photo.webp")
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(PhotoError, match="No space left on device"):
        colored(tmp_path / "photo.webp", tmp_path / "out" / "photo.webp")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_killed_run_left_is_swept_when_it_is_old(tmp_path):
    import os

    old, new = tmp_path / ".a.png.1-1.part", tmp_path / ".b.png.1-2.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    remove_parts([tmp_path, tmp_path / "nowhere"])
    assert not old.exists() and new.exists()


def test_an_array_that_is_no_picture_is_refused():
    for wrong in (
        np.zeros((4, 4, 2)),
        np.zeros(9),
        np.zeros((0, 4)),
        np.full((2, 2), 1.5),
        np.zeros((2, 2), bool),
        np.zeros((2, 2), np.uint32),
    ):
        with pytest.raises(PhotoError):
            pixels_to_lightness(wrong)


def test_a_bomb_is_refused_by_its_header(tmp_path):
    Image.fromarray(camera).save(tmp_path / "bomb.png")
    tifffile.imwrite(tmp_path / "bomb.tif", wide)
    for name in ("bomb.png", "bomb.tif"):
        with pytest.raises(TooManyPixels, match="256 x 256 pixels are more than 65,535"):
            read(tmp_path / name, ReadOptions(max_pixels=256 * 256 - 1))
        assert read(tmp_path / name, ReadOptions(max_pixels=256 * 256)).size == (256, 256)


def test_a_picture_of_no_size_is_refused(tmp_path):
    def chunk(kind, content):
        import zlib

        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    nothing = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 0, 8, 0, 0, 0, 0))
        + chunk(b"IEND", b"")
    )
    (tmp_path / "nothing.png").write_bytes(nothing)
    (tmp_path / "nothing.pgm").write_bytes(b"P5 0 0 255\n")
    for name in ("nothing.png", "nothing.pgm"):
        with pytest.raises(PhotoError, match=name):
            read(tmp_path / name)

"""What a file says is what is read: kinds of TIFF, depths, tone curves, limits, files cut short."""

import io
import os
import struct
import threading
import zlib

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.containers import jpeg_segment
from dlcolorize.files import PhotoError, PixelBudget
from dlcolorize.image_reading import as_photo, provenance_of, read, read_pages, read_srgb
from dlcolorize.image_writing import write
from dlcolorize.metadata import split_xmp
from dlcolorize.photos import ReadOptions, TooManyPages, TooManyPixels, Truncated

camera = data.camera()[100:228, 200:296]  # 128 x 96
wide = (
    (camera * 257.0 + np.arange(96) / 4).clip(0, 65535).astype(np.uint16)
)  # 16 bits that 8 could not hold
color = data.astronaut()[:128, :96]
true, true_wide = pixels_to_lightness(camera), pixels_to_lightness(wide)


def light(numbers):
    "L* of luminance in [0, 1] (CIE 15)."
    return np.where(numbers > (6 / 29) ** 3, 116 * np.cbrt(numbers) - 16, numbers * (29 / 3) ** 3)


def tiff(*pages, **options):
    "A TIFF file of pages: each an array, or an array and its own options."
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page in pages:
            pixels, own = page if isinstance(page, tuple) else (page, {})
            writer.write(pixels, **dict(metadata=None, photometric="minisblack") | options | own)
    return file.getvalue()


def saved(image_format, pixels=camera, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, image_format, **options)
    return file.getvalue()


def far(photo, lightness):
    assert photo.lightness.shape == lightness.shape
    return np.abs(photo.lightness - lightness).max()


def png_with(png, *chunks):
    "A PNG file with chunks after its header."
    made = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return png[:33] + made + png[33:]


# TIFF


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_associated_alpha_is_undone_and_given_back(dtype, channels):
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    alpha = np.broadcast_to(np.linspace(0.4, 1, 96), camera.shape)
    shares = wide / 65535
    premultiplied, opacity = shares * alpha * white, alpha * white
    layers = np.dstack([premultiplied] * channels + [opacity])
    layers = layers.astype(dtype) if dtype == np.float32 else np.round(layers).astype(dtype)
    photo = read(
        tiff(
            layers,
            photometric="rgb" if channels == 3 else "minisblack",
            extrasamples=["assocalpha"],
            planarconfig="contig",
        )
    )
    assert far(photo, true_wide) < (1.5 if dtype == np.uint8 else 0.05)
    assert photo.pixel_type == dtype and np.array_equal(photo.alpha, layers[..., -1])


@pytest.mark.parametrize(
    "compression",
    [
        "zlib",
        "lzw",
        "packbits",
        "zstd",
        "lzma",
        "webp",
        "jpeg",
        "jpegxl",
        "lerc",
        "jpeg2000",
        "png",
    ],
)
@pytest.mark.parametrize("tile", [None, (32, 32)])
def test_every_compression_of_tiff(compression, tile):
    pixels = np.dstack([camera] * 3)
    level = {"webp": 100, "jpeg": 98, "jpegxl": 100, "jpeg2000": 100}.get(compression)
    args = dict(compressionargs=dict(level=level)) if level else {}
    photo = read(tiff(pixels, photometric="rgb", compression=compression, tile=tile, **args))
    assert far(photo, true) < (4 if compression in ("jpeg", "webp", "jpegxl", "jpeg2000") else 0.01)
    assert np.abs(photo.lightness - true).mean() < 0.5


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_planes_of_color_and_alpha(planes, dtype):
    layers = [wide >> (0 if dtype == np.uint16 else 8)] * 3 + [np.full_like(wide, 200)]
    stack = np.stack(layers, 0 if planes == "separate" else -1).astype(dtype)
    photo = read(tiff(stack, photometric="rgb", planarconfig=planes, extrasamples=["unassalpha"]))
    assert far(photo, pixels_to_lightness(layers[0].astype(dtype))) < 0.01 and np.array_equal(
        photo.alpha, layers[3].astype(dtype)
    )


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 7, 9, 10, 12, 14, 15])
def test_any_number_of_bits_has_its_full_range(bits):
    levels = np.round(camera * ((2**bits - 1) / 255)).astype(np.uint8 if bits <= 8 else np.uint16)
    photo = read(packed_tiff(levels, bits))
    assert photo.bits == bits and photo.pixel_type == (np.uint8 if bits <= 8 else np.uint16)
    full = 255 if bits <= 8 else 65535
    expected = np.round(levels * (full / (2**bits - 1))).astype(photo.pixel_type)
    assert np.array_equal(photo.lightness, pixels_to_lightness(expected))


def packed_tiff(levels, bits):
    "A gray TIFF file with so many bits a pixel, each row beginning at a byte."
    rows = b"".join(imagecodecs.packints_encode(row, bits) for row in levels)
    entries = [
        (256, 3, levels.shape[1]),
        (257, 3, levels.shape[0]),
        (258, 3, bits),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8 + 2 + 12 * 9 + 4),
        (277, 3, 1),
        (278, 3, levels.shape[0]),
        (279, 4, len(rows)),
    ]
    return (
        struct.pack("<4sIH", b"II*\0", 8, len(entries))
        + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        + bytes(4)
        + rows
    )


@pytest.mark.parametrize(
    "name, pixels, expected",
    [
        ("int8", (camera >> 1).astype(np.int8), (camera >> 1) / 127),
        ("int16", (camera * 128.5).astype(np.int16), (camera * 128.5).astype(np.int16) / 32767),
        ("uint32", camera.astype(np.uint32) * 16843009, camera / 255),
        ("int32", camera.astype(np.int32), camera / 255),
        ("int64", camera.astype(np.int64) * 257, camera / 255),
        ("half", (camera / 255).astype(np.float16), camera / 255),
        ("double", camera / 255, camera / 255),
        ("over", (camera / 240).astype(np.float32), (camera / 240).clip(0, 1)),
        ("to 255", camera.astype(np.float32), camera / 255),
        ("to 65535", wide.astype(np.float32), wide / 65535),
        (
            "nan",
            np.where(camera < 20, np.nan, camera / 255),
            np.where(camera < 20, 0, camera / 255),
        ),
    ],
)
def test_numbers_of_every_type(name, pixels, expected):
    photo = read(tiff(pixels))
    assert far(photo, pixels_to_lightness(expected.astype(np.float32))) < (
        0.3 if name == "half" else 0.05
    )
    assert bool(photo.notes) == (name in ("over", "to 255", "to 65535", "nan"))
    assert far(as_photo(pixels), photo.lightness) < 0.01


@pytest.mark.parametrize(
    "pixels",
    [
        camera * 1j,
        (camera / 255 - 0.5).astype(np.float32),
        np.full((4, 4), 1e9, np.float32),
        camera.astype(np.int16) - 100,
    ],
)
def test_numbers_without_a_plain_meaning_are_refused(pixels):
    for source in (tiff(pixels), pixels):
        with pytest.raises(PhotoError):
            as_photo(source)


@pytest.mark.parametrize(
    "kind, dtype",
    [("cielab", np.uint8), ("cielab", np.uint16), ("icclab", np.uint8), ("icclab", np.uint16)],
)
def test_lab_of_both_kinds_and_depths(kind, dtype):
    word = dtype == np.uint16
    white, one = (65280 if kind == "icclab" else 65535, 256) if word else (255, 1)
    lightness = np.round(true * (white / 100)).astype(dtype)
    a, b = (
        np.full(camera.shape, value * one, np.int16 if word else np.int8) for value in (20, -30)
    )
    a, b = (
        plane.view(dtype) ^ dtype(0x8000 if word else 0x80)
        if kind == "icclab"
        else plane.view(dtype)
        for plane in (a, b)
    )
    photo = read(tiff(np.dstack([lightness, a, b]), photometric=kind))
    assert far(photo, true) < (0.01 if word else 0.21)
    assert np.abs(photo.ab - [20, -30]).max() < 0.01


def test_lab_without_color_is_refused():
    lab = tiff(np.dstack([camera] * 3), photometric="cielab")
    samples = struct.pack("<HHIHH", 277, 3, 1, 3, 0)
    assert lab.count(samples) == 1
    with pytest.raises(PhotoError):
        read(lab.replace(samples, struct.pack("<HHIHH", 277, 3, 1, 1, 0)))


def test_palette_yccb_cmyk_and_white_is_zero():
    palette = np.stack([np.arange(256)[::-1] * 257] * 3).astype(np.uint16)
    assert far(read(tiff(255 - camera, photometric="palette", colormap=palette)), true) < 0.01
    assert (
        far(
            read(tiff(255 - camera, photometric="palette", colormap=palette, compression="zstd")),
            true,
        )
        < 0.01
    )
    assert far(read(tiff(65535 - wide, photometric="miniswhite")), true_wide) < 0.01
    assert far(read(tiff(255 - camera, photometric="miniswhite", compression="zstd")), true) < 0.01
    ink = np.dstack([np.zeros_like(wide)] * 3 + [65535 - wide])
    assert far(read(tiff(ink, photometric="separated")), true_wide) < 0.05
    assert (
        far(
            read(
                saved(
                    "TIFF",
                    np.asarray(Image.fromarray(color).convert("YCbCr").convert("RGB")),
                    compression="jpeg",
                    quality=98,
                )
            ),
            pixels_to_lightness(color),
        )
        < 30
    )
    file = io.BytesIO()
    Image.fromarray(camera).convert("YCbCr").save(file, "TIFF")
    assert far(read(file.getvalue()), true) < 1.5


def test_pages_that_are_no_photographs_are_left_out_with_a_note():
    rgb = (np.dstack([camera] * 3), dict(photometric="rgb"))
    content = tiff(
        rgb,
        (camera[::4, ::4], dict(subfiletype=1)),
        (camera > 9, dict(photometric="mask", subfiletype=4)),
        (camera, dict(description="Infrared channel")),
        wide[:50],
    )
    first, last = read_pages(content)
    assert far(first, true) < 1e-4 and far(last, true_wide[:50]) == 0 and first.notes is last.notes
    assert first.notes == [
        "page 2 is a smaller copy, and is left out",
        "page 3 is a mask, and is left out",
        "page 4 is an infrared channel, and is left out",
    ]
    asked = list(read_pages(content, ReadOptions(pages="2,4-5")))
    assert [photo.size for photo in asked] == [(24, 32), (96, 128), (96, 50)]


def test_what_a_scanner_saw_by_infrared_light_is_no_photograph():
    rgb = (np.dstack([wide] * 3), dict(photometric="rgb"))
    assert (
        len(list(read_pages(tiff(rgb, wide)))) == 1
        and len(list(read_pages(tiff(rgb, wide, rgb, wide)))) == 2
    )
    assert len(list(read_pages(tiff(rgb, wide, wide)))) == 3  # an album
    assert len(list(read_pages(tiff(rgb, wide[:50])))) == 2
    forest = (camera, dict(description="Infrared photograph of a forest"))
    assert len(list(read_pages(tiff(forest, forest)))) == 2


def test_the_only_page_is_the_photograph_whatever_it_says():
    (photo,) = read_pages(tiff(camera, subfiletype=1))
    assert far(photo, true) == 0 and not photo.notes
    (photo,) = read_pages(tiff(camera > 99, photometric="mask", subfiletype=4))
    assert far(photo, np.where(camera > 99, 100, 0)) < 1e-4 and not photo.notes


def test_a_photograph_below_its_small_copy_is_taken():
    content = tiff(
        (camera[::4, ::4], dict(subifds=1, subfiletype=1)), (camera, dict(subfiletype=0))
    )
    (photo,) = read_pages(content)
    assert far(photo, true) == 0 and not photo.notes
    (photo,) = read_pages(tiff((camera, dict(subifds=1)), (camera[::2, ::2], dict(subfiletype=1))))
    assert far(photo, true) == 0


def test_a_page_that_cannot_be_decoded_does_not_lose_the_others():
    content = bytearray(tiff(camera, (camera, dict(compression="zlib")), camera[:50]))
    with tifffile.TiffFile(io.BytesIO(content)) as pages:
        place = pages.pages[1].dataoffsets[0]
    content[place : place + 40] = bytes(40)
    photos = list(read_pages(bytes(content)))
    assert [photo.size for photo in photos] == [
        (96, 128),
        (96, 50),
    ] and "page 2 cannot be read" in photos[0].notes[0]
    with pytest.raises(PhotoError):
        list(read_pages(bytes(content), ReadOptions(pages="2")))


def test_volumes_and_spectra_are_no_photographs():
    for volume in (
        tiff(np.zeros((4, 16, 16), np.uint8), volumetric=True, tile=(4, 16, 16)),
        tiff(np.zeros((16, 16, 40), np.uint8), planarconfig="contig"),
    ):
        with pytest.raises(PhotoError, match="not a photograph"):
            read(volume)


def test_a_fourth_channel_of_no_meaning_is_left_out_with_a_note():
    photo = read(tiff(np.dstack([wide] * 4), photometric="rgb", extrasamples=["unspecified"]))
    assert photo.alpha is None and far(photo, true_wide) < 0.01 and "channel" in photo.notes[0]


@pytest.mark.parametrize("pixels", [camera, wide])
def test_orientation_in_three_places_turns_once(pixels):
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    for compression in (None, "zlib"):
        tags = [(274, 3, 1, 6, True), (700, 1, len(xmp), xmp, True)]
        photo = read(tiff(pixels, extratags=tags, compression=compression))
        assert np.array_equal(photo.lightness, np.rot90(pixels_to_lightness(pixels), -1))
        only_xmp = read(tiff(pixels, extratags=tags[1:], compression=compression))
        assert only_xmp.size == (96, 128)  # in TIFF its own tag is the one that counts
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read(saved("JPEG", camera, exif=exif, xmp=xmp)).size == (128, 96)


def test_broken_exif_pointers_lose_no_picture_and_are_told():
    content = tiff(camera, extratags=[(34664, 4, 1, 99, True), (271, 2, 0, "Leica", True)])
    broken = content.replace(
        struct.pack("<HHII", 34664, 4, 1, 99), struct.pack("<HHII", 34665, 4, 1, 0xFFFFFF)
    )
    assert broken != content
    photo = read(broken)
    assert (
        far(photo, true) == 0
        and "EXIF" in photo.notes[0]
        and 271 in [tag[0] for tag in photo.metadata.tags]
    )
    exif = Image.Exif()
    exif[271] = "Leica"
    exif.get_ifd(0x8769)[0x9003] = "1936:03:01 12:00:00"
    jpeg = saved("JPEG", camera, exif=exif)
    place = jpeg.index(struct.pack(">HHI", 0x8769, 4, 1)) + 8
    photo = read(jpeg[:place] + b"\0\xff\xff\xff" + jpeg[place + 4 :])
    assert photo.size == (96, 128) and (b"Leica" in photo.metadata.exif or "EXIF" in photo.notes[0])


# Camera raw


@pytest.mark.parametrize(
    "content",
    [
        tiff(
            (
                np.dstack([camera[::4, ::4]] * 3),
                dict(
                    photometric="rgb",
                    subifds=1,
                    subfiletype=1,
                    extratags=[(50706, 1, 4, b"\1\4\0\0", True)],
                ),
            ),
            (wide, dict(photometric=32803)),
        ),
        tiff((camera, dict(subifds=1)), (wide, dict(photometric=32803))),
        tiff((camera, dict()), (wide, dict(photometric=32803))),
        tiff((np.dstack([wide] * 3), dict(photometric=34892))),
        tiff(wide, extratags=[(50706, 1, 4, b"\1\4\0\0", True)]),
        b"FUJIFILMCCD-RAW 0201FF393101",
        b"IIRO\x08\0\0\0" + bytes(40),
        b"IIU\0\x18\0\0\0" + bytes(40),
        b"\0\0\0\x18ftypcrx " + bytes(40),
        tiff(camera)[:8] + b"CR\2\0" + bytes(40),
    ],
)
def test_camera_raw_is_told_by_its_content(content):
    with pytest.raises(PhotoError, match="a camera raw file; develop it first"):
        read(content)


# Depth


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("white", [255, 1023, 4095, 65535])
@pytest.mark.parametrize("channels", [1, 3])
def test_pnm_of_every_depth(channels, white, plain):
    levels = np.round(wide * (white / 65535)).astype(np.uint16)
    kind = {(1, False): b"P5", (3, False): b"P6", (1, True): b"P2", (3, True): b"P3"}[
        channels, plain
    ]
    pixels = np.dstack([levels] * channels)
    body = (
        b" ".join(b"%d" % level for level in pixels.ravel())
        if plain
        else pixels.astype(">u2" if white > 255 else "u1").tobytes()
    )
    photo = read(kind + b"\n# made by hand 3 4\n96 128\n%d\n" % white + body)
    assert photo.bits == white.bit_length() and photo.pixel_type == (
        np.uint8 if white == 255 else np.uint16
    )
    assert far(photo, pixels_to_lightness((levels / white).astype(np.float32))) < 0.01


@pytest.mark.parametrize("codec", ["jp2", "j2k"])
@pytest.mark.parametrize("layers", [1, 3])
def test_jpeg_2000_of_16_bits(layers, codec):
    photo = read(
        imagecodecs.jpeg2k_encode(
            wide if layers == 1 else np.dstack([wide] * 3), level=0, codecformat=codec
        )
    )
    assert photo.bits == 16 and photo.pixel_type == np.uint16 and far(photo, true_wide) < 0.01


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("layers", [1, 3, 4])
def test_avif_of_every_depth(layers, bits):
    levels = (wide >> (16 - bits)).astype(np.uint8 if bits == 8 else np.uint16)
    pixels = levels if layers == 1 else np.dstack([levels] * 3 + [levels[::-1]] * (layers - 3))
    photo = read(imagecodecs.avif_encode(pixels, level=100, bitspersample=bits))
    assert photo.bits == bits and photo.pixel_type == (np.uint8 if bits == 8 else np.uint16)
    assert far(photo, pixels_to_lightness((levels / (2**bits - 1)).astype(np.float32))) < (
        0.5 if bits == 8 else 0.2
    )
    assert (photo.alpha is None) == (layers < 4) and (
        layers < 4 or np.ptp(photo.alpha) > 0.7 * np.iinfo(photo.pixel_type).max
    )


@pytest.mark.parametrize("bits", [10, 12])
def test_heic_of_every_depth(bits, monkeypatch):
    monkeypatch.setattr(pillow_heif.options, "SAVE_HDR_TO_12_BIT", bits == 12)
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (96, 128), np.dstack([wide] * 3).tobytes()).save(
        file, quality=100, chroma=444
    )
    photo = read(file.getvalue())
    assert photo.bits == bits and photo.pixel_type == np.uint16 and photo.format == "HEIF"
    assert np.abs(photo.lightness - true_wide).mean() < 0.3


# Tone curves

LINEAR = imagecodecs.cms_profile("gray", gamma=1.0)
LINEAR_RGB = imagecodecs.cms_profile(
    "rgb",
    gamma=1.0,
    primaries=[0.64, 0.33, 1, 0.3, 0.6, 1, 0.15, 0.06, 1],
    whitepoint=[0.3127, 0.329, 1],
)


@pytest.mark.parametrize("profile", [LINEAR, LINEAR_RGB])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("layers", [1, 3])
def test_any_profile_is_obeyed_on_any_pixels(layers, image_format, profile):
    options = {
        "JPEG": dict(quality=100),
        "WEBP": dict(lossless=True),
        "AVIF": dict(quality=100, subsampling="4:4:4"),
    }.get(image_format, {})
    pixels = camera if layers == 1 else np.dstack([camera] * 3)
    photo = read(saved(image_format, pixels, icc_profile=profile, **options))
    assert np.median(np.abs(photo.lightness - light(camera / 255))) < (
        1 if image_format == "AVIF" else 0.1
    )


def test_a_profile_that_cannot_be_used_is_told():
    photo = read(saved("PNG", camera, icc_profile=b"no profile" * 20))
    assert far(photo, true) == 0 and "profile" in photo.notes[0]


@pytest.mark.parametrize(
    "chunks, exponent",
    [
        ([(b"gAMA", struct.pack(">I", 100000))], 1),
        ([(b"gAMA", struct.pack(">I", 45455))], 2.2),
        ([(b"gAMA", struct.pack(">I", 55556))], 1.8),
        ([(b"gAMA", struct.pack(">I", 100000)), (b"sRGB", b"\0")], None),
        ([(b"cICP", bytes([1, 8, 0, 1])), (b"sRGB", b"\0")], 1),
        ([(b"cICP", bytes([1, 13, 0, 1])), (b"gAMA", struct.pack(">I", 100000))], None),
        ([(b"iCCP", b"x\0\0" + zlib.compress(LINEAR)), (b"gAMA", struct.pack(">I", 45455))], 1),
        ([(b"cICP", bytes([1, 4, 0, 1])), (b"iCCP", b"x\0\0" + zlib.compress(LINEAR))], 2.2),
        (
            [
                (b"gAMA", struct.pack(">I", 100000)),
                (
                    b"cHRM",
                    struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
                ),
            ],
            1,
        ),
        ([(b"gAMA", bytes(4))], None),
    ],
)
@pytest.mark.parametrize("pixels", [camera, wide, np.dstack([camera] * 3)])
def test_the_chunks_of_png_are_obeyed_in_their_order(pixels, chunks, exponent):
    png = png_with(imagecodecs.png_encode(pixels), *chunks)
    numbers = (pixels[..., 0] if pixels.ndim == 3 else pixels) / np.iinfo(pixels.dtype).max
    expected = (
        pixels_to_lightness(numbers.astype(np.float32))
        if exponent is None
        else light(numbers**exponent)
    )
    assert far(read(png), expected) < 0.1


def test_exif_says_adobe_rgb_and_gamma():
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA001: 65535})
    interoperability = exif.get_ifd(0x8769)
    interoperability[0xA005] = {1: "R03"}
    exif[0x8769] = interoperability
    for layers in (1, 3):
        photo = read(saved("PNG", np.dstack([camera] * layers).squeeze(), exif=exif.tobytes()))
        assert far(photo, light((camera / 255) ** (563 / 256))) < 0.1
    plain = Image.Exif()
    plain.get_ifd(0x8769).update({0xA001: 1, 0xA500: 1.0})
    assert far(read(saved("PNG", camera, exif=plain.tobytes())), true) == 0
    linear = Image.Exif()
    linear.get_ifd(0x8769).update({0xA001: 65535, 0xA500: 1.0})
    assert far(read(saved("PNG", camera, exif=linear.tobytes())), light(camera / 255)) < 0.1


def test_the_transfer_function_of_tiff_is_obeyed():
    table = tuple(int(level) for level in np.round(np.linspace(0, 1, 256) ** 1.5 * 65535))
    for count, values in ((256, table), (768, table * 3)):
        photo = read(tiff(camera, extratags=[(301, 3, count, values, True)]))
        assert far(photo, light((camera / 255) ** 1.5)) < 0.1


@pytest.mark.parametrize("transfer, exponent", [(8, 1), (4, 2.2), (13, None), (1, None), (2, None)])
def test_code_points_of_avif_are_obeyed(transfer, exponent):
    content = imagecodecs.avif_encode(
        np.dstack([wide >> 4] * 3),
        level=100,
        bitspersample=12,
        primaries=1,
        transfer=transfer,
        matrix=0,
    )
    numbers = (wide >> 4) / 4095
    expected = (
        pixels_to_lightness(numbers.astype(np.float32))
        if exponent is None
        else light(numbers**exponent)
    )
    assert far(read(content), expected) < 0.1


def test_hdr_is_brought_to_white_paper_and_told():
    for transfer, white in ((16, 0.5807), (18, 0.75)):
        level = round(white * 4095)
        photo = read(
            imagecodecs.avif_encode(
                np.full((16, 16, 3), level, np.uint16),
                level=100,
                bitspersample=12,
                primaries=9,
                transfer=transfer,
                matrix=0,
            )
        )
        assert np.abs(photo.lightness - 100).max() < 0.5 and "HDR" in photo.notes[0]


def test_profiles_in_jpeg_2000_and_bmp_are_obeyed():
    jp2 = imagecodecs.jpeg2k_encode(camera, level=0, codecformat="jp2")
    place = jp2.index(b"colr") - 4
    (length,) = struct.unpack_from(">I", jp2, place)
    own = struct.pack(">I4s3B", 11 + len(LINEAR), b"colr", 2, 0, 0) + LINEAR
    outer = jp2.index(b"jp2h") - 4
    (whole,) = struct.unpack_from(">I", jp2, outer)
    changed = (
        jp2[:outer]
        + struct.pack(">I", whole - length + len(own))
        + jp2[outer + 4 : place]
        + own
        + jp2[place + length :]
    )
    assert far(read(changed), light(camera / 255)) < 0.1
    rows = np.dstack([camera[::-1]] * 3).tobytes()
    for space, gamma, rest in ((0, 65536, b""), (int.from_bytes(b"MBED", "big"), 0, LINEAR_RGB)):
        header = (
            struct.pack("<IiiHHIIiiII", 124, 96, 128, 1, 24, 0, len(rows), 0, 0, 0, 0)
            + bytes(16)
            + struct.pack("<I", space)
            + bytes(36)
        )
        header += struct.pack("<3I", *[gamma] * 3) + struct.pack(
            "<4I", 4, 124 + len(rows), len(rest), 0
        )
        content = (
            struct.pack("<2sIHHI", b"BM", 138 + len(rows) + len(rest), 0, 0, 138)
            + header
            + rows
            + rest
        )
        assert far(read(content), light(camera / 255)) < 0.1


def test_a_side_of_more_than_a_million_pixels():
    long = np.tile(camera[:1], 12501)
    assert (
        far(read(b"P5\n%d 1\n255\n" % long.size + long.tobytes()), pixels_to_lightness(long)) == 0
    )
    assert far(read(tiff(long)), pixels_to_lightness(long)) == 0


# The color it had


def test_a_small_copy_of_the_color_is_kept():
    photo = read(saved("PNG", color))
    assert photo.ab.shape == (128, 96, 2) or max(photo.ab.shape) <= 140
    assert np.abs(photo.ab).mean() > 3
    for gray in (saved("PNG"), saved("PNG", np.dstack([camera] * 3)), saved("JPEG"), tiff(wide)):
        assert read(gray).ab is None
    exif = Image.Exif()
    exif[0x0112] = 6
    assert (
        read(saved("JPEG", color, exif=exif)).ab.shape[:2]
        == read(saved("JPEG", color)).ab.shape[1::-1]
    )


# Files cut short


@pytest.mark.parametrize(
    "name, content",
    [
        ("jpeg", saved("JPEG", quality=95)),
        ("color jpeg", saved("JPEG", np.dstack([camera] * 3), quality=95)),
        ("png", saved("PNG")),
        ("16 bit png", imagecodecs.png_encode(wide)),
        ("rgba png", saved("PNG", np.dstack([camera] * 3 + [np.full_like(camera, 255)]))),
        ("bmp", saved("BMP")),
        ("pgm", saved("PPM")),
        ("16 bit pgm", b"P5 96 128 65535\n" + wide.astype(">u2").tobytes()),
        ("webp", saved("WEBP", quality=95)),
        ("lossless webp", saved("WEBP", lossless=True)),
        ("tiff", tiff(camera, rowsperstrip=8)),
        ("zlib tiff", tiff(wide, rowsperstrip=8, compression="zlib")),
        (
            "planar tiff",
            tiff(
                np.stack([camera] * 3),
                photometric="rgb",
                planarconfig="separate",
                rowsperstrip=8,
                compression="zlib",
            ),
        ),
    ],
)
def test_a_file_cut_short_is_salvaged_when_asked(name, content):
    cut = content[: int(len(content) * 0.7)]
    with pytest.raises(Truncated, match="cut short; what is left can be salvaged"):
        read(cut)
    photo = read(cut, ReadOptions(salvage=True))
    expected = true_wide if photo.pixel_type == np.uint16 else true
    assert any("cut short" in note for note in photo.notes)
    rows = slice(-40, None) if name == "bmp" else slice(0, 40)  # BMP begins with the last row
    if name != "planar tiff":  # of which whole planes are lost
        assert np.abs(photo.lightness[rows] - expected[rows]).mean() < 1
    last = slice(0, 3) if name == "bmp" else slice(-3, None)
    if name not in ("planar tiff", "lossless webp"):
        assert np.abs(photo.lightness[last] - 53.6).max() < 1.5
    whole = read(content, ReadOptions(salvage=True))
    assert not whole.notes


NOTHING_LEFT = "^the file is cut short, and nothing can be salvaged$"
HEIC = io.BytesIO()
pillow_heif.from_bytes("RGB", (96, 128), bytes(np.dstack([camera] * 3))).save(HEIC, quality=60)


@pytest.mark.parametrize("salvage", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        saved("AVIF"),
        imagecodecs.avif_encode(np.dstack([wide] * 3) >> 6, bitspersample=10, level=60),
        HEIC.getvalue(),
        saved("JPEG2000"),
        imagecodecs.jpeg2k_encode(camera, codecformat="j2k"),
        saved("GIF"),
    ],
    ids=["avif", "10 bit avif", "heic", "jp2", "j2k", "gif"],
)
def test_a_cut_file_that_cannot_be_salvaged_has_the_same_words_in_every_format(content, salvage):
    read(content)
    for end in (14, 40, 100, 200, *(int(len(content) * share) for share in (0.3, 0.7, 0.97))):
        with pytest.raises(PhotoError, match=NOTHING_LEFT):
            read(content[:end], ReadOptions(salvage=salvage))
        with pytest.raises(PhotoError, match="^the file is cut short$"):
            read_srgb(content[:end])
    with pytest.raises(PhotoError, match="^the file is cut short$"):
        provenance_of(content[:14])


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "BMP", "PPM"])
def test_a_file_of_which_too_little_is_left_is_not_salvaged(name):
    with pytest.raises(PhotoError, match=NOTHING_LEFT):
        read(saved(name)[:12], ReadOptions(salvage=True))


def test_what_is_no_photograph_is_not_salvaged():
    for content in (b"\xff\xd8\xff\xe0" + bytes(50), saved("PNG")[:30], b"text", tiff(camera)[:6]):
        with pytest.raises(PhotoError):
            read(content, ReadOptions(salvage=True))


# Limits


def bomb(width, height):
    rows = zlib.compress(bytes(1 + width) * height, 9)
    return png_with(
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I4s", 13, b"IHDR")
        + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        + struct.pack(
            ">I", zlib.crc32(b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        ),
        (b"IDAT", rows),
        (b"IEND", b""),
    )


def test_small_files_of_many_pixels_are_refused_unless_allowed():
    small = bomb(5000, 4100)
    with pytest.raises(TooManyPixels, match="20,500,000 pixels in a file of"):
        read(small)
    assert read(small, ReadOptions(max_pixels=20_500_000)).size == (5000, 4100)
    with pytest.raises(TooManyPixels):
        read(small, ReadOptions(max_pixels=20_499_999))
    assert read(bomb(5000, 3900)).size == (5000, 3900)


def test_pillows_own_limit_neither_decides_nor_warns(monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for content in (saved("PNG"), saved("JPEG"), saved("BMP"), tiff(wide)):
        assert read(content).size == (96, 128)
    assert Image.MAX_IMAGE_PIXELS == 100 and not recwarn


def test_pages_are_counted_before_they_are_read():
    many = tiff(*[np.zeros((2, 2), np.uint8)] * 501)
    with pytest.raises(TooManyPages, match="501 pages are more than 500"):
        read(many)
    assert len(list(read_pages(many, ReadOptions(pages="1,499-501")))) == 4
    with pytest.raises(PhotoError, match="pages 3-1 are in the wrong order; write 1-3"):
        read(many, ReadOptions(pages="3-1"))
    with pytest.raises(PhotoError, match="no page 502; the file has 501"):
        read(many, ReadOptions(pages="502"))
    with pytest.raises(PhotoError, match="no page 2; the file has 1"):
        read(saved("JPEG"), ReadOptions(pages="2"))


def test_the_pages_of_a_bomb_count_together():
    blank = np.zeros((4000, 3000), np.uint8)
    with pytest.raises(TooManyPixels, match="24,000,000 pixels"):
        read(tiff(blank, blank, compression="lzma"))


def test_pixels_in_work_are_counted_around_each_page():
    budget = PixelBudget(2 * camera.size)
    pages = read_pages(tiff(camera, camera), ReadOptions(budget=budget))
    next(pages)
    assert budget.in_work == camera.size
    pages.close()
    assert budget.in_work == 0
    read(saved("JPEG"), ReadOptions(budget=budget))
    assert budget.in_work == 0


def test_too_little_memory_is_no_fault_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "photo.png").write_bytes(saved("PNG"))
    monkeypatch.setattr(Image.Image, "load", lambda *_: (_ for _ in ()).throw(MemoryError))
    monkeypatch.setattr(
        "PIL.ImageFile.ImageFile.load", lambda *_: (_ for _ in ()).throw(MemoryError)
    )
    with pytest.raises(PhotoError, match="photo.png: not enough memory for this picture"):
        read(tmp_path / "photo.png")


# Only what is promised


@pytest.mark.parametrize(
    "name, content",
    [
        ("grandmother.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\nshowpage\n"),
        ("a.pdf", b"%PDF-1.4"),
        ("a.pcx", saved("PCX")),
        ("a.tga", saved("TGA")),
        ("a.ico", saved("ICO")),
        ("a.psd", b"8BPS\0\1" + bytes(30)),
        ("a.txt", b"hello"),
        ("a.dds", saved("DDS", np.dstack([camera] * 4))),
    ],
)
def test_other_formats_are_not_opened(tmp_path, name, content, monkeypatch):
    monkeypatch.setattr(Image, "open", None)  # which would try them all
    (tmp_path / name).write_bytes(content)
    for function in (read, provenance_of):
        with pytest.raises(PhotoError, match="of a format that is not read") as error:
            function(tmp_path / name)
        assert str(error.value).startswith(f"{tmp_path / name}: ")


def test_special_files_get_one_line(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    os.symlink("/dev/zero", tmp_path / "zero.jpg")
    for name, said in (
        ("pipe.jpg", "not a regular file"),
        ("zero.jpg", "not a regular file"),
        ("", "a folder"),
        ("nowhere.jpg", "no such file"),
        ("x" * 300, "cannot be opened"),
    ):
        for function in (read, provenance_of, as_photo):
            with pytest.raises(PhotoError, match=said):
                function(tmp_path / name)


# Pictures in memory


def test_sources_of_every_kind(tmp_path):
    content = saved("PNG")
    (tmp_path / "photo.png").write_bytes(content)
    with (tmp_path / "photo.png").open("rb") as file:
        read_to_its_end = io.BytesIO(content)
        read_to_its_end.read()
        for source in (
            tmp_path / "photo.png",
            str(tmp_path / "photo.png"),
            content,
            bytearray(content),
            memoryview(content),
            io.BytesIO(content),
            read_to_its_end,
            file,
        ):
            assert far(read(source), true) == 0 and far(as_photo(source), true) == 0
        assert not file.closed
    for wrong in (None, 3, [content], io.StringIO("text"), object()):
        with pytest.raises(PhotoError):
            as_photo(wrong)


@pytest.mark.parametrize(
    "mode",
    ["I", "F", "LAB", "P", "1", "CMYK", "YCbCr", "HSV", "RGBa", "La", "I;16", "LA", "PA", "RGBX"],
)
def test_every_mode_of_pillow(mode):
    image = Image.fromarray(camera)
    if mode == "I;16":
        image = Image.fromarray(wide)
    elif mode == "LAB":
        from PIL import ImageCms

        image = ImageCms.profileToProfile(
            image.convert("RGB"),
            ImageCms.createProfile("sRGB"),
            ImageCms.createProfile("LAB"),
            outputMode="LAB",
        )
    elif mode in ("RGBa", "La"):
        image = image.convert("RGBA" if mode == "RGBa" else "LA").convert(mode)
    else:
        image = image.convert(mode, dither=Image.Dither.NONE)
    photo = as_photo(image)
    expected = {
        "1": pixels_to_lightness(np.where(camera > 127, 255, 0).astype(np.uint8)),
        "I;16": true_wide,
    }.get(mode, true)
    assert far(photo, expected) < {"CMYK": 1.5, "YCbCr": 1.5, "LAB": 0.7, "HSV": 0.7}.get(
        mode, 0.01
    )
    assert (photo.alpha is not None) == (mode in ("RGBa", "La", "LA", "PA"))
    if mode == "LAB":
        assert photo.ab is None or np.abs(photo.ab).max() <= 1


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float64, bool])
def test_arrays_with_and_without_opacity(channels, dtype):
    white = {np.uint16: 65535, np.float64: 1, bool: 1}.get(dtype, 255)
    gray = (
        (camera > 127)
        if dtype is bool
        else (camera / 255 * white).round(0 if white > 1 else 9).astype(dtype)
    )
    opaque = np.ones_like(gray) if dtype is bool else np.full_like(gray, white)
    photo = as_photo(
        np.dstack({1: [gray], 2: [gray, opaque], 3: [gray] * 3, 4: [gray] * 3 + [opaque]}[channels])
    )
    expected = (
        pixels_to_lightness(np.where(camera > 127, 255, 0).astype(np.uint8))
        if dtype is bool
        else true
    )
    assert far(photo, expected) < 0.01
    assert (photo.alpha is not None) == (channels in (2, 4)) and (
        photo.alpha is None
        or photo.alpha.min() == {np.uint16: 65535, np.float64: 1}.get(dtype, 255)
    )


def test_reading_is_safe_in_threads():
    answers, content = [], [saved("JPEG"), tiff(wide), imagecodecs.png_encode(wide)]
    threads = [
        threading.Thread(
            target=lambda: answers.append([read(each).lightness.sum() for each in content])
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and all(answer == answers[0] for answer in answers)


# Whatever else a file says

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="%s"/></rdf:RDF></x:xmpmeta>'
)


@pytest.mark.parametrize("pixels", [camera, wide])
def test_png_texts_of_any_length_lose_no_photograph(pixels):
    packet, png = PACKET % (b"x" * 1_600_000), imagecodecs.png_encode(pixels)
    expected = pixels_to_lightness(pixels)
    photo = read(png_with(png, (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))))
    assert far(photo, expected) == 0 and b"x" * 1_600_000 in photo.metadata.xmp and not photo.notes
    text = b"Story\0\0" + zlib.compress(b"y" * 1_200_000)
    photo = read(png_with(png, (b"zTXt", text)))
    assert (
        far(photo, expected) == 0 and photo.metadata.chunks == [(b"zTXt", text)] and not photo.notes
    )
    texts = [(b"tEXt", b"Story\0" + bytes([65 + number]) * 900_000) for number in range(80)]
    photo = read(png_with(png, *texts))
    assert far(photo, expected) == 0 and photo.metadata.chunks == texts
    profile = LINEAR + bytes(1_500_000)
    photo = read(png_with(png, (b"iCCP", b"x\0\0" + zlib.compress(profile))))
    assert far(photo, light(pixels / np.iinfo(pixels.dtype).max)) < 0.1
    assert provenance_of(png_with(png, *texts)) is None


@pytest.mark.parametrize(
    "kind, body",
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\1"),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0nothing"),
        (b"tIME", b"now"),
        (b"pHYs", b"\0\0"),
        (b"gAMA", b"\0"),
        (b"cICP", b"\1"),
        (b"sRGB", b""),
        (b"cHRM", b"\0"),
        (b"iCCP", b"x"),
        (b"iCCP", b"x\0\0" + zlib.compress(bytes(2**24 + 9))),
        (b"tRNS", b"\0"),
        (b"acTL", b"\0"),
    ],
)
def test_a_damaged_png_chunk_is_left_out_and_told(kind, body):
    for pixels in (camera, wide):
        png = png_with(
            imagecodecs.png_encode(pixels),
            (kind, body),
            (b"pHYs", struct.pack(">IIB", 11811, 5906, 1)),
        )
        photo = read(png)
        assert far(photo, pixels_to_lightness(pixels)) == 0 and np.allclose(
            photo.metadata.dpi, (300, 150), atol=0.1
        )
        assert photo.notes == [
            f"PNG chunks that are damaged or too long are left out: {kind.decode()}"
        ]
        assert provenance_of(png) is None


@pytest.mark.parametrize(
    "kind, body",
    [
        (b"eXIf", b""),
        (b"eXIf", b"II"),
        (b"eXIf", b"II*\0\xff\xff\xff\xff"),
        (b"iTXt", b""),
        (b"zTXt", b"x\0\5"),
        (b"tEXt", b""),
    ],
)
def test_a_png_chunk_of_nonsense_loses_no_photograph(kind, body):
    png = png_with(imagecodecs.png_encode(camera), (kind, body))
    assert far(read(png), true) == 0 and provenance_of(png) is None


def test_a_wrong_checksum_counts_only_where_pixels_are():
    png = png_with(
        imagecodecs.png_encode(wide), (b"tEXt", b"Title\0A tower"), (b"tEXt", b"Author\0Nobody")
    )
    photo = read(png.replace(b"A tower", b"A power"))
    assert far(photo, true_wide) == 0 and photo.metadata.chunks == [(b"tEXt", b"Author\0Nobody")]
    assert photo.notes == ["PNG chunks that are damaged or too long are left out: tEXt"]
    place = png.index(b"IDAT") + 40
    with pytest.raises(PhotoError):
        read(png[:place] + bytes([png[place] ^ 1]) + png[place + 1 :])


def test_png_says_where_up_is_in_four_ways():
    exif = Image.Exif()
    exif[0x0112] = 6
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    digits = b"\nexif\n%8d\n" % len(block) + block.hex().encode()
    packet = PACKET.replace(
        b'dc:source="%s"', b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"'
    )
    for chunk in (
        (b"eXIf", block),
        (b"tEXt", b"Raw profile type exif\0" + digits),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(digits)),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet),
    ):
        assert far(read(png_with(saved("PNG"), chunk)), np.rot90(true, -1)) == 0, chunk[0]


@pytest.mark.parametrize(
    "profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_file_says_whether_it_is_lossless(profile, lossless):
    assert read(saved("WEBP", color, lossless=lossless, icc_profile=profile)).lossless is lossless
    rgba = np.dstack([color, camera])
    assert read(saved("WEBP", rgba, lossless=lossless, icc_profile=profile)).lossless is lossless


@pytest.mark.parametrize(
    "bits, lossless", [(12, False), (12, True), (16, True), (10, True), (5, True)]
)
@pytest.mark.parametrize("layers", [1, 3])
def test_jpeg_of_every_depth(bits, lossless, layers):
    levels = np.minimum(wide >> (16 - bits), 2**bits - 1).astype(
        np.uint8 if bits <= 8 else np.uint16
    )
    levels = np.dstack([levels] * 3) if layers == 3 else levels
    how = dict(lossless=True) if lossless else dict(level=100)
    content = imagecodecs.jpeg8_encode(levels, bitspersample=bits, **how)
    photo = read(content)
    white = 255 if bits <= 8 else 65535
    expected = np.round(levels[..., 0] if layers == 3 else levels) * (white / (2**bits - 1))
    expected = pixels_to_lightness(np.round(expected).astype(photo.pixel_type))
    assert photo.bits == bits and photo.format == "JPEG" and photo.ab is None
    assert photo.pixel_type == (np.uint8 if bits <= 8 else np.uint16)
    assert far(photo, expected) < (0.01 if lossless else 0.2)
    with pytest.raises(PhotoError, match="cut short"):
        read(content[: len(content) // 2])
    assert provenance_of(content) is None


def test_the_extended_xmp_of_jpeg_is_joined():
    story = b"z" * 150_000
    main, extension = split_xmp(PACKET % story, None)
    first = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)
    content = saved("JPEG")
    photo = read(content[:2] + first + extension + content[2:])
    assert (
        b'source="' + story + b'"' in photo.metadata.xmp
        and b"HasExtendedXMP" not in photo.metadata.xmp
        and not photo.notes
    )
    photo = read(content[:2] + first + extension[: 65_000 + 79] + content[2:])
    assert (
        photo.notes == ["its extended XMP is damaged, and is left out"]
        and b"zz" not in photo.metadata.xmp
    )
    photo = read(content[:2] + extension + content[2:])
    assert (
        photo.notes == ["its extended XMP is damaged, and is left out"]
        and far(photo, read(content).lightness) == 0
    )


def test_other_pictures_in_a_jpeg_are_told():
    file, one = io.BytesIO(), Image.fromarray(camera)
    one.save(file, "MPO", save_all=True, append_images=[one.rotate(90)])
    photo = read(file.getvalue())
    assert photo.notes == ["its other picture is left out"] and photo.format == "JPEG"
    file = io.BytesIO()
    one.save(file, "MPO", save_all=True, append_images=[one, one])
    assert read(file.getvalue()).notes == ["its 2 other pictures are left out"]
    assert read(saved("JPEG")).notes == []


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [True, False])
def test_a_tiff_without_exif_has_none_that_is_damaged(order, big):
    for pixels, expected in ((camera, true), (wide, true_wide)):
        file = io.BytesIO()
        tifffile.imwrite(
            file, pixels, bigtiff=big, byteorder=order, photometric="minisblack", metadata=None
        )
        photo = read(file.getvalue())
        assert far(photo, expected) == 0 and not photo.notes and not photo.metadata.exif


@pytest.mark.parametrize("compression", ["webp", "zstd", "lzma", "jpeg2000", "jpegxl"])
def test_no_decoder_speaks_past_us(compression, capfd):
    args = {} if compression in ("zstd", "lzma") else dict(compressionargs=dict(level=100))
    assert (
        far(
            read(tiff(np.dstack([camera] * 3), photometric="rgb", compression=compression, **args)),
            true,
        )
        < 4
    )
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "big, order", [(False, b"II"), (True, b"II"), (False, b"MM"), (True, b"MM")]
)
def test_a_tiff_that_lacks_its_directory_is_cut_short(big, order):
    whole = tiff(camera, compression="zlib")
    form = "<" if order == b"II" else ">"
    version = (
        struct.pack(form + "H", 43) + struct.pack(form + "HHQ", 8, 0, 9000)
        if big
        else struct.pack(form + "HI", 42, 9000)
    )
    for content in (
        order + version + whole[16:4000],
        late_tiff()[:-100],
        late_tiff()[: len(late_tiff()) * 6 // 10],
    ):
        for salvage in (False, True):
            with pytest.raises(
                PhotoError, match="the file is cut short, and nothing can be salvaged"
            ):
                read(content, ReadOptions(salvage=salvage))
    with pytest.raises(PhotoError, match="without a page"):
        read(b"II*\0" + bytes(60))


def late_tiff():
    "A compressed TIFF file whose directory stands at its end."
    pixels = zlib.compress(camera.tobytes())
    entries = [
        (256, 96),
        (257, 128),
        (258, 8),
        (259, 8),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 128),
        (279, len(pixels)),
    ]
    directory = (
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
        + bytes(4)
    )
    return struct.pack("<4sI", b"II*\0", 8 + len(pixels)) + pixels + directory


@pytest.mark.parametrize(
    "pixels, expected, note",
    [
        (
            (camera * 16.0).astype(np.int16),
            (camera * 16.0) / 4095,
            "signed pixels up to 4,080 are taken as 12 bits: 0 to 4,095",
        ),
        (
            (wide.astype(np.int32) - 32768).astype(np.int16),
            wide / 65535,
            "signed pixels from -31,482 to 32,767: -32,768 is taken as black",
        ),
        ((camera.astype(np.int16) - 128).astype(np.int8), camera / 255, "signed pixels from -12"),
    ],
)
def test_signed_numbers_that_are_plain(pixels, expected, note):
    photo = read(tiff(pixels))
    assert far(photo, pixels_to_lightness(expected.astype(np.float32))) < 0.05
    assert len(photo.notes) == 1 and photo.notes[0].startswith(note)


@pytest.mark.parametrize("form", ["<", ">"])
def test_the_exif_of_bigtiff_is_kept_or_told(form):
    rows, entries = (
        camera.tobytes(),
        [
            (256, 4, 96),
            (257, 4, 128),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 16, 500),
            (277, 3, 1),
            (278, 4, 128),
            (279, 4, camera.size),
            (34665, 13 if form == "<" else 18, 400),
        ],
    )

    def directory(entries):
        return (
            struct.pack(form + "Q", len(entries))
            + b"".join(
                struct.pack(form + "HHQ", tag, kind, 1)
                + struct.pack(
                    form + {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}[kind], value
                ).ljust(8, b"\0")
                for tag, kind, value in entries
            )
            + bytes(8)
        )

    head = (
        (b"II" if form == "<" else b"MM")
        + struct.pack(form + "HHHQ", 43, 8, 0, 16)
        + directory(entries)
    )
    photo = read(head.ljust(400, b"\0") + directory([(0x8827, 3, 640)]).ljust(100, b"\0") + rows)
    exif = Image.Exif()
    if form == "<":
        exif.load(photo.metadata.exif)
    assert far(photo, true) == 0 and dict(exif.get_ifd(0x8769)) == (
        {0x8827: 640} if form == "<" else {}
    )
    assert photo.notes == ([] if form == "<" else ["its EXIF cannot be read, and is left out"])


def test_long_texts_are_given_back_in_a_file_that_pillow_opens(tmp_path):
    packet, png = PACKET % (b"x" * 1_600_000), imagecodecs.png_encode(wide)
    long = (b"zTXt", b"Story\0\0" + zlib.compress(b"y" * 1_200_000))
    other = (b"iTXt", b"Title\0\1\0de\0Titel\0" + zlib.compress(b"z" * 1_200_000))
    texts = [(b"tEXt", b"T%d\0" % number + b"t" * 900_000) for number in range(80)]
    for chunks, kept in (
        ([long, other, (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))], 2),
        (texts, 55),
    ):
        photo = read(png_with(png, *chunks))
        write(tmp_path / f"{kept}.png", [(np.dstack([wide] * 3), photo)])
        with Image.open(tmp_path / f"{kept}.png") as image:
            image.load()
            assert (
                sum(
                    len(text) > 800_000
                    for key, text in image.text.items()
                    if not key.startswith("XML")
                )
                == kept
            )
        again = read(tmp_path / f"{kept}.png")
        assert far(again, true_wide) < 0.05
        assert (b"x" * 1_600_000 in again.metadata.xmp) == (kept == 2)
        assert photo.notes == (
            []
            if kept == 2
            else ["25 of its 80 PNG texts are damaged or too long and were left out"]
        )

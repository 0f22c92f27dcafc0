"""Whatever the files are: each becomes a square, or is dropped with its reason."""

import io
import os
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
import tifffile
from packing import SIZE, coffee, saved
from PIL import Image, ImageCms
from skimage import data

from dlcolorize.cleaning import decode_photo, to_square
from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.image_reading import read
from dlcolorize.packed_sets import SPLITS, array_of, split_counts
from dlcolorize.preparing import prepare

pytestmark = pytest.mark.usefixtures("no_histogram")


pillow_heif.register_heif_opener()


def deep_tiff(pixels, **options):
    file = io.BytesIO()
    if options:
        pixels = np.moveaxis(pixels, -1, 0)
    tifffile.imwrite(file, pixels, photometric="rgb", **options)
    return file.getvalue()


def png_that_claims(width, height):
    "A PNG file with a header and hardly any pixels."
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(1000))),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


EXIF = Image.Exif()
EXIF[0x0112] = 6  # lies on its side
READABLE = {
    "png.jpg": saved(coffee, "png"),
    "cmyk.jpg": saved(coffee.convert("CMYK"), "jpg", quality=95),
    "palette.png": saved(coffee.quantize(255), "png"),
    "animated.gif": saved(
        coffee, "gif", save_all=True, append_images=[Image.new("RGB", coffee.size, "red")]
    ),
    "animated.webp": saved(
        coffee,
        "webp",
        quality=95,
        save_all=True,
        append_images=[Image.new("RGB", coffee.size, "red")],
    ),
    "sideways.jpg": saved(
        coffee.transpose(Image.Transpose.ROTATE_90), "jpg", quality=95, exif=EXIF
    ),
    "transparent.png": saved(coffee.convert("RGBA"), "png"),
    "large.jpg": saved(coffee.resize((1800, 1200), Image.Resampling.BICUBIC), "jpg", quality=95),
    "phone.heic": saved(coffee, "HEIF", quality=95),
    "modern.avif": saved(coffee, "AVIF", quality=95),
    "old.jp2": saved(coffee, "JPEG2000"),
    "plain.ppm": saved(coffee, "PPM"),
    "deep.tif": deep_tiff(np.asarray(coffee).astype(np.uint16) * 257),
    "planes.tif": deep_tiff(np.asarray(coffee).astype(np.uint16) * 257, planarconfig="separate"),
    "float.tif": deep_tiff(np.asarray(coffee).astype(np.float32) / 255),
    "lab.tif": saved(
        ImageCms.profileToProfile(
            coffee, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        ),
        "tif",
    ),
    "broken exif.jpg": saved(
        coffee, "jpg", quality=95, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x05\0\0"
    ),
    "srgb.png": saved(
        coffee,
        "png",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ),
}


@pytest.mark.parametrize("name", READABLE)
def test_any_kind_of_file_is_the_same_photograph(tmp_path, name):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / name).write_bytes(READABLE[name])
    prepare(tmp_path / "photos", tmp_path / "set", SIZE)
    (square,) = np.concatenate([array_of(tmp_path / "set", split) for split in SPLITS])
    assert np.abs(square.astype(int) - to_square(coffee, SIZE)).mean() < (
        6 if name in ("cmyk.jpg", "palette.png", "animated.gif") else 2
    )


def test_colors_are_taken_to_srgb(tmp_path):
    "A file in a space where red is green."
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", swapped[128:132])[0]
    entries = {bytes(swapped[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    for place, name in ((b"rXYZ", b"gXYZ"), (b"gXYZ", b"rXYZ")):
        swapped[entries[place] : entries[place] + 4] = name
    red, green, blue = coffee.split()
    (tmp_path / "photos").mkdir()
    Image.merge("RGB", (green, red, blue)).save(
        tmp_path / "photos" / "swapped.png", icc_profile=bytes(swapped)
    )
    prepare(tmp_path / "photos", tmp_path / "set", SIZE)
    (square,) = np.concatenate([array_of(tmp_path / "set", split) for split in SPLITS])
    assert np.abs(square.astype(int) - to_square(coffee, SIZE)).mean() < 2


def png_with(kind, body):
    "The photograph with a chunk behind the header."
    png = saved(muted, "png")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return png[:33] + chunk + png[33:]


def tiff_of(pixels, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **dict(photometric="rgb") | options)
    return file.getvalue()


muted = Image.blend(coffee, coffee.convert("L").convert("RGB"), 0.6)
words = np.asarray(muted).astype(np.uint16) * 257
half = np.full((*words.shape[:2], 1), 32768, np.uint16)
adobe = Image.Exif()
adobe[0x8769] = {0xA001: 2}  # the color space of EXIF: Adobe RGB, not sRGB
inks = np.dstack([65535 - words, np.zeros_like(words[..., 0])])
MEANINGS = {
    "signed": tiff_of((words.astype(np.int32) - 32768).astype(np.int16)),
    "premultiplied": tiff_of(np.dstack([words // 2, half]), extrasamples=["assocalpha"]),
    "float": tiff_of(np.asarray(muted).astype(np.float32)),
    "gamma": png_with(b"gAMA", struct.pack(">I", 100_000)),
    "Adobe RGB": saved(muted, "jpg", quality=95, subsampling=0, exif=adobe),
    "P3": png_with(b"cICP", bytes([12, 13, 0, 1])),
    "CMYK": tiff_of(inks, photometric="separated"),
    "plain": saved(muted, "png"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_training_and_colorizing_give_pixels_one_meaning(name):
    pixels = np.asarray(decode_photo(MEANINGS[name]))
    photo = read(MEANINGS[name])
    assert np.abs(pixels_to_lightness(pixels) - photo.lightness).max() < 1
    same = np.abs(pixels.astype(int) - np.asarray(muted)).mean() < 2
    assert same == (name not in ("gamma", "Adobe RGB", "P3")), "their numbers are not sRGB"


FAULTS = {
    "empty.jpg": (b"", "unreadable", "empty"),
    "text.jpg": (b"dear diary", "undecodable", "not an image"),
    "half.jpg": (saved(coffee, "jpg")[:4000], "undecodable", "the file is cut short"),
    "half.png": (saved(coffee, "png")[:9000], "undecodable", "the file is cut short"),
    "bomb.png": (png_that_claims(40_000, 40_000), "undecodable", "40,000 x 40,000 pixels are"),
    "large.png": (png_that_claims(12_000, 12_000), "undecodable", "12,000 x 12,000 pixels are"),
    "flat.png": (png_that_claims(0, 9), "undecodable", ""),
    "stamp.jpg": (saved(coffee.resize((40, 31)), "jpg"), "too small", "31 pixels"),
    "gray.png": (saved(coffee.convert("L"), "png"), "gray", ""),
    "deep.png": (saved(Image.fromarray(data.camera().astype(np.uint16) * 257), "png"), "gray", ""),
    "float.tif": (
        saved(Image.fromarray(data.camera().astype(np.float32) / 255), "tif"),
        "gray",
        "",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_dropped_is_named_with_its_reason(tmp_path, name, recwarn):
    content, reason, detail = FAULTS[name]
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / name).write_bytes(content)
    (tmp_path / "photos" / "good.png").write_bytes(saved(coffee, "png"))
    manifest = prepare(tmp_path / "photos", tmp_path / "set", SIZE).set_index("file")
    assert (
        manifest.dropped[name] == reason
        and detail in manifest.detail[name]
        and "\n" not in manifest.detail[name]
    )
    assert manifest.dropped["good.png"] == "" and split_counts(manifest).to_numpy().sum() == 2
    assert sum(len(array_of(tmp_path / "set", split)) for split in SPLITS) == 1
    assert not [
        warning
        for warning in recwarn
        if issubclass(warning.category, Image.DecompressionBombWarning)
    ]


def test_no_other_program_is_started(tmp_path, monkeypatch):
    "Pillow would start Ghostscript for PostScript, whatever its name."
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gs").write_text(
        f"#!/bin/sh\necho started > {tmp_path / 'started'}\nexit 1\n"
    )
    (tmp_path / "bin" / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    (tmp_path / "photos").mkdir()
    postscript = (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n%%EOF\n"
    )
    (tmp_path / "photos" / "grandmother.jpg").write_bytes(postscript)
    (tmp_path / "photos" / "binary.tif").write_bytes(
        b"\xc5\xd0\xd3\xc6"
        + struct.pack("<6I", 32, len(postscript), 0, 0, 0, 0)
        + bytes(4)
        + postscript
    )
    manifest = prepare(tmp_path / "photos", tmp_path / "set", SIZE)
    assert set(manifest.dropped) == {"undecodable"}
    assert set(manifest.detail) == {"not an image file, or of a format that is not read"}
    assert not (tmp_path / "started").exists()


def test_a_bomb_is_not_decoded_whatever_its_format(tmp_path):
    (tmp_path / "photos").mkdir()
    with tifffile.TiffWriter(
        tmp_path / "photos" / "bomb.tif"
    ) as writer:  # a float file, which only tifffile reads
        strip = zlib.compress(bytes(1_000 * 9_000 * 3 * 4))
        writer.write(
            (strip for _ in range(10)),
            shape=(10_000, 9_000, 3),
            dtype=np.float32,
            photometric="rgb",
            compression="zlib",
            rowsperstrip=1_000,
        )
    manifest = prepare(tmp_path / "photos", tmp_path / "set", SIZE)
    assert (
        manifest.dropped.tolist() == ["undecodable"]
        and manifest.detail[0] == "9,000 x 10,000 pixels are more than 89,000,000"
    )

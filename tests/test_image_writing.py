"""Color files hold what their source held, or note what they cannot hold; originals stay."""

import io
import os
import struct
from dataclasses import replace
from functools import partial

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image
from skimage import data

from dlcolorize.color_spaces import srgb_to_lightness
from dlcolorize.files import PhotoError
from dlcolorize.image_reading import provenance_of, read
from dlcolorize.image_writing import (
    MOST_GROWTH,
    WriteOptions,
    bytes_of_pixels,
    jpeg_tables,
    tables_of_quality,
    write,
    write_tiff,
)
from dlcolorize.metadata import Metadata
from dlcolorize.photos import Photo

pillow_heif.register_heif_opener()
BASE = {"model": "base", "software": "dlcolorize"}
color = data.astronaut()[:96, :128]
deep = np.clip(color * 257.0 + np.arange(128)[None, :, None], 0, 65535).astype(np.uint16)
slope = np.tile(np.arange(128, dtype=np.uint8) * 2, (96, 1))


def photo_of(pixels, **more):
    return Photo(np.zeros(pixels.shape[:2], np.float32), pixel_type=pixels.dtype.type, **more)


def written(path, pixels=color, options=WriteOptions(), source=None, **more):
    "Write a picture; its notes."
    photo = photo_of(pixels, **more)
    write(path, [(pixels, photo)], options, source)
    return photo.notes


# Depth


@pytest.mark.parametrize(
    "bits, kept, line",
    [
        (8, 8, []),
        (10, 10, []),
        (12, 12, []),
        (16, 12, ["16 bits became 12, the most that {} holds"]),
    ],
)
@pytest.mark.parametrize("suffix, name", [("avif", "AVIF"), ("heic", "HEIC")])
@pytest.mark.parametrize("alpha", [None, slope])
def test_avif_and_heic_keep_their_depth(tmp_path, suffix, name, bits, kept, line, alpha):
    path, pixels = tmp_path / f"a.{suffix}", color if bits == 8 else deep
    exif = Image.Exif()
    exif[0x010F] = "Leica"
    notes = written(
        path,
        pixels,
        WriteOptions(provenance=BASE, quality=100),
        bits=bits,
        alpha=alpha,
        metadata=Metadata(exif=exif.tobytes().removeprefix(b"Exif\0\0")),
    )
    assert notes == [text.format(name) for text in line]
    if suffix == "avif":
        after = imagecodecs.avif_decode(path.read_bytes())
        largest = 2**kept - 1
    else:
        file = pillow_heif.open_heif(path, convert_hdr_to_8bit=False)
        assert file.info["bit_depth"] == kept
        after, largest = np.asarray(file), 255 if kept == 8 else 65535
    assert after.dtype == (np.uint8 if kept == 8 else np.uint16) and after.shape == (
        96,
        128,
        3 if alpha is None else 4,
    )
    difference = np.abs(after[..., :3] / largest - pixels / np.iinfo(pixels.dtype).max)
    assert difference.mean() < (0.004 if kept == 8 else 0.003)
    assert kept == 8 or len(np.unique(after[..., 0])) > 400  # more than 8 bits could hold
    assert alpha is None or np.abs(after[..., 3] / largest - alpha / 255).max() < 0.002
    with Image.open(path) as image:
        assert image.getexif()[0x010F] == "Leica" and len(image.info["icc_profile"]) > 300
    assert provenance_of(path)["model"] == "base"


@pytest.mark.parametrize(
    "suffix, line",
    [
        ("jpg", "16 bits became 8, the most that JPEG holds"),
        ("webp", "16 bits became 8, the most that WebP holds"),
        ("png", None),
        ("tif", None),
    ],
)
def test_16_bits_are_kept_or_told(tmp_path, suffix, line):
    notes = written(tmp_path / f"a.{suffix}", deep, WriteOptions(quality=100))
    assert notes == ([line] if line else [])
    if suffix == "png":
        assert np.array_equal(imagecodecs.png_decode((tmp_path / "a.png").read_bytes()), deep)
    elif suffix == "tif":
        assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), deep)
    else:
        assert (
            np.abs(np.asarray(Image.open(tmp_path / f"a.{suffix}")).astype(int) - color).mean() < 4
        )


@pytest.mark.parametrize(
    "suffix, line",
    [("png", "floating point became 16 bits, the most that PNG holds"), ("tif", None)],
)
def test_floating_point_is_kept_or_told(tmp_path, suffix, line):
    pixels = (deep / 65535).astype(np.float32)
    assert written(tmp_path / f"a.{suffix}", pixels, alpha=slope) == ([line] if line else [])
    if suffix == "tif":
        after = tifffile.imread(tmp_path / "a.tif")
        assert (
            after.dtype == np.float32
            and np.array_equal(after[..., :3], pixels)
            and np.allclose(after[..., 3], slope / 255)
        )
    else:
        after = imagecodecs.png_decode((tmp_path / "a.png").read_bytes())
        assert np.array_equal(after[..., :3], deep) and np.array_equal(
            after[..., 3], slope * np.uint16(257)
        )


def test_a_name_says_the_format(tmp_path):
    signatures = {
        "a": b"\x89PNG",
        "a.jpg": b"\xff\xd8\xff",
        "a.jpg_large": b"\x89PNG",
        "a.TIF": b"II*\0",
        "a.webp": b"RIFF",
    }
    for name, start in signatures.items():
        written(tmp_path / name, format="JPEG")
        assert (tmp_path / name).read_bytes().startswith(start)
    for name in ("a.gif", "a.bmp", "a.jp2", "a.pgm"):
        with pytest.raises(PhotoError, match=r"color is not written as \."):
            written(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_what_was_transparent_is_white_in_jpeg(tmp_path):
    notes = written(
        tmp_path / "a.jpg",
        np.zeros((96, 128, 3), np.uint8),
        alpha=slope,
        options=WriteOptions(quality=100),
    )
    after = np.asarray(Image.open(tmp_path / "a.jpg")).astype(int)
    assert np.abs(after[..., 0] - (255 - slope)).max() <= 2
    assert notes == ["transparent pixels became white, because JPEG has no transparency"]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif", "heic"])
def test_more_pages_than_one_are_told(tmp_path, suffix):
    photo = photo_of(color)
    pages = [(lambda: color, photo), (pytest.fail, replace(photo))]  # the second is not painted
    write(tmp_path / f"a.{suffix}", pages)
    assert (
        Image.open(tmp_path / f"a.{suffix}").size == (128, 96)
        and "only its first page" in photo.notes[0]
    )


def test_pages_are_painted_when_they_are_written(tmp_path):
    painted = []

    def paint(number):
        painted.append(number)
        return color + np.uint8(number)

    def pages():
        for number in range(3):
            assert painted == list(range(number))  # no page is painted ahead
            yield partial(paint, number), photo_of(color)

    write(tmp_path / "a.tif", pages())
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        for number, page in enumerate(tiff.pages):
            assert np.array_equal(page.asarray(), color + np.uint8(number))
    assert painted == [0, 1, 2]


# JPEG


@pytest.mark.parametrize("quality", [40, 60, 75, 85, 95, 100])
def test_a_jpeg_stays_near_its_size_and_its_lightness(tmp_path, quality):
    from dlcolorize.colorizing import Colorizer

    gray = Image.fromarray(data.astronaut()).convert("L")
    gray.save(tmp_path / "a.jpg", quality=quality)
    photo = read(tmp_path / "a.jpg")
    write(tmp_path / "b.jpg", [(Colorizer().colorize(photo), photo)], source=tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as before, Image.open(tmp_path / "b.jpg") as after:
        assert after.quantization[0] == before.quantization[0]
        difference = np.abs(
            srgb_to_lightness(np.asarray(after).astype(np.float32) / 255) - photo.lightness
        )
    assert (tmp_path / "b.jpg").stat().st_size < 1.4 * (tmp_path / "a.jpg").stat().st_size
    assert difference.mean() < 0.25 and np.percentile(difference, 99) < 1.1


def test_quality_is_obeyed(tmp_path):
    for suffix in ("jpg", "webp", "avif", "heic"):
        sizes = []
        for quality in (20, 60, 95):
            written(
                tmp_path / f"{quality}.{suffix}",
                options=WriteOptions(quality=quality),
                format="JPEG",
                tables={0: [1] * 64},
                lossless=True,
            )
            sizes.append((tmp_path / f"{quality}.{suffix}").stat().st_size)
        assert sizes == sorted(sizes) and sizes[2] > 1.5 * sizes[0]
    assert list(Image.open(tmp_path / "60.jpg").quantization.values()) == tables_of_quality(60)
    for wrong in (0, 101, -1):
        with pytest.raises(PhotoError, match="between 1 and 100"):
            written(tmp_path / "x.jpg", options=WriteOptions(quality=wrong))


def test_color_is_full_only_where_the_source_is_fine():
    for quality, subsampling in ((40, 2), (95, 2), (98, 0), (100, 0)):
        own = tables_of_quality(quality)
        tables, found = jpeg_tables({0: own[0]}, None)
        assert (
            tables[0] == own[0]
            and found == subsampling
            and all(new <= old for new, old in zip(tables[1], tables_of_quality(90)[1]))
        )
    assert jpeg_tables({}, None) == (tables_of_quality(95), 0)


@pytest.mark.parametrize(
    "suffix, image_format", [("webp", "WEBP"), ("avif", "AVIF"), ("heic", "HEIF")]
)
def test_webp_avif_and_heic_stay_near_their_size(tmp_path, suffix, image_format):
    picture = data.astronaut()[:240, 100:460]
    gray = Image.fromarray(picture).convert("L")
    sizes = {}
    for quality in (40, 90):
        source = tmp_path / f"{quality}.{suffix}"
        gray.save(source, quality=quality)
        photo = photo_of(picture, format=image_format)
        muted = np.round(picture * 0.2 + np.asarray(gray)[..., None] * 0.8).astype(np.uint8)
        write(tmp_path / f"out-{quality}.{suffix}", [(muted, photo)], source=source)
        sizes[quality] = (
            tmp_path / f"out-{quality}.{suffix}"
        ).stat().st_size / source.stat().st_size
    assert sizes[40] < 3 and 0.5 < sizes[90] < MOST_GROWTH


# Dates and originals


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif", "heic"])
def test_the_date_of_the_source_is_kept(tmp_path, suffix):
    source = tmp_path / "source.jpg"
    source.write_bytes(b"a photograph")
    os.utime(source, (1_000_000_000, 999_999_999.5))
    written(tmp_path / f"a.{suffix}", source=source)
    assert (
        (tmp_path / f"a.{suffix}").stat().st_mtime_ns
        == source.stat().st_mtime_ns
        == 999_999_999_500_000_000
    )
    written(tmp_path / f"b.{suffix}", options=WriteOptions(new_date=True), source=source)
    assert (tmp_path / f"b.{suffix}").stat().st_mtime > 1_500_000_000


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif", "heic"])
def test_only_what_this_program_wrote_is_replaced(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(color).save(path)
    original = path.read_bytes()
    for options, line in (
        (WriteOptions(), "already there"),
        (WriteOptions(overwrite=True), "was not written by this program"),
    ):
        with pytest.raises(PhotoError, match=line):
            written(path, options=options)
    assert path.read_bytes() == original and len(list(tmp_path.iterdir())) == 1
    path.unlink()
    written(path, options=WriteOptions(provenance=BASE))
    before = path.read_bytes()
    written(path, color[::-1], options=WriteOptions(overwrite=True))
    assert path.read_bytes() != before
    with pytest.raises(PhotoError, match="does not say so"):  # the last one kept silent
        written(path, options=WriteOptions(overwrite=True))


def test_no_other_file_is_replaced(tmp_path):
    (tmp_path / "text.png").write_text("a diary")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "empty.png").touch()
    (tmp_path / "dangling.png").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("text.png", "folder.png", "empty.png", "dangling.png"):
        with pytest.raises(PhotoError, match="was not written by this program"):
            written(tmp_path / name, options=WriteOptions(overwrite=True))
    assert (tmp_path / "text.png").read_text() == "a diary" and (
        tmp_path / "dangling.png"
    ).is_symlink()


def test_whatever_goes_wrong_is_one_line_and_leaves_nothing(tmp_path):
    def failing():
        yield color, photo_of(color)
        raise RuntimeError("a page that\nis broken")

    for path, pages in (
        (tmp_path / "a.tif", failing()),
        (tmp_path / "b.png", []),
        (tmp_path / ("x" * 300 + ".png"), [(color, photo_of(color))]),
    ):
        with pytest.raises(PhotoError) as error:
            write(path, pages)
        assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name, shape, line",
    [
        ("a.jpg", (1, 65_501), "JPEG holds at most 65,500 pixels a side; choose another format"),
        ("a.webp", (16_384, 1), "WebP holds at most 16,383 pixels a side; choose another format"),
    ],
)
def test_a_side_too_long_is_one_line(tmp_path, name, shape, line):
    with pytest.raises(PhotoError, match=line):
        written(tmp_path / name, np.zeros((*shape, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_png_of_more_than_a_million_pixels_a_side(tmp_path, dtype):
    pixels = (np.arange(1_200_000 * 3) % 251).astype(dtype).reshape(1, -1, 3)
    written(tmp_path / "a.png", pixels, WriteOptions(provenance=BASE))
    after = np.asarray(Image.open(tmp_path / "a.png"))
    assert after.shape == pixels.shape and np.array_equal(
        after, pixels if dtype == np.uint8 else pixels >> 8
    )
    assert provenance_of(tmp_path / "a.png")["model"] == "base"


# Metadata


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif", "heic"])
def test_no_metadata_keeps_a_photograph_from_being_written(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0132] = "1936:03:01 12:00:00"
    exif.get_ifd(0x8769)[0x927C] = os.urandom(200_000)
    long = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about=""><dc:source '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        + b"attic " * 50_000
        + b"</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    worst = Metadata(
        exif=exif.tobytes().removeprefix(b"Exif\0\0"),
        xmp=long,
        dpi=(1e12, 1e12),
        segments=b"\xff\xed\x00\x30Photoshop 3.0\x008BIM\x04\x04\xff",
        chunks=[(b"zTXt", b"broken")],
        tags=[
            (270, 2, 4, b"old\0", True),
            (33723, 99, 1, 7, True),
            (65000, 3, 1, "text", True),
            (34377, 7, 3, b"8BI", True),
        ],
    )
    notes = written(tmp_path / f"a.{suffix}", options=WriteOptions(provenance=BASE), metadata=worst)
    with Image.open(tmp_path / f"a.{suffix}") as image:
        image.load()
        assert image.size == (128, 96) and (
            image.getexif().get(0x0132) == "1936:03:01 12:00:00" or suffix == "tif"
        )
    assert provenance_of(tmp_path / f"a.{suffix}")["model"] == "base"
    assert (tmp_path / f"a.{suffix}").read_bytes().count(b"attic ") >= 49_990
    assert any("resolution" in note for note in notes) and all("\n" not in note for note in notes)
    assert suffix != "jpg" or any(
        "EXIF block of 200," in note and "too long" in note for note in notes
    )
    assert suffix != "tif" or sum("TIFF tag" in note for note in notes) == 2


@pytest.mark.parametrize(
    "source, kept",
    [
        ({}, None),
        (dict(description="Grandmother"), "Grandmother"),
        (dict(metadata={"axes": "YX"}), None),
        (dict(metadata={"place": "Lyon"}), '{"place": "Lyon"}'),
        (dict(imagej=True), None),
        (dict(ome=True), None),
        (dict(ome=True, metadata={"axes": "YX", "Description": "A & B"}), "A & B"),
        (dict(description='{"shape": "round"}', metadata=None), '{"shape": "round"}'),
    ],
)
@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_a_description_of_the_arrays_of_a_gray_file_is_left_out(tmp_path, source, kept, suffix):
    gray = io.BytesIO()
    tifffile.imwrite(gray, slope, **source)
    photo = read(gray.getvalue())
    write(tmp_path / f"a.{suffix}", [(color, photo)])
    assert photo.notes == []
    if suffix == "jpg":
        assert Image.open(tmp_path / "a.jpg").getexif().get(270) == kept
        return
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        found = tiff.pages[0].tags.getall(270) or []
        assert [tag.value for tag in found] == [kept] * (kept is not None)


def test_the_same_metadata_in_another_format(tmp_path):
    record = b"\x1c\x02\x78\0\x0dOn the bridge"
    tags = [
        (270, 2, 14, b"On the bridge\0", True),
        (315, 2, 12, b"Grandmother\0", True),
        (33723, 7, len(record), record, True),
    ]
    assert written(tmp_path / "a.jpg", metadata=Metadata(tags=tags, dpi=(300, 200))) == []
    with Image.open(tmp_path / "a.jpg") as image:
        assert (
            image.getexif()[270] == "On the bridge"
            and image.getexif()[315] == "Grandmother"
            and image.info["dpi"] == (300, 200)
        )
        assert image.info["photoshop"][1028] == record
    photo = read(tmp_path / "a.jpg")
    write(tmp_path / "b.tif", [(color, photo)])
    with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
        tags = tiff.pages[0].tags
        assert (
            tags[270].value == "On the bridge"
            and tags[315].value == "Grandmother"
            and record in bytes(tags[34377].value)
        )
        assert tags["XResolution"].value == (300, 1)
    photo.notes.clear()
    write(tmp_path / "c.png", [(color, photo)])
    assert photo.notes == ["its IPTC block or comment was left out, because PNG cannot store it"]
    assert Image.open(tmp_path / "c.png").getexif()[270] == "On the bridge"


def test_no_gray_preview_is_left_in_a_color_jpeg(tmp_path):
    small, gray = io.BytesIO(), Image.fromarray(data.camera()[:96, :128])
    gray.resize((32, 24)).save(small, "JPEG")
    preview = small.getvalue()
    exif = Image.Exif()
    exif[258], exif[262], exif[277] = 8, 1, 1
    exif.get_ifd(0x8769).update({0xA001: 65535, 0x927C: b"Maker" + preview})
    block = (
        b"Photoshop 3.0\x008BIM\x04\x0c\0\0"
        + struct.pack(">I", 28 + len(preview))
        + bytes(28)
        + preview
        + bytes(len(preview) % 2)
    )
    gray.save(
        tmp_path / "a.jpg", exif=exif, extra=b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    )
    photo = read(tmp_path / "a.jpg")
    write(tmp_path / "b.jpg", [(color, photo)], WriteOptions(provenance=BASE))
    content = (tmp_path / "b.jpg").read_bytes()
    assert content.count(b"\xff\xd8\xff") == 1 and b"8BIM" not in content
    with Image.open(tmp_path / "b.jpg") as after:
        assert (
            after.getexif()[258] == (8, 8, 8)
            and after.getexif()[262] == 2
            and after.getexif()[277] == 3
        )
        assert after.getexif().get_ifd(0x8769)[0xA001] == 1 and "mp" not in after.info


def test_a_png_says_nothing_against_its_profile(tmp_path):
    def chunk(kind, content):
        import zlib

        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    file = io.BytesIO()
    Image.fromarray(data.camera()[:96, :128]).save(file, "PNG")
    png = file.getvalue()
    extra = (
        chunk(b"gAMA", struct.pack(">I", 100_000))
        + chunk(b"cHRM", struct.pack(">8I", *[31270, 32900] * 4))
        + chunk(b"sBIT", b"\x08")
    )
    (tmp_path / "a.png").write_bytes(png[:33] + extra + png[33:])
    photo = read(tmp_path / "a.png")
    write(tmp_path / "b.png", [(color, photo)])
    after = (tmp_path / "b.png").read_bytes()
    assert (
        not any(kind in after for kind in (b"gAMA", b"cHRM", b"sRGB\0\0\0", b"cICP", b"sBIT"))
        and b"iCCP" in after
    )


# TIFF


def test_tiff_says_what_its_channels_are(tmp_path):
    for alpha, kinds in ((None, ()), (slope, (2,))):
        path = tmp_path / f"{len(kinds)}.tif"
        written(path, deep, alpha=alpha)
        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages[0]
            assert (
                page.extrasamples == kinds
                and page.photometric == 2
                and page.bitspersample == 16
                and page.samplesperpixel == 3 + len(kinds)
            )
            assert alpha is None or np.array_equal(page.asarray()[..., 3], slope * np.uint16(257))


@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_of_any_size_keeps_exif_on_every_page(tmp_path, big):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "1936:03:01 12:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    metadata = Metadata(exif=exif.tobytes().removeprefix(b"Exif\0\0"))
    pages = [
        (deep, photo_of(deep, metadata=metadata)),
        (color[:50], photo_of(color[:50], metadata=metadata)),
        (color, photo_of(color)),
    ]
    write_tiff(
        tmp_path / "a.tif",
        pages,
        WriteOptions(provenance=BASE),
        None,
        classic=1000 if big else 2**31,
    )
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        assert tiff.is_bigtiff == big and [page.shape for page in tiff.pages] == [
            (96, 128, 3),
            (50, 128, 3),
            (96, 128, 3),
        ]
        assert np.array_equal(tiff.pages[0].asarray(), deep) and np.array_equal(
            tiff.pages[1].asarray(), color[:50]
        )
        assert [tag in page.tags for page in tiff.pages for tag in (34665, 34853)] == [True] * 4 + [
            False
        ] * 2
    with Image.open(tmp_path / "a.tif") as image:
        for number in (0, 1):
            image.seek(number)
            inner = image.getexif()
            assert (
                inner.get_ifd(0x8769)[0x9003] == "1936:03:01 12:00:00"
                and inner.get_ifd(0x8825)[1] == "N"
            )


def test_the_size_of_a_tiff_is_known_before_it_is_written(tmp_path, monkeypatch):
    for number in range(3):
        tifffile.imwrite(tmp_path / "a.tif", color[..., 0], append=number > 0, metadata=None)
    photo = photo_of(color)
    assert (
        bytes_of_pixels(color, photo, None)
        == bytes_of_pixels(color, photo, tmp_path / "a.tif")
        == 96 * 128 * 3
    )
    monkeypatch.setattr("dlcolorize.image_writing.CLASSIC_TIFF", 100)
    assert bytes_of_pixels(color, photo, tmp_path / "a.tif") == 3 * 96 * 128 * 3
    assert (
        bytes_of_pixels(deep, replace(photo, alpha=slope), tmp_path / "a.tif") == 3 * 96 * 128 * 8
    )


def exif_block(entries):
    "A block of EXIF whose inner directory has these entries: tag, type, count, four bytes."
    inner = (
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHI4s", *entry) for entry in entries)
        + bytes(4)
    )
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 26, 0) + inner


@pytest.mark.parametrize("suffix", ["tif", "jpg", "png", "webp", "avif", "heic"])
def test_exif_of_odd_types_is_no_reason_to_fail(tmp_path, suffix):
    "Numbers where bytes are wanted and the other way around, counts of nothing, no types."
    odd = [
        (0x829A, 2, 4, b"1/9\0"),
        (0x9000, 3, 2, b"\1\0\2\0"),
        (0x9003, 4, 1, b"\7\0\0\0"),
        (0x9101, 11, 1, b"\0\0\xc0\x7f"),
        (0x927C, 3, 2, b"\1\0\2\0"),
        (0x9286, 9, 0, bytes(4)),
        (0xA001, 12, 1, bytes(4)),
        (0xA002, 77, 1, bytes(4)),
        (0xA300, 4, 1, b"\3\0\0\0"),
        (0xA420, 2, 4, b"ab9\0"),
    ]
    notes = written(tmp_path / f"a.{suffix}", metadata=Metadata(exif=exif_block(odd)))
    with Image.open(tmp_path / f"a.{suffix}") as image:
        assert image.getexif().get_ifd(0x8769)[0xA420] == "ab9" and image.size == (128, 96)
    assert all("left out" in note for note in notes)


def test_exif_that_is_no_exif_is_told_of():
    from dlcolorize.image_writing import _inner_values

    notes = []
    assert _inner_values(b"damaged", notes) == {} and notes == [
        "a part of its EXIF block cannot be read and was left out"
    ]

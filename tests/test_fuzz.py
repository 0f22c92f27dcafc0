"""Valid files with something wrong in them: each is read, or refused in one line.

None crashes, hangs or ends in a traceback.
"""

import io
import signal
import warnings

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image
from skimage import data

from dlcolorize.files import PhotoError
from dlcolorize.image_reading import read_pages
from dlcolorize.image_writing import WriteOptions, write

pillow_heif.register_heif_opener()

CASES = 250  # for each file
SECONDS = 20  # in which a case must be done

gray = data.camera()[::10, ::12]
wide = gray * np.uint16(257)
exif = Image.Exif()
exif[0x0132] = "1936:03:01 12:00:00"
exif.get_ifd(0x8769).update({0x9003: "1936:03:01 12:00:00"})
exif[0x8769] = 0
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def by_pillow(image_format, mode="L", **options):
    file = io.BytesIO()
    Image.fromarray(gray).convert(mode).save(file, image_format, **options)
    return file.getvalue()


def by_tifffile(pixels, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()


def of_several_kinds():
    "A TIFF file of a photograph with a small copy below it, a mask, and a photograph in JPEG."
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(gray, photometric="minisblack", subifds=1, metadata=None)
        writer.write(gray[::2, ::2], photometric="minisblack", subfiletype=1, metadata=None)
        writer.write(gray > 99, photometric="mask", subfiletype=4, metadata=None)
        writer.write(np.dstack([gray] * 3), photometric="rgb", compression="jpeg", metadata=None)
    return file.getvalue()


FILES = {
    "gray.jpg": by_pillow(
        "JPEG",
        exif=exif,
        xmp=XMP,
        comment=b"from the attic",
        icc_profile=imagecodecs.cms_profile("gray", gamma=1.8),
    ),
    "cmyk.jpg": by_pillow("JPEG", "CMYK"),
    "gray.png": by_pillow("PNG", exif=exif),
    "palette.png": by_pillow("PNG", "P", transparency=0),
    "16.png": imagecodecs.png_encode(np.dstack([wide] * 4)),
    "gray.webp": by_pillow("WEBP", exif=exif, xmp=XMP),
    "gray.avif": by_pillow("AVIF", exif=exif),
    "gray.heic": by_pillow("HEIF", exif=exif),
    "gray.jp2": by_pillow("JPEG2000"),
    "gray.tif": by_pillow("TIFF", exif=exif),
    "lzw.tif": by_pillow("TIFF", compression="tiff_lzw"),
    "fax.tif": by_pillow("TIFF", "1", compression="group4"),
    "16.tif": by_tifffile(
        wide,
        compression="zlib",
        iccprofile=imagecodecs.cms_profile("gray", gamma=1.8),
        extratags=[(700, 1, len(XMP), XMP, True)],
    ),
    "pages.tif": by_tifffile(np.stack([wide] * 3), photometric="minisblack"),
    "float.tif": by_tifffile(wide / np.float32(65535)),
    "gray.bmp": by_pillow("BMP"),
    "gray.gif": by_pillow("GIF"),
    "gray.pgm": by_pillow("PPM"),
    "16.pgm": b"P5 %d %d 65535\n" % gray.shape[::-1] + wide.astype(">u2").tobytes(),
    "16.jp2": imagecodecs.jpeg2k_encode(wide, level=0),
    "10.avif": imagecodecs.avif_encode(np.dstack([wide >> 6] * 3), level=90, bitspersample=10),
    "alpha.tif": by_tifffile(np.dstack([wide] * 4), photometric="rgb", extrasamples=["assocalpha"]),
    "tiles.tif": by_tifffile(wide, tile=(16, 16), compression="zlib", photometric="miniswhite"),
    "planes.tif": by_tifffile(
        np.stack([gray] * 3), photometric="rgb", planarconfig="separate", compression="lzw"
    ),
    "lab.tif": by_tifffile(np.dstack([wide] * 3), photometric="cielab"),
    "kinds.tif": of_several_kinds(),
}


class Hang(BaseException):
    "Not an Exception, so that nobody takes it for a fault of the file."


def hang(*_):
    raise Hang


def mutated(content, rng):
    "A file with bytes changed, lost, doubled, or cut off; more often near its beginning."
    content = bytearray(content)
    for _ in range(rng.integers(1, 6)):
        place = int(len(content) * rng.random() ** 2)
        length = int(rng.integers(1, 9))
        kind = rng.integers(5)
        if kind == 0:
            content[place : place + length] = rng.bytes(length)
        elif kind == 1:
            content[place : place + length] = bytes([rng.choice([0, 1, 127, 128, 255])]) * length
        elif kind == 2:
            del content[place : place + length]
        elif kind == 3:
            content[place:place] = content[place : place + 8 * length]
        else:
            del content[max(place, 16) :]
    return bytes(content)


@pytest.mark.parametrize("name", FILES)
def test_mutated_files_are_read_or_refused(tmp_path, name):
    rng = np.random.default_rng(len(name))
    before = signal.signal(signal.SIGALRM, hang)
    refused = 0
    try:
        for case in range(CASES):
            path = tmp_path / f"{case}-{name}"
            path.write_bytes(mutated(FILES[name], rng))
            signal.alarm(SECONDS)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    pages = (
                        (np.zeros((*photo.lightness.shape, 3), photo.pixel_type), photo)
                        for photo in read_pages(path)
                    )
                    write(
                        tmp_path / "out" / path.name,
                        pages,
                        WriteOptions(provenance={"model": "none"}),
                    )
            except PhotoError as error:
                refused += 1
                assert "\n" not in str(error) and path.name in str(error)
                assert not (tmp_path / "out" / path.name).exists()
            finally:
                signal.alarm(0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert 0 < refused <= CASES
    assert not list(tmp_path.glob("out/.*")), "a half-written file was left"

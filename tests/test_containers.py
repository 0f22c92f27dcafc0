"""Parts of image files are read and added whatever a file says about their lengths."""

import io

import pytest
from PIL import Image
from skimage import data

from dlcolorize.containers import (
    iso_box,
    iso_boxes,
    nested_boxes,
    png_parts,
    with_chunks,
    with_items,
)


def saved(image_format, **options):
    file = io.BytesIO()
    Image.fromarray(data.astronaut()[:40, :56]).save(file, image_format, **options)
    return file.getvalue()


def exif_block():
    exif = Image.Exif()
    exif[0x0132] = "1936:03:01 12:00:00"
    return exif.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("exif", [exif_block(), b""])
@pytest.mark.parametrize("xmp", [b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", b""])
@pytest.mark.parametrize("alpha", [False, True])
def test_items_are_put_into_avif(exif, xmp, alpha):
    image, file = Image.fromarray(data.astronaut()[:40, :56]), io.BytesIO()
    if alpha:
        image.putalpha(Image.fromarray(data.camera()[:40, :56]))
    image.save(file, "AVIF", quality=90)
    content = with_items(file.getvalue(), exif, xmp, b"profile")
    with Image.open(io.BytesIO(content)) as after:
        assert (
            after.tobytes() == Image.open(file).tobytes()
            and after.info["icc_profile"] == b"profile"
        )
        assert (after.info.get("exif") or b"").removeprefix(b"Exif\0\0") == exif and (
            after.info.get("xmp") or b""
        ) == xmp
    for end in (200, len(content) - 1):
        with pytest.raises((ValueError, KeyError)):
            with_items(content[:end], exif, xmp, b"profile")


def test_new_chunks_stand_between_header_and_pixels():
    png = saved("PNG")
    kinds = [kind for kind, _ in png_parts(with_chunks(png, [(b"tIME", bytes(7))]))]
    assert kinds[:2] == [b"IHDR", b"tIME"] and kinds[2:] == [k for k, _ in png_parts(png)][1:]


@pytest.mark.parametrize("format", ["AVIF", "JPEG2000"])
def test_boxes_of_a_cut_or_changed_file_end_where_it_ends(format):
    whole = saved(format)
    boxes = list(nested_boxes(whole))
    for end in range(len(whole)):
        found = list(nested_boxes(whole[:end]))  # all but the last are whole
        assert found[:-1] == boxes[: len(found)][:-1] and sum(len(box) for _, box in found) <= end
    assert found and {kind for kind, _ in boxes} >= {b"ftyp", b"colr"}
    for place in range(64):
        for value in (0, 1, 255):
            changed = whole[:place] + bytes([value]) + whole[place + 1 :]
            assert sum(len(box) for _, box in nested_boxes(changed)) <= len(whole)


def test_sizes_of_64_bits_and_boxes_to_the_end_of_the_file_are_read():
    large = (1).to_bytes(4, "big") + b"colr" + (16 + 4).to_bytes(8, "big") + b"prof"
    to_the_end = bytes(4) + b"free" + b"rest"
    boxes = [(kind, bytes(box)) for kind, box in iso_boxes(large + to_the_end)]
    assert boxes == [(b"colr", b"prof"), (b"free", b"rest")]
    assert list(nested_boxes(iso_box(b"iprp", iso_box(b"ipco", large)))) == [(b"colr", b"prof")]


def test_boxes_that_state_too_little_end_the_sequence():
    assert list(iso_boxes(b"\0\0\0\7free")) == []
    too_little = (1).to_bytes(4, "big") + b"free" + (15).to_bytes(8, "big")
    assert list(iso_boxes(too_little)) == []

"""What a file says of itself is true of its color, and never keeps it from being written."""

import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from PIL import Image
from skimage import data

from dlcolorize.containers import jpeg_segment, jpeg_segments
from dlcolorize.metadata import (
    COMPOSITE,
    EXTENSION,
    LONGEST_XMP,
    RDF,
    ColorFile,
    color_exif,
    color_resources,
    color_segments,
    color_xmp,
    directory,
    parse_xmp,
    possible_dpi,
    read_provenance,
    resource_segments,
    shortened_exif,
    sound_texts,
    split_xmp,
    upright_exif,
    upright_xmp,
)

FILE = ColorFile(300, 200, 8, "JPEG")
DATE = "1936:03:01 12:00:00"


def jpeg(size=32):
    file = io.BytesIO()
    Image.fromarray(data.camera()).resize((size, size)).save(file, "JPEG")
    return file.getvalue()


def packet(attributes="", content=""):
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" {attributes}>{content}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def block_of(values, inner=None):
    "A block of EXIF without the prefix of JPEG."
    exif = Image.Exif()
    exif.update(values)
    if inner:
        exif.get_ifd(0x8769).update(inner)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def read_exif(block):
    exif = Image.Exif()
    exif.load(block)
    return exif


def with_thumbnail(order, picture, place_of_picture=None):
    "EXIF with a date and a thumbnail, at its end."
    date = DATE.encode() + b"\0"
    second = 8 + 2 + 24 + 4 + len(date)
    picture_place = second + 2 + 24 + 4 if place_of_picture is None else place_of_picture
    first = struct.pack(order + "HHHII", 2, 0x0132, 2, len(date), 38) + struct.pack(
        order + "HHIHHI", 0x0112, 3, 1, 6, 0, second
    )
    return (
        (b"II*\0" if order == "<" else b"MM\0*")
        + struct.pack(order + "I", 8)
        + first
        + date
        + struct.pack(
            order + "HHHIIHHIII", 2, 0x0201, 4, 1, picture_place, 0x0202, 4, 1, len(picture), 0
        )
        + picture
    )


@pytest.mark.parametrize("order", "<>")
def test_no_thumbnail_is_left_in_exif(order):
    picture = jpeg()
    block = with_thumbnail(order, picture)
    assert picture in block
    after = color_exif(block, FILE, [])
    assert (
        b"\xff\xd8" not in after
        and picture[100:200] not in after
        and len(after) < len(block) - len(picture)
    )
    assert read_exif(after)[0x0132] == DATE and read_exif(after)[0x0112] == 1
    assert read_exif(after).get_ifd(1) == {}


def test_a_thumbnail_that_says_it_lies_on_the_date_takes_nothing_with_it():
    after = color_exif(with_thumbnail("<", b"", 38), FILE, [])
    assert read_exif(after)[0x0132] == DATE
    after = color_exif(with_thumbnail("<", bytes(400), 0), FILE, [])
    assert read_exif(after)[0x0132] == DATE


def test_a_directory_that_names_the_same_place_again_and_again_takes_no_time():
    "60,000 values of 4 MB each, in four megabytes."
    many = b"".join(struct.pack("<HHII", 0xC000, 7, 4_000_000, 8) for _ in range(60_000))
    rest = struct.pack("<I", 8 + 2 + len(many) + 4) + struct.pack("<H", 60_000) + many + bytes(4)
    block = b"II*\0" + struct.pack("<IH", 8, 60_000) + many + rest + bytes(3_000_000)
    start = time.perf_counter()
    color_exif(block, FILE, [])
    assert time.perf_counter() - start < 20  # it took minutes, and all memory


def test_an_uncompressed_thumbnail_is_blanked_too():
    block = bytearray(with_thumbnail("<", b"gray pixels" * 10))
    second = 8 + 2 + 24 + 4 + 20
    struct.pack_into("<H", block, second + 2, 0x0111)
    struct.pack_into("<H", block, second + 14, 0x0117)
    assert b"gray pixels" not in upright_exif(bytes(block), 300, 200)


def test_a_preview_in_a_makers_note_is_blanked():
    note = b"OLYMP\0" + jpeg(64) + b"serial number 7"
    after = read_exif(color_exif(block_of({0x0132: DATE}, {0x927C: note}), FILE, [])).get_ifd(
        0x8769
    )[0x927C]
    assert (
        len(after) == len(note)
        and b"\xff\xd8" not in after
        and after.startswith(b"OLYMP\0")
        and after.endswith(b"serial number 7")
    )


def test_exif_says_what_is_true_of_color():
    gray = {
        256: 100,
        257: 150,
        258: 8,
        259: 5,
        262: 1,
        273: 8,
        277: 1,
        279: 15000,
        301: tuple(range(256)),
        0x0112: 6,
        0x0132: DATE,
        34675: b"profile",
    }
    inner = {
        0xA001: 65535,
        0xA002: 100,
        0xA003: 150,
        0x9101: b"\1\0\0\0",
        0xA500: 2.2,
        0x9003: DATE,
    }
    notes = []
    after = read_exif(color_exif(block_of(gray, inner), ColorFile(300, 200, 16, "TIFF"), notes))
    assert {tag: after.get(tag) for tag in gray} == {
        256: 300,
        257: 200,
        258: (16, 16, 16),
        259: None,
        262: 2,
        273: None,
        277: 3,
        279: None,
        301: None,
        0x0112: 1,
        0x0132: DATE,
        34675: None,
    }
    assert after.get_ifd(0x8769) == {
        0xA001: 1,
        0xA002: 300,
        0xA003: 200,
        0x9101: b"\1\2\3\0",
        0x9003: DATE,
    }
    assert notes == []


def test_interoperability_says_srgb():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03", 2: b"0100"}
    after = read_exif(color_exif(exif.tobytes(), FILE, []))
    assert after.get_ifd(0x8769)[0xA001] == 1 and after.get_ifd(0xA005)[1] == "R98"


@pytest.mark.parametrize("pointer", [0x8769, 0x8825])
def test_a_broken_pointer_costs_what_it_points_to_and_a_line(pointer):
    exif = Image.Exif()
    exif[0x0132] = DATE
    exif.get_ifd(0x8769)[0x9003] = DATE
    exif.get_ifd(0x8825)[1] = "N"
    block = bytearray(exif.tobytes().removeprefix(b"Exif\0\0"))
    struct.pack_into("<I", block, directory(block, 8)[pointer] + 8, 10_000_000)
    notes = []
    after = read_exif(color_exif(bytes(block), FILE, notes))
    assert after[0x0132] == DATE and pointer not in after
    assert after.get_ifd(0x8769 + 0x8825 - pointer) == (
        {1: "N"} if pointer == 0x8769 else {0x9003: DATE}
    )
    assert notes == ["its EXIF block lost 1 damaged entry"]


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II",
        b"no EXIF",
        b"II*\0\xff\xff\xff\xff",
        b"II\x87\0\x08\0\0\0\0\0\0\0\0\0",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0",
    ],
)
def test_damaged_exif_is_left_out_or_empty(block):
    notes = []
    after = color_exif(block, FILE, notes)
    assert (
        after == b"" and notes == ["its EXIF block is damaged and was left out"] * bool(block)
    ) or len(read_exif(after)) == 0


def test_any_cut_or_changed_exif_is_survived():
    whole = with_thumbnail(">", jpeg())[:400]
    for end in range(0, len(whole), 3):
        color_exif(whole[:end], FILE, [])
    for place in range(8, 100):
        for value in (0, 255):
            color_exif(whole[:place] + bytes([value]) * 4 + whole[place + 4 :], FILE, [])


def test_long_exif_loses_its_longest_values_first():
    notes = []
    after = read_exif(
        shortened_exif(
            block_of({0x0132: DATE}, {0x927C: bytes(100_000), 0x9003: DATE}), 65_000, notes
        )
    )
    assert (
        after[0x0132] == after.get_ifd(0x8769)[0x9003] == DATE
        and 0x927C not in after.get_ifd(0x8769)
        and "too long" in notes[0]
    )
    many = block_of({0x0132: DATE}, dict.fromkeys(range(49152, 49920), "x" * 200))
    notes = []
    assert shortened_exif(many, 65_000, notes) == b"" and "left out" in notes[0]


def test_xmp_says_what_is_true_of_color():
    before = packet(
        'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/" '
        'tiff:Orientation="8" tiff:PhotometricInterpretation="1" tiff:Compression="5" '
        'exif:ColorSpace="65535" exif:PixelXDimension="9" '
        'photoshop:ColorMode="1" photoshop:ICCProfile="Dot Gain 20%" dc:format="image/tiff"',
        "<tiff:SamplesPerPixel>1</tiff:SamplesPerPixel>"
        "<tiff:BitsPerSample><rdf:Seq><rdf:li>8</rdf:li></rdf:Seq></tiff:BitsPerSample>"
        '<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource">'
        "<xmpGImg:image>/9j/4AAQ</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Bridge</rdf:li></rdf:Alt></dc:title>',
    )
    after = color_xmp(before, None, FILE, [])
    for true in (
        b'Orientation="1"',
        b'PhotometricInterpretation="2"',
        b'ColorSpace="1"',
        b'PixelXDimension="300"',
        b'ColorMode="3"',
        b'ICCProfile="sRGB IEC61966-2.1"',
        b'format="image/jpeg"',
        b"<tiff:SamplesPerPixel>3<",
        b"<rdf:Seq><rdf:li>8</rdf:li><rdf:li>8</rdf:li><rdf:li>8</rdf:li></rdf:Seq>",
        b"Bridge",
    ):
        assert true in after
    assert b"9j/4" not in after and b"Compression" not in after and b"Thumbnails" not in after


@pytest.mark.parametrize(
    "form", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "bom", "zeros", "latin", "declared"]
)
def test_xmp_of_every_encoding_is_read(form):
    text = packet('xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="Brücke"').decode()
    written = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "zeros": text.encode() + b"\n\0\0\0",
        "latin": text.encode("latin-1"),
        "declared": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1"),
    }.get(form) or text.encode(form)
    after = upright_xmp(written, {"model": "base"})
    assert "Brücke".encode() in after and read_provenance(after) == {
        "model": "base",
        "digital_source_type": COMPOSITE,
    }


def test_xmp_is_the_same_whatever_was_written_before_it():
    "Also between threads; ElementTree's one table of prefixes gave other bytes."
    default = packet("", '<title xmlns="http://example.org/t/">t</title>')
    other = packet('xmlns:tt="http://example.org/t/" tt:a="1"')
    alone = upright_xmp(default, {"model": "base"})
    assert b'<title xmlns="http://example.org/t/">' in alone
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda number: upright_xmp((other, default)[number % 2], {"model": "base"}),
                range(200),
            )
        )
    assert set(answers[1::2]) == {alone} and len(set(answers[::2])) == 1


@pytest.mark.parametrize("kind", ["laughs", "quadratic", "external", "deep"])
def test_an_xmp_bomb_is_left_out_at_once(kind):
    names = "abcdefghij"
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
        + "]>"
    )
    text = {
        "laughs": laughs + packet().decode().replace("</rdf:Desc", "&j;</rdf:Desc"),
        "deep": "<a>" * 100_000,
        "quadratic": '<!DOCTYPE x [<!ENTITY a "'
        + "h" * 100_000
        + '">]>'
        + packet("", "&a;" * 10_000).decode(),
        "external": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + packet("", "&a;").decode(),
    }[kind]
    start, notes = time.perf_counter(), []
    after = color_xmp(text.encode(), {"model": "base"}, FILE, notes)
    assert time.perf_counter() - start < 2 and len(after) < 2000
    assert (
        notes == ["its XMP packet is damaged and was left out"]
        and read_provenance(after)["model"] == "base"
    )


def test_provenance_is_read_as_elements_too():
    written_anew = packet(
        'xmlns:d="https://dlcolorize.github.io/ns/1.0/" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
        f"<d:model>base</d:model><i:DigitalSourceType>{COMPOSITE}</i:DigitalSourceType>",
    )
    assert read_provenance(written_anew) == {"model": "base", "digital_source_type": COMPOSITE}
    again = upright_xmp(written_anew, {"model": "other"})
    assert (
        read_provenance(again) == {"model": "other", "digital_source_type": COMPOSITE}
        and b"base" not in again
    )


def test_provenance_of_any_text_can_be_written():
    said = read_provenance(upright_xmp(b"", {"model": 'a "model" <&> \0 of \x1b 1'}))
    assert said["model"] == 'a "model" <&>   of   1'


def test_long_xmp_becomes_an_extension_as_adobe_says():
    long = upright_xmp(
        packet(
            'xmlns:dc="http://purl.org/dc/elements/1.1/"',
            "<dc:source>" + "attic " * 30_000 + "</dc:source>",
        ),
        {"model": "base"},
    )
    main, extension = split_xmp(long, {"model": "base"})
    assert len(main) < LONGEST_XMP and read_provenance(main)["model"] == "base"
    pieces = [content for marker, content in jpeg_segments(extension)]
    head = len(EXTENSION) + 40
    assert len(pieces) == 3 and all(piece.startswith(EXTENSION) for piece in pieces)
    name, size = (
        pieces[0][len(EXTENSION) : head - 8],
        struct.unpack_from(">I", pieces[0], head - 8)[0],
    )
    assert b'HasExtendedXMP="' + name + b'"' in main
    joined = b"".join(piece[head:] for piece in pieces)
    assert len(joined) == size and [
        struct.unpack_from(">I", piece, head - 4)[0] for piece in pieces
    ] == [0, 65000, 130000]
    import hashlib

    assert (
        hashlib.md5(joined).hexdigest().upper().encode() == name
        and joined.count(b"attic") == 30_000
    )
    assert split_xmp(main, None) == (main, b"")


def resource(number, content, name=b""):
    padded = bytes([len(name)]) + name + bytes((len(name) + 1) % 2)
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + padded
        + struct.pack(">I", len(content))
        + content
        + bytes(len(content) % 2)
    )


def test_previews_are_taken_out_of_photoshops_resources():
    caption = resource(1028, b"\x1c\x02\x78\0\x0dOn the bridge", b"odd")
    stale = (
        resource(1033, b"\0" * 28 + jpeg())
        + resource(1036, b"\0" * 28 + jpeg(), b"even")
        + resource(1039, b"gray profile")
    )
    notes = []
    assert color_resources(stale + caption + resource(1005, b"odd"), notes) == caption + resource(
        1005, b"odd"
    )
    assert notes == []
    assert color_resources(caption + stale[:100], notes) == caption and len(notes) == 1


def test_resources_over_several_segments_are_read_as_one():
    caption, preview = resource(1028, bytes(range(256)) * 300), resource(1036, bytes(100_000))
    segments = resource_segments(preview + caption) + jpeg_segment(0xFE, b"comment")
    assert color_segments(segments, []) == resource_segments(caption) + jpeg_segment(
        0xFE, b"comment"
    )
    assert color_segments(b"\xff\xed\xff\xff cut", []) == resource_segments(b"") + jpeg_segment(
        0xED, b" cut"
    )


def test_broken_png_texts_are_left_out_with_a_line():
    good = [
        (b"tEXt", b"Title\0Bridge"),
        (b"tIME", bytes(7)),
        (b"iTXt", b"A\0\1\0\0\0" + zlib.compress(b"text")),
    ]
    notes = []
    bad = [
        (b"zTXt", b"A\0\0cut" + zlib.compress(b"text")[:5]),
        (b"zTXt", b"A\0\0" + zlib.compress(bytes(2**22))),
        (b"tEXt", b"\0x"),
        (b"tEXt", b"k" * 80 + b"\0x"),
        (b"iTXt", b"A\0\1\1\0\0x"),
        (b"tIME", bytes(6)),
    ]
    assert sound_texts(good + bad, notes) == good and notes == [
        "6 of its 9 PNG texts are damaged or too long and were left out"
    ]


@pytest.mark.parametrize("dpi", [(1e9, 1e9), (float("nan"), 300), (float("inf"), 300), (0.1, 0.1)])
def test_an_absurd_resolution_is_left_out_with_a_line(dpi):
    notes = []
    assert possible_dpi(dpi, 1, 65535, notes) is None and "resolution" in notes[0]


def test_what_is_no_xmp_is_none():
    for wrong in (b"", b"\0\0", b"<x/>", b"\xff\xfe", b"<?xpacket?>", bytes(range(256))):
        assert parse_xmp(wrong) is None

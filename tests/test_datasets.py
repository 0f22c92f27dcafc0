"""Where photographs come from: strangers' archives."""

import io
import os
import random
import re
import tarfile
import tracemalloc
import zipfile

import pytest
from packing import archive_of

from dlcolorize import datasets
from dlcolorize.datasets import CATALOG, USED_SETS, DataError, list_photos, read_listed


def contents(source):
    "What reading a source gives: content, or why there is none."
    names = {photo.file for photo in list_photos(source)}
    return {photo.file: content or wrong for photo, content, wrong in read_listed(source, names)}


def test_the_catalogue_says_what_one_has_to_know_before_a_download(dlcolorize):
    said = dlcolorize("data", "list").stdout
    for photo_set in CATALOG.values():
        assert (
            f"{photo_set.name}: {photo_set.purpose}" in said
            and photo_set.license in said
            and photo_set.citation in said
        )
        if photo_set.name != "folder":
            size = photo_set.download_bytes
            assert f"{photo_set.photographs:,} photographs" in said
            assert size is None or f"{size:,} bytes" in said
            assert (
                photo_set.license
                and photo_set.citation
                and bool(photo_set.url) != bool(photo_set.kaggle)
            )
    for used in USED_SETS:
        assert f"{used.name}: {used.content}" in said and used.selection in said
        assert set(used.sources) <= set(CATALOG) and used.name not in CATALOG


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz"])
@pytest.mark.parametrize(
    "name",
    ["../climber.jpg", "a/../../climber.jpg", "/climber.jpg", "..\\climber.jpg", "C:\\climber.jpg"],
)
def test_a_path_that_climbs_out_is_named_and_not_read(tmp_path, suffix, name):
    source = archive_of(tmp_path / f"album{suffix}", {"good.jpg": b"good", name: b"evil"})
    read = contents(source)
    assert read.pop("good.jpg") == b"good"
    assert list(read.values()) == ["its path leads out of the archive"]


def test_links_are_named_and_not_followed(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    with tarfile.open(tmp_path / "links.tar", "w") as archive:
        for name, kind in (
            ("soft.jpg", tarfile.SYMTYPE),
            ("hard.jpg", tarfile.LNKTYPE),
            ("device.jpg", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(tmp_path / "secret.jpg")
            archive.addfile(info)
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        info = zipfile.ZipInfo("soft.jpg")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, str(tmp_path / "secret.jpg"))
    assert set(contents(tmp_path / "links.tar").values()) == {"a link, not a photograph"}
    assert contents(tmp_path / "links.zip") == {"soft.jpg": "a link, not a photograph"}


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz", ""])
def test_a_file_larger_than_any_photograph_is_not_read(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(datasets, "MAX_BYTES", 1000)
    members = {"bomb.jpg": bytes(1001), "good.jpg": bytes(1000)}
    source = tmp_path / f"album{suffix}"
    if suffix:
        archive_of(source, members)
    else:
        source.mkdir()
        for name, content in members.items():
            (source / name).write_bytes(content)
    assert contents(source) == {
        "bomb.jpg": "1,001 bytes; the limit is 1,000",
        "good.jpg": bytes(1000),
    }


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz"])
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.8])
def test_an_archive_that_breaks_off_is_no_set(tmp_path, suffix, share):
    whole = archive_of(
        tmp_path / f"whole{suffix}", {f"{number}.jpg": os.urandom(3000) for number in range(20)}
    ).read_bytes()
    half = tmp_path / f"half{suffix}"
    half.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DataError, match=re.escape(str(half))) as fault:
        contents(half)
    assert len(str(fault.value).splitlines()) == 1


def test_a_damaged_file_in_a_zip_is_the_fault_of_that_file(tmp_path):
    source = archive_of(tmp_path / "album.zip", {"bad.jpg": b"b" * 500, "good.jpg": b"g" * 500})
    source.write_bytes(source.read_bytes().replace(b"b" * 500, b"b" * 250 + b"c" * 250))
    read = contents(source)
    assert read["good.jpg"] == b"g" * 500 and "CRC" in read["bad.jpg"]


def turned(content, place):
    "One bit of a file is another."
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


HEADER = 2 * (512 + 3072)  # of the third file of the tar archive below: its first byte
DAMAGED = {
    "checksum.tgz": (lambda content: turned(content, len(content) - 6), "CRC check failed"),
    "length.tgz": (lambda content: turned(content, len(content) - 2), "Incorrect length of data"),
    "pixels.tgz": (lambda content: turned(content, len(content) // 2), ""),
    "short.tgz": (lambda content: content[:-8], "ended before the end"),
    "header.tar": (lambda content: turned(content, HEADER), "bad checksum of a header"),
    "twice.tar": (lambda content: content * 2, "it goes on behind its end"),
    "twice.tgz": (lambda content: content * 2, "it goes on behind its end"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_anywhere_in_an_archive_is_told(tmp_path, name):
    damage, said = DAMAGED[name]
    source = archive_of(tmp_path / name, {f"{number}.jpg": os.urandom(3000) for number in range(5)})
    source.write_bytes(damage(source.read_bytes()))
    with pytest.raises(DataError, match=f"{name}: damaged archive .*{said}.*get it again") as fault:
        list_photos(source)
    assert len(str(fault.value).splitlines()) == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("mtime", "nan"),
        ("mtime", "inf"),
        ("mtime", "1e400"),
        ("mtime", "-1e30"),
        ("mtime", "1e300"),
        ("mtime", "x"),
    ],
)
def test_an_impossible_date_is_no_fault_of_the_photograph(tmp_path, name, value):
    source = tmp_path / "album.tar"
    with tarfile.open(source, "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("1.jpg")
        info.size, info.pax_headers = 1, {name: value}
        archive.addfile(info, io.BytesIO(b"x"))
    assert contents(source) == {"1.jpg": b"x"}
    assert isinstance(list_photos(source)[0].modified, int)


def test_a_zip_without_a_date_is_read(tmp_path):
    source = archive_of(tmp_path / "album.zip", {"1.jpg": b"x"})
    content = source.read_bytes()
    place = content.find(b"PK\1\2")
    source.write_bytes(
        content[: place + 12] + bytes(4) + content[place + 16 :]
    )  # the zeroth of the zeroth month of 1980
    assert contents(source) == {"1.jpg": b"x"}


@pytest.mark.parametrize("size", ["-5120", "-1"])
def test_a_tar_file_that_leads_backwards_has_an_end(tmp_path, size):
    source = tmp_path / "album.tar"
    with tarfile.open(source, "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("1.jpg")
        info.size, info.pax_headers = 1, {"size": size}
        archive.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(DataError, match=f"a file of {size} bytes"):
        list_photos(source)


@pytest.mark.parametrize(
    "before, said",
    [([], "neither a folder nor a whole"), (["good.jpg"], "a header that claims 67,108,864 bytes")],
)
def test_a_long_name_that_is_a_bomb_is_not_read(tmp_path, before, said):
    source = tmp_path / "album.tgz"
    with tarfile.open(source, "w:gz") as archive:
        for name in before:
            archive.addfile(tarfile.TarInfo(name))
        info = tarfile.TarInfo("long")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**26
        archive.addfile(info, io.BytesIO(bytes(2**26)))
    assert source.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(DataError, match=said):
        list_photos(source)
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz"])
def test_an_archive_with_any_bytes_changed_is_read_or_refused_in_one_line(tmp_path, suffix):
    whole = archive_of(
        tmp_path / f"whole{suffix}",
        {f"{number}.jpg": bytes(500) + os.urandom(500) for number in range(3)},
    ).read_bytes()
    draw = random.Random(1)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(draw.choice((1, 3, 20))):
            content[draw.randrange(len(content))] = draw.randrange(256)
        changed = tmp_path / f"changed{suffix}"
        changed.write_bytes(content)
        try:
            contents(changed)
        except DataError as fault:
            assert len(str(fault).splitlines()) == 1


def test_a_pipe_or_a_device_is_no_source(tmp_path):
    os.mkfifo(tmp_path / "pipe.tar")
    for source in (tmp_path / "pipe.tar", "/dev/zero"):
        with pytest.raises(DataError, match="neither a folder nor a whole"):
            list_photos(source)
    for source in ("x" * 5000, "nul\0"):
        with pytest.raises(DataError, match="no such folder or archive"):
            list_photos(source)


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("page.zip", b"<html>404</html>", "neither a folder nor a whole"),
        ("gone.zip", None, "no such folder or archive"),
        ("empty.tar", b"", "neither a folder nor a whole"),
    ],
)
def test_what_is_no_archive_is_named(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        list_photos(tmp_path / name)


def test_a_source_without_photographs_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    for source in (
        tmp_path / "empty",
        archive_of(tmp_path / "texts.tar", {"notes.txt": b"dear diary"}),
    ):
        with pytest.raises(DataError, match="no photographs in it"):
            list_photos(source)

"""Where photographs come from: strangers' archives, shaky connections, changed files."""

import http.server
import io
import json
import lzma
import os
import random
import re
import sys
import tarfile
import threading
import tracemalloc
import zipfile
from hashlib import sha256
from pathlib import PurePosixPath

import pytest

from dlcolorize import datasets
from dlcolorize.datasets import (
    CATALOG,
    USED_SETS,
    DataError,
    PhotoSet,
    SourceNeeded,
    compare_with_names,
    fetch,
    list_photos,
    name_photos,
    read_listed,
    read_names,
)


def archive_of(path, members):
    "Write a .zip, .tar or .tgz with just these names and contents."
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path


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


def test_the_manifests_name_every_photograph_once():
    counts = {}
    for used in USED_SETS:
        names = read_names(used.name)
        counts[used.name] = len(names)
        assert names == sorted(names) and len({name.file for name in names}) == len(names)
        assert all(re.fullmatch("[0-9a-f]{16}", name.sha256) for name in names)
        public = {name.source for name in names}
        assert public == {""} if not used.sources else len(public) == len(names)
        assert {name.split for name in names} <= {"train", "valid", "test"}
    assert counts == {
        "coco": 5_000,
        "dogs": 5_000,
        "landscapes": 5_000,
        "general": 22_000,
        "varied": 17_905,
        "objects": 705,
    }
    assert sum(path.stat().st_size for path in datasets.MANIFESTS.iterdir()) < 1_000_000


def test_what_comes_from_the_public_set_has_the_splits_of_the_public_set():
    for name, split in ((name, name.split) for name in read_names("coco")):
        assert name.source.startswith("train2014/" if split == "train" else "val2014/")
        assert PurePosixPath(name.source).stem == PurePosixPath(name.file).stem
    for name in read_names("dogs"):
        assert name.source.startswith("train/" if name.split == "train" else "val/")
    for name in read_names("landscapes"):
        folder = "seg_train" if name.split == "train" else "seg_test"
        label, number = PurePosixPath(name.file).stem.split("-")
        assert name.source == f"{folder}/{label}/{number}.jpg"


@pytest.mark.parametrize("content", [None, b"", b"no xz", lzma.compress(b"a,b\n1,2\n")])
def test_a_manifest_that_is_not_there_or_damaged_is_one_line(tmp_path, monkeypatch, content):
    monkeypatch.setattr(datasets, "MANIFESTS", tmp_path)
    if content is not None:
        (tmp_path / "coco.csv.xz").write_bytes(content)
    with pytest.raises(
        DataError, match="no manifest of this set" if content is None else "damaged"
    ) as fault:
        read_names("coco")
    assert len(str(fault.value).splitlines()) == 1


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz", ""])
def test_archives_are_compared_with_their_manifest(tmp_path, suffix):
    members = {f"set/{split}/{split}.jpg": split.encode() for split in ("train", "valid", "test")}
    if suffix:
        source = archive_of(tmp_path / f"album{suffix}", members)
    else:
        source = tmp_path / "album"
        for name, content in members.items():
            (source / name).parent.mkdir(parents=True)
            (source / name).write_bytes(content)
    names = name_photos([source], lambda split, file: "")
    assert [name.split for name in names] == ["test", "train", "valid"]
    compared = compare_with_names([source], names)
    assert compared.fits and len(compared.same) == 3
    again = [name._replace(sha256="0" * 16) for name in names]
    compared = compare_with_names([source], again)
    assert not compared.fits and not compared.same and len(compared.other) == 3
    assert compare_with_names([source], [*names[:2], again[2]]).other == ["valid/valid.jpg"]
    assert compare_with_names([source], names[:2]).unnamed == ["valid/valid.jpg"]
    more = names[0]._replace(file="more.jpg")
    assert compare_with_names([source], [*names, more]).missing == ["test/more.jpg"]


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


class Publisher(http.server.BaseHTTPRequestHandler):
    "A server that sends `server.answer(request)`: status, headers, body, and how much of it."

    def do_GET(self):
        self.server.asked.append(self.headers.get("Range"))
        status, headers, body, sent = self.server.answer(self)
        self.send_response(status)
        for name, value in ({"Content-Length": len(body)} | headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body[:sent])

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


@pytest.fixture
def publisher(monkeypatch):
    monkeypatch.setattr(datasets.time, "sleep", lambda seconds: None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.photo_set = PhotoSet(
        "album", "for tests", url=f"http://127.0.0.1:{server.server_port}/album.zip"
    )
    yield server
    server.shutdown()
    server.server_close()


def part_of(request, content, etag='"1"', sent=None):
    "The rest of a file that a Range asks for, as RFC 9110 has it."
    wanted = re.match(r"bytes=(\d+)-", request.headers.get("Range") or "")
    if not wanted or request.headers.get("If-Range") != etag:
        return 200, {"ETag": etag}, content, sent
    if int(wanted[1]) >= len(content):
        return 416, {}, b"", None
    return 206, {"ETag": etag}, content[int(wanted[1]) :], sent


CONTENT = os.urandom(100_000)


def test_a_download_that_was_given_up_goes_on_another_day(tmp_path, publisher):
    publisher.answer = lambda request: (
        part_of(request, CONTENT, sent=30_000)
        if len(publisher.asked) == 1
        else (503, {}, b"", None)
    )
    with pytest.raises(
        DataError, match="album: download failed .* goes on where it stopped"
    ) as fault:
        fetch(publisher.photo_set, tmp_path)
    assert len(str(fault.value).splitlines()) == 1
    assert not (tmp_path / "album.zip").exists(), "half a file has the name of a whole one"
    publisher.answer = lambda request: part_of(request, CONTENT)
    assert fetch(publisher.photo_set, tmp_path).read_bytes() == CONTENT
    begun = int(re.findall(r"\d+", publisher.asked[-1])[0])
    assert 0 < begun <= 30_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["album.zip", "album.zip.sha256"]


def test_a_file_that_changes_during_its_download_is_not_mixed(tmp_path, publisher):
    other = os.urandom(90_000)
    publisher.answer = lambda request: (
        part_of(request, CONTENT, sent=40_000)
        if len(publisher.asked) == 1
        else part_of(request, other, etag='"2"')
    )
    assert fetch(publisher.photo_set, tmp_path).read_bytes() == other


def test_a_server_that_cannot_go_on_starts_again(tmp_path, publisher):
    publisher.answer = lambda request: (
        200,
        {"ETag": '"1"'},
        CONTENT,
        40_000 if len(publisher.asked) == 1 else None,
    )
    assert fetch(publisher.photo_set, tmp_path).read_bytes() == CONTENT


def test_a_piece_that_is_longer_than_the_file_starts_again(tmp_path, publisher):
    (tmp_path / "album.zip.part").write_bytes(bytes(200_000))
    (tmp_path / "album.zip.etag").write_text('"1"')
    publisher.answer = lambda request: part_of(request, CONTENT)
    assert fetch(publisher.photo_set, tmp_path).read_bytes() == CONTENT


def test_what_is_not_there_is_said_at_once(tmp_path, publisher):
    publisher.answer = lambda request: (404, {}, b"", None)
    with pytest.raises(DataError, match="404"):
        fetch(publisher.photo_set, tmp_path)
    assert len(publisher.asked) == 1


def test_another_file_than_the_first_time_is_refused(tmp_path, publisher):
    (tmp_path / "album.zip.sha256").write_text(
        f"{sha256(b'the first one').hexdigest()}  album.zip\n"
    )
    publisher.answer = lambda request: part_of(request, CONTENT)
    with pytest.raises(DataError, match="not the file of the first download"):
        fetch(publisher.photo_set, tmp_path)


@pytest.fixture
def kaggle(publisher, monkeypatch, tmp_path):
    "kagglehub, talking to our publisher."
    import kagglesdk.kaggle_env as env

    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kagglehub"))
    monkeypatch.setitem(
        env._env_to_endpoint, env.KaggleEnv.LOCAL, f"http://127.0.0.1:{publisher.server_port}"
    )
    publisher.photo_set = PhotoSet("landscapes", "for tests", kaggle="someone/landscapes")
    publisher.zip = archive_of(
        tmp_path / "kaggle.zip",
        {"seg_train/sea/1.jpg": b"sea", "seg_train/street/2.jpg": b"street"},
    ).read_bytes()

    def answer(request):
        if "DownloadDataset" in request.path:
            return 200, {"Content-Type": "application/zip"}, publisher.zip, None
        return (
            200,
            {"Content-Type": "application/json"},
            json.dumps({"currentVersionNumber": 1}).encode(),
            None,
        )

    publisher.answer = answer
    return publisher


@pytest.mark.parametrize(
    "said, shown", [("", "RuntimeError"), ("No such set.\nSee above.", "No such set. See above.")]
)
def test_whatever_kaggle_says_is_one_line(tmp_path, monkeypatch, said, shown):
    class Refusing:
        def dataset_download(self, handle):
            raise RuntimeError(said)

    monkeypatch.setitem(sys.modules, "kagglehub", Refusing())
    photo_set = PhotoSet("landscapes", "for tests", kaggle="someone/landscapes")
    with pytest.raises(SourceNeeded) as refused:
        fetch(photo_set, tmp_path / "cache")
    assert shown in str(refused.value) and len(str(refused.value).splitlines()) == 1


def test_a_set_comes_from_kaggle(kaggle, tmp_path):
    folder = fetch(kaggle.photo_set, tmp_path / "cache")
    assert contents(folder) == {"seg_train/sea/1.jpg": b"sea", "seg_train/street/2.jpg": b"street"}
    asked = len(kaggle.asked)
    fetch(kaggle.photo_set, tmp_path / "cache")
    assert len(kaggle.asked) <= asked + 1  # for the version only
    next(folder.rglob("1.jpg")).write_bytes(b"damaged")
    with pytest.raises(DataError, match="changed since the first download"):
        fetch(kaggle.photo_set, tmp_path / "cache")


def test_kaggle_says_no(kaggle, tmp_path):
    kaggle.answer = lambda request: (403, {}, b"", None)
    with pytest.raises(
        DataError, match="someone/landscapes: Kaggle did not give it .*give the file"
    ) as fault:
        fetch(kaggle.photo_set, tmp_path / "cache")
    assert len(str(fault.value).splitlines()) == 1

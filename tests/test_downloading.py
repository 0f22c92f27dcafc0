"""Photographs by their names: shaky connections, changed files, photographs that are gone."""

import dataclasses
import hashlib
import http.server
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from hashlib import sha256
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from packing import archive_of, coffee, files_of, saved
from PIL import Image
from typer.testing import CliRunner

from dlcolorize import datasets, downloading
from dlcolorize.command_line import app
from dlcolorize.datasets import (
    CATALOG,
    USED_SETS,
    DataError,
    PhotoSet,
    SourceNeeded,
)
from dlcolorize.downloading import compare_with_names, fetch, gather, name_photos, read_names
from dlcolorize.packed_sets import read_manifest
from dlcolorize.preparing import photos_of_split

pytestmark = pytest.mark.usefixtures("no_histogram")


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
    assert sum(path.stat().st_size for path in downloading.MANIFESTS.iterdir()) < 1_000_000


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
    monkeypatch.setattr(downloading, "MANIFESTS", tmp_path)
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
    monkeypatch.setattr(downloading.time, "sleep", lambda seconds: None)
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
    assert files_of(folder) == {"seg_train/sea/1.jpg": b"sea", "seg_train/street/2.jpg": b"street"}
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


def published_archives(folder):
    "Small archives with the layout of the public ones, and the photographs in them."
    pictures = {
        "train2014.zip": ["train2014/COCO_train2014_000000000001.jpg"],
        "val2014.zip": [f"val2014/COCO_val2014_00000000000{number}.jpg" for number in (2, 3)],
        "imagenette2-320.tgz": ["imagenette2-320/val/n01440764/n01440764_1.JPEG"],
        "data.tar.gz": ["images/train/a/abbey/00000001.jpg", "images/test/00000001.jpg"],
    }
    drawn = {}
    for archive, files in pictures.items():
        for file in files:
            image = coffee.rotate(10 * len(drawn), expand=False).resize((480, 320))
            drawn[file] = saved(image, "jpg")
        if archive.endswith("zip"):
            with zipfile.ZipFile(folder / archive, "w") as packed:
                for file in files:
                    packed.writestr(file, drawn[file])
        else:
            with tarfile.open(folder / archive, "w:gz") as packed:
                for file in files:
                    info = tarfile.TarInfo(file)
                    info.size = len(drawn[file])
                    packed.addfile(info, io.BytesIO(drawn[file]))
    return drawn


@pytest.fixture
def public(tmp_path, monkeypatch):
    "The public sets on a server of this machine, and manifests that name some of them."
    served = tmp_path / "served"
    served.mkdir()
    drawn = published_archives(served)

    class Served(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(served))

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("coco-83k", "coco-40k", "imagenette", "miniplaces"):
        file = CATALOG[name].url.rpartition("/")[2]
        digest = hashlib.sha256((served / file).read_bytes()).hexdigest()
        url = f"http://127.0.0.1:{server.server_port}/{file}"
        local = dataclasses.replace(CATALOG[name], url=url, checksum=f"sha256:{digest}")
        monkeypatch.setitem(CATALOG, name, local)
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    monkeypatch.setattr(downloading, "MANIFESTS", manifests)
    monkeypatch.setenv("DLCOLORIZE_CACHE", str(tmp_path / "cache"))
    coco = [("train", "COCO_train2014_000000000001.webp", "train2014"),
            ("test", "COCO_val2014_000000000003.jpg", "val2014")]  # fmt: skip
    named = {
        "coco": [(split, file, f"{folder}/{Path(file).stem}.jpg") for split, file, folder in coco],
        "general": [
            ("train", "imagenette-n01440764-n01440764_1.webp", "n01440764/n01440764_1.JPEG"),
            ("train", "miniplaces-a-abbey-00000001.webp", "train/a/abbey/00000001.jpg"),
        ],
        "varied": [("train", "cars-0123456789.webp", "")],
    }
    for name, rows in named.items():
        names = [downloading.NamedPhoto(*row, "0" * 16) for row in rows]
        downloading.write_names(names, manifests / f"{name}.csv.xz")
    yield drawn
    server.shutdown()
    server.server_close()


def test_a_set_of_the_study_is_downloaded_by_the_names_of_its_photographs(
    public, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("coco", "general"):
        result = CliRunner().invoke(app, ["data", "prepare", name, "--size", "64"])
        assert result.exit_code == 0, result.stderr
        compared = CliRunner().invoke(app, ["data", "check", name, f"photos/{name}"])
        changed = f"dlcolorize: {name}: 2 were changed, or saved again from the public set"
        assert compared.exit_code == 1 and compared.stderr.startswith(changed)
        assert compared.stdout == f"{name}: 0 photographs are those that were used\n"
    test = Image.open("photos/coco/test/COCO_val2014_000000000003.jpg")
    assert (test.format, test.size) == ("JPEG", (160, 160))
    whole = Image.open(io.BytesIO(public["val2014/COCO_val2014_000000000003.jpg"]))
    squeezed = np.asarray(whole.resize((160, 160), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(squeezed - np.asarray(test)).mean() < 3
    thing = Image.open("photos/general/train/imagenette-n01440764-n01440764_1.webp")
    assert (thing.format, thing.size) == ("WEBP", (160, 160))
    manifest = read_manifest("data/general")
    assert set(manifest.label) == {"imagenette-n01440764", "miniplaces-a-abbey"}
    assert read_manifest("data/coco").split.tolist() == ["train", "test"]
    names = [name for name, _ in photos_of_split("photos/coco", "test")]
    assert names == ["test/COCO_val2014_000000000003.jpg"]


def test_named_photographs_that_are_gone_get_a_line_and_the_others_are_packed(
    public, tmp_path, monkeypatch
):
    names = downloading.read_names("coco")
    more = downloading.NamedPhoto("valid", "COCO_val2014_9.jpg", "val2014/COCO_val2014_9.jpg", "0")
    downloading.write_names([*names, more], downloading.MANIFESTS / "coco.csv.xz")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["data", "prepare", "coco", "--size", "64"])
    assert result.exit_code == 0
    line = "coco: 1 of its photographs are not there, the first of them valid/COCO_val2014_9.jpg"
    assert f"dlcolorize: {line}\n" in result.stderr
    assert CliRunner().invoke(app, ["data", "check", "coco", "photos/coco"]).exit_code == 1


def test_a_photograph_that_cannot_be_decoded_is_missing(public, tmp_path):
    used = next(each for each in datasets.USED_SETS if each.name == "general")
    archive = tmp_path / "served" / "imagenette2-320.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        info = tarfile.TarInfo("imagenette2-320/val/n01440764/n01440764_1.JPEG")
        info.size = 5
        packed.addfile(info, io.BytesIO(b"diary"))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    CATALOG["imagenette"] = dataclasses.replace(CATALOG["imagenette"], checksum=f"sha256:{digest}")
    missing = gather(used, tmp_path / "photos" / "general", tmp_path / "cache")
    assert missing == ["train/imagenette-n01440764-n01440764_1.webp"]


def test_a_set_none_of_whose_photographs_are_there_is_one_line(public, tmp_path, monkeypatch):
    gone = downloading.NamedPhoto("train", "COCO_train2014_9.webp", "train2014/none.jpg", "0")
    downloading.write_names([gone], downloading.MANIFESTS / "coco.csv.xz")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["data", "prepare", "coco"])
    line = result.stderr.strip().splitlines()[-1]
    assert result.exit_code == 1 and "none of its photographs are in coco-83k, coco-40k" in line
    assert not (tmp_path / "photos" / "coco").exists() and not (tmp_path / "data").exists()


def test_an_archive_that_is_not_the_published_one_is_refused(public, tmp_path, monkeypatch):
    monkeypatch.setitem(
        CATALOG,
        "coco-40k",
        dataclasses.replace(CATALOG["coco-40k"], checksum="sha256:" + "0" * 64),
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["data", "prepare", "coco"])
    line = result.stderr.strip().splitlines()[-1]
    assert result.exit_code == 1
    assert "val2014.zip: not the file whose sha256:0000" in line and "is published" in line
    assert not (tmp_path / "photos" / "coco").exists() and not (tmp_path / "data").exists()


def test_a_set_that_cannot_be_had_by_names_is_one_line_with_what_to_do(
    public, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["data", "prepare", "varied"])
    (line,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1 and line.startswith("dlcolorize: varied: ")
    assert line.endswith(
        "leave it out, or give the archive that was used or photographs of your own "
        "(dlcolorize data prepare varied --source PATH)"
    )


def prepare_coco(*sources):
    given = [word for source in sources for word in ("--source", str(source))]
    return CliRunner().invoke(app, ["data", "prepare", "coco", "--size", "64", *given])


def test_public_archives_that_are_given_make_the_set_of_the_study(public, tmp_path, monkeypatch):
    "Not all of their photographs, split in another way."
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(downloading, "fetch", None)
    archives = [tmp_path / "served" / f"{name}2014.zip" for name in ("train", "val")]
    for place in ("into photos/coco", "and are in photos/coco already"):
        result = prepare_coco(*archives)
        assert result.exit_code == 0 and "dlcolorize: " not in result.stderr, result.stderr
        first = result.stdout.splitlines()[0]
        assert first == f"coco: the photographs that were used are picked by their names, {place}"
    names = downloading.read_names("coco")
    assert read_manifest("data/coco").split.tolist() == ["train", "test"]
    for name in names:
        saved = (tmp_path / "photos" / "coco" / name.split / name.file).read_bytes()
        assert saved == downloading.saved_as_used(
            public[name.source], USED_SETS[0], name.split == "train"
        )


def test_given_photographs_that_are_not_the_set_of_the_study_get_a_line(
    public, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copy(tmp_path / "served" / "val2014.zip", "val2014.zip")
    result = prepare_coco("val2014.zip")
    assert result.exit_code == 0 and result.stderr.splitlines()[0] == (
        "dlcolorize: coco: not the set that the project used, which is made from coco-83k and "
        "coco-40k: 1 of its 2 photographs and 1 others are in val2014.zip; "
        "dlcolorize data check coco val2014.zip compares them"
    )
    assert len(read_manifest("data/coco")) == 2 and not Path("photos").exists()
    own = ["data", "prepare", "folder", "--source", "val2014.zip", "--size", "64"]
    assert "dlcolorize: " not in CliRunner().invoke(app, own).stderr
    (downloading.MANIFESTS / "coco.csv.xz").unlink()
    result = prepare_coco("val2014.zip")
    assert result.exit_code == 0 and "coco: no manifest of this set" in result.stderr


@pytest.mark.parametrize("more, said", [({}, False), ({"set/test/more.jpg": "chelsea"}, True)])
def test_the_archive_that_was_used_is_known_by_its_names(
    public, tmp_path, monkeypatch, more, said
):
    monkeypatch.chdir(tmp_path)
    names = [f"set/{name.split}/{name.file}" for name in downloading.read_names("coco")]
    turned = {name: saved(coffee.rotate(50 * number), "jpg")
              for number, name in enumerate([*names, *more])}  # fmt: skip
    result = prepare_coco(archive_of(tmp_path / "used.tar", turned))
    assert result.exit_code == 0 and not Path("photos").exists()
    line = "2 of its 2 photographs and 1 others are in "
    assert (line in result.stderr) == said == ("not the set" in result.stderr)


def test_a_public_set_in_the_place_of_the_picked_photographs_is_left_alone(
    public, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name, content in public.items():
        path = Path("photos", "coco", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    before = files_of(Path("photos"))
    result = prepare_coco("photos/coco")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1 and line.startswith("dlcolorize: photos/coco: ")
    assert "move the public set to another place" in line
    assert files_of(Path("photos")) == before and not Path("data").exists()


def test_the_size_of_a_download_is_told_before_it_begins(public, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked, fetched = [], downloading.fetch
    monkeypatch.setattr(
        downloading, "fetch", lambda *given: asked.append(given) or fetched(*given)
    )
    lines = []

    def told(line):
        assert not asked
        lines.append(line)

    gather(USED_SETS[0], "photos/coco", report=told)
    start = "to download: coco-83k (13.5 GB), coco-40k (6.6 GB), 20.2 GB in all, into "
    assert len(asked) == 2 and len(lines) == 1
    assert lines[0].startswith(f"{start}{tmp_path / 'cache'} (DLCOLORIZE_CACHE")
    shutil.rmtree("photos")
    gather(USED_SETS[0], "photos/coco", report=lines.append)
    downloading.announce(["folder"], lines.append)
    assert len(lines) == 1, "told of a download that has been made"
    downloading.announce(["coco-83k", "miniplaces", "coco-5k"], lines.append)
    assert "to download: miniplaces (size not known), coco-5k (816 MB), into " in "".join(lines)
    result = CliRunner().invoke(app, ["data", "prepare", "miniplaces", "--size", "64"])
    assert result.stdout.startswith("to download: miniplaces (size not known), into ")


@pytest.mark.parametrize(
    "name, files",
    [
        ("coco", "--source train2014.zip --source val2014.zip"),
        ("imagenette", "--source imagenette2-320.tgz"),
        ("landscapes", "--source PATH"),
    ],
)
def test_a_download_that_fails_names_the_command_for_the_file(
    public, tmp_path, monkeypatch, name, files
):
    monkeypatch.chdir(tmp_path)

    def fail(photo_set, cache=None):
        raise SourceNeeded("no network")

    monkeypatch.setattr(downloading, "fetch", fail)
    if name == "landscapes":
        downloading.write_names([], downloading.MANIFESTS / "landscapes.csv.xz")
    result = CliRunner().invoke(app, ["data", "prepare", name])
    line = f"dlcolorize: no network (dlcolorize data prepare {name} {files})"
    assert result.exit_code == 1 and result.stderr.splitlines()[-1] == line


@pytest.fixture
def make(tmp_path):
    "Run make with a script in place of the installed command; its calls are in the file calls."
    root = Path(__file__).parent.parent
    shutil.copy(root / "Makefile", tmp_path)
    script = tmp_path / ".venv" / "bin" / "dlcolorize"
    script.parent.mkdir(parents=True)
    (tmp_path / "results" / "data").mkdir(parents=True)
    script.write_text(
        "#!/bin/sh\necho $@ >> calls\ncase $3 in varied) exit 1;; esac\n"
        "mkdir -p data/$3; echo split > data/$3/summary.csv\n"
    )
    script.chmod(0o755)

    def run(*arguments):
        command = ["make", "--no-print-directory", "-o", ".venv/test.installed", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run


def test_make_data_makes_what_can_be_had_and_names_the_rest(make, tmp_path):
    (tmp_path / "photos" / "dogs").mkdir(parents=True)
    for name in ("general-a.tar", "general-b.tar", "dogs.tar", "coco-val2014.zip"):
        (tmp_path / "photos" / name).touch()
    done = make("data")
    assert done.returncode == 2 and done.stdout == (
        "make data: not made: varied; on the disk, they belong into photos/, as a folder NAME or "
        "as NAME*.tar, .tgz or .zip\n"
    )
    given = {"dogs": " --source photos/dogs",
             "coco": " --source photos/coco-val2014.zip",
             "general": " --source photos/general-a.tar --source photos/general-b.tar"}  # fmt: skip
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"data prepare {name}{given.get(name, '')} --dest data/{name}"
        for name in ("coco", "dogs", "landscapes", "general", "varied", "objects")
    ]


def test_make_downloads_nothing_for_a_misspelled_name(make, tmp_path):
    sets = " ".join(each.name for each in USED_SETS)
    for target in ("data", "study"):
        done = make(target, "SOURCES=phtos")
        assert done.returncode == 2 and done.stdout.startswith(
            f"make {target}: SOURCES=phtos: no such folder; give the one that has {sets}, "
        )
        done = make(target, "SETS=dogs cocoo")
        assert done.returncode == 2 and done.stdout == (
            f"make {target}: cocoo: no set of this name; there are {sets}\n"
        )
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "dogs.tar").touch()
    done = make("data", "SOURCES=archives", "SETS=coco dogs", "UNSEEN=")
    assert done.returncode == 2
    assert done.stdout.startswith("make data: archives: has no coco and no coco*.tar, ")
    calls = (tmp_path / "calls").read_text()
    assert calls == "data prepare dogs --source archives/dogs.tar --dest data/dogs\n"


def test_make_names_the_command_that_makes_a_missing_set(make, tmp_path):
    (tmp_path / "data" / "dogs").mkdir(parents=True)
    (tmp_path / "data" / "dogs" / "manifest.csv").touch()
    options = "SETS=coco dogs", "UNSEEN=", "SOURCES=archives"
    packed = 'not packed in data/: coco; make data SETS="coco" UNSEEN= SOURCES=archives packs them'
    assert make("train", *options).stdout == (
        f'make train: {packed}, and make train SETS="dogs" UNSEEN= does without them\n'
    )
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "dogs.tar").touch()
    for target in ("evaluate", "search", "robustness"):
        done = make(target, *options)
        assert done.returncode == 2 and done.stdout == (
            f"make {target}: no test photographs in archives or photos/ of: coco; "
            "SOURCES=FOLDER names the folder that has them, and "
            'make data SETS="coco" UNSEEN= downloads them into photos/\n'
        )
    (tmp_path / "archives" / "coco.tar").touch()
    for target in ("evaluate", "search"):
        done = make(target, *options)
        assert done.returncode == 2 and done.stdout.startswith(f"make {target}: {packed}")
    assert not (tmp_path / "calls").exists()

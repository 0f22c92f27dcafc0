"""From files to a packed set: whatever the files are, whatever interrupts the work."""

import dataclasses
import hashlib
import http.server
import io
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import tarfile
import threading
import time
import zipfile
import zlib
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pillow_heif
import pytest
import tifffile
from filelock import FileLock
from matplotlib.figure import Figure
from PIL import Image, ImageCms
from processes import Command
from skimage import data
from typer.testing import CliRunner

from dlcolorize import datasets, preparing
from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.command_line import app
from dlcolorize.datasets import CATALOG, DataError, list_photos, unescaped
from dlcolorize.image_reading import read
from dlcolorize.preparing import (
    SPLITS,
    array_of,
    decode,
    gather,
    photos_of_split,
    prepare,
    read_manifest,
    read_split,
    sample_photos,
    split_counts,
    to_square,
)

SIZE = 64
pillow_heif.register_heif_opener()
coffee = Image.fromarray(data.coffee()).resize((300, 200))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    "A few dozen squares of scikit-image's photographs, and some that are dropped."
    folder = sample_photos(tmp_path_factory.mktemp("photos") / "photos", 128, 128)
    Image.fromarray(data.camera()).save(folder / "gray-1.png")
    (folder / "text-1.jpg").write_text("dear diary")
    return folder


@pytest.fixture(scope="module")
def whole(photos, tmp_path_factory):
    dest = tmp_path_factory.mktemp("whole") / "set"
    prepare(photos, dest, SIZE)
    return dest


@pytest.fixture(autouse=True)
def no_histogram(request, monkeypatch):
    "It takes longer than all the rest; it is drawn for the sets of the module."
    monkeypatch.setattr(preparing, "histogram_figure", lambda *arguments: Figure((1, 1)))


def files_of(folder):
    "Everything below a folder, but the lock."
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def arrays_of(dest):
    return {split: (dest / f"{split}.npy").read_bytes() for split in SPLITS}


def saved(image, suffix, **options):
    file = io.BytesIO()
    image.save(file, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix), **options)
    return file.getvalue()


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
    pixels = np.asarray(decode(MEANINGS[name]))
    photo = read(MEANINGS[name])
    assert np.abs(pixels_to_lightness(pixels) - photo.lightness).max() < 1
    same = np.abs(pixels.astype(int) - np.asarray(muted)).mean() < 2
    assert same == (name not in ("gamma", "Adobe RGB", "P3")), "their numbers are not sRGB"


FAULTS = {
    "empty.jpg": (b"", "unreadable", "empty"),
    "text.jpg": (b"dear diary", "undecodable", "not an image"),
    "half.jpg": (saved(coffee, "jpg")[:4000], "undecodable", "truncated"),
    "half.png": (saved(coffee, "png")[:9000], "undecodable", "truncated"),
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


def test_a_folder_that_cannot_be_entered_is_named(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    for parent in (folder, *folder.parents[:3]):
        parent.chmod(0o755)
    sample_photos(folder / "photos" / "open", step=200)
    sample_photos(folder / "photos" / "closed", step=200)
    (folder / "photos" / "closed").chmod(0)
    (folder / "dest").mkdir()
    (folder / "dest").chmod(0o777)
    root = os.geteuid() == 0  # whom no folder keeps out
    if root:
        os.seteuid(65534)
    try:
        manifest = prepare(folder / "photos", folder / "dest" / "set", SIZE)
    finally:
        if root:
            os.seteuid(0)
        (folder / "photos" / "closed").chmod(0o755)
    unreadable = manifest[manifest.dropped == "unreadable"]
    assert unreadable.file.tolist() == ["closed"] and unreadable.detail.tolist() == [
        "folder: Permission denied"
    ]
    assert (manifest.dropped == "").sum() > 5


@pytest.mark.parametrize("kind", ["zip", "tar", "tgz", "shuffled"])
def test_the_set_is_the_same_from_any_source_in_any_order(photos, whole, tmp_path, kind):
    files = sorted(photos.iterdir())
    random.Random(0).shuffle(files)
    source = tmp_path / f"photos.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(source, "w") as archive:
            for path in files:
                archive.write(path, f"photos/{path.name}")
    elif kind == "shuffled":
        source.mkdir()
        for number, path in enumerate(files):  # other names, too
            shutil.copy(path, source / f"{number:03}{path.suffix}")
    else:
        with tarfile.open(source, "w:gz" if kind == "tgz" else "w") as archive:
            for path in files:
                archive.add(path, f"photos/{path.name}")
    prepare(source, tmp_path / "set", SIZE)
    assert arrays_of(tmp_path / "set") == arrays_of(whole)


def test_photographs_that_are_added_move_none_to_another_split(photos, whole, tmp_path):
    more = shutil.copytree(photos, tmp_path / "photos")
    for turn in (90, 180, 270):
        for path in sorted(photos.glob("coffee-*.png")):
            Image.open(path).rotate(turn).save(more / f"turned{turn}-{path.name}")
    after = prepare(more, tmp_path / "set", SIZE).set_index("sha256")
    before = read_manifest(whole).set_index("sha256")
    kept = before.index[before.dropped == ""]
    assert after.split[before.index].equals(before.split)
    assert len(after) > len(before) and set(after.split[~after.index.isin(before.index)]) == set(
        SPLITS
    )
    assert (
        after.dropped[kept] == ""
    ).mean() > 0.9  # the others look like a new one of an earlier split


@pytest.mark.parametrize(
    "first, second", [("train", "test"), ("train", "valid"), ("valid", "test")]
)
def test_no_lookalike_crosses_a_split(tmp_path, first, second):
    for split in SPLITS:
        (tmp_path / "photos" / split).mkdir(parents=True)
    for split, name in zip(SPLITS, ("astronaut", "chelsea", "rocket")):
        Image.fromarray(getattr(data, name)()).save(tmp_path / "photos" / split / f"{name}.png")
    coffee.save(tmp_path / "photos" / first / "coffee.png")
    coffee.resize((240, 160)).save(tmp_path / "photos" / second / "again.jpg", quality=60)
    manifest = prepare(tmp_path / "photos", tmp_path / "set", SIZE).set_index("file")
    twin = manifest.loc[f"{second}/again.jpg"]
    assert (twin.dropped, twin.detail) == ("near-duplicate", f"{first}/coffee.png")
    assert (manifest.dropped != "").sum() == 1
    assert all(file.startswith(split) for file, split in manifest.split.items()), (
        "a set that comes split keeps its splits"
    )


def test_the_manifest_and_the_arrays_say_the_same(photos, whole):
    manifest = pd.read_csv(
        whole / "manifest.csv", keep_default_na=False
    )  # as anybody's pandas reads it
    assert set(manifest.file) == {path.name for path in photos.iterdir()}
    for split in SPLITS:
        pixels, labels = read_split(whole, split)
        rows = manifest[(manifest.split == split) & (manifest.dropped == "")]
        assert (
            pixels.dtype == np.uint8
            and len(pixels) == len(rows) > 0
            and labels == rows.label.tolist()
        )
        for square, row in zip(pixels, rows.itertuples()):
            content = (photos / row.file).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row.sha256
            assert np.array_equal(
                square, to_square(Image.open(io.BytesIO(content)).convert("RGB"), SIZE)
            )


def test_the_pictures_lie_beside_the_set(whole):
    for name in preparing.PICTURES:
        with Image.open(whole / name) as picture:
            assert min(picture.size) > 50 and np.ptp(np.asarray(picture.convert("RGB"))) > 100


def test_a_limit_draws_the_same_photographs_every_time(photos, tmp_path):
    drawn = [
        set(prepare(photos, tmp_path / f"set-{number}", SIZE, limit=20, workers=number).file)
        for number in (1, 2)
    ]
    assert drawn[0] == drawn[1] and len(drawn[0]) == 20
    more = set(prepare(photos, tmp_path / "set-3", SIZE, limit=30).file)
    assert drawn[0] < more


def test_a_finished_set_is_not_made_again_and_another_one_is(photos, tmp_path):
    prepare(photos, tmp_path / "set", SIZE)
    before = (tmp_path / "set" / "train.npy").stat().st_mtime_ns
    prepare(photos, tmp_path / "set", SIZE)
    assert (tmp_path / "set" / "train.npy").stat().st_mtime_ns == before
    prepare(photos, tmp_path / "set", 48)
    assert read_split(tmp_path / "set", "train")[0].shape[1:] == (48, 48, 3)


def test_a_set_is_not_replaced_by_photographs_of_another_source(photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for year in ("1936", "1937"):
        shutil.copytree(photos, tmp_path / year / "scans")
    (tmp_path / "1937" / "scans" / "rocket-0x0.png").unlink()
    prepare_scans = ["data", "prepare", "folder", "--size", str(SIZE), "--source"]
    result = CliRunner().invoke(app, [*prepare_scans, "1936/scans"])
    assert result.exit_code == 0, result.stderr
    before = files_of(tmp_path / "data" / "folder")
    result = CliRunner().invoke(app, [*prepare_scans, "1937/scans"])
    assert result.exit_code == 1 and result.stderr == (
        "dlcolorize: data/folder: has the photographs of other sources (scans); give another "
        "--dest, or delete this folder to replace them\n"
    )
    assert files_of(tmp_path / "data" / "folder") == before
    result = CliRunner().invoke(app, [*prepare_scans, "1937/scans", "--dest", "data/1937"])
    assert result.exit_code == 0, result.stderr
    (tmp_path / "1936" / "scans" / "rocket-0x0.png").unlink()  # the same album has changed
    result = CliRunner().invoke(app, [*prepare_scans, str(tmp_path / "1936" / "scans")])
    assert result.exit_code == 0, result.stderr
    assert arrays_of(tmp_path / "data" / "folder") == arrays_of(tmp_path / "data" / "1937")


def test_a_set_of_an_earlier_version_is_made_again_from_its_own_source(photos, whole, tmp_path):
    dest = shutil.copytree(whole, tmp_path / "set")
    settings = json.loads((dest / "set.json").read_text())
    del settings["version"], settings["place"]
    (dest / "set.json").write_text(json.dumps(settings))
    other = shutil.copytree(photos, tmp_path / "others")
    with pytest.raises(DataError, match="has the photographs of other sources"):
        prepare(other, dest, SIZE)
    prepare(photos, dest, SIZE)
    assert arrays_of(dest) == arrays_of(whole)
    for name in ("set.json", "manifest.csv"):
        assert (dest / name).read_bytes() == (whole / name).read_bytes()


def test_two_at_once_do_no_harm(photos, whole, tmp_path):
    shutil.copytree(whole, tmp_path / "set")
    with (
        FileLock(tmp_path / "set" / ".lock"),
        pytest.raises(DataError, match="another process is preparing it"),
    ):
        prepare(photos, tmp_path / "set", 48)
    assert arrays_of(tmp_path / "set") == arrays_of(whole)


def test_nothing_is_written_outside_the_folder_of_the_set(photos, tmp_path, monkeypatch):
    source = shutil.copytree(photos, tmp_path / "somewhere" / "photos")
    with zipfile.ZipFile(tmp_path / "somewhere" / "evil.zip", "w") as archive:
        archive.writestr("../climber.jpg", saved(coffee, "jpg"))
        archive.writestr("good.jpg", saved(coffee, "jpg"))
    before = files_of(tmp_path)
    monkeypatch.chdir(tmp_path / "somewhere")
    manifest = prepare(
        [source, tmp_path / "somewhere" / "evil.zip"], tmp_path / "set", SIZE
    ).set_index("file")
    assert (
        manifest.detail["../climber.jpg"] == "its path leads out of the archive"
        and manifest.dropped["good.jpg"] == ""
    )
    assert {
        name: content for name, content in files_of(tmp_path).items() if not name.startswith("set/")
    } == before


def command(photos, dest, before=""):
    return Command(
        "data",
        "prepare",
        "folder",
        "--source",
        photos,
        "--dest",
        dest,
        "--size",
        SIZE,
        before=before,
    )


@pytest.mark.parametrize("progress", [0.05, 0.9, 1])
def test_a_run_that_is_killed_is_taken_up(photos, whole, tmp_path, progress):
    "Killed as soon as its journal holds so much of the set; at 1, while the arrays are written."
    dest = tmp_path / "set"
    rows = round(progress * len(list_photos(photos)))
    process = command(photos, dest)
    journal = dest / ".part" / "journal.jsonl"
    while process.poll() is None and not (
        journal.exists() and journal.read_bytes().count(b"\n") > rows
    ):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was done before it could be killed"
    with pytest.raises(DataError, match="not finished"):
        read_split(dest, "train")
    with open(journal, "ab") as file:
        file.write(b'{"source": "half a li')  # as a power cut leaves it
    done = journal.read_bytes().count(b"\n") - 1
    process = command(photos, dest)
    _, said = process.communicate()
    assert (
        process.returncode == 0 and done >= rows and f"{done}/{len(list_photos(photos))}" in said
    ), "it began anew"
    assert arrays_of(dest) == arrays_of(whole)
    assert (dest / "manifest.csv").read_bytes() == (whole / "manifest.csv").read_bytes()
    assert not (dest / ".part").exists()


@pytest.mark.parametrize("interrupted", [3, 9, 14])
def test_sources_of_one_name_are_all_taken_up(tmp_path, interrupted):
    "Such as 1936/scans and 1937/scans, whose files have the same names, too."
    sources = [tmp_path / year / "scans" for year in ("1936", "1937")]
    for source, name in zip(sources, ("coffee", "chelsea")):
        source.mkdir(parents=True)
        image = Image.fromarray(getattr(data, name)())
        for number in range(8):
            tile = image.crop((20 * number, 10 * number, 20 * number + 200, 10 * number + 200))
            tile.save(source / f"{number}.png")
    chosen = preparing.choose_photos(sources, CATALOG["folder"], None)
    settings = preparing.settings_of(chosen, CATALOG["folder"], SIZE, None)
    begun = preparing.Journal(tmp_path / "set" / ".part", settings)
    begun.extend(islice(preparing._examine_all(sources, chosen, begun, 1), interrupted))
    manifest = prepare(sources, tmp_path / "set", SIZE)
    contents = [path.read_bytes() for source in sources for path in source.iterdir()]
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    assert sorted(manifest.sha256) == sorted(digests) and len(set(digests)) == 16
    prepare(sources, tmp_path / "at once", SIZE)
    assert arrays_of(tmp_path / "set") == arrays_of(tmp_path / "at once")


def test_a_journal_without_the_numbers_of_the_sources_is_begun_anew(photos, whole, tmp_path):
    chosen = preparing.choose_photos([photos], CATALOG["folder"], None)
    settings = preparing.settings_of(chosen, CATALOG["folder"], SIZE, None)
    old = {name: value for name, value in settings.items() if name != "version"}
    begun = preparing.Journal(tmp_path / "set" / ".part", old)
    row = dict(source=photos.name, file="rocket-0x0.png", sha256="0" * 64, dropped="gray")
    begun.extend([(row, None)])
    prepare(photos, tmp_path / "set", SIZE)
    assert arrays_of(tmp_path / "set") == arrays_of(whole)


def test_a_set_is_not_packed_without_photographs_that_disappear(photos, tmp_path, monkeypatch):
    source, read = shutil.copytree(photos, tmp_path / "photos"), preparing.read_listed

    def read_without_one(folder, wanted):
        (source / "rocket-0x0.png").unlink(missing_ok=True)
        return read(folder, wanted)

    monkeypatch.setattr(preparing, "read_listed", read_without_one)
    count = len(list_photos(source))
    with pytest.raises(DataError, match=f"{count - 1} of {count} photographs were read"):
        prepare(source, tmp_path / "set", SIZE)
    prepare(source, tmp_path / "set", SIZE)
    assert len(read_manifest(tmp_path / "set")) == count - 1


@pytest.mark.parametrize("renamed", [0, 1, 2, 5, 7])
def test_a_run_that_is_killed_between_two_renamings_is_taken_up(
    photos, whole, tmp_path, monkeypatch, renamed
):
    class Killed(BaseException):
        pass

    replace, count = os.replace, iter(range(100))

    def until(old, new):
        if tmp_path / "set" == new.parent and next(count) == renamed:
            raise Killed
        replace(old, new)

    monkeypatch.setattr(preparing.os, "replace", until)
    with pytest.raises(Killed):
        prepare(photos, tmp_path / "set", SIZE)
    monkeypatch.setattr(preparing.os, "replace", replace)
    with pytest.raises(DataError, match="not finished"):
        read_split(tmp_path / "set", "train")
    prepare(photos, tmp_path / "set", SIZE)
    assert files_of(tmp_path / "set").keys() == files_of(whole).keys() and arrays_of(
        tmp_path / "set"
    ) == arrays_of(whole)


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_a_full_disk_is_said_and_what_is_done_is_kept(photos, whole, tmp_path, share):
    "No file may be larger than a share of what all squares need, as on a full disk."
    dest = tmp_path / "set"
    size = sum(len(array_of(whole, split)) for split in SPLITS) * SIZE**2 * 3
    limit = int(size * share)
    process = command(
        photos,
        dest,
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))",
    )
    _, said = process.communicate()
    assert process.returncode == 1, said
    assert (
        said.splitlines()[-1].endswith("File too large; what is done is kept, another try goes on")
        and "Traceback" not in said
    )
    with pytest.raises(DataError, match="not finished"):
        read_split(dest, "train")
    assert (dest / ".part" / "journal.jsonl").read_bytes().count(b"\n") > 1
    process = command(photos, dest)
    process.communicate()
    assert process.returncode == 0 and arrays_of(dest) == arrays_of(whole)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["cats"], "there are coco-5k"),
        (["folder"], "--source"),
        (["folder", "--source", "gone.tar"], "gone.tar: no such folder or archive"),
        (
            ["intel-landscapes", "--source", "photos"],
            "no photographs of mountain, glacier, sea, forest",
        ),
    ],
)
def test_a_wrong_source_is_one_line(photos, tmp_path, monkeypatch, arguments, said):
    shutil.copytree(photos, tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["data", "prepare", *arguments])
    (line,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1 and said in line
    assert not (tmp_path / "data").exists() or not list(tmp_path.rglob("*.npy"))


def test_a_set_takes_its_own_photographs_only(tmp_path):
    for label, name in (("forest", "coffee"), ("sea", "rocket"), ("street", "chelsea")):
        (tmp_path / "intel" / "seg_train" / label).mkdir(parents=True)
        Image.fromarray(getattr(data, name)()).save(
            tmp_path / "intel" / "seg_train" / label / "20.jpg"
        )
    manifest = prepare(
        tmp_path / "intel", tmp_path / "set", SIZE, photo_set=CATALOG["intel-landscapes"]
    )
    assert sorted(manifest.label) == ["forest", "sea"]


OF_THE_STUDY = {
    "dogs/train/n02086240-n02086240_5165.webp": "n02086240",
    "dogs/train/n02111889-ILSVRC2012_val_00003808.webp": "n02111889",
    "landscapes/test/mountain-3465.jpg": "mountain",
    "general/train/miniplaces-b-bakery-shop-00000288.webp": "miniplaces-b-bakery-shop",
    "coco/valid/COCO_val2014_000000018938.jpg": "",
}


def test_photographs_of_an_album_have_no_labels_and_those_of_the_study_do(tmp_path):
    sample_photos(tmp_path / "tiles", 128, 128)
    tiles = sorted((tmp_path / "tiles").iterdir())
    album = "IMG-20200101-WA0001.png", "DSC-0012.png", "2020-07-01.png", "trips/rome-1.png"
    (tmp_path / "album" / "trips").mkdir(parents=True)
    for path, name in zip(tiles, album):
        shutil.copy(path, tmp_path / "album" / name)
    with tarfile.open(tmp_path / "dogs.tar", "w") as archive:
        for path, name in zip(tiles, OF_THE_STUDY):
            archive.add(path, name)
    for name, source in (("folder", "album"), ("dogs", "dogs.tar")):
        options = ["--source", tmp_path / source, "--dest", tmp_path / name, "--size", SIZE]
        result = CliRunner().invoke(app, ["data", "prepare", name, *map(str, options)])
        assert result.exit_code == 0, result.stderr
    assert read_manifest(tmp_path / "folder").label.tolist() == [""] * len(album)
    manifest = read_manifest(tmp_path / "dogs")
    assert dict(zip(manifest.file, manifest.label)) == OF_THE_STUDY
    named = dataclasses.replace(CATALOG["folder"], labels_in_names=True)
    manifest = prepare(tmp_path / "album", tmp_path / "named", SIZE, photo_set=named)
    assert set(manifest.label) == {"IMG-20200101", "DSC", "2020-07", "rome"}


def with_a_bit_turned(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def array_file(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


DAMAGE = {
    "shorter": lambda content, pixels: content[: len(content) // 2],
    "longer": lambda content, pixels: content + b"more",
    "gone": lambda content, pixels: None,
    "no array": lambda content, pixels: b"dear diary",
    "one bit": lambda content, pixels: with_a_bit_turned(content, len(content) // 2),
    "fewer": lambda content, pixels: array_file(pixels[1:]),
    "wider": lambda content, pixels: array_file(np.concatenate([pixels, pixels], 1)),
    "gray": lambda content, pixels: array_file(pixels[..., 0]),
    "float": lambda content, pixels: array_file(pixels.astype(np.float32)),
    "signed": lambda content, pixels: array_file(pixels.astype(np.int8)),
    "by columns": lambda content, pixels: array_file(np.asfortranarray(pixels)),
    "objects": lambda content, pixels: array_file(np.array([None, 1])),
    "other photographs": lambda content, pixels: array_file(pixels[::-1]),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_set_whose_array_is_not_what_it_says_is_refused_and_made_again(
    photos, whole, tmp_path, damage
):
    dest = shutil.copytree(whole, tmp_path / "set")
    path = dest / "train.npy"
    content = DAMAGE[damage](path.read_bytes(), np.load(path))
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match="train.npy: .*prepare it again") as fault:
        read_split(dest, "train")
    assert len(str(fault.value).splitlines()) == 1
    prepare(photos, dest, SIZE)
    assert arrays_of(dest) == arrays_of(whole)


@pytest.mark.parametrize("name", ["manifest.csv", "set.json"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"null", b"\0" * 500, b"\xff\xfe\xe9", b"source,file\n", b"[" * 100_000],
)
def test_a_set_that_says_nonsense_of_itself_is_one_line_and_made_again(
    photos, whole, tmp_path, name, content
):
    dest = shutil.copytree(whole, tmp_path / "set")
    (dest / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name}: .*damaged; prepare it again") as fault:
        read_split(dest, "train")
    assert len(str(fault.value).splitlines()) == 1
    prepare(photos, dest, SIZE)
    assert arrays_of(dest) == arrays_of(whole)


def test_a_set_of_before_checksums_is_still_read(whole, tmp_path):
    dest = shutil.copytree(whole, tmp_path / "set")
    settings = json.loads((dest / "set.json").read_text())
    del settings["arrays"]
    (dest / "set.json").write_text(json.dumps(settings))
    assert np.array_equal(read_split(dest, "train")[0], np.load(whole / "train.npy"))


POWER_FAILURES = {
    "half a line": lambda lines, pixels: (lines[:-40], pixels),
    "zeros": lambda lines, pixels: (lines + b"\0" * 4096, pixels),
    "zeros and a line break": lambda lines, pixels: (lines + b"\0" * 100 + b"\n", pixels),
    "zeros in the middle": lambda lines, pixels: (
        lines[:2000] + b"\0" * 512 + lines[2512:],
        pixels,
    ),
    "garbage": lambda lines, pixels: (
        lines + bytes(range(256)) + b"\n[1]\n{}\n" + b"[" * 100_000 + b"\n",
        pixels,
    ),
    "a row without a square": lambda lines, pixels: (
        lines + b'{"square": null, "checksum": 0}\n',
        pixels,
    ),
    "pixels that never came": lambda lines, pixels: (
        lines,
        pixels[: SIZE**2 * 3 * 3] + bytes(len(pixels) - SIZE**2 * 3 * 3),
    ),
    "pixels that are short": lambda lines, pixels: (lines, pixels[: SIZE**2 * 3 * 3 + 5]),
    "a first line that is none": lambda lines, pixels: (b"\0" * 50 + lines[50:], pixels),
    "nothing": lambda lines, pixels: (b"", b""),
}


@pytest.mark.parametrize("failure", POWER_FAILURES)
def test_after_a_power_failure_what_is_valid_is_used_and_the_rest_is_done(
    photos, whole, tmp_path, monkeypatch, failure
):
    examine, count = preparing.examine, iter(range(1000))

    def until_the_power_fails(*arguments):
        if next(count) == 12:
            raise KeyboardInterrupt
        return examine(*arguments)

    monkeypatch.setattr(preparing, "examine", until_the_power_fails)
    with pytest.raises(KeyboardInterrupt):
        prepare(photos, tmp_path / "set", SIZE, workers=1)
    part = tmp_path / "set" / ".part"
    lines, pixels = POWER_FAILURES[failure](
        (part / "journal.jsonl").read_bytes(), (part / "squares.u8").read_bytes()
    )
    (part / "journal.jsonl").write_bytes(lines)
    (part / "squares.u8").write_bytes(pixels)
    done = []
    monkeypatch.setattr(
        preparing, "examine", lambda photo, *rest: done.append(photo.file) or examine(photo, *rest)
    )
    prepare(photos, tmp_path / "set", SIZE, workers=1)
    assert arrays_of(tmp_path / "set") == arrays_of(whole)
    anew = failure in ("a first line that is none", "nothing")
    assert (len(done) == len(list_photos(photos))) == anew


def test_names_of_any_bytes_are_escaped_and_lead_back(tmp_path):
    names = [
        'comma, "quoted".jpg',
        "two\nlines\r.jpg",
        "back\\nslash.jpg",
        b"caf\xe9.jpg".decode("utf-8", "surrogateescape"),
        "NA.jpg",
        "\u732b.jpg",
    ]
    turned = {name: saved(coffee.rotate(50 * number), "jpg") for number, name in enumerate(names)}
    with tarfile.open(tmp_path / "album.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in turned.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (tmp_path / "album").mkdir()
    for name, content in turned.items():
        (tmp_path / "album" / name).write_bytes(content)
    for source in ("album.tar", "album"):
        manifest = prepare(tmp_path / source, tmp_path / f"set of {source}", SIZE)
        assert sorted(map(unescaped, manifest.file)) == sorted(names)
        assert all(
            hashlib.sha256(turned[unescaped(row.file)]).hexdigest() == row.sha256
            for row in manifest.itertuples()
        )
        assert (
            manifest.file.str.fullmatch(r"[^\x00-\x1f]+").all() and (manifest.dropped == "").any()
        )
        assert (
            sum(len(read_split(tmp_path / f"set of {source}", split)[0]) for split in SPLITS)
            == (manifest.dropped == "").sum()
        )


def test_a_set_of_the_users_file_is_prepared_by_its_name(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "CATALOG", dict(datasets.CATALOG))
    (tmp_path / "sets.py").write_text(
        "from dlcolorize import datasets\n"
        "datasets.CATALOG['harbors'] = datasets.PhotoSet('harbors', 'ships and piers')\n"
    )
    monkeypatch.chdir(tmp_path)
    command = ["data", "prepare", "harbors", "--source", str(photos), "--size", "64"]
    unknown = CliRunner().invoke(app, command)
    assert unknown.exit_code == 1 and "harbors: no set of this name" in unknown.stderr
    assert CliRunner().invoke(app, [*command, "--import", "sets.py"]).exit_code == 0
    assert json.loads((tmp_path / "data" / "harbors" / "set.json").read_text())["name"] == "harbors"


def test_only_regular_files_are_read_and_the_others_get_a_line(tmp_path, monkeypatch):
    "A pipe would wait for ever, a device never end."
    (tmp_path / "photos" / "linked").mkdir(parents=True)
    coffee.save(tmp_path / "photos" / "good.png")
    os.mkfifo(tmp_path / "photos" / "pipe.jpg")
    (tmp_path / "photos" / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "photos" / "dangling.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "photos" / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "photos" / "folder").symlink_to("linked")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        app, ["data", "prepare", "folder", "--source", "photos", "--dest", "set", "--size", "64"]
    )
    assert result.exit_code == 0
    said = [line for line in result.stderr.splitlines() if line.startswith("dlcolorize: ")]
    assert sorted(said) == [
        "dlcolorize: dangling.jpg: passed over (No such file or directory)",
        "dlcolorize: folder: passed over (folder: a link, which is not followed)",
        "dlcolorize: loop.jpg: passed over (Too many levels of symbolic links)",
        "dlcolorize: pipe.jpg: passed over (not a regular file)",
        "dlcolorize: zero.jpg: passed over (not a regular file)",
    ]
    assert "1 of 6 kept; passed over: 5 unreadable" in result.stdout


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


@pytest.mark.parametrize("kind", ["set", "folder above", "tar", "zip", "two sets"])
def test_the_charts_of_a_packed_set_are_no_photographs(whole, tmp_path, kind):
    sets = tmp_path / "data"
    for name in ("album", "more") if kind == "two sets" else ("album",):
        shutil.copytree(whole, sets / name)
    source = {"set": sets / "album", "folder above": tmp_path, "two sets": sets}.get(kind)
    if source is None:
        source = Path(shutil.make_archive(str(tmp_path / "sets"), kind, sets))
        shutil.rmtree(sets)
    for split in SPLITS:
        with pytest.raises(DataError, match="a packed set"):
            list(photos_of_split(source, split))
    with pytest.raises(DataError, match="a packed set"):
        prepare(source, tmp_path / "dest", SIZE)
    for command in (["evaluate", "--data"], ["data", "prepare", "folder", "--source"]):
        result = CliRunner().invoke(app, [*command, str(source)])
        (line,) = result.stderr.strip().splitlines()
        assert result.exit_code == 1 and "a packed set" in line


def test_a_set_inside_its_own_source_is_not_packed_again(photos, whole, tmp_path):
    source = shutil.copytree(photos, tmp_path / "photos")
    prepare(source, source / "data" / "set", SIZE)
    before = (source / "data" / "set" / "manifest.csv").stat().st_mtime_ns
    prepare(source, source / "data" / "set", SIZE)
    assert (source / "data" / "set" / "manifest.csv").stat().st_mtime_ns == before
    assert arrays_of(source / "data" / "set") == arrays_of(whole)
    names = {name for split in SPLITS for name, _ in photos_of_split(source, split)}
    assert names == {path.name for path in photos.iterdir()}


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
    monkeypatch.setattr(datasets, "MANIFESTS", manifests)
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
        names = [datasets.NamedPhoto(*row, "0" * 16) for row in rows]
        datasets.write_names(names, manifests / f"{name}.csv.xz")
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
    names = datasets.read_names("coco")
    more = datasets.NamedPhoto("valid", "COCO_val2014_9.jpg", "val2014/COCO_val2014_9.jpg", "0")
    datasets.write_names([*names, more], datasets.MANIFESTS / "coco.csv.xz")
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
    gone = datasets.NamedPhoto("train", "COCO_train2014_9.webp", "train2014/none.jpg", "0")
    datasets.write_names([gone], datasets.MANIFESTS / "coco.csv.xz")
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
    assert "leave it out (--source)" in line


def test_make_data_makes_what_can_be_had_and_names_the_rest(public, tmp_path):
    "With what make calls in place of the installed command."
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
    (tmp_path / "photos" / "dogs").mkdir(parents=True)
    for name in ("general-a.tar", "general-b.tar", "dogs.tar"):
        (tmp_path / "photos" / name).touch()
    command = ["make", "--no-print-directory", "-o", ".venv/test.installed", "data"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout.startswith("make data: not made: varied\n")
    given = {"dogs": " --source photos/dogs",
             "general": " --source photos/general-a.tar --source photos/general-b.tar"}  # fmt: skip
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"data prepare {name}{given.get(name, '')} --dest data/{name}"
        for name in ("coco", "dogs", "landscapes", "general", "varied", "objects")
    ]

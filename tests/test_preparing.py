"""From folders and archives to a packed set: the same photographs, in the same splits."""

import dataclasses
import hashlib
import io
import json
import os
import random
import shutil
import tarfile
import zipfile
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from packing import SIZE, arrays_of, coffee, files_of, saved
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from dlcolorize import datasets, downloading, packed_sets, preparing
from dlcolorize.cleaning import PREDICTED
from dlcolorize.command_line import app
from dlcolorize.datasets import CATALOG, DataError, list_photos, unescaped
from dlcolorize.evaluation import read_test_photos
from dlcolorize.image_reading import as_photo
from dlcolorize.image_writing import WriteOptions, write
from dlcolorize.packed_sets import SPLITS, read_manifest, read_split
from dlcolorize.preparing import photos_of_split, prepare, sample_photos

pytestmark = pytest.mark.usefixtures("no_histogram")


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


def test_predicted_colors_are_neither_trained_on_nor_taken_for_the_truth(photos, tmp_path):
    album = tmp_path / "album"
    (album / "test").mkdir(parents=True)
    shutil.copy(next(photos.glob("*.png")), album / "test" / "true.png")
    pixels = np.asarray(Image.open(max(photos.glob("*.png"))).convert("RGB"))
    for suffix in ("jpg", "png", "tif", "webp"):
        write(album / "test" / f"predicted.{suffix}", [(pixels, as_photo(pixels))],
              WriteOptions(provenance={"model": "base"}))
    manifest = prepare(album, tmp_path / "set", SIZE).set_index("file").dropped
    assert manifest.pop("test/true.png") == ""
    assert len(manifest) == 4 and (manifest == PREDICTED).all()
    faults = []
    names, _ = read_test_photos(album, size=32, on_fault=faults.append)
    assert names == ["test/true.png"] and len(faults) == 4
    assert all("colored by dlcolorize, so its colors are not the true ones" in line
               for line in faults)
    with pytest.raises(DataError, match="colored by dlcolorize"):
        read_test_photos(album)


def test_a_set_is_not_packed_among_other_files(photos, tmp_path):
    own = shutil.copytree(photos, tmp_path / "own")
    (own / "photographs.png").write_bytes(b"mine")
    before = files_of(own)
    for sources in (photos, own):
        with pytest.raises(DataError, match="own: holds other files, .* with --dest"):
            prepare(sources, own, SIZE)
    assert files_of(own).items() >= before.items()
    with pytest.raises(DataError) as error:
        read_manifest(own)
    assert error.value.option.startswith(f"dlcolorize data prepare folder --source {own} ")
    (tmp_path / "empty").mkdir()
    prepare(photos, tmp_path / "empty", SIZE)


def test_a_set_that_a_download_would_replace_is_found_before_the_download(
    photos, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    own = shutil.copytree(photos, tmp_path / "own" / "dogs")
    prepare_dogs = ["data", "prepare", "dogs", "--size", str(SIZE)]
    result = CliRunner().invoke(app, [*prepare_dogs, "--source", str(own)])
    assert result.exit_code == 0, result.stderr
    monkeypatch.setattr(downloading, "gather", None)  # begins the download
    result = CliRunner().invoke(app, prepare_dogs)
    assert result.exit_code == 1 and result.stderr == (
        "dlcolorize: data/dogs: has the photographs of other sources (dogs); give another "
        "--dest, or delete this folder to replace them\n"
    )


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
    begun = packed_sets.Journal(tmp_path / "set" / ".part", settings)
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
    begun = packed_sets.Journal(tmp_path / "set" / ".part", old)
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


@pytest.mark.parametrize(
    "arguments, said",
    [
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
    assert unknown.exit_code == 2 and "harbors: no set of this name" in unknown.stderr
    assert "there are coco-5k" in unknown.stderr
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
    with pytest.raises(DataError, match=r"^photos/\w+(\.jpg)?: cannot be read \("):
        list(photos_of_split("photos", "test"))
    faults = []
    of_splits = {split: list(photos_of_split("photos", split, faults.append)) for split in SPLITS}
    ((split, ((name, _),)),) = ((split, found) for split, found in of_splits.items() if found)
    assert name == "good.png" and len(set(faults)) == 5
    missing = "photos/dangling.jpg: cannot be read (No such file or directory); left out"
    assert missing in faults
    result = CliRunner().invoke(app, ["evaluate", "--data", "photos", "--split", split])
    lines = result.stderr.splitlines()
    assert result.exit_code == 1 and f"dlcolorize: {missing}" in lines
    assert sum("; left out" in line for line in lines) == 5


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

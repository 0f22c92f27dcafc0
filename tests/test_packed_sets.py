"""Whatever interrupts the work, whatever becomes of the files: a set is whole, or is refused."""

import hashlib
import io
import json
import os
import shutil
import signal
import time

import numpy as np
import pandas as pd
import pytest
from packing import SIZE, arrays_of, files_of
from PIL import Image
from processes import Command

from dlcolorize import packed_sets, preparing
from dlcolorize.cleaning import to_square
from dlcolorize.datasets import DataError, list_photos
from dlcolorize.packed_sets import SPLITS, array_of, read_split
from dlcolorize.preparing import prepare

pytestmark = pytest.mark.usefixtures("no_histogram")


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
    for name in packed_sets.PICTURES:
        with Image.open(whole / name) as picture:
            assert min(picture.size) > 50 and np.ptp(np.asarray(picture.convert("RGB"))) > 100


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

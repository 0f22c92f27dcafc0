"""The commands that color, as programs meet them: exit codes, a line for each fault, JSON alone."""

import contextlib
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import onnx
import pytest
from conftest import many, pixels, reports_of, small
from PIL import Image
from skimage import data

from dlcolorize import (
    files,
    image_formats,
    image_writing,
    model_files,
)
from dlcolorize.model_files import WEIGHTS

FAULTS = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"dear diary", "not an image"),
    "short.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\0\0\0\0", "cut short"),
}


@pytest.fixture
def colored(album):
    "The album with a photograph in color."
    Image.fromarray(data.astronaut()).resize((128, 128)).save(album / "astronaut.png")
    return album


def test_a_folder_keeps_its_tree(dlcolorize, album, tmp_path):
    result = dlcolorize("colorize", album, "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    before, after = pixels(album / "camera.png"), pixels(tmp_path / "out" / "camera.png")
    assert after.shape == (*before.shape, 3)
    assert (after.max(-1) - after.min(-1)).mean() > 3  # it has color
    assert (tmp_path / "out" / "1936" / "cat.jpg").exists()


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_file_is_named_and_the_others_are_done(run, album, tmp_path, name):
    content, said = FAULTS[name]
    (album / name).write_bytes(content)
    result = run("colorize", album, "--out", tmp_path / "out")
    assert result.exit_code == 1 and (tmp_path / "out" / "camera.png").exists()
    (line,) = result.stderr.strip().splitlines()
    assert str(album / name) in line and said in line
    assert not (tmp_path / "out" / name).exists()


def test_what_is_not_there_is_named_and_the_others_are_done(run, album, tmp_path):
    (tmp_path / "nothing").mkdir()
    result = run(
        "colorize",
        "gone.jpg",
        "b" * 300,
        tmp_path / "nothing",
        album / "camera.png",
        "--out",
        "out",
    )
    assert result.exit_code == 1 and (tmp_path / "out" / "camera.png").exists()
    lines = result.stderr.strip().splitlines()
    assert (
        len(lines) == 3
        and "gone.jpg: no such file" in lines[0]
        and "too long" in lines[1]
        and "no photographs" in lines[2]
    )


def test_what_is_left_out_says_so(run, album, tmp_path):
    (album / "icon.tga").touch()
    (album / "linked").symlink_to("1936")
    result = run("colorize", album, "--out", "out")
    assert (
        result.exit_code == 0
        and "2 colorized" in result.stdout
        and "2 left alone, 0 failed" in result.stdout
    )
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        f"{album}/icon.tga",
        f"{album}/linked",
    ]
    (album / "broken.jpg").symlink_to("nowhere")
    reports, summary = reports_of(run("colorize", album, "--out", "out", "--json"))
    assert (
        reports["icon.tga"]["skipped"]
        and "not read" in reports["icon.tga"]["reason"]
        and reports["icon.tga"]["error"] is None
    )
    assert (
        reports["broken.jpg"]["error"] == f"{album}/broken.jpg: a link to a file that is not there"
    )
    assert summary.items() >= dict(colorized=0, skipped=4, failed=1).items()


def test_json_is_one_object_a_file_and_nothing_else(run, album):
    (album / "text.jpg").write_bytes(b"dear diary")
    result = run("colorize", album, "--json")
    reports, summary = reports_of(result)
    assert len(reports) == 3 and result.exit_code == 1
    assert summary.items() >= dict(colorized=2, skipped=0, failed=1).items()
    keys = {"input", "output", "size", "pages", "skipped", "reason", "notes", "seconds", "error"}
    assert all(report.keys() == keys for report in reports.values())
    assert reports["camera.png"]["size"] == [192, 128] and reports["camera.png"]["error"] is None
    assert reports["text.jpg"]["output"] is None and "not an image" in reports["text.jpg"]["error"]


def test_photographs_in_color_are_left_alone(run, colored, tmp_path):
    alone, among = (
        run("colorize", colored / "astronaut.png", "--out", "out"),
        run("colorize", colored, "--out", "out"),
    )
    assert (
        alone.stderr == among.stderr == f"dlcolorize: {colored}/astronaut.png: "
        "already in color; --recolor colors it all the same\n"
    )
    assert (
        alone.exit_code == among.exit_code == 0
        and "0 colorized" in alone.stdout
        and "2 colorized" in among.stdout
    )
    assert "1 left alone" in alone.stdout and not (tmp_path / "out" / "astronaut.png").exists()
    reports, _ = reports_of(run("colorize", colored, "--out", "out", "--json"))
    assert reports["astronaut.png"]["skipped"] and reports["astronaut.png"]["reason"].startswith(
        "already in color"
    )
    result = run("colorize", colored, "--out", "out", "--recolor")
    assert (
        "1 colorized" in result.stdout
        and not result.stderr
        and (tmp_path / "out" / "astronaut.png").exists()
    )


def test_what_is_there_is_left_alone_unless_asked(run, album, tmp_path):
    assert run("colorize", album, "--out", "out").exit_code == 0
    before = (tmp_path / "out" / "camera.png").read_bytes()
    result = run("colorize", album, "--out", "out", "--vividness", "0", "--json")
    assert result.exit_code == 0 and all(
        report["skipped"] for report in reports_of(result)[0].values()
    )
    assert (
        reports_of(result)[1]["skipped"] == 2
        and (tmp_path / "out" / "camera.png").read_bytes() == before
    )
    assert (
        run(
            "colorize", album / "camera.png", "--out", "out", "--vividness", "0", "--overwrite"
        ).exit_code
        == 0
    )
    assert (tmp_path / "out" / "camera.png").read_bytes() != before


@pytest.mark.parametrize("command", [("colorize", "--overwrite"), ("gallery",)])
def test_originals_are_never_replaced(run, tmp_path, command):
    for name in ("a/x.png", "x.png", "album/x.png", "album/done/x.png", "b/contact_sheet.png"):
        small(tmp_path / name, len(name))
    (tmp_path / "b" / "y.png").write_bytes(b"mine")
    small(tmp_path / "c" / "y.png")
    originals = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    for paths, out in (
        (["a/x.png", "x.png"], "."),
        (["a/x.png"], "."),
        (["a"], "a"),
        (["a/x.png"], "a"),
        (["album"], "album/done"),
        (["c"], "b"),
    ):
        result = run(command[0], *paths, "--out", out, *command[1:])
        assert (
            result.exit_code == 1
            and "failed" in result.stdout
            and all(line.startswith("dlcolorize: ") for line in result.stderr.splitlines())
        )
        assert {path: path.read_bytes() for path in originals} == originals
    assert (
        result.stderr.splitlines()[0]
        == "dlcolorize: b/y.png: was not written by this program, or does not say so; move it away"
    )


def test_the_sentence_for_a_color_file_that_would_replace_its_original(run, album):
    for path in (album, album / "camera.png"):
        said = run("colorize", path, "--out", album, "--overwrite").stderr
        assert (
            said
            == f"dlcolorize: {path}: its color would replace it (--out chooses another folder)\n"
        )


def test_the_same_photograph_is_done_once_and_albums_keep_their_names(run, album, tmp_path):
    result = run(
        "colorize", album / "camera.png", album / "1936" / ".." / "camera.png", "--out", "out"
    )
    assert result.exit_code == 0 and "1 colorized" in result.stdout and not result.stderr
    small(tmp_path / "other" / "album" / "camera.png", 5)
    assert run("colorize", album, tmp_path / "other" / "album", "--out", "both").exit_code == 0
    first, second = (
        tmp_path / "both" / name / "album" / "camera.png" for name in (tmp_path.name, "other")
    )
    assert pixels(first).shape == (128, 192, 3) and pixels(second).shape == (128, 128, 3)


def test_the_output_folder_may_be_above_the_photographs(run, tmp_path):
    small(tmp_path / "pics" / "old" / "a.png")
    for out in ("pics", "."):
        assert (
            run("colorize", "pics/old", "--out", out).exit_code == 0
            and (tmp_path / out / "a.png").exists()
        )


def test_color_of_an_earlier_run_is_not_colorized_again(run, album):
    run("colorize", album, "--out", album / "color")
    assert (
        len(
            reports_of(run("colorize", album, "--out", album / "color", "--overwrite", "--json"))[0]
        )
        == 2
    )


@pytest.mark.parametrize(
    "format, name, kind",
    [
        ("keep", "cat.jpg", "JPEG"),
        ("png", "cat.png", "PNG"),
        ("jpg", "cat.jpg", "JPEG"),
        ("webp", "cat.webp", "WEBP"),
        ("avif", "cat.avif", "AVIF"),
        ("tiff", "cat.tiff", "TIFF"),
    ],
)
def test_the_format_is_the_one_asked_for(run, album, tmp_path, format, name, kind):
    assert (
        run("colorize", album / "1936" / "cat.jpg", "--out", "out", "--format", format).exit_code
        == 0
    )
    with Image.open(tmp_path / "out" / name) as image:
        assert image.format == kind and image.size == (451, 300)


def test_more_vividness_is_more_color(run, album, tmp_path):
    chroma = []
    for vividness in ("0", "1", "2"):
        run("colorize", album / "camera.png", "--out", vividness, "--vividness", vividness)
        after = pixels(tmp_path / vividness / "camera.png")
        chroma.append((after.max(-1) - after.min(-1)).mean())
    assert chroma[0] < chroma[1] < chroma[2]


def test_same_input_same_bytes(dlcolorize, album, tmp_path):
    for out in ("first", "second"):
        dlcolorize("colorize", album, "--out", out)
    for name in ("camera.png", "1936/cat.jpg"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_file_that_is_no_model_is_named(run, album, tmp_path):
    (tmp_path / "fake.onnx").write_bytes(b"not a model")
    (tmp_path / "huge").mkdir()
    for model in ("fake.onnx", "gone.onnx", "huge"):
        result = run("colorize", album, "--model", model)
        assert result.exit_code == 1 and result.stderr.startswith(f"dlcolorize: {model}: ")
        assert len(result.stderr.splitlines()) == 1
    result = run("info", "gone.onnx")
    assert result.exit_code == 1 and result.stderr == "dlcolorize: gone.onnx: no such model file\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["colorize"],
        ["colorize", "x.jpg", "--vividness", "9"],
        ["colorize", "x.jpg", "--nonsense"],
        ["paint"],
        ["colorize", "x.jpg", "--format", "gif"],
        ["colorize", "x.jpg", "--quality", "0"],
        ["colorize", "x.jpg", "--pages", "1-"],
        ["colorize", "x.jpg", "--pages", "all"],
        ["colorize", "x.jpg", "--max-pixels", "0"],
        ["colorize", "x.jpg", "--pages", "1 2"],
        ["colorize", "x.jpg", "--pages", "1,5-3"],
        ["colorize", "x.jpg", "--pages", ""],
    ],
)
def test_wrong_usage_is_exit_code_2(run, arguments):
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("colorize", ""),
        ("colorize", "a.png", "--out", ""),
        ("colorize", "a.png", ""),
        ("info", ""),
        ("gallery", ""),
        ("gallery", "--out", ""),
        ("data", "prepare", "folder", "--source", ""),
        ("train", "--data", "", "--out", "run"),
        ("export", "", "--out", "a.onnx"),
        ("evaluate", "--data", ""),
    ],
)
def test_an_empty_name_is_no_folder(run, tmp_path, arguments):
    small(tmp_path / "a.png")
    result = run(*arguments)
    assert result.exit_code == 2 and result.stderr.splitlines()[-1].endswith(
        "nothing is named; give a file or folder"
    )
    assert os.listdir(tmp_path) == ["a.png"]


def test_the_folder_that_it_runs_in_is_gone(dlcolorize, tmp_path):
    small(tmp_path / "a.png")
    command = [
        "bash",
        "-c",
        f'mkdir -p {tmp_path}/gone && cd {tmp_path}/gone && rmdir ../gone && exec "$@"',
        "bash",
        *dlcolorize.command,
        "colorize",
        tmp_path / "a.png",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (
        result.returncode == 1
        and result.stderr
        == "dlcolorize: colorized: the folder that this runs in is gone; "
        "choose another with --out\n"
    )
    result = subprocess.run(
        [*command, "b.png", "--out", tmp_path / "out"], capture_output=True, text=True, timeout=120
    )
    assert (
        result.returncode == 1
        and result.stderr == "dlcolorize: b.png: no such file or folder\n"
        and os.listdir(tmp_path / "out") == ["a.png"]
    )


def test_a_plan_that_fails_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "plan", lambda *_: 1 / 0)
    result = run("colorize", small(tmp_path / "a.png"))
    assert (
        result.exit_code == 1
        and result.stderr
        == "dlcolorize: colorized: the work cannot be planned (division by zero)\n"
    )


@pytest.mark.parametrize(
    "name, content, target, kind",
    [
        ("a.hif", "HEIF", "a.hif", "HEIF"),
        ("a.dib", "BMP", "a.dib.png", "PNG"),
        ("a.mpo", "JPEG", "a.mpo", "JPEG"),
    ],
)
def test_less_known_names(run, tmp_path, name, content, target, kind):
    image_formats.open_heic()
    Image.fromarray(data.camera()[100:164, 200:264]).save(tmp_path / name, content)
    result = run("colorize", ".", "--out", "out")
    assert result.exit_code == 0 and not result.stderr and os.listdir(tmp_path / "out") == [target]
    with Image.open(tmp_path / "out" / target) as image:
        assert (image.format, image.mode, image.size) == (kind, "RGB", (64, 64))


NAMES = [
    "on the bridge.png",
    "on\nthe bridge.png",
    "Großmutter 祖母 бабушка.png",
    "-v.png",
    "a%d[1]*?.png",
    "\udcff.png",
    "\x1b[31mred.png",
    "写" * 83 + ".png",
]


def test_names_of_every_kind(run, tmp_path):
    for name in NAMES:
        small(tmp_path / "photos" / name)
        (tmp_path / "photos" / f"no{name}"[:60]).write_bytes(b"dear diary")
        (tmp_path / "photos" / f"no{name}.png").write_bytes(b"dear diary") if len(
            name
        ) < 60 else None
    result = run("colorize", "photos", "--out", "out")
    assert result.exit_code == 1 and sorted(os.listdir(tmp_path / "out")) == sorted(NAMES)
    bad = [
        name
        for name in os.listdir(tmp_path / "photos")
        if name.startswith("no") and name.endswith(".png")
    ]
    assert len(result.stdout.splitlines()) == len(NAMES) + 1 and len(
        result.stderr.splitlines()
    ) == len(bad)  # one line each, and the sum
    assert "\x1b" not in result.stdout + result.stderr
    assert set(reports_of(run("colorize", "photos", "--out", "out", "--json"))[0]) == {*NAMES, *bad}


def test_links_that_go_in_a_circle(run, album, tmp_path):
    (album / "again").symlink_to(album)
    (album / "loop.png").symlink_to(album / "loop.png")
    result = run("colorize", album, album / "loop.png", "--out", "out")
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        f"{album}/again",
        f"{album}/loop.png",
    ]
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.*")) == [
        "camera.png",
        "cat.jpg",
    ]


def test_out_that_cannot_be_written(run, album, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for out in ("file", "file/below"):
        result = run("colorize", album, "--out", out)
        assert (
            result.exit_code == 1
            and result.stderr == "dlcolorize: file: not a folder; choose another with --out\n"
        )
    for out, said in (("/proc/nowhere", "cannot be written"), ("d" * 300, "File name too long")):
        result = run("colorize", album / "camera.png", "--out", out)
        assert (
            result.exit_code == 1
            and len(result.stderr.splitlines()) == 1
            and said in result.stderr
        )
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize(
    "code, remedy",
    [
        (errno.ENOSPC, "make room there, or choose another folder with --out"),
        (errno.EDQUOT, "make room there, or choose another folder with --out"),
        (errno.EROFS, "choose a writable folder with --out"),
        (errno.EACCES, "choose a writable folder with --out"),
    ],
)
def test_a_disk_that_takes_no_more_ends_the_run_with_one_line(
    run, tmp_path, monkeypatch, code, remedy
):
    whole_file, room = image_writing.whole_file, threading.Semaphore(3)

    @contextlib.contextmanager
    def full(path):
        if not room.acquire(blocking=False):
            raise OSError(code, os.strerror(code))
        with whole_file(path) as part:
            yield part

    monkeypatch.setattr(image_writing, "whole_file", full)
    monkeypatch.setattr(os, "access", lambda *_: False)
    album = [small(tmp_path / f"{number:02}.png", number) for number in range(20)]
    (tmp_path / "text.jpg").write_bytes(b"dear diary")
    result = run("colorize", tmp_path / "text.jpg", *album, "--out", "out")
    other, line = result.stderr.splitlines()
    assert result.exit_code == 1 and "not an image" in other
    assert f": cannot be written ({os.strerror(code)}); 3 finished, 17 not done: {remedy}" in line
    assert result.stdout.splitlines()[-1].endswith(", 17 not done, 1 failed")
    assert len(list((tmp_path / "out").iterdir())) == 3
    result = run("colorize", *album, "--out", "new", "--json")
    assert result.exit_code == 1 and reports_of(result)[1]["not_done"] == 20
    assert len(result.stderr.splitlines()) == 1 and "0 finished, 20 not done" in result.stderr
    result = run("gallery", *album, "--out", "sheet")
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1


def test_one_file_that_cannot_be_replaced_does_not_end_the_run(run, album, tmp_path, monkeypatch):
    write = image_writing.whole_file

    def busy(path):
        if path.name == "camera.png":
            raise PermissionError(errno.EACCES, "Permission denied")  # open in another program
        return write(path)

    monkeypatch.setattr(image_writing, "whole_file", busy)
    result = run("colorize", album, "--out", "out")
    assert result.exit_code == 1 and "1 colorized" in result.stdout and "1 failed" in result.stdout
    assert "camera.png: cannot be written (Permission denied)" in result.stderr


@pytest.mark.parametrize("name", ["color.jpg", "new/color.tif", "COLOR.WEBP"])
def test_out_may_name_the_color_file_of_one_photograph(run, album, tmp_path, name):
    result = run("colorize", album / "camera.png", "--out", name)
    assert result.exit_code == 0 and result.stdout.startswith(f"{name}  192 x 128")
    assert not result.stderr  # the format was chosen, so none is suggested
    with Image.open(tmp_path / name) as written:
        assert written.size == (192, 128)
        assert written.format == files.format_by_suffix(name)
    before = (tmp_path / name).read_bytes()
    again = run("colorize", album / "1936" / "cat.jpg", "--out", name)
    assert again.exit_code == 0 and "1 there already" in again.stdout
    assert (tmp_path / name).read_bytes() == before
    assert run("colorize", album / "1936" / "cat.jpg", "--out", name, "--overwrite").exit_code == 0
    assert (tmp_path / name).read_bytes() != before


def test_out_that_names_a_file_fits_one_photograph_and_spares_originals(run, album, tmp_path):
    camera, cat = album / "camera.png", album / "1936" / "cat.jpg"
    for paths in ((camera, cat), (album,), (album / "1936",)):
        result = run("colorize", *paths, "--out", "color.jpg")
        assert result.exit_code == 2 and "fits a single photograph only" in result.stderr
    result = run("colorize", camera, "--out", "color.jpg", "--format", "png")
    assert result.exit_code == 2 and "png does not fit the name color.jpg" in result.stderr
    assert run("gallery", camera, "--out", "sheet.png").exit_code == 2
    assert run("colorize", camera, "--out", "color.gif").stderr == (
        "dlcolorize: color.gif: color is not written as .gif; choose another format\n"
    )
    before = camera.read_bytes(), cat.read_bytes()
    said = run("colorize", camera, "--out", camera, "--overwrite").stderr
    assert "its color would replace it (--out chooses another folder)" in said
    said = run("colorize", camera, "--out", cat, "--overwrite").stderr
    assert "was not written by this program" in said
    assert (camera.read_bytes(), cat.read_bytes()) == before
    (tmp_path / "folder.jpg").mkdir()
    assert run("colorize", camera, "--out", "folder.jpg").exit_code == 0
    assert (tmp_path / "folder.jpg" / "camera.png").exists()
    assert not list(tmp_path.glob("color*"))


@pytest.mark.parametrize("command", ["colorize", "gallery"])
def test_a_training_run_as_model_is_told_how_to_export_it(run, album, tmp_path, command):
    (tmp_path / "my runs" / "album").mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "my runs" / "album" / name).touch()
    for model in ("my runs/album", "my runs/album/", "my runs/album/model.safetensors"):
        result = run(command, album, "--model", model)
        assert result.exit_code == 1
        assert result.stderr.endswith(
            ": a training run, not a model file; export it with dlcolorize export "
            "'my runs/album' --out album.onnx, and use album.onnx\n"
        )


def test_a_full_disk_loses_nothing(dlcolorize, album):
    result = subprocess.run(
        [
            "bash",
            "-c",
            'ulimit -f 4; trap "" XFSZ; exec "$@"',
            "bash",
            *dlcolorize.command,
            "colorize",
            album,
            "--out",
            "out",
        ],
        cwd=album.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )  # no file may grow over 4 KB
    assert result.returncode == 1 and all(
        "cannot be written" in line for line in result.stderr.splitlines()
    )
    assert len(result.stderr.splitlines()) == 2
    assert not [path for path in (album.parent / "out").rglob("*") if path.is_file()]


def test_a_killed_run_leaves_no_half_file_and_is_finished_by_the_next(dlcolorize, run, tmp_path):
    folder, out = many(tmp_path / "many", 40), tmp_path / "out"
    process = subprocess.Popen(
        [*dlcolorize.command, "colorize", folder, "--out", out], stdout=subprocess.PIPE
    )
    while len(list(out.glob("*.png"))) < 5:
        time.sleep(0.005)
    process.kill()
    process.wait()
    done = {path: path.read_bytes() for path in out.glob("*.png")}
    assert 5 <= len(done) < 40
    for path in done:
        assert pixels(path).shape == (128, 128, 3)
    _, summary = reports_of(run("colorize", folder, "--out", out, "--json"))
    assert summary["skipped"] == len(done) and summary["colorized"] == 40 - len(done)
    assert (
        all(path.read_bytes() == content for path, content in done.items())
        and len(list(out.glob("*.png"))) == 40
    )


def test_ctrl_c_keeps_what_is_finished(dlcolorize, tmp_path):
    folder, out = many(tmp_path / "many", 60), tmp_path / "out"
    hearing = [
        sys.executable,
        "-c",
        "import signal, sys, os; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.execv(sys.argv[1], sys.argv[1:])",
    ]
    process = subprocess.Popen(
        [*hearing, *dlcolorize.command, "colorize", folder, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(list(out.glob("*.png"))) < 5:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and said.strip().splitlines() == [
        "dlcolorize: interrupted; what is finished is kept, and the same command does the rest"
    ]
    assert 5 <= len(list(out.iterdir())) < 60
    assert all(pixels(path).shape == (128, 128, 3) for path in out.iterdir())


def test_two_runs_at_once_do_no_harm(dlcolorize, run, tmp_path):
    folder, out = many(tmp_path / "many", 12), tmp_path / "out"
    runs = [
        subprocess.Popen(
            [*dlcolorize.command, "colorize", folder, "--out", out, *more], stdout=subprocess.PIPE
        )
        for more in ([], ["--overwrite"])
    ]
    assert [process.wait(timeout=120) for process in runs] == [0, 0]
    run("colorize", folder, "--out", "alone")
    for path in (tmp_path / "alone").iterdir():
        assert (out / path.name).read_bytes() == path.read_bytes()
    assert len(list(out.iterdir())) == 12


def test_at_a_terminal_a_bar_says_how_long_it_will_take(dlcolorize, tmp_path):
    folder = many(tmp_path / "many", 80)  # the time left is known after a second
    (folder / "bad.png").write_bytes(b"dear diary")
    outer, inner = os.openpty()
    process = subprocess.Popen(
        [*dlcolorize.command, "colorize", folder, "--out", tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=inner,
        text=True,
    )
    os.close(inner)
    said = b""
    with contextlib.suppress(OSError):  # which is how Linux says that the other end is gone
        while part := os.read(outer, 4096):
            said += part
    os.close(outer)
    process.wait()
    assert (
        re.search(rb"\d+%  (\d+d )?\d\d:\d\d:\d\d", said) and b"bad.png: not an image file" in said
    )
    assert process.stdout.read().startswith("80 colorized")


def test_a_device_and_a_model_of_no_name(run, album):
    for model in ("", "bsae", "c" * 300):
        for command in (("colorize", album), ("gallery", album), ("evaluate", "--data", album)):
            result = run(*command, "--model", model)
            said = f"{model[:70] or repr(model)}"
            assert result.exit_code == 2 and said in result.stderr.splitlines()[-1]
            assert "no model of this name; there is base" in result.stderr
    for device, said in (("", "there are auto, cpu, cuda"), ("cdua", "did you mean cuda")):
        result = run("colorize", album, "--device", device)
        assert result.exit_code == 2 and said in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "change, said",
    [
        (dict(card_version=99), "update dlcolorize"),
        (dict(card_version=0), "export the model anew"),
        ("no card", "not a colorizing model"),
        ("not json", "cannot be read"),
        ("another layout", "inputs and outputs"),
    ],
)
def test_models_of_another_kind_are_named(run, album, tmp_path, change, said):
    model = onnx.load(WEIGHTS / "base.onnx")
    (entry,) = [entry for entry in model.metadata_props if entry.key == "dlcolorize"]
    if isinstance(change, dict):
        entry.value = json.dumps(json.loads(entry.value) | change)
    elif change == "no card":
        entry.key = "someone else's"
    elif change == "not json":
        entry.value = "{"
    else:
        graph = onnx.helper.make_graph(
            [onnx.helper.make_node("Identity", ["pixels"], ["ab"])],
            "other",
            [onnx.helper.make_tensor_value_info("pixels", 1, [1, 3, 8, 8])],
            [onnx.helper.make_tensor_value_info("ab", 1, [1, 3, 8, 8])],
        )
        other = onnx.helper.make_model(
            graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
        )
        other.metadata_props.append(entry)
        model = other
    onnx.save(model, tmp_path / "other.onnx")
    result = run("colorize", album, "--model", "other.onnx")
    (line,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1 and said in line and "other.onnx" in line


def test_where_the_color_comes_from_is_written_and_read_back(run, album):
    run("colorize", album, "--out", "out", "--vividness", "0.5")
    run("colorize", album, "--out", "silent", "--no-provenance")
    result = run("info", "out/camera.png", "out/1936/cat.jpg")
    assert (
        result.exit_code == 0
        and result.stdout.count("compositeWithTrainedAlgorithmicMedia") == 2
        and "vividness 0.5" in result.stdout
    )
    result = run("info", "silent/camera.png", album / "camera.png", "gone.png")
    assert (
        result.exit_code == 1
        and result.stdout.count("no note") == 2
        and "gone.png: no such file" in result.stderr
    )


def test_info_of_what_is_no_photograph_is_one_line_each(dlcolorize, album, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, place in (
        ("loop.png", "loop.png"),
        ("broken.png", "nowhere"),
        ("zero.png", "/dev/zero"),
    ):
        (tmp_path / name).symlink_to(place)
    (tmp_path / "text.jpg").write_bytes(b"dear diary")
    names = ["pipe", "loop.png", "broken.png", "zero.png", album, "text.jpg", "b" * 300]
    result = dlcolorize("info", *names, album / "camera.png")
    assert (
        result.returncode == 1
        and result.stdout == f"{album}/camera.png: no note that dlcolorize predicted its color\n"
    )
    lines = result.stderr.splitlines()
    assert len(lines) == len(names) and all(
        line.startswith(f"dlcolorize: {name}: ") for line, name in zip(lines, names)
    )


def test_the_size_changes_what_the_network_sees(run, album, tmp_path):
    for size in ("192", "96"):
        run("colorize", album / "camera.png", "--out", size, "--size", size)
    run("colorize", album / "camera.png", "--out", "own")
    assert np.array_equal(pixels(tmp_path / "192/camera.png"), pixels(tmp_path / "own/camera.png"))
    assert not np.array_equal(
        pixels(tmp_path / "96/camera.png"), pixels(tmp_path / "own/camera.png")
    )


def test_a_large_picture_is_refused_until_it_is_allowed(run, album):
    refused = run("colorize", album / "camera.png", "--out", "out", "--max-pixels", "24575")
    (line,) = refused.stderr.strip().splitlines()
    assert refused.exit_code == 1 and "--max-pixels" in line
    assert (
        run("colorize", album / "camera.png", "--out", "out", "--max-pixels", "24576").exit_code
        == 0
    )


def test_a_folder_of_many_takes_no_more_memory_than_a_few(dlcolorize, tmp_path):
    script = (
        "import re, sys; from dlcolorize.command_line import app\ntry: app()\n"
        "finally: print(re.search('VmHWM:(.+)kB', open('/proc/self/status').read())[1], "
        "file=sys.stderr)"
    )
    Image.fromarray(data.camera()).save(tmp_path / "one.png")
    peaks = []
    for count in (12, 48):
        folder = tmp_path / f"{count}"
        folder.mkdir()
        for number in range(count):
            os.link(tmp_path / "one.png", folder / f"{number}.png")
        result = subprocess.run(
            [sys.executable, "-c", script, "colorize", folder, "--out", tmp_path / f"out-{count}"],
            capture_output=True,
            text=True,
            timeout=300,
        )
        peaks.append(int(result.stderr.split()[-1]))
    assert peaks[1] < 1.1 * peaks[0]


def test_info_says_what_model_it_is(run):
    result = run("info")
    assert result.exit_code == 0
    for word in ("base", "base.onnx", "sha256", "trained on", "coco", "gain"):
        assert word in result.stdout


def test_info_prints_the_card_of_a_model_file(run, tmp_path):
    shutil.copy(WEIGHTS / "base.onnx", tmp_path / "mine.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    result = run("info", "mine.onnx", "broken.onnx")
    assert result.exit_code == 1 and "mine.onnx" in result.stdout.splitlines()[0]
    assert "trained on: coco" in result.stdout and "coco: psnr" in result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith("dlcolorize: ") and "broken.onnx" in line


def test_info_names_a_broken_model_and_lists_the_others(run, tmp_path, monkeypatch):
    shutil.copy(WEIGHTS / "base.onnx", tmp_path)
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    monkeypatch.setattr(model_files, "WEIGHTS", tmp_path)
    result = run("info")
    (line,) = result.stderr.splitlines()
    assert (
        result.exit_code == 1
        and f"{tmp_path}/broken.onnx" in line
        and f"base: {tmp_path}/base.onnx" in result.stdout
    )


def test_the_gallery_makes_a_contact_sheet(run, colored, tmp_path):
    for _ in range(2):  # a second time it is made anew
        result = run("gallery", colored, "--out", "sheet")
        assert (
            result.exit_code == 0
            and "3 colorized" in result.stdout
            and "sheet/contact_sheet.png" in result.stdout
        ), result.stderr
    assert (tmp_path / "sheet" / "1936" / "cat.jpg").exists()
    sheet = pixels(tmp_path / "sheet" / "contact_sheet.png")
    assert sheet.shape[0] == 28 + 3 * 298  # titles, and three rows of 290 pixels
    chroma = np.ptp(sheet[36:], axis=-1)
    true = [
        np.ptp(sheet[top : top + 128, -210:-8], axis=-1).max()
        for top in (28 + 40, 28 + 298 + 40, 28 + 2 * 298 + 40)
    ]
    assert chroma[:, :290].max() == 0  # the left column is gray
    assert sorted(value > 30 for value in true) == [
        False,
        False,
        True,
    ]  # only the astronaut has a true color


def test_the_gallery_without_photographs_shows_the_samples(run, tmp_path):
    assert run("gallery", "--out", "out").exit_code == 0
    names = [
        "astronaut.jpg",
        "camera.jpg",
        "chelsea.jpg",
        "coffee.jpg",
        "contact_sheet.png",
        "rocket.jpg",
    ]
    assert sorted(os.listdir(tmp_path / "out")) == names

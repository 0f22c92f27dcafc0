"""One file: its pages, its notes, its report, and its map of uncertainty."""

import os

import numpy as np
import pytest
from conftest import pixels, reports_of, small
from PIL import Image
from skimage import data

from dlcolorize import (
    color_files,
    colorizing,
    files,
    image_reading,
    image_writing,
    model_files,
    photos,
    screening,
)
from dlcolorize.gallery import sheet_row
from dlcolorize.model_files import Network


@pytest.mark.parametrize(
    "error, said",
    [
        (TypeError("entry\nof type 9"), "unexpected TypeError (entry of type 9); please report it"),
        (RecursionError(), "unexpected RecursionError"),
        (MemoryError(), "not enough memory"),
        (AssertionError(), "unexpected AssertionError"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (model_files.ModelError("base.onnx: answers nothing"), "base.onnx: answers nothing"),
    ],
)
def test_whatever_one_file_raises_is_one_line_and_the_others_are_done(
    run, album, tmp_path, monkeypatch, error, said
):
    read_pages = image_reading.read_pages

    def odd(source, *rest):
        if source.name == "camera.png":
            raise error
        return read_pages(source, *rest)

    monkeypatch.setattr(color_files, "read_pages", odd)
    result = run("colorize", album, "--out", "out")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1 and line.startswith(f"dlcolorize: {album}/camera.png: {said}")
    assert "1 colorized" in result.stdout and (tmp_path / "out" / "1936" / "cat.jpg").exists()


@pytest.mark.parametrize(
    "name, option",
    [("TooManyPixels", "--max-pixels"), ("TooManyPages", "--pages"), ("Truncated", "--salvage")],
)
def test_the_option_that_helps_is_named(run, album, monkeypatch, name, option):
    def refuse(source, *_):
        raise getattr(photos, name)(f"{source}: refused")

    monkeypatch.setattr(color_files, "read_pages", refuse)
    assert (
        run("colorize", album / "camera.png").stderr
        == f"dlcolorize: {album}/camera.png: refused ({option})\n"
    )


def test_what_a_photograph_loses_is_noted(run, album, monkeypatch):
    read_pages = image_reading.read_pages

    def noted(*arguments):
        for photo in read_pages(*arguments):
            photo.notes.append("a part of it is not kept")
            yield photo

    monkeypatch.setattr(color_files, "read_pages", noted)
    result = run("colorize", album / "camera.png")
    assert (
        result.exit_code == 0
        and result.stderr == f"dlcolorize: {album}/camera.png: a part of it is not kept\n"
    )
    result = run("colorize", album / "camera.png", "--overwrite", "--json")
    assert not result.stderr and reports_of(result)[0]["camera.png"]["notes"] == [
        "a part of it is not kept"
    ]


def test_a_format_that_a_name_does_not_say_is_told(run, tmp_path):
    gray = Image.fromarray(data.camera()[100:164, 200:264])
    for name, kind in {
        "IMG_1": "JPEG",
        "scan.bmp": "TIFF",
        "noext": "PNG",
        "a.gif": "GIF",
        "b.jpg": "JPEG",
    }.items():
        gray.save(tmp_path / name, kind)
    result = run("colorize", ".", "--out", "out")
    assert result.exit_code == 0 and sorted(result.stderr.splitlines()) == [
        "dlcolorize: IMG_1: became PNG, for its name does not say JPEG; --format jpg keeps it JPEG",
        "dlcolorize: scan.bmp: became PNG, for its name does not say TIFF; "
        "--format tiff keeps it TIFF",
    ]
    result = (
        run("colorize", "IMG_1", "--out", "jpg", "--format", "jpg"),
        run("colorize", "IMG_1", "--out", "png", "--format", "png"),
    )
    assert [report.stderr for report in result] == ["", ""] and os.listdir(tmp_path / "jpg") == [
        "IMG_1.jpg"
    ]


def test_options_reach_reading_and_writing(run, album, monkeypatch):
    asked, read_pages, write = [], image_reading.read_pages, image_writing.write
    monkeypatch.setattr(
        color_files,
        "read_pages",
        lambda source, options: asked.append(options) or read_pages(source, options),
    )
    monkeypatch.setattr(
        color_files,
        "write",
        lambda path, pages, options, source: (
            asked.append(options) or write(path, pages, options, source)
        ),
    )
    assert (
        run(
            "colorize",
            album,
            "--pages",
            "1",
            "--max-pixels",
            "200000",
            "--salvage",
            "--quality",
            "80",
            "--new-date",
            "--no-provenance",
        ).exit_code
        == 0
    )
    reading, writing = [
        [options for options in asked if hasattr(options, name)] for name in ("salvage", "quality")
    ]
    assert {(options.pages, options.max_pixels, options.salvage) for options in reading} == {
        ("1", 200000, True)
    }
    assert (
        len(reading) == 2
        and len({id(options.budget) for options in reading}) == 1
        and reading[0].budget.in_work == 0
    )  # one for the whole run
    assert {
        (options.overwrite, options.quality, options.provenance, options.new_date)
        for options in writing
    } == {(False, 80, None, True)}


def test_pages_are_those_that_were_written(run, tmp_path):
    gray = Image.fromarray(data.camera()[100:164, 200:264])
    gray.save(tmp_path / "m.tif", save_all=True, append_images=[gray] * 3)
    written = {
        options: reports_of(
            run("colorize", "m.tif", "--out", f"out {options}", *options, "--json")
        )[0]["m.tif"]
        for options in [("--format", "jpg"), (), ("--pages", " 1 , 2 "), ("--pages", "2 - 4")]
    }
    assert [report["pages"] for report in written.values()] == [
        1,
        4,
        2,
        3,
    ] and "only its first page" in written["--format", "jpg"]["notes"][0]


def test_pages_that_are_not_written_are_not_colored(tmp_path):
    gray = Image.fromarray(data.camera()[100:164, 200:264])
    gray.save(tmp_path / "m.tif", save_all=True, append_images=[gray] * 3)
    colored = []

    class Counting(colorizing.Colorizer):
        def predictions(self, *args):
            colored.append(args)
            return super().predictions(*args)

    options = color_files.JobOptions(image_reading.ReadOptions(), image_writing.WriteOptions())
    for name, pages in ("a.jpg", 1), ("a.tif", 4):
        colored.clear()
        work = files.Work(tmp_path / "m.tif", target=tmp_path / name)
        report = color_files.colorize_file(Counting(), work, options)
        assert report["pages"] == pages == len(colored)


def test_what_another_run_wrote_in_the_meantime_is_there_already(run, tmp_path, monkeypatch):
    small(tmp_path / "cat.png")
    read_pages = image_reading.read_pages

    def slow(source, *rest):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / "cat.png").write_bytes(b"of another run")
        return read_pages(source, *rest)

    monkeypatch.setattr(color_files, "read_pages", slow)
    result = run("colorize", "cat.png", "--out", "out")
    assert result.exit_code == 0 and not result.stderr and "1 there already" in result.stdout
    assert (tmp_path / "out" / "cat.png").read_bytes() == b"of another run"


def test_the_map_of_uncertainty(run, album, tmp_path, monkeypatch):
    calls, predict = [], Network.run
    monkeypatch.setattr(Network, "run", lambda *given: calls.append(1) or predict(*given))
    assert (
        run(
            "colorize", album / "camera.png", "--out", "out", "--uncertainty", "--size", "64"
        ).exit_code
        == 0
    )
    assert len(calls) == 6  # the color and the map come from the same predictions
    unsure = pixels(tmp_path / "out" / "camera.png.uncertainty.png")
    assert (
        unsure.shape == (128, 192, 3)
        and np.ptp(unsure, axis=-1).max() == 0
        and unsure.max() > 10
        and np.ptp(unsure) > 10
    )
    run("colorize", album / "camera.png", "--out", "one", "--size", "64")
    run("colorize", album / "camera.png", "--out", "six", "--ensemble", "--size", "64")
    one, six, unsure = (
        pixels(tmp_path / folder / "camera.png") for folder in ("one", "six", "out")
    )
    assert np.array_equal(six, unsure) and not np.array_equal(one, six)
    again = [
        "colorize",
        album / "camera.png",
        "--out",
        "out",
        "--uncertainty",
        "--overwrite",
        "--size",
        "64",
    ]
    assert run(*again).exit_code == 0
    (tmp_path / "out" / "camera.png.uncertainty.png").write_bytes(b"mine")
    assert (
        run(*again).exit_code == 1
        and (tmp_path / "out" / "camera.png.uncertainty.png").read_bytes() == b"mine"
    )


def test_photographs_after_a_blank_page_are_colorized(run, tmp_path):
    blank, photo = Image.new("L", (64, 64), 230), Image.fromarray(data.camera()[100:164, 200:264])
    blank.save(tmp_path / "album.tif", save_all=True, append_images=[photo])
    blank.save(tmp_path / "blank.tif", save_all=True, append_images=[blank])
    result = run("colorize", "album.tif", "blank.tif", "--out", "out")
    assert result.exit_code == 0 and os.listdir(tmp_path / "out") == ["album.tif"]
    assert "blank.tif: a blank sheet" in result.stderr and "2 pages" in result.stdout
    assert "; no page of 2 is a gray photograph; --recolor" in result.stderr


def test_photographs_after_a_cover_and_an_index_are_colorized(run, tmp_path, monkeypatch):
    judged, reason_to_leave = [], screening.reason_to_leave
    monkeypatch.setattr(
        color_files, "reason_to_leave", lambda *given: judged.append(1) or reason_to_leave(*given)
    )
    blank, photo = Image.new("L", (64, 64), 230), Image.fromarray(data.camera()[100:164, 200:264])
    blank.save(tmp_path / "album.tif", save_all=True, append_images=[blank, photo, blank])
    result = run("colorize", "album.tif", "--out", "out")
    assert result.exit_code == 0 and "4 pages" in result.stdout and len(judged) == 4
    lines = result.stderr.splitlines()
    assert [line.split(": ")[2] for line in lines] == [
        f"photograph {number} in the file" for number in (1, 2, 4)
    ]
    chroma = []
    with Image.open(tmp_path / "out" / "album.tif") as written:
        for page in range(written.n_frames):
            written.seek(page)
            chroma.append(np.ptp(np.asarray(written).astype(int), axis=2).mean())
    assert [value > 2 for value in chroma] == [False, False, True, False]


def test_pages_in_color_are_left_out_and_pages_of_text_stay_gray(run, tmp_path):
    gray = Image.fromarray(data.camera()).resize((256, 256)).convert("RGB")
    vivid = Image.fromarray(data.astronaut()).resize((256, 256))
    text = Image.fromarray(data.text()).convert("RGB")
    gray.save("mixed.tif", save_all=True, append_images=[vivid, text, gray])
    result = run("colorize", "mixed.tif", "--out", "out")
    assert result.exit_code == 0 and "3 pages" in result.stdout
    assert result.stderr.splitlines() == [
        "dlcolorize: mixed.tif: photograph 2 in the file: already in color; left out, "
        "--recolor colors it all the same",
        "dlcolorize: mixed.tif: photograph 3 in the file: a page of text or a line drawing, to "
        "which no color fits; left gray, --recolor colors it all the same",
    ]
    chroma = []
    with Image.open("out/mixed.tif") as written:
        for page in range(written.n_frames):
            written.seek(page)
            chroma.append(np.ptp(np.asarray(written.convert("RGB")).astype(int), axis=2).mean())
    assert len(chroma) == 3 and chroma[0] > 3 and chroma[2] > 3 and chroma[1] < 0.5
    result = run("colorize", "mixed.tif", "--out", "all", "--recolor")
    assert "4 pages" in result.stdout and not result.stderr


def test_a_color_file_is_not_colored_again_however_pale(run, tmp_path):
    gray = np.repeat(np.asarray(Image.fromarray(data.camera()).resize((128, 128)))[..., None], 3, 2)
    pale = np.clip(gray + np.array([4, 0, -4]), 0, 255).astype(np.uint8)  # as a toned print
    suffixes = ("jpg", "png", "tif", "webp", "avif", "heic")
    for kind, colors, marked in (
        ("pale", pale, {"model": "base"}),
        ("toned", pale, None),
        ("gray", gray, {"model": "base"}),  # its color was removed again
    ):
        for suffix in suffixes:
            photo = image_reading.as_photo(colors)
            options = image_writing.WriteOptions(provenance=marked)
            image_writing.write(tmp_path / kind / f"{kind}.{suffix}", [(colors, photo)], options)
    said = "already made by dlcolorize; --recolor colors it all the same"
    result = run("colorize", "pale", "--out", "out")
    assert result.exit_code == 0 and "0 colorized" in result.stdout and not os.path.exists("out")
    assert result.stderr.splitlines() == [
        f"dlcolorize: pale/pale.{suffix}: {said}" for suffix in sorted(suffixes)
    ]
    for suffix in suffixes:
        alone = run("colorize", f"pale/pale.{suffix}", "--out", "out")
        assert alone.stderr == f"dlcolorize: pale/pale.{suffix}: {said}\n"
    for kind in ("toned", "gray"):
        assert "6 colorized" in run("colorize", kind, "--out", kind + " again").stdout
    assert "6 colorized" in run("colorize", "pale", "--out", "all", "--recolor").stdout


def test_what_the_command_writes_beside_photographs_is_not_colored(run, album):
    assert run("colorize", album, "--out", "out", "--uncertainty").exit_code == 0
    assert run("gallery", album / "camera.png", "--out", "out/sheet").exit_code == 0
    reports, summary = reports_of(run("colorize", "out", "--out", "again", "--json"))
    assert len(reports) == 5  # camera.png is also beside the sheet
    assert summary.items() >= dict(colorized=0, skipped=6).items()
    assert all("already made by dlcolorize" in report["reason"] for report in reports.values())


def test_colors_that_were_predicted_are_no_true_colors_on_a_sheet(tmp_path):
    vivid = np.asarray(Image.fromarray(data.astronaut()).resize((128, 128)))
    for provenance, known in ((None, True), ({"model": "base"}, False)):
        path = tmp_path / f"{known}.png"
        options = image_writing.WriteOptions(provenance=provenance)
        image_writing.write(path, [(vivid, image_reading.as_photo(vivid))], options)
        *_, true = sheet_row(image_reading.read(path), vivid, path)
        assert (true is not None) == known


def test_pages_that_were_colored_before_are_left_out(run):
    gray = np.asarray(Image.fromarray(data.camera()).resize((128, 128)).convert("RGB"))
    pale = np.clip(gray + np.array([4, 0, -4]), 0, 255).astype(np.uint8)
    pages = [(page, image_reading.as_photo(page)) for page in (gray, pale)]
    image_writing.write("both.tif", pages, image_writing.WriteOptions(provenance={"model": "base"}))
    result = run("colorize", "both.tif", "--out", "out")
    assert result.stderr.startswith(
        "dlcolorize: both.tif: photograph 2 in the file: already made by dlcolorize; left out, "
    )
    with Image.open("out/both.tif") as written:
        assert written.n_frames == 1


def test_each_page_is_judged_once(run, tmp_path, monkeypatch):
    judged, reason_to_leave = [], screening.reason_to_leave
    monkeypatch.setattr(
        color_files, "reason_to_leave", lambda *given: judged.append(1) or reason_to_leave(*given)
    )
    gray = Image.fromarray(data.camera()).resize((128, 128))
    gray.save("three.tif", save_all=True, append_images=[gray, gray])
    for name, pages in (("three.tif", 3), (small(tmp_path / "one.png"), 1)):
        judged.clear()
        assert run("colorize", name, "--out", "out").exit_code == 0
        assert len(judged) == pages

"""What is found, how color files are named, and what is never replaced; no pixel is looked at."""

import errno
import json
import os
import shlex
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import dlcolorize
from dlcolorize.files import (
    PhotoError,
    PixelBudget,
    WouldReplace,
    cores,
    find_photos,
    format_by_content,
    format_by_suffix,
    install_line,
    open_regular,
    ordered_map,
    output_path,
    plan,
    remove_parts,
    whole_file,
)

JPEG, PNG, GIF, TIFF = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0\x08\0\0\0"


def make(folder, **contents):
    "Files by their names, in which __ stands for a slash and _ for a dot."
    for name, content in contents.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def lines(folder, **options):
    "By name below a folder, what is said of it; None of a photograph."
    return {
        str(work.source.relative_to(folder)): (work.left_out, work.failed)
        if work.left_out
        else None
        for work in find_photos(folder, **options)
    }


def targets(work, out):
    return {
        work.source.name: str(work.target.relative_to(out)) for work in work if not work.left_out
    }


def test_a_folder_is_walked_in_order_and_passes_over_what_is_no_picture(tmp_path):
    make(
        tmp_path,
        b_jpg=JPEG,
        a__c_png=PNG,
        a__a_TIF=TIFF,
        notes_txt=b"BM is how it begins",
        film_mp4=b"\0\0\0\x20ftypisom",
        x_xmp=b"<x>",
    )
    for hidden in (".thumbnails", "__MACOSX"):
        (tmp_path / hidden).mkdir()
        (tmp_path / hidden / "b.jpg").write_bytes(JPEG)
    (tmp_path / "._b.jpg").write_bytes(JPEG)
    assert list(lines(tmp_path)) == ["a/a.TIF", "a/c.png", "b.jpg"]
    assert [str(work.inside) for work in find_photos(tmp_path)] == ["a", "a", "."]


def test_what_is_left_out_says_so(tmp_path):
    make(
        tmp_path, good_jpg=JPEG, a_tga=b"x", b_PCX=b"x", c_ico=b"x", DSC_NEF=TIFF, other__d_jpg=JPEG
    )
    for name, place in {
        "broken.jpg": "/nowhere.jpg",
        "loop.png": "loop.png",
        "long.jpg": "a" * 300,
        "notes.txt": "/nowhere",
        "album": "other",
    }.items():
        (tmp_path / name).symlink_to(place)
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    assert lines(tmp_path) == {
        "good.jpg": None,
        "other/d.jpg": None,
        "a.tga": (".tga files are not read; convert it first", False),
        "b.PCX": (".pcx files are not read; convert it first", False),
        "c.ico": (".ico files are not read; convert it first", False),
        "DSC.NEF": ("camera raw; develop it first", False),
        "album": ("a linked folder, which is not followed; give it by its own name", False),
        "broken.jpg": ("a link to a file that is not there", True),
        "loop.png": (f"cannot be opened ({os.strerror(errno.ELOOP)})", True),
        "long.jpg": (f"cannot be opened ({os.strerror(errno.ENAMETOOLONG)})", True),
        "pipe.jpg": ("not a regular file", True),
        "zero.png": ("not a regular file", True),
    }


def test_every_picture_in_a_folder_gets_a_line(tmp_path):
    read = ("a.dib", "a.mpo", "a.hif", "a.HEIC")
    unread = (".pam", ".pfm", ".heics", ".svg", ".pdf", ".psd", ".eps", ".xcf", ".jxl")
    for name in (*read, *(f"b{suffix}" for suffix in unread), "film.mp4", "song.mp3"):
        (tmp_path / name).touch()
    (tmp_path / "really.psd").write_bytes(JPEG)
    assert lines(tmp_path) == dict.fromkeys((*read, "really.psd")) | {
        f"b{suffix}": (f"{suffix} files are not read; convert it first", False) for suffix in unread
    }
    assert [format_by_suffix(name) for name in read] == ["BMP", "JPEG", "HEIF", "HEIF"]


def test_photographs_without_a_name_of_their_kind_are_found(tmp_path):
    make(tmp_path, noext=JPEG, scan=b"II+\0", word=b"BM", letter=b"P1 is where I parked")
    (tmp_path / "photo.jpg_large").write_bytes(JPEG)
    assert list(lines(tmp_path)) == ["noext", "photo.jpg_large", "scan"]


@pytest.mark.parametrize("mode", [0o000, 0o644])  # that cannot be listed, that cannot be entered
def test_a_closed_folder_is_one_line_and_the_others_are_found(tmp_path, mode):
    make(tmp_path / "in", a_jpg=JPEG, closed__b_jpg=JPEG, closed__c_jpg=JPEG)
    os.chmod(tmp_path / "in" / "closed", mode)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    program = (
        "import os, sys\nfrom dlcolorize.files import find_photos\n"
        "os.getuid() or os.setuid(65534)\n"
        "for work in find_photos(sys.argv[1]): print(work.source.name, work.left_out, work.failed)"
    )
    try:
        said = subprocess.run(
            [sys.executable, "-c", program, tmp_path / "in"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.chmod(tmp_path / "in" / "closed", 0o755)
    assert said.stdout.splitlines() == [
        "a.jpg None False",
        "closed you have no permission to read it True",
    ], said.stderr


@pytest.mark.parametrize(
    "name, said",
    [
        ("gone.jpg", "no such file or folder"),
        ("b" * 300, f"cannot be opened ({os.strerror(errno.ENAMETOOLONG)})"),
        ("\ud800.jpg", "cannot be opened"),
        ("", "no photographs in this folder"),
        ("pipe", "not a regular file"),
    ],
)
def test_arguments_that_name_no_photograph(tmp_path, name, said):
    os.mkfifo(tmp_path / "pipe")
    (work,) = find_photos(tmp_path / name)
    assert work.failed and work.left_out.startswith(said)


def test_a_tree_of_any_depth(tmp_path):
    deep = os.open(tmp_path, os.O_RDONLY)
    for _ in range(300):  # 12 letters each: at the end longer than a path may be
        os.mkdir("d" * 12, dir_fd=deep)
        deep, above = os.open("d" * 12, os.O_RDONLY, dir_fd=deep), deep
        os.close(above)
    os.close(deep)
    (tmp_path / "z.jpg").write_bytes(JPEG)
    found = list(find_photos(tmp_path))
    assert found[-1].source.name == "z.jpg" and len(found) == 1


def test_special_files_are_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, said in {
        tmp_path / "pipe": "not a regular file",
        Path("/dev/zero"): "not a regular file",
        tmp_path: "a folder, not a file",
        tmp_path / "gone": "no such file",
    }.items():
        with pytest.raises(PhotoError, match=f"{path}: {said}"):
            open_regular(path)


@pytest.mark.parametrize(
    "start, name",
    [
        (JPEG, "JPEG"),
        (PNG, "PNG"),
        (GIF, "GIF"),
        (b"MM\0*", "TIFF"),
        (b"MM\0+", "TIFF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"P5 1", "PPM"),
        (b"BM", "BMP"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\xff\x4f\xff\x51", "JPEG2000"),
        (b"\0\0\0\x20ftypcrx ", None),
        (b"\0\0\0\x20ftypqt  ", None),
        (b"%!PS-Adobe", None),
        (b"", None),
        (b"P", None),
    ],
)
def test_a_format_is_known_by_its_first_bytes(start, name):
    assert format_by_content(start) == name


def pages(count):
    "A TIFF file of so many pages without a tag."
    places = [8 + 6 * number for number in range(1, count)] + [0]
    return TIFF + b"".join(struct.pack("<HI", 0, place) for place in places)


@pytest.mark.parametrize(
    "name, content, format, target",
    [
        ("a.jpg", JPEG, "keep", "a.jpg"),
        ("a.JPG", JPEG, "keep", "a.JPG"),
        ("a.jfif", JPEG, "keep", "a.jfif"),
        ("a.tif", pages(1), "keep", "a.tif"),
        ("noext", JPEG, "keep", "noext.png"),
        ("a.bmp", JPEG, "keep", "a.bmp.png"),
        ("a.jpg_large", JPEG, "keep", "a.jpg_large.png"),
        ("a.gif", GIF, "keep", "a.gif.png"),
        ("a.png", JPEG, "keep", "a.png"),
        ("a.jpg", PNG, "keep", "a.jpg.png"),
        ("a.jp2", b"\xff\x4f\xff\x51", "keep", "a.jp2.png"),
        ("scan.TIF_original", pages(1), "keep", "scan.TIF_original.png"),
        ("scan.TIF_original", pages(2), "keep", "scan.TIF_original.tif"),
        ("a.bmp", pages(3), "keep", "a.bmp.tif"),
        ("broken", TIFF + b"\xff", "keep", "broken.png"),
        ("a.jpg", b"", "keep", "a.jpg"),
        ("a.gif", GIF, "jpg", "a.jpg"),
        ("a.jpeg", JPEG, "jpg", "a.jpeg"),
        ("a.jpg", JPEG, "tiff", "a.tiff"),
        ("a.tif", TIFF, "tiff", "a.tif"),
        ("Dr. Smith", JPEG, "webp", "Dr. Smith.webp"),
        ("a.jpg_large", JPEG, "avif", "a.jpg_large.avif"),
        ("a.b.png", PNG, "webp", "a.b.webp"),
        ("写" * 84 + ".gi", GIF, "keep", "写" * 83 + ".png"),
        ("写" * 83 + ".png", PNG, "avif", "写" * 83 + ".avif"),
    ],
)
def test_the_name_of_the_color_file(tmp_path, name, content, format, target):
    (tmp_path / name).write_bytes(content)
    assert output_path(tmp_path / name, tmp_path / "out", format) == tmp_path / "out" / target
    assert len(os.fsencode(target)) <= 255


def test_a_color_file_never_lies_where_its_original_lies(tmp_path):
    make(tmp_path, a_jpg=JPEG)
    (tmp_path / "same").symlink_to(".")
    for folder in (tmp_path, tmp_path / "same", tmp_path / "same" / "." / "same"):
        with pytest.raises(WouldReplace, match="a.jpg: its color would replace it"):
            output_path(tmp_path / "a.jpg", folder)
    assert output_path(tmp_path / "a.jpg", tmp_path, "png") == tmp_path / "a.png"


def test_a_photograph_named_twice_is_done_once(tmp_path):
    make(tmp_path, album__a_jpg=JPEG, album__b_jpg=JPEG)
    (tmp_path / "album" / "link.jpg").symlink_to("a.jpg")
    (tmp_path / "also").symlink_to("album")
    names = [
        tmp_path / "album",
        tmp_path / "album/../album/a.jpg",
        tmp_path / "also" / "b.jpg",
        tmp_path / "album",
    ]
    work = plan(names, tmp_path / "out")
    assert targets(work, tmp_path / "out") == {"a.jpg": "a.jpg", "b.jpg": "b.jpg"}
    assert [(item.left_out, item.failed) for item in work if item.left_out] == [
        (f"the same photograph as {tmp_path}/album/a.jpg", False),
        (f"the same photograph as {tmp_path}/album/b.jpg", False),
    ]


def test_a_system_without_letters_and_names_that_nobody_can_write(tmp_path):
    make(tmp_path, a_jpg=JPEG, **{"写真": JPEG, "写" * 84 + "x": JPEG})
    work = plan(["\ud800/a", tmp_path / "a.jpg", "\ud800.jpg"], tmp_path / "out")
    assert [item.failed for item in work] == [True, False, True] and work[0].left_out.startswith(
        "cannot be opened"
    )
    program = (
        "import os, sys\nfrom dlcolorize.files import plan\n"
        "for item in plan(sys.argv[1:], 'out', 'png'): print(os.fsencode(item.target))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *sorted(tmp_path.glob("写*"))],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | dict(LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    )
    said = [eval(line).decode() for line in result.stdout.splitlines()]
    assert said == ["out/" + "写" * 83 + ".png", "out/写真.png"], result.stderr


def test_albums_keep_their_names(tmp_path):
    make(
        tmp_path,
        ann__pics__x_jpg=JPEG,
        bob__pics__x_jpg=JPEG,
        bob__pics__1936__y_jpg=JPEG,
        old__x_jpg=JPEG,
    )
    out, (ann, bob, old) = (
        tmp_path / "out",
        (tmp_path / name for name in ("ann/pics", "bob/pics", "old")),
    )
    assert [str(item.target.relative_to(out)) for item in plan([bob], out)] == [
        "1936/y.jpg",
        "x.jpg",
    ]
    assert [str(item.target.relative_to(out)) for item in plan([ann, old], out)] == [
        "pics/x.jpg",
        "old/x.jpg",
    ]
    assert [str(item.target.relative_to(out)) for item in plan([ann, bob, old], out)] == [
        "ann/pics/x.jpg",
        "bob/pics/1936/y.jpg",
        "bob/pics/x.jpg",
        "old/x.jpg",
    ]


def test_photographs_of_one_name_are_told_apart(tmp_path):
    make(
        tmp_path,
        a__x_jpg=JPEG,
        b__x_jpg=JPEG,
        b__y_jpg=JPEG,
        c__x_gif=GIF,
        c__x_png=PNG,
        c__noext=JPEG,
    )
    out = tmp_path / "out"
    named = [tmp_path / name for name in ("a/x.jpg", "b/x.jpg", "b/y.jpg")]
    assert [str(item.target.relative_to(out)) for item in plan(named, out)] == [
        "a/x.jpg",
        "b/x.jpg",
        "y.jpg",
    ]
    assert targets(plan([tmp_path / "c"], out, "webp"), out) == {
        "noext": "noext.webp",
        "x.gif": "x.gif.webp",
        "x.png": "x.png.webp",
    }
    (tmp_path / "c" / "noext.png").write_bytes(PNG)
    assert targets(plan([tmp_path / "c"], out), out)["noext.png"] == "noext.png"
    assert targets(plan([tmp_path / "c"], out), out)["noext"] == "noext-2.png"
    (tmp_path / "c" / "noext-2.png").write_bytes(PNG)  # and its color has this name
    assert targets(plan([tmp_path / "c"], out), out)["noext"] == "noext-3.png"


def test_names_that_are_alike_whatever_is_done_get_numbers(tmp_path):
    make(tmp_path / "in", p_png=PNG, p_jpg=JPEG, p_jpg_png=PNG, p_png_jpg=JPEG)
    out, right = (
        tmp_path / "out",
        {
            "p.jpg": "p.jpg.jpg",
            "p.jpg.png": "p.jpg-2.jpg",
            "p.png": "p.png-2.jpg",
            "p.png.jpg": "p.png.jpg",
        },
    )
    assert targets(plan([tmp_path / "in"], out, "jpg"), out) == right
    make(out, **{name.replace(".", "_"): b"" for name in right.values()})  # the second run
    assert targets(plan([tmp_path / "in"], out, "jpg"), out) == right
    long = [letter.rjust(255, "a") for letter in "bcd"]
    for name in long:
        (tmp_path / "in" / name).write_bytes(JPEG)
    work = plan([tmp_path / "in" / name for name in long], out)
    assert [item.target.name for item in work] == [
        "a" * 251 + ".png",
        "a" * 249 + "-2.png",
        "a" * 249 + "-3.png",
    ]


def test_the_output_folder_may_be_anywhere_but_where_the_originals_are(tmp_path, monkeypatch):
    make(tmp_path, pics__old__a_jpg=JPEG, pics__old__done__b_jpg=JPEG, pics__new__c_jpg=JPEG)
    monkeypatch.chdir(tmp_path)

    def names(paths, out):
        return [str(item.target) for item in plan(paths, out)]

    assert names(["pics/old"], "pics") == ["pics/a.jpg", "pics/done/b.jpg"] and names(
        ["pics/old"], "."
    ) == ["a.jpg", "done/b.jpg"]
    assert names(["pics/old"], "pics/old/done") == [
        "pics/old/done/a.jpg"
    ]  # what is there is the color of an earlier run
    assert names(
        [
            ".",
        ],
        "pics/old",
    ) == ["pics/old/pics/new/c.jpg"]
    for out in ("pics/old", "./pics/new/../old"):
        (work,) = plan(["pics/old"], out)
        assert work.failed and work.left_out == "its color would replace it"
    first, second = plan(
        ["pics/old", "pics/new"], "pics"
    )  # whose own names are those of the folders below --out
    assert first.failed and second.failed and first.target is second.target is None


def test_another_photograph_that_was_named_is_never_replaced(tmp_path, monkeypatch):
    make(tmp_path, a__x_png=PNG, x_png=PNG, y_png=PNG)
    monkeypatch.chdir(tmp_path)
    assert all(item.failed for item in plan(["a/x.png", "x.png"], "."))
    os.link("y.png", "a/y.png")  # another name of the same file
    work = plan(["a/x.png", "y.png"], "a")
    assert work[0].left_out == "its color would replace it"
    assert (
        work[1].failed
        and work[1].left_out == "its color would replace y.png"
    )


@pytest.mark.parametrize(
    "name", ["写" * 84 + ".j", "a" * 255, "Ж" * 127, "\udcff" * 255, "on\nthe bridge.png", "-v"]
)
def test_a_whole_file_of_any_name(tmp_path, name):
    with whole_file(tmp_path / name) as part:
        assert len(os.fsencode(part.name)) < 143  # what encrypted folders allow
        part.write_bytes(b"whole")
    assert [path.name for path in tmp_path.iterdir()] == [name] and (
        tmp_path / name
    ).read_bytes() == b"whole"


def test_files_that_begin_alike_do_not_share_a_temporary_file(tmp_path, monkeypatch):
    "Also where the clock moves in large steps, as on Windows."
    monkeypatch.setattr("time.monotonic_ns", lambda: 0)
    names = [f"{'a' * 40}{number}.png" for number in range(200)]

    def write(name):
        with whole_file(tmp_path / name) as part:
            part.write_bytes(name.encode())

    list(ordered_map(write, ((name,) for name in names), workers=4))
    assert {path.name: path.read_bytes().decode() for path in tmp_path.iterdir()} == {
        name: name for name in names
    }


def test_only_half_written_files_of_ours_are_swept_away(tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "a\nb.png") as part:
        ours = part.name
        raise KeyboardInterrupt
    for name in (ours, ".download.part", "a.part"):
        (tmp_path / name).touch()
    remove_parts([tmp_path, tmp_path / "gone", tmp_path / ("b" * 300)])
    assert len(list(tmp_path.iterdir())) == 3
    remove_parts([tmp_path], seconds=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".download.part", "a.part"]


def test_only_the_cores_of_this_process_are_counted(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")  # as on macOS and Windows
    assert cores() == 64


def test_pixels_in_work_are_bounded():
    budget, seen = PixelBudget(100), []

    def work(pixels):
        with budget.hold(pixels):
            seen.append(budget.in_work)

    list(ordered_map(work, ((pixels,) for pixels in [60, 30, 50, 1000, 20] * 20), workers=8))
    assert (
        len(seen) == 100
        and all(pixels <= 100 or pixels == 1000 for pixels in seen)
        and budget.in_work == 0
    )


def test_a_file_comes_before_a_link_to_it(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "photo.png")
    (tmp_path / "a-link.png").symlink_to("photo.png")
    (tmp_path / "z-link.png").symlink_to("photo.png")
    work = {item.source.name: item for item in plan([tmp_path], tmp_path / "out")}
    reasons = {name: item.left_out for name, item in work.items()}
    same = f"the same photograph as {tmp_path / 'photo.png'}"
    assert reasons == {"photo.png": None, "a-link.png": same, "z-link.png": same}
    assert work["photo.png"].target == tmp_path / "out" / "photo.png"


@pytest.mark.parametrize("origin, package", [
    (None, "'dlcolorize[train]'"),
    ({}, "'dlcolorize[train]'"),
    (dict(url="file:///disk/dlcolorize.whl", archive_info={}),
     "'dlcolorize[train] @ file:///disk/dlcolorize.whl'"),
    (dict(url="https://host/us/dlcolorize", vcs_info=dict(vcs="git")),
     "'dlcolorize[train] @ git+https://host/us/dlcolorize'"),
])
def test_the_hint_names_where_the_package_came_from(monkeypatch, tmp_path, origin, package):
    class Installed:
        def read_text(self, name):
            return None if origin is None else json.dumps(origin)

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())
    checkout = Path(dlcolorize.__file__).resolve().parents[1]
    python = f"{sys.executable} -m pip install"
    assert install_line("train") == f"{python} -e {shlex.quote(f'{checkout}[train]')}"
    monkeypatch.setattr(dlcolorize, "__file__", str(tmp_path / "dlcolorize" / "__init__.py"))
    assert install_line("train") == f"{python} {package}"
    monkeypatch.setattr("dlcolorize.files.find_spec", lambda name: None)
    assert install_line("train") == f"uv pip install --python {sys.executable} {package}"

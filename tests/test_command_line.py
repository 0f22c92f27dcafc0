"""The command as other programs meet it: exit codes, one line for each fault, JSON and nothing else."""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
from conftest import pixels
from PIL import Image
from skimage import data

from dlcolorize.model_files import WEIGHTS

FAULTS = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"dear diary", "not an image"),
    "short.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\0\0\0\0", "image"),
}


def test_a_folder_keeps_its_tree(dlcolorize, album, tmp_path):
    result = dlcolorize("colorize", album, "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    before, after = pixels(album / "camera.png"), pixels(tmp_path / "out" / "camera.png")
    assert after.shape == (*before.shape, 3)
    assert (after.max(-1) - after.min(-1)).mean() > 3  # it has colour
    assert (tmp_path / "out" / "1936" / "cat.jpg").exists()


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_file_is_named_and_the_others_are_done(dlcolorize, album, tmp_path, name):
    content, said = FAULTS[name]
    (album / name).write_bytes(content)
    result = dlcolorize("colorize", album, "--out", tmp_path / "out")
    assert result.returncode == 1 and (tmp_path / "out" / "camera.png").exists()
    line, = result.stderr.strip().splitlines()
    assert str(album / name) in line and said in line
    assert not (tmp_path / "out" / name).exists()


def test_what_is_not_there_is_named_and_the_others_are_done(dlcolorize, album, tmp_path):
    (tmp_path / "nothing").mkdir()
    result = dlcolorize("colorize", "gone.jpg", tmp_path / "nothing", album / "camera.png", "--out", "out")
    assert result.returncode == 1 and (tmp_path / "out" / "camera.png").exists()
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 2 and "gone.jpg" in lines[0] and "no photographs" in lines[1]


def test_json_is_one_object_a_file_and_nothing_else(dlcolorize, album):
    (album / "text.jpg").write_bytes(b"dear diary")
    result = dlcolorize("colorize", album, "--json")
    *answers, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 3 and result.returncode == 1
    assert summary["summary"].items() >= dict(colorized=2, skipped=0, failed=1).items()
    assert all(answer.keys() == {"input", "output", "size", "pages", "skipped", "seconds", "error"} for answer in answers)
    by_name = {answer["input"].rsplit("/", 1)[1]: answer for answer in answers}
    assert by_name["camera.png"]["size"] == [192, 128] and by_name["camera.png"]["error"] is None
    assert by_name["text.jpg"]["output"] is None and "not an image" in by_name["text.jpg"]["error"]


def test_nothing_is_overwritten_unless_asked(dlcolorize, album, tmp_path):
    target = tmp_path / "out" / "camera.png"
    target.parent.mkdir()
    target.write_bytes(b"mine")
    result = dlcolorize("colorize", album, "--out", "out", "--json")
    *answers, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0 and target.read_bytes() == b"mine"
    assert [answer["skipped"] for answer in answers] == [False, True] and summary["summary"]["skipped"] == 1
    assert dlcolorize("colorize", album / "camera.png", "--out", "out", "--overwrite").returncode == 0
    assert target.read_bytes() != b"mine"


def test_the_grey_original_is_never_replaced(dlcolorize, album):
    before = (album / "camera.png").read_bytes()
    result = dlcolorize("colorize", album / "camera.png", "--out", album, "--overwrite")
    assert result.returncode == 1 and "would replace it" in result.stderr
    assert (album / "camera.png").read_bytes() == before


def test_two_photographs_of_one_name_do_not_replace_each_other(dlcolorize, album):
    result = dlcolorize("colorize", album / "camera.png", album / "camera.png", "--out", "out", "--overwrite")
    assert result.returncode == 1 and "another photograph" in result.stderr


def test_colour_of_an_earlier_run_is_not_colorized_again(dlcolorize, album):
    dlcolorize("colorize", album, "--out", album / "colour")
    result = dlcolorize("colorize", album, "--out", album / "colour", "--overwrite", "--json")
    assert len(result.stdout.splitlines()) == 2 + 1


def test_more_vividness_is_more_colour(dlcolorize, album, tmp_path):
    chroma = []
    for vividness in ("0", "1", "2"):
        dlcolorize("colorize", album / "camera.png", "--out", vividness, "--vividness", vividness)
        after = pixels(tmp_path / vividness / "camera.png")
        chroma.append((after.max(-1) - after.min(-1)).mean())
    assert chroma[0] < chroma[1] < chroma[2]


def test_same_input_same_bytes(dlcolorize, album, tmp_path):
    for out in ("first", "second"):
        dlcolorize("colorize", album, "--out", out)
    for name in ("camera.png", "1936/cat.jpg"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_file_that_is_no_model_is_named(dlcolorize, album, tmp_path):
    (tmp_path / "fake.onnx").write_bytes(b"not a model")
    for model in ("fake.onnx", "gone.onnx", "huge"):
        result = dlcolorize("colorize", album, "--model", model)
        line, = result.stderr.strip().splitlines()
        assert result.returncode == 1 and model in line


@pytest.mark.parametrize("arguments", [
    [], ["colorize"], ["colorize", "x.jpg", "--vividness", "9"], ["colorize", "x.jpg", "--nonsense"], ["paint"],
])
def test_wrong_usage_is_exit_code_2(dlcolorize, arguments):
    assert dlcolorize(*arguments).returncode == 2


@pytest.mark.parametrize("name", ["on the bridge.png", "on\nthe bridge.png", "Großmutter 祖母 бабушка.png", "-v.png", "a%d[1]*?.png", "\udcff.png"])
def test_names_of_every_kind(dlcolorize, tmp_path, name):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(data.camera()[:64, :64]).save(folder / name)
    (folder / f"not {name}").write_bytes(b"dear diary")
    result = dlcolorize("colorize", folder, "--out", "out")
    assert result.returncode == 1 and (tmp_path / "out" / name).exists(), result.stderr
    assert len(result.stdout.splitlines()) == 2 and len(result.stderr.splitlines()) == 1  # one line each, and the sum
    assert json.loads(dlcolorize("colorize", folder, "--out", "out", "--json").stdout.splitlines()[0])["input"].endswith(name)


def test_links_that_go_in_a_circle(dlcolorize, album, tmp_path):
    (album / "again").symlink_to(album)
    (album / "loop.png").symlink_to(album / "loop.png")
    result = dlcolorize("colorize", album, album / "loop.png", "--out", "out")
    assert result.returncode == 1 and "loop.png" in result.stderr and len(result.stderr.splitlines()) == 1
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.*")) == ["camera.png", "cat.jpg"]


def test_out_that_cannot_be_written(dlcolorize, album, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = dlcolorize("colorize", album / "camera.png", "--out", "file")
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1 and "cannot be written" in result.stderr
    result = dlcolorize("colorize", album / "camera.png", "--out", "/proc/nowhere")
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1 and "cannot be written" in result.stderr
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk_loses_nothing(dlcolorize, album):
    result = subprocess.run(["bash", "-c", 'ulimit -f 4; trap "" XFSZ; exec "$@"', "bash", *dlcolorize.command, "colorize", album, "--out", "out"],
                            cwd=album.parent, capture_output=True, text=True, timeout=120)  # no file may grow over 4 KB
    assert result.returncode == 1 and all("cannot be written" in line for line in result.stderr.splitlines())
    assert len(result.stderr.splitlines()) == 2
    assert not [path for path in (album.parent / "out").rglob("*") if path.is_file()]


def many(folder, count):
    folder.mkdir()
    for number in range(count):
        Image.fromarray(np.roll(data.camera(), 7 * number)[:400]).save(folder / f"{number:03}.png")
    return folder


def test_a_killed_run_leaves_no_half_file_and_is_finished_by_the_next(dlcolorize, tmp_path):
    folder, out = many(tmp_path / "many", 24), tmp_path / "out"
    process = subprocess.Popen([*dlcolorize.command, "colorize", folder, "--out", out], stdout=subprocess.PIPE)
    while len(list(out.glob("*.png"))) < 5:
        time.sleep(0.005)
    process.kill()
    process.wait()
    done = {path: path.read_bytes() for path in out.glob("*.png")}
    assert 5 <= len(done) < 24
    for path in done:
        assert pixels(path).shape == (400, 512, 3)
    *answers, summary = [json.loads(line) for line in dlcolorize("colorize", folder, "--out", out, "--json").stdout.splitlines()]
    assert summary["summary"]["skipped"] == len(done) and summary["summary"]["colorized"] == 24 - len(done)
    assert all(path.read_bytes() == content for path, content in done.items()) and len(list(out.glob("*.png"))) == 24


def test_ctrl_c_keeps_what_is_finished(dlcolorize, tmp_path):
    folder, out = many(tmp_path / "many", 40), tmp_path / "out"
    hearing = [sys.executable, "-c", "import signal, sys, os; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"]
    process = subprocess.Popen([*hearing, *dlcolorize.command, "colorize", folder, "--out", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(list(out.glob("*.png"))) < 5:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and said.strip().splitlines() == ["dlcolorize: interrupted; what is finished is kept, and the same command does the rest"]
    assert 5 <= len(list(out.iterdir())) < 40
    assert all(pixels(path).shape == (400, 512, 3) for path in out.iterdir())


def test_two_runs_at_once_do_no_harm(dlcolorize, tmp_path):
    folder, out = many(tmp_path / "many", 12), tmp_path / "out"
    runs = [subprocess.Popen([*dlcolorize.command, "colorize", folder, "--out", out, *more], stdout=subprocess.PIPE) for more in ([], ["--overwrite"])]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    dlcolorize("colorize", folder, "--out", "alone")
    for path in (tmp_path / "alone").iterdir():
        assert (out / path.name).read_bytes() == path.read_bytes()
    assert len(list(out.iterdir())) == 12


def test_at_a_terminal_a_bar_says_how_long_it_will_take(dlcolorize, tmp_path):
    folder = many(tmp_path / "many", 120)  # the time left is known after a second
    (folder / "bad.png").write_bytes(b"dear diary")
    outer, inner = os.openpty()
    process = subprocess.Popen([*dlcolorize.command, "colorize", folder, "--out", tmp_path / "out"], stdout=subprocess.PIPE, stderr=inner, text=True)
    os.close(inner)
    said = b""
    with contextlib.suppress(OSError):  # which is how Linux says that the other end is gone
        while part := os.read(outer, 4096):
            said += part
    os.close(outer)
    process.wait()
    assert re.search(rb"\d+%  (\d+d )?\d\d:\d\d:\d\d", said) and b"bad.png: not an image file" in said
    assert process.stdout.read().startswith("120 colorized")


@pytest.mark.parametrize("change, said", [
    (dict(card_version=99), "update dlcolorize"), (dict(card_version=0), "export the model anew"), ("no card", "not a colorizing model"),
    ("not json", "cannot be read"), ("another layout", "inputs and outputs"),
])
def test_models_of_another_kind_are_named(dlcolorize, album, tmp_path, change, said):
    model = onnx.load(WEIGHTS / "base.onnx")
    entry, = [entry for entry in model.metadata_props if entry.key == "dlcolorize"]
    if isinstance(change, dict):
        entry.value = json.dumps(json.loads(entry.value) | change)
    elif change == "no card":
        entry.key = "someone else's"
    elif change == "not json":
        entry.value = "{"
    else:
        graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["pixels"], ["ab"])], "other",
                                       [onnx.helper.make_tensor_value_info("pixels", 1, [1, 3, 8, 8])], [onnx.helper.make_tensor_value_info("ab", 1, [1, 3, 8, 8])])
        other = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        other.metadata_props.append(entry)
        model = other
    onnx.save(model, tmp_path / "other.onnx")
    result = dlcolorize("colorize", album, "--model", "other.onnx")
    line, = result.stderr.strip().splitlines()
    assert result.returncode == 1 and said in line and "other.onnx" in line


def test_where_the_colour_comes_from_is_written_and_read_back(dlcolorize, album):
    dlcolorize("colorize", album, "--out", "out", "--vividness", "0.5")
    dlcolorize("colorize", album, "--out", "silent", "--no-provenance")
    result = dlcolorize("info", "out/camera.png", "out/1936/cat.jpg")
    assert result.returncode == 0 and result.stdout.count("compositeWithTrainedAlgorithmicMedia") == 2 and "vividness 0.5" in result.stdout
    result = dlcolorize("info", "silent/camera.png", album / "camera.png", "gone.png")
    assert result.returncode == 1 and result.stdout.count("says nothing") == 2 and "gone.png: no such file" in result.stderr


def test_the_map_of_uncertainty(dlcolorize, album, tmp_path):
    assert dlcolorize("colorize", album / "camera.png", "--out", "out", "--uncertainty").returncode == 0
    unsure = pixels(tmp_path / "out" / "camera.png.uncertainty.png")
    assert unsure.shape == (128, 192) and unsure.max() > 10 and np.ptp(unsure) > 10
    dlcolorize("colorize", album / "camera.png", "--out", "one")
    dlcolorize("colorize", album / "camera.png", "--out", "six", "--ensemble")
    one, six, unsure = (pixels(tmp_path / folder / "camera.png") for folder in ("one", "six", "out"))
    assert np.array_equal(six, unsure) and not np.array_equal(one, six)


def test_the_size_changes_what_the_network_sees(dlcolorize, album, tmp_path):
    for size in ("192", "96"):
        dlcolorize("colorize", album / "camera.png", "--out", size, "--size", size)
    dlcolorize("colorize", album / "camera.png", "--out", "own")
    assert np.array_equal(pixels(tmp_path / "192/camera.png"), pixels(tmp_path / "own/camera.png"))
    assert not np.array_equal(pixels(tmp_path / "96/camera.png"), pixels(tmp_path / "own/camera.png"))


def test_a_large_picture_is_refused_until_it_is_allowed(dlcolorize, album):
    refused = dlcolorize("colorize", album / "camera.png", "--out", "out", "--max-pixels", "20000")
    line, = refused.stderr.strip().splitlines()
    assert refused.returncode == 1 and "--max-pixels" in line
    assert dlcolorize("colorize", album / "camera.png", "--out", "out", "--max-pixels", "24576").returncode == 0


def test_a_folder_of_many_takes_no_more_memory_than_a_few(dlcolorize, tmp_path):
    script = ("import re, sys; from dlcolorize.command_line import app\ntry: app()\n"
              "finally: print(re.search('VmHWM:(.+)kB', open('/proc/self/status').read())[1], file=sys.stderr)")
    one, peaks = many(tmp_path / "one", 1), []
    for count in (16, 160):
        folder = tmp_path / f"{count}"
        folder.mkdir()
        for number in range(count):
            os.link(one / "000.png", folder / f"{number}.png")
        result = subprocess.run([sys.executable, "-c", script, "colorize", folder, "--out", tmp_path / f"out-{count}"], capture_output=True, text=True, timeout=300)
        peaks.append(int(result.stderr.split()[-1]))
    assert peaks[1] < 1.1 * peaks[0]


def test_info_says_what_model_it_is(dlcolorize):
    result = dlcolorize("info")
    assert result.returncode == 0
    for word in ("base", "base.onnx", "sha256", "trained on", "coco", "gain"):
        assert word in result.stdout


def test_the_gallery_makes_a_contact_sheet(dlcolorize, album, tmp_path):
    result = dlcolorize("gallery", album, "--out", "sheet")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "sheet" / "1936" / "cat.jpg").exists()
    assert pixels(tmp_path / "sheet" / "contact_sheet.png").shape[0] > 2 * 200

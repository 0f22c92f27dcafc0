"""The command as other programs meet it: exit codes, one line for each fault, JSON and nothing else."""
import json

import pytest
from conftest import pixels

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
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 3 and result.returncode == 1
    assert all(answer.keys() == {"input", "output", "size", "seconds", "error"} for answer in answers)
    by_name = {answer["input"].rsplit("/", 1)[1]: answer for answer in answers}
    assert by_name["camera.png"]["size"] == [192, 128] and by_name["camera.png"]["error"] is None
    assert by_name["text.jpg"]["output"] is None and "not an image" in by_name["text.jpg"]["error"]


def test_nothing_is_overwritten_unless_asked(dlcolorize, album, tmp_path):
    target = tmp_path / "out" / "camera.png"
    target.parent.mkdir()
    target.write_bytes(b"mine")
    assert dlcolorize("colorize", album / "camera.png", "--out", "out").returncode == 1
    assert target.read_bytes() == b"mine"
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
    assert len(result.stdout.splitlines()) == 2


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

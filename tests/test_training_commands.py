"""The commands that train, export and score a model, and one line for each mistake."""

import dataclasses
import shlex
import shutil

import pandas as pd
import pytest
from PIL import Image
from skimage import data
from typer.main import get_command

from dlcolorize import evaluation, exporting
from dlcolorize.command_line import app
from dlcolorize.datasets import DataError
from dlcolorize.model_files import WEIGHTS
from dlcolorize.registry import RunError
from dlcolorize.runs import TrainConfig, parse_setting


def test_quality_writes_scores_into_the_card(run, tmp_path):
    shutil.copy(WEIGHTS / "base.onnx", tmp_path)
    names = ["photo", "predictor", "psnr", "mae", "ssim", "colorfulness", "true_colorfulness"]
    rows = [["a", "gray copy", 20, 0.1, 0.9, 0, 10], ["a", "base", 21.5, 0.09, 0.91, 4, 10]]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "test-cats.csv", index=False)
    result = run("quality", "base.onnx", ".")
    assert result.exit_code == 0 and "cats" in result.stdout
    scores = exporting.card_of_file(tmp_path / "base.onnx").quality["cats"]
    assert scores == dict(psnr=21.5, gain=1.5, mae=0.09, ssim=0.91, colorfulness=0.4)
    result = run("quality", "gone.onnx", ".")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1
    assert line == "dlcolorize: gone.onnx: No such file or directory"


def test_a_photograph_that_is_gray_in_truth_does_not_spoil_the_card(run, tmp_path):
    shutil.copy(WEIGHTS / "base.onnx", tmp_path)
    names = ["photo", "predictor", "psnr", "mae", "ssim", "colorfulness", "true_colorfulness"]
    rows = [["a", "gray copy", 20, 0.1, 0.9, 0, 10], ["a", "base", 21.5, 0.09, 0.91, 4, 10]]
    rows += [["b", "gray copy", float("inf"), 0, 1, 0, 0], ["b", "base", 30, 0.03, 0.99, 1, 0]]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "test-cats.csv", index=False)
    assert run("quality", "base.onnx", ".").exit_code == 0
    scores = exporting.card_of_file(tmp_path / "base.onnx").quality["cats"]
    assert scores == dict(psnr=21.5, gain=1.5, mae=0.06, ssim=0.95, colorfulness=0.5)


def test_sizes_of_a_set_that_is_not_there(run):
    result = run("sizes", "--data", "gone", "--out", "sizes.csv")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "dlcolorize: gone: no prepared set here "
        "(dlcolorize data prepare folder --source PHOTOGRAPHS --dest gone)"
    )


def test_the_help_of_train_shows_the_defaults():
    command = get_command(app).commands["train"]
    config, shown = TrainConfig(("set",), "run"), {}
    for option in command.params:
        default = getattr(config, option.name, None)
        if option.name in ("data", "out", "loss", "start", "teachers"):
            continue
        if hasattr(config, option.name):
            shown[option.name] = option.show_default
            text = {"pretrained": "random"}.get(option.name, str(default).lower())
            assert option.show_default == text, option.name
    assert {"model", "head", "epochs", "crop", "width", "batch_size", "lr", "seed"} <= set(shown)
    others = next(option for option in command.params if option.name == "more").help
    pairs = dict(word.rstrip(",").split("=") for word in others.split() if "=" in word)
    assert pairs.pop("device") == "cuda"
    names = {field.name for field in dataclasses.fields(config)} - set(shown)
    assert set(pairs) == names - {"data", "out", "loss", "start", "teachers", "device"}
    for name, value in pairs.items():
        assert parse_setting(f"{name}={value}") == (name, getattr(config, name))


def test_what_comes_next_is_a_command_that_works(run, packed, tmp_path):
    short = "--width", 4, "--epochs", 1, "--crop", 32, "--batch-size", 4, "--limit", 16
    result = run("train", "--data", packed, "--out", "our runs/first", *short)
    export, evaluate = (shlex.split(line) for line in result.stdout.splitlines()[-2:])
    assert export == ["next:", "dlcolorize", "export", "our runs/first", "--out", "first.onnx"]
    folder = packed.parent / "photos"
    assert evaluate[-1] == "PHOTOGRAPHS"
    assert run(*evaluate[1:-1], folder, "--split", "valid").exit_code == 0
    result = run(*export[2:])
    assert result.exit_code == 0 and result.stdout.startswith("first.onnx  ")
    colorize, evaluate = (shlex.split(line) for line in result.stdout.splitlines()[-2:])
    assert colorize == ["next:", "dlcolorize", "colorize", "PHOTOGRAPHS", "--model", "first.onnx"]
    assert evaluate[:4] == ["dlcolorize", "evaluate", "--model", "first.onnx"]
    photo = next(path for path in folder.rglob("*.*") if path.is_file())
    assert run("colorize", photo, "--recolor", *colorize[4:]).exit_code == 0


def test_any_setting_of_a_run_can_be_set(run, monkeypatch):
    from dlcolorize import training

    configs = []
    monkeypatch.setattr(training, "train", lambda config, resume: configs.append(config))
    sets = "--set", "weight_decay=0.05", "--set", "aged=true", "--set", "final_crop=none"
    assert run("train", "--data", "set", "--out", "run", *sets).exit_code == 0
    expected = TrainConfig(("set",), "run", weight_decay=0.05, aged=True, final_crop=None)
    assert configs == [expected]
    for wrong in ("speed=1", "epochs=many", "epochs", "data=other", "teachers=other"):
        result = run("train", "--data", "set", "--out", "run", "--set", wrong)
        assert result.exit_code == 2 and wrong in result.stderr.splitlines()[-1]
    own = {"data", "out", "teachers"}  # options of their own
    names = {field.name for field in dataclasses.fields(TrainConfig)} - own
    line = run("train", "--data", "set", "--out", "run", "--set", "speed=1").stderr
    assert all(name in line for name in names)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--model", "unett"), "unett: no network"),
        (("--head", "labb"), "labb: no head"),
        (("--loss", "hubber"), "hubber: no loss of the head lab"),
        (("--model", "base", "--head", "lab"), "base: the head lab does not fit"),
        (("--pretrained",), "unet has no pretrained weights"),
        (("--lr", "0"), "lr is 0.0; it has to be above 0"),
        (("--set", "average=2"), "average is 2.0"),
        (("--set", "start_share=0.2"), "start_share has no effect"),
        (("--track", "tensorboard"), "tensorboard"),
        (("--set", "track=tensorboard"), "tensorboard: no tracking of this name"),
        (("--from", "base", "--model", "unett"), "unett: no network"),
    ],
)
def test_what_the_command_line_alone_shows_to_be_wrong_is_wrong_usage(run, arguments, said):
    result = run("train", "--data", "gone", *arguments)
    assert result.exit_code == 2 and said in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), ("--from", "gone"), ("--from", "broken")])
def test_what_is_wrong_with_files_is_no_wrong_usage(run, tmp_path, arguments):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    (tmp_path / "broken" / "model.safetensors").touch()
    result = run("train", "--data", "gone", *arguments)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1 and line.startswith("dlcolorize: ")


def test_an_export_without_the_sets_of_the_training_names_the_option(run, tmp_path):
    result = run("export", "base", "--out", "mine.onnx")
    assert result.exit_code == 1 and result.stderr.endswith(
        "no prepared set here (prepare it again, or give another packed set with --data)\n"
    )
    result = run("export", "base", "--out", "mine.onnx", "--data", "gone")
    assert result.stderr.endswith(
        "gone: no prepared set here "
        f"(dlcolorize data prepare folder --source PHOTOGRAPHS --dest {tmp_path / 'gone'})\n"
    )


def test_a_split_that_does_not_exist_is_wrong_usage(run):
    result = run("evaluate", "--data", "photos", "--split", "tests")
    assert result.exit_code == 2 and "'train', 'valid', 'test'" in result.stderr


def test_a_folder_with_the_name_of_a_model_is_not_taken_for_it(run, tmp_path):
    (tmp_path / "test").mkdir()
    Image.fromarray(data.chelsea()[:64, :64]).save(tmp_path / "test" / "cat.png")
    (tmp_path / "base").mkdir()
    result = run("evaluate", "--data", tmp_path)
    assert result.exit_code == 0 and "\nbase " in result.stdout
    assert "lightness kept" not in result.stdout  # a predictor of the run, not of the model file


def test_a_damaged_file_is_named_and_the_others_are_scored(run, tmp_path, monkeypatch):
    (tmp_path / "test").mkdir()
    whole = Image.fromarray(data.chelsea()[:64, :64])
    whole.save(tmp_path / "test" / "cat.png")
    whole.save(tmp_path / "test" / "cut.jpg")
    content = (tmp_path / "test" / "cut.jpg").read_bytes()
    (tmp_path / "test" / "cut.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "test" / "text.jpg").write_text("dear diary")
    with pytest.raises(DataError, match="cut.jpg: cannot be decoded"):
        evaluation.read_test_photos(tmp_path)
    scored = pd.DataFrame(dict(CF=[1.0]), ["gray copy"])
    monkeypatch.setattr(evaluation, "protocol", lambda predictors, photos: scored)
    for command in (
        ("evaluate", "--data", tmp_path),
        ("protocol", "--test", f"cats={tmp_path}", "--out", tmp_path / "out.csv"),
    ):
        result = run(*command)
        lines = [line for line in result.stderr.splitlines() if line.startswith("dlcolorize: ")]
        assert result.exit_code == 1 and "gray copy" in result.stdout
        assert [line.split(": ")[1] for line in lines] == [
            str(tmp_path / "test" / name) for name in ("cut.jpg", "text.jpg")
        ]


@pytest.mark.parametrize(
    "command",
    [("sizes", "--data", "set"), ("protocol", "--test", "a=b"), ("evaluate", "--data", "b")],
)
def test_the_folder_of_the_scores_is_made_and_tested_before_the_work(
    run, tmp_path, monkeypatch, command
):
    def work(*_, **__):
        raise RunError("at work")

    monkeypatch.setattr(exporting, "size_by_content", work)
    monkeypatch.setattr(evaluation, "colorizer_predictors", work)
    (tmp_path / "file").touch()
    result = run(*command, "--out", "file/scores.csv")
    assert result.exit_code == 1 and "file/scores.csv: cannot be written" in result.stderr
    result = run(*command, "--out", "new/scores.csv")
    assert "at work" in result.stderr and (tmp_path / "new").is_dir()


@pytest.mark.parametrize(
    "option, known", [("--model", "unet"), ("--head", "lab3"), ("--loss", "huber (head lab)")]
)
def test_list_prints_the_names_that_an_option_takes(run, option, known):
    result = run("train", option, "list")
    assert result.exit_code == 0 and known in result.stdout.splitlines()


def test_list_prints_what_a_module_registers_wherever_it_is_named(dlcolorize, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from dlcolorize.registry import register_network\n"
        "@register_network('plain')\n"
        "def plain(head, config): ...\n"
    )
    result = dlcolorize("train", "--model", "list", "--import", "mine.py")
    assert result.returncode == 0 and "plain" in result.stdout.splitlines()

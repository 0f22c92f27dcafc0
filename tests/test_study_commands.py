"""The commands of the study: what they call, and one line for each mistake."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from dlcolorize import benchmarking, packed_sets, study
from dlcolorize.command_line import app
from dlcolorize.registry import RunError


@pytest.fixture
def calls(monkeypatch):
    "What is called in place of the long runs: name and arguments."
    calls = []
    for name in ("run_study", "run_study_in", "search"):

        def note(*arguments, name=name):
            calls.append((name, *arguments))

        monkeypatch.setattr(study, name, note)
    monkeypatch.setattr(study, "tuned", lambda out: {f"best of {out}": study.PLAN["unet-lab-coco"]})
    monkeypatch.setattr(packed_sets, "read_manifest", lambda folder: None)
    return calls


def test_study_runs_the_plan_or_some_of_it(run, calls):
    tests = "--test", "coco=photos/coco", "--test", "dogs=photos/dogs.tar"
    assert run("study", *tests).exit_code == 0
    more = "--budget", "gpu", "--data", "sets", "--workers", "8"
    assert run("study", "unet-lab-coco", *tests, *more).exit_code == 0
    sources = {"coco": Path("photos/coco"), "dogs": Path("photos/dogs.tar")}
    cpu, gpu = study.BUDGETS["cpu"], study.BUDGETS["gpu"]
    one = {"unet-lab-coco": study.PLAN["unet-lab-coco"]}
    assert calls == [
        ("run_study_in", 1, Path("data"), sources, Path("results/study-cpu"), cpu, study.PLAN),
        ("run_study_in", 8, Path("sets"), sources, Path("results/study-gpu"), gpu, one),
    ]


def test_a_run_comes_after_its_teacher_and_tuned_runs_have_names_too(run, calls):
    pupil, teacher = "distilled-lab-coco-seed1", study.PLAN["distilled-lab-coco-seed1"].teacher
    result = run("study", pupil, "best of found", "--out", "found", "--test", "coco=photos/coco")
    ((*_, plan),) = calls
    assert result.exit_code == 0 and list(plan) == [teacher, pupil, "best of found"]
    assert plan[teacher] == study.PLAN[teacher]


def test_a_study_leaves_out_the_runs_whose_sets_are_not_there(run, calls, tmp_path):
    for name in ("coco", "dogs"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "manifest.csv").touch()
    result = run("study", "--test", "coco=photos/coco")
    left = [name for name in study.PLAN if "landscapes" in name or "general" in name]
    ((*_, plan),) = calls
    assert result.exit_code == 1 and list(plan) == [name for name in study.PLAN if name not in left]
    lines = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == left
    assert lines[0].endswith(": left out; not prepared: landscapes")
    assert run("study", left[0], "--test", "coco=photos/coco").exit_code == 0


def test_search_trains_the_best_of_each_space(run, calls):
    options = "--trials", "3", "--epochs", "2", "--out", "out"
    result = run("search", "--test", "coco=photos", *options)
    assert result.exit_code == 0
    budget, out = study.BUDGETS["cpu"], Path("out")
    best = {"best of out": study.PLAN["unet-lab-coco"]}
    assert calls == [
        ("search", Path("data/coco"), out, budget.settings | dict(epochs=2), 3),
        ("run_study", Path("data"), {"coco": Path("photos")}, out, budget, best),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("study",),
        ("study", "--test", "coco"),
        ("study", "--test", "=photos"),
        ("search",),
        ("study", "--test", "coco=a", "--budget", "huge"),
        ("study", "unet", "--test", "coco=a"),
        ("search", "--test", "coco=a", "--trials", "0"),
        ("bench", "--photographs", "1"),
    ],
)
def test_wrong_usage_is_exit_code_2(run, calls, arguments):
    result = run(*arguments)
    assert result.exit_code == 2 and not calls
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_what_stops_a_study_is_one_line(run, monkeypatch):
    def refuse(*_):
        raise Closed("out/unet: closed today")

    class Closed(RunError):
        option = "--tomorrow"

    monkeypatch.setattr(study, "run_study", refuse)
    result = run("study", "--test", "coco=photos")
    assert result.exit_code == 1
    assert result.stderr == "dlcolorize: out/unet: closed today (--tomorrow)\n"


def test_a_search_without_its_set_is_one_line(run, tmp_path):
    result = run("search", "--test", "coco=photos")
    assert result.exit_code == 1 and result.stderr == (
        "dlcolorize: data/coco: no prepared set here "
        "(dlcolorize data prepare coco --dest data/coco)\n"
    )
    assert not (tmp_path / "results").exists()


def test_the_budgets_are_those_of_the_study(run):
    assert study.BUDGETS.keys() == {"cpu", "gpu"}
    for command in ("study", "search"):
        result = run(command, "--test", "coco=photos", "--budget", "tpu")
        assert result.exit_code == 2 and "'cpu', 'gpu'" in result.stderr


@pytest.mark.parametrize(
    "command", [("study", "--test", "a=b"), ("search", "--test", "a=b"),
                ("robustness", "--test", "a=b"), ("bench", "starting"), ("train", "--data", "set")],
)
def test_a_file_in_the_place_of_the_output_folder(run, tmp_path, command):
    (tmp_path / "file").touch()
    result = run(*command, "--out", "file/out")
    assert result.exit_code == 1
    assert result.stderr == "dlcolorize: file: not a folder; choose another with --out\n"


def test_a_study_that_is_interrupted(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "run_study", interrupt)
    result = run("study", "--test", "coco=photos")
    assert result.exit_code == 130
    assert result.stderr == "dlcolorize: interrupted; the same command goes on where it stopped\n"


@pytest.mark.parametrize("kind, fault", [
    (KeyError, lambda *_: {}["gone"]),
    (ValueError, lambda *_: pd.Series([1, 2]) == pd.Series([1])),
])
def test_an_error_that_nobody_foresaw_keeps_its_traceback(monkeypatch, kind, fault):
    monkeypatch.setattr(study, "run_study", fault)
    result = CliRunner().invoke(app, ["study", "--test", "coco=photos"])
    assert isinstance(result.exception, kind)


def test_bench_measures_what_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(
        benchmarking.BENCHMARKS,
        "naps",
        lambda scratch, effort: [
            dict(
                photographs=effort.photographs,
                seconds=effort.seconds,
                empty=not any(scratch.iterdir()),
            )
        ],
    )
    result = run("bench", "naps", "--out", "out", "--photographs", "50", "--seconds", "0.5")
    assert result.exit_code == 0
    measured = json.loads((tmp_path / "out" / "naps.json").read_text())
    assert measured["rows"] == [dict(photographs=50, seconds=0.5, empty=True)]
    assert "torch" in measured["machine"]
    result = run("bench", "nips")
    line = result.stderr.splitlines()[-1]
    assert result.exit_code == 2 and "nips: no benchmark of this name; did you mean naps?" in line

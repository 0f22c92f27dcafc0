"""A sweep of Weights & Biases is the search of the study."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import optuna
import pytest
import yaml
from wandb.sdk.launch.sweeps.utils import create_sweep_command, create_sweep_command_args

from dlcolorize.runs import TrainConfig
from dlcolorize.study import BUDGETS, SPACES, suggest_settings, write_sweeps
from dlcolorize.tracking import sweep

ROOT = Path(__file__).parents[1]


def sweep_of(space, settings=None):
    "The sweep as `make sweeps` writes it."
    settings = settings or BUDGETS["cpu"].settings | dict(epochs=3)
    suggest = partial(suggest_settings, space=space)
    return sweep(suggest, settings, "data/coco", f"unet-{space}")


def decided(values):
    "The settings that a value of each parameter stands for, as the command line reads them."
    words = " ".join(f"{name}={value}" for name, value in values.items()).split()
    return dict(word.split("=") for word in words)


def contains(parameter, value):
    "Whether a parameter of a sweep may have a value."
    if "min" in parameter:
        return parameter["min"] <= value <= parameter["max"]
    values = parameter.get("values", [parameter.get("value")])
    return str(value) in [str(each).split()[0] for each in values]


def test_the_sweep_files_are_the_search(tmp_path):
    write_sweeps(tmp_path, BUDGETS["cpu"].settings | dict(epochs=3))
    for space in SPACES:
        written = (tmp_path / f"sweep-{space}.yaml").read_text()
        assert yaml.safe_load(written) == sweep_of(space)
        stored = ROOT / "results" / "study-cpu" / f"sweep-{space}.yaml"
        assert stored.read_text() == written, "make sweeps writes it anew"


@pytest.mark.parametrize("space", SPACES)
def test_a_sweep_has_the_ranges_of_the_search_and_no_others(space):
    parameters = sweep_of(space)["parameters"]
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    combinations = set()
    for _ in range(60):
        trial = study.ask()
        settings = BUDGETS["cpu"].settings | dict(epochs=3) | suggest_settings(trial, space)
        for name, parameter in parameters.items():
            assert contains(parameter, settings[name]), name
        named = set(decided(dict.fromkeys(parameters, "x")))
        for parameter in parameters.values():
            for value in parameter.get("values", ()):
                named |= {word.split("=")[0] for word in str(value).split()[1:]}
        assert named == settings.keys()
        for name, drawn in trial.distributions.items():
            if hasattr(drawn, "choices"):
                chosen = [str(each).split()[0] for each in parameters[name]["values"]]
                assert chosen == [str(each) for each in drawn.choices]
            else:
                kind = "log_uniform_values" if drawn.log else "uniform"
                expected = dict(distribution=kind, min=drawn.low, max=drawn.high)
                assert parameters[name] == expected
        combinations.add((settings["loss"], settings["head"]))
    loss, head = parameters["loss"], parameters.get("head", {}).get("value")
    found = [decided(dict(loss=value)) for value in loss.get("values", [loss.get("value")])]
    assert {(each["loss"], each.get("head", head)) for each in found} == combinations


def expanded(command, values):
    "The command that an agent runs, made by its own functions."
    arguments = create_sweep_command_args(
        {"args": {name: {"value": value} for name, value in values.items()}}
    )
    words = []
    for word in create_sweep_command(list(command)):
        macro = re.fullmatch(r"\$\{(\w+)\}", word)
        if macro and macro[1] == "env":
            words.append("/usr/bin/env")
        elif macro:
            words += arguments[macro[1]]
        else:
            words.append(word)
    return words


@pytest.mark.parametrize("space", SPACES)
def test_an_agent_trains_what_a_trial_of_the_search_trains(packed, tmp_path, space):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coco").symlink_to(packed)
    settings = dict(epochs=1, epoch_size=16, crop=48, final_crop=48, batch_size=8, limit=16)
    described = sweep_of(space, settings | dict(device="cpu"))
    values = {
        name: parameter.get("value", parameter.get("values", [parameter.get("min")])[-1])
        for name, parameter in described["parameters"].items()
    }
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "dlcolorize"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m dlcolorize "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        expanded(described["command"], values),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ
        | dict(
            PATH=f"{bin_folder}:{os.environ['PATH']}",
            PYTHONPATH=str(ROOT),
            WANDB_MODE="offline",
            WANDB_RUN_ID="trial1",
        ),
    )
    assert done.returncode == 0, done.stderr
    out = "runs/sweep/trial1"
    settings |= dict(device="cpu", track="wandb")
    text = decided(values)
    study = optuna.create_study()
    drawn = {name: text.get(name) for name in study_parameters(study, space)}
    trial = optuna.trial.FixedTrial(
        {name: value if name == "loss" else json.loads(value) for name, value in drawn.items()}
    )
    expected = TrainConfig(("data/coco",), out, **settings | suggest_settings(trial, space))
    config = json.loads((tmp_path / out / "config.json").read_text())
    wanted = json.loads(json.dumps(dataclasses.asdict(expected)))
    assert {name: config[name] for name in wanted} == wanted


def study_parameters(study, space):
    "The names that a trial of the search draws."
    trial = study.ask()
    suggest_settings(trial, space)
    return trial.params

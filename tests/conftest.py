"""Photographs and commands that several tests use."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from dlcolorize.command_line import app

settings.register_profile(
    "repeatable", derandomize=True, deadline=None
)  # a slow machine is no fault of the code
settings.load_profile("repeatable")


@pytest.fixture
def album(tmp_path):
    "A folder with two gray photographs, one of them a level down."
    folder = tmp_path / "album"
    (folder / "1936").mkdir(parents=True)
    Image.fromarray(data.camera()).resize((192, 128)).save(folder / "camera.png")
    Image.fromarray(data.chelsea()).convert("L").save(folder / "1936" / "cat.jpg")
    return folder


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    "A packed set of squares of scikit-image's photographs."
    from dlcolorize.preparing import prepare, sample_photos  # of the training layer

    folder = tmp_path_factory.mktemp("photos")
    prepare(sample_photos(folder / "photos"), folder / "album", size=64)
    return folder / "album"


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    "A few dozen squares of scikit-image's photographs, and some that are dropped."
    from dlcolorize.preparing import sample_photos

    folder = sample_photos(tmp_path_factory.mktemp("photos") / "photos", 128, 128)
    Image.fromarray(data.camera()).save(folder / "gray-1.png")
    (folder / "text-1.jpg").write_text("dear diary")
    return folder


@pytest.fixture(scope="module")
def whole(photos, tmp_path_factory):
    "The packed set of these squares."
    from dlcolorize.preparing import prepare

    dest = tmp_path_factory.mktemp("whole") / "set"
    prepare(photos, dest, 64)
    return dest


@pytest.fixture
def no_histogram(monkeypatch):
    "It takes longer than all the rest; it is drawn for the sets of the module."
    from matplotlib.figure import Figure

    from dlcolorize import packed_sets

    monkeypatch.setattr(packed_sets, "histogram_figure", lambda *arguments: Figure((1, 1)))


@pytest.fixture
def dlcolorize(tmp_path):
    "Run the command in a process of its own, in an empty folder."

    def run(*arguments):
        return subprocess.run(
            [*run.command, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    run.command = [sys.executable, "-c", "from dlcolorize.command_line import app; app()"]
    return run


@pytest.fixture
def run(tmp_path, monkeypatch):
    "Run the command in this process, in an empty folder."
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        result = CliRunner().invoke(app, list(map(str, arguments)))
        error = result.exception
        assert error is None or isinstance(error, SystemExit), error
        return result

    return command


def small(path, number=0):
    "A small gray photograph."
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.roll(data.camera(), 7 * number)[:128, :128]).save(path)
    return path


def many(folder, count):
    for number in range(count):
        small(folder / f"{number:03}.png", number)
    return folder


def reports_of(result):
    "The objects that --json printed: reports by the name of the file, and the totals."
    *reports, summary = map(json.loads, result.stdout.splitlines())
    return {os.path.basename(report["input"]): report for report in reports}, summary["summary"]


def pixels(path):
    "An image file as whole numbers that can be subtracted."
    return np.asarray(Image.open(path)).astype(int)


def pytest_collection_modifyitems(items):
    "Begin with the longest tests, so that at the end no worker waits for one."
    items.sort(key=lambda item: "test_training" not in item.nodeid)

"""Nothing leaves the machine, and nothing is written but the output and documented caches."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

ROOT = Path(__file__).parents[1]
BUILD_SERVERS = re.compile(
    "CI$|BUILD|GITHUB|GITLAB|CIRCLE|TRAVIS|JENKINS|TEAMCITY|APPVEYOR|BITBUCKET|TF_"
)  # where onnxruntime keeps silent
SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "WANDB_ERROR_REPORTING": "false",
}

# Every call by which a program can reach a network or a file. Python reports its own calls to an
# audit hook, not those of libraries in C.
AUDIT = """
import sys
def listen(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.gethostby",
                         "socket.sendto", "urllib.Request", "http.client")):
        sys.stderr.write(f"SENT {event} {arguments}\\n")
sys.addaudithook(listen)
"""


@pytest.fixture
def run(tmp_path):
    "Run a program whose home is empty, on a machine that is no build server; what it wrote there."
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(AUDIT)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in SWITCHES
        and not name.startswith(
            ("XDG_", "MPL", "TORCH", "HF_", "WANDB_", "KAGGLE", "FASTAI", "ORT_")
        )
        and not BUILD_SERVERS.search(name)
    }
    kept |= {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONPATH": os.pathsep.join((str(tmp_path / "hook"), str(ROOT))),
    }

    def run(*arguments, **environment):
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=kept | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert result.returncode == 0, result.stderr
        assert "SENT" not in result.stderr
        return sorted(str(path.relative_to(home)) for path in home.rglob("*"))

    return run


def test_the_hook_hears(run):
    "Else the other tests would prove nothing."
    with pytest.raises(AssertionError, match="SENT socket.getaddrinfo"):
        run("-c", "import socket\ntry: socket.getaddrinfo('localhost', 80)\nexcept OSError: pass")
    assert run("-c", "import pathlib; (pathlib.Path.home() / 'left').touch()") == ["left"]


@pytest.mark.parametrize(
    "program",
    [
        "import dlcolorize",
        "import dlcolorize, onnxruntime",
        "from dlcolorize import Colorizer; Colorizer()",
        "import dlcolorize.model_files",
        "import dlcolorize.command_line, onnxruntime",
    ],
)
def test_an_import_leaves_nothing(run, program):
    assert run("-c", program) == []


def test_colorizing_leaves_nothing_but_the_picture(run, tmp_path):
    Image.fromarray(data.camera()[::4, ::4]).save(tmp_path / "gray.png")
    assert run("-m", "dlcolorize", "colorize", "gray.png", "--out", "color") == []
    assert (
        np.ptp(np.asarray(Image.open(tmp_path / "color" / "gray.png")).astype(int), axis=2).mean()
        > 2
    )
    assert run("-m", "dlcolorize", "info") == []
    assert (
        run("-c", "from dlcolorize import Colorizer; Colorizer()('gray.png').save('api.png')") == []
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "api.png",
        "color",
        "gray.png",
        "home",
        "hook",
    ]


def test_the_training_layer_leaves_the_documented_caches(run):
    "Each of its modules, and the libraries that it loads when they are needed."
    modules = sorted(path.stem for path in (ROOT / "dlcolorize").glob("[a-z]*.py"))
    libraries = "wandb, kagglehub, huggingface_hub, timm, optuna, onnxscript, accelerate, pooch"
    imports = "; ".join(f"import dlcolorize.{name}" for name in modules)
    written = run("-c", f"import dlcolorize; {imports}; import {libraries}")
    documented = re.compile(
        r"\.(cache|config)(/matplotlib(/fontlist-.*\.json)?)?|torchinductor_\w+"
    )
    assert [path for path in written if not documented.fullmatch(path)] == []


def test_the_switches_are_set_and_a_users_choice_is_kept(run, tmp_path):
    values = f"[os.environ[name] for name in {sorted(SWITCHES)}]"
    program = f"import dlcolorize, os; open('switches', 'w').write(repr({values}))"
    run("-c", program)
    assert (tmp_path / "switches").read_text() == "['1', '1', 'false']"
    run(
        "-c",
        program,
        HF_HUB_DISABLE_TELEMETRY="0",
        ORT_DISABLE_TELEMETRY="",
        WANDB_ERROR_REPORTING="true",
    )
    assert (tmp_path / "switches").read_text() == "['0', '1', 'true']"

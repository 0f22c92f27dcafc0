"""What is printed, whatever the terminal is, and how a command ends."""

import re
import subprocess

import pytest
from conftest import many, pixels, small

from dlcolorize.files import install_line


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_has_no_letters_for_a_name(dlcolorize, tmp_path, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    small(tmp_path / "in" / "写真.png")
    (tmp_path / "in" / "祖母.png").write_bytes(b"dear diary")
    result = dlcolorize("colorize", "in", "--out", "out")
    assert (
        result.stdout.startswith(r"out/\u5199\u771f.png  128 x 128")
        and (tmp_path / "out" / "写真.png").exists()
    )
    assert result.returncode == 1 and result.stderr.startswith(
        r"dlcolorize: in/\u7956\u6bcd.png: not an image file"
    )


def test_a_reader_that_leaves_early(dlcolorize, tmp_path):
    many(tmp_path / "many", 4)
    result = subprocess.run(
        ["bash", "-c", '"$@" | head -c 1', "bash", *dlcolorize.command, "colorize", "many"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout == "c" and result.stderr == ""


@pytest.mark.parametrize(
    "streams, lines, said",
    [
        ("2>&-", 5, ""),
        ("<&- >&- 2>&-", 0, ""),
        (">&-", 0, "dlcolorize: many/bad.png: not an image"),
        ("2>/dev/full", 5, ""),
        (
            ">/dev/full",
            0,
            "dlcolorize: the output cannot be written (No space left on device); the work goes on",
        ),
    ],
)
def test_a_stream_that_is_closed_or_full_ends_no_run(dlcolorize, tmp_path, streams, lines, said):
    many(tmp_path / "many", 4)
    (tmp_path / "many" / "bad.png").write_bytes(b"dear diary")
    result = subprocess.run(
        [
            "bash",
            "-c",
            f'"$@" {streams}',
            "bash",
            *dlcolorize.command,
            "colorize",
            "many",
            "--out",
            "out",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (
        result.returncode == 1
        and [pixels(path).shape for path in (tmp_path / "out").iterdir()] == [(128, 128, 3)] * 4
    )  # 1: the bad one
    assert (
        len(result.stdout.splitlines()) == lines
        and result.stderr.startswith(said)
        and "Traceback" not in result.stderr
    )
    assert len(result.stderr.splitlines()) == bool(said) + ("cannot be written" in said)


@pytest.mark.parametrize("arguments", [("--help",), ("colorize", "--help"), ()])
def test_help_on_a_full_disk_is_one_line(dlcolorize, tmp_path, arguments):
    full = 'exec "$@" >/dev/full'
    result = subprocess.run(
        ["bash", "-c", full, "bash", *dlcolorize.command, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if arguments:
        assert result.returncode == 1
        assert (
            result.stderr == "dlcolorize: the output cannot be written (No space left on device)\n"
        )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [("info", "a.png", "b.png"), ("info",)])
def test_a_reader_of_info_that_leaves_early(dlcolorize, tmp_path, arguments):
    small(tmp_path / "a.png"), small(tmp_path / "b.png")
    result = subprocess.run(
        ["bash", "-c", '"$@" | true', "bash", *dlcolorize.command, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout == result.stderr == ""


def test_an_address_is_not_fetched_and_the_version_is_printed(run):
    result = run("colorize", "https://example.org/cat.jpg")
    assert result.exit_code == 2 and "addresses are not fetched" in result.stderr
    result = run("--version")
    assert result.exit_code == 0 and re.fullmatch(r"dlcolorize \d+\.\d+\.\d+\n", result.stdout)


def test_the_hint_names_the_python_that_runs(run, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = run("bench")
    assert result.exit_code == 1
    hint = install_line("train")
    assert result.stderr == f"dlcolorize: this command needs the training layer: {hint}\n"

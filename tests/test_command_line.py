"""The program as a whole: all of its commands."""

import re


def test_every_command_has_help_and_every_option_too(run):
    commands = re.findall(r"^  (\w+) +\S", run("--help").stdout.split("Commands:")[1], re.MULTILINE)
    assert {"colorize", "train", "study", "search", "bench", "quality", "sizes"} <= set(commands)
    for name in commands:
        result = run(name, "--help")
        assert result.exit_code == 0 and "Traceback" not in result.stdout

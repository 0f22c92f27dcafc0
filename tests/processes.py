"""The command in processes of their own, which can be killed, without the time of importing.

A server process imports the training layer once; each command is a fork of it."""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["dlcolorize.command_line", "dlcolorize.training"])


def work(arguments, environment, before, outputs):
    "What the process does: standard output and error go to two files."
    for name, value in environment.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    for stream, path in zip((1, 2), outputs):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import torch

    from dlcolorize.command_line import app

    torch.set_num_threads(1)
    exec(before)
    sys.argv = ["dlcolorize", *arguments]
    app()


class Command:
    "Like `subprocess.Popen` of the command, with text; `before` is code that runs first."

    def __init__(self, *arguments, environment=None, before=""):
        self.folder = tempfile.TemporaryDirectory()
        self.outputs = [Path(self.folder.name, name) for name in ("out", "err")]
        self.process = SERVER.Process(
            target=work, args=([*map(str, arguments)], environment or {}, before, self.outputs)
        )
        self.process.start()

    def poll(self):
        return self.process.exitcode

    returncode = property(poll)

    def send_signal(self, number):
        os.kill(self.process.pid, number)

    def communicate(self, timeout=300):
        self.process.join(timeout)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            raise TimeoutError(f"no end in {timeout} s")
        return tuple(
            path.read_text(errors="replace") if path.exists() else "" for path in self.outputs
        )

    def wait_for(self, path, seconds=120):
        "Until a file is there, or the process has ended."
        limit = time.monotonic() + seconds
        while self.poll() is None and not path.exists() and time.monotonic() < limit:
            time.sleep(0.002)

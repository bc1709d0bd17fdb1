"""A `nearline serve` of a test's own, and running commands with a limit."""

import json
import os
import signal
import subprocess
import tempfile

SECONDS = 60


def run(*command, env=None, cwd=None, stdin=None):
    """Runs a command to its end: (status, standard output, standard error)."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False,
                          env=env, cwd=cwd, input=stdin,
                          stdin=None if stdin is not None else subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


class Serving:
    """The server is ready when the constructor returns; leaving the context ends it."""

    def __init__(self, nearline, *arguments, portal="127.0.0.1:0"):
        self.folder = tempfile.TemporaryDirectory(prefix="nearline-")
        self.control = "unix:" + self.path("control")
        self.process = subprocess.Popen(
            [nearline, "serve", *arguments, "--portal", portal, "--control", self.control,
             "--ready-file", self.path("ready.json")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.ready_line = self.process.stdout.readline()
        if not self.ready_line.startswith("ready "):
            _, errors = self.process.communicate(timeout=SECONDS)
            self.folder.cleanup()
            raise AssertionError(f"not ready: {self.ready_line!r} {errors}")
        self.url = self.ready_line.split()[1]
        with open(self.path("ready.json"), encoding="utf-8") as file:
            self.ready = json.load(file)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def end(self, how=signal.SIGTERM):
        """The exit status, and what else it printed on standard output and error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            output, errors = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
        return self.process.returncode, output, errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        status, output, errors = self.end()
        self.folder.cleanup()
        if status not in (0, -signal.SIGKILL):
            raise AssertionError(f"serve ended with {status}: {output}{errors}")

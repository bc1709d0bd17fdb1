#!/usr/bin/env python3
"""Runs the examples in a document and compares what they print.

usage: examples.py BIN_FOLDER DOCUMENT

An example is a fenced block whose info string is `console run`. Lines that begin with `$ ` are
commands, the lines after each are what it prints (both streams). A line of `...` stands for any
lines, `...` within a line for any text. A line `$ ...; # exit 2` must end with that status, all
others with 0. The commands of one document run one after the other in one fresh folder.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile

SECONDS = 60
FENCE = re.compile(r"^(`{3,})\s*(.*?)\s*$")
STATUS = re.compile(r"\s# exit (\d+)$")


class Example:
    def __init__(self, line, command):
        self.line = line
        self.command = command
        self.expected = []


def examples_in(text):
    """The examples of a document, in order."""
    found, fence, runs = [], None, False
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if match and fence is None:
            fence, runs = match.group(1), match.group(2).split() == ["console", "run"]
        elif match and match.group(1) == fence and not match.group(2):
            fence, runs = None, False
        elif runs and line.startswith("$ "):
            found.append(Example(number, line[2:]))
        elif runs:
            if not found:
                raise SystemExit(f"{number}: output without a command")
            found[-1].expected.append(line)
    return found


def pattern_of(expected):
    """A regular expression that matches the whole output."""
    parts = []
    for line in expected:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(text) for text in line.split("...")) + r"\n")
    return re.compile("".join(parts) + r"\Z")


def run(example, folder, environment):
    """What is wrong with the example, or None."""
    status = STATUS.search(example.command)
    wanted = int(status.group(1)) if status else 0
    process = subprocess.Popen(
        ["bash", "-c", example.command], cwd=folder, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return f"not finished after {SECONDS} s; printed:\n{output}"
    if output and not output.endswith("\n"):
        output += "\n"
    if process.returncode != wanted:
        return f"exit status {process.returncode}, not {wanted}; printed:\n{output}"
    if not pattern_of(example.expected).match(output):
        return "expected:\n" + "\n".join(example.expected) + "\nprinted:\n" + output
    return None


def self_test():
    """The matcher must be able to fail."""
    assert pattern_of(["a", "...", "c ... e"]).match("a\nx\ny\nc d e\n")
    assert pattern_of(["a", "...", "c"]).match("a\nc\n")
    assert not pattern_of(["a"]).match("a\nb\n")
    assert not pattern_of(["a", "b"]).match("a\n")
    assert not pattern_of([]).match("a\n")
    assert pattern_of([]).match("")
    text = "```sh\n$ no\n```\n````console run\n$ yes # exit 2\nout\n```\n````\n$ no\n"
    assert [(e.line, e.command, e.expected) for e in examples_in(text)] == [
        (5, "yes # exit 2", ["out", "```"])]
    with tempfile.TemporaryDirectory() as folder:
        assert run(Example(1, "true"), folder, os.environ) is None
        assert run(Example(1, "false"), folder, os.environ) is not None
        assert run(Example(1, "exit 2 # exit 2"), folder, os.environ) is None
        assert run(Example(1, "echo x"), folder, os.environ) is not None


def main():
    self_test()
    binaries, document = sys.argv[1:]
    with open(document, encoding="utf-8") as file:
        examples = examples_in(file.read())
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    environment["PATH"] = os.path.abspath(binaries) + os.pathsep + environment["PATH"]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for example in examples:
            wrong = run(example, folder, environment)
            print(f"{document}:{example.line}: $ {example.command}: {'FAILED' if wrong else 'ok'}")
            if wrong:
                failures += 1
                print(wrong)
    print(f"{len(examples) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

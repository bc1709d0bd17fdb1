"""Runs our program and other people's, and reads what they print."""

import json
import os
import shutil
import subprocess
import sys
import unittest

NEARLINE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "nearline"
TIME_LIMIT = 120
# For scripts: `set -e` does not see that a command behind `!` has succeeded.
REFUSED = "refused() { if \"$@\"; then echo \"not refused: $*\"; exit 99; fi; }; "
# The tools of administrators are not in everybody's PATH.
ENVIRONMENT = dict(os.environ, LC_ALL="C", PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")


def needs(*programs):
    """Skips a test whose tools are not installed."""
    missing = [name for name in programs if shutil.which(name, path=ENVIRONMENT["PATH"]) is None]
    return unittest.skipIf(missing, "not installed: " + ", ".join(missing))


def run(*command, status=0):
    """What the command prints, both streams; its exit status must be the one given."""
    done = subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=TIME_LIMIT)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}, expected {status}\n"
                             f"{done.stdout}")
    return done.stdout


def output_of(*command):
    """What the command prints to standard output alone; it must succeed."""
    return subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=True,
                          stdout=subprocess.PIPE, text=True, timeout=TIME_LIMIT).stdout


def inside(script, *options, status=0):
    """What a shell script prints that runs with a library of its own in /dev."""
    return run(NEARLINE, "exec", *options, "--", "sh", "-c", script, status=status)


def sections(text):
    """{name: lines} of output that lines like `== name` part."""
    found = {}
    name = None
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:]
            found[name] = []
        elif name is not None:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def steps(*commands):
    """A script that runs each command under its own heading and says how it ended."""
    script = ""
    for command in commands:
        script += f"echo '== {command}'\n{command} 2>&1; echo \"status $?\"\n"
    return script


def changer_status(url):
    return json.loads(output_of(NEARLINE, "changer", url, "status", "--json"))

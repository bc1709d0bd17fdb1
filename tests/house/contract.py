#!/usr/bin/env python3
"""The commands in the README's command line are those that the program's help lists.

usage: contract.py README NEARLINE
"""

import re
import subprocess
import sys


def promised(readme):
    """The words after `nearline` in the block that begins with `nearline serve`."""
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"```\n(nearline serve .*?)```", text, re.S)
    if not block:
        sys.exit(f"{readme}: no block of commands that begins with nearline serve")
    words = set()
    for line in block.group(1).splitlines():
        words.update(re.findall(r"(?:^|\| )nearline ([a-z]+)", line))
    return words


def listed(nearline):
    """The names in the help's list of subcommands, one a line, indented by two."""
    done = subprocess.run([nearline, "--help"], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit(f"nearline --help ended with {done.returncode}: {done.stderr}")
    heading = re.search(r"^(?:sub)?commands:\s*$", done.stdout, re.I | re.M)
    if not heading:
        sys.exit(f"nearline --help has no list of commands:\n{done.stdout}")
    return set(re.findall(r"^  ([a-z]+)\b", done.stdout[heading.end():], re.M))


def main():
    readme, nearline = sys.argv[1:]
    in_readme, in_help = promised(readme), listed(nearline)
    for word in sorted(in_readme - in_help):
        print(f"README promises nearline {word}; nearline --help does not list it")
    for word in sorted(in_help - in_readme):
        print(f"nearline --help lists {word}; the README does not name it")
    return 0 if in_readme == in_help else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The table of docs/rsm-conformance.md: every function of ntmsapi.h, every result that its
documentation lists, and the tests that provoke it. A test says so in the lines above it:

    // returns: ERROR_INVALID_STATE
    TEST(DeleteMedia, RefusesWhatIsInASlot)

The suite is the function, with or without "Ntms"; elsewhere the line names it before the code, or
says "every" for all functions that list the code.

usage: rsm_conformance.py SOURCE_FOLDER [--write]
"""

import pathlib
import re
import sys

PAGE = "docs/rsm-conformance.md"
CODES = "tests/rsm/documented_codes.txt"
FOLDERS = ("tests/rsm", "tests/ntmsapi")
HEAD = """# What RSM's functions answer

Every function of `ntmsapi.h` with every result that its documentation lists, and the tests that
provoke it. Made by `tests/house/rsm_conformance.py --write` from `tests/rsm/documented_codes.txt`
and the tests; a test compares.
"""


def documented(root):
    """{function: {code: why it cannot be provoked, or ""}}, in the file's order."""
    functions, current = {}, None
    for line in (root / CODES).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            current = functions.setdefault(line.strip(), {})
            continue
        code, _, reason = line.strip().partition(": ")
        current[code] = reason
    return functions


def plain(function):
    return function.replace("Ntms", "")


def shown(root, functions):
    """{(function, code): [test, ...]}, and what is said of no documented function."""
    names = {plain(function): function for function in functions}
    tests, astray = {}, []
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.cc")):
            pending = []
            for line in path.read_text(encoding="utf-8").splitlines():
                said = re.match(r"\s*// returns: (?:(\w+) )?((?:ERROR|RPC)_\w+)\s*$", line)
                if said:
                    pending.append(said.groups())
                    continue
                test = re.match(r"\s*TEST(?:_F|_P)?\((\w+), (\w+)\)", line)
                if not test:
                    continue
                for function, code in pending:
                    where = f"{test.group(1)}.{test.group(2)}"
                    if function == "every":
                        for name, codes in functions.items():
                            if code in codes and not codes[code]:
                                tests.setdefault((name, code), []).append(where)
                        continue
                    name = names.get(plain(function or test.group(1)))
                    if name is None:
                        file = path.relative_to(root)
                        astray.append(f"{file}: {where}: {code} of which function?")
                    else:
                        tests.setdefault((name, code), []).append(where)
                pending = []
    return tests, astray


def page(functions, tests):
    rows = [(function, code) for function, codes in functions.items() for code in codes]
    proved = sum(1 for row in rows if row in tests)
    reasoned = sum(1 for function, code in rows
                   if (function, code) not in tests and functions[function][code])
    lines = [HEAD, f"{len(functions)} functions, {len(rows)} results: {proved} shown by tests,",
             f"{reasoned} that nothing can provoke, {len(rows) - proved - reasoned} not shown.", ""]
    for function, codes in functions.items():
        lines += [f"## {function}", "", "| result | shown by |", "| --- | --- |"]
        for code, reason in codes.items():
            by = tests.get((function, code))
            what = ", ".join(f"`{test}`" for test in by) if by else reason or "not shown"
            lines.append(f"| `{code}` | {what} |")
        more = sorted({code for name, code in tests if name == function and code not in codes})
        for code in more:
            what = ", ".join(f"`{test}`" for test in tests[(function, code)])
            lines.append(f"| `{code}`, which its documentation does not list | {what} |")
        lines.append("")
    return "\n".join(lines)


def main():
    root = pathlib.Path(sys.argv[1])
    functions = documented(root)
    tests, astray = shown(root, functions)
    for complaint in astray:
        print(complaint)
    text = page(functions, tests)
    if sys.argv[2:] == ["--write"]:
        (root / PAGE).write_text(text, encoding="utf-8")
        return 1 if astray else 0
    there = (root / PAGE).read_text(encoding="utf-8") if (root / PAGE).exists() else ""
    if there != text:
        print(f"{PAGE} is not what the tests say: {sys.argv[0]} {root} --write makes it anew")
    return 0 if there == text and not astray else 1


if __name__ == "__main__":
    sys.exit(main())

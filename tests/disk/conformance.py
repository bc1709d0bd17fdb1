#!/usr/bin/env python3
"""Runs iscsi-test-cu against nearline-test-disk and holds the results against skips.txt.

usage: conformance.py DISK [--list]

A test that fails, that is skipped without being listed, or that is listed and passes, is an error.
With --list, prints what was skipped in the form of skips.txt instead.
"""

import pathlib
import re
import subprocess
import sys

FAMILIES = ("iSCSI", "SCSI")


def run_tool(url, family):
    """The tool's report of one family. Writing tests are allowed: it is our own disk."""
    command = ["iscsi-test-cu", "--dataloss", "--test", family, url]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240,
                          check=False)
    return done.stdout.decode(errors="replace")


def results_of(report):
    """{"Suite.Test": ("passed" or "FAILED", [reasons of skips])}: to the tool a skip is passed."""
    results = {}
    suite = test = ""
    reasons = []
    for line in report.splitlines():
        if match := re.match(r"Suite: (\w+)", line):
            suite = match[1]
        if match := re.match(r"\s+Test: (\S+) \.\.\.(.*)", line):
            test, reasons, line = match[1], [], match[2]
        if not test:
            continue
        if match := re.match(r"\s*(passed|FAILED)", line):
            results[f"{suite}.{test}"] = (match[1], reasons)
            test = ""
        elif "[SKIPPED]" in line:
            reasons.append(line.split("[SKIPPED]")[1].strip())
    return results


def listed_skips():
    """The tests that skips.txt names, by name or as a whole suite."""
    text = (pathlib.Path(__file__).parent / "skips.txt").read_text()
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    return {words[0] for words in lines if words}


def differences(results):
    """What is not as skips.txt says, as sentences."""
    listed = listed_skips()
    for name, (verdict, reasons) in results.items():
        is_listed = name in listed or name.split(".")[0] in listed
        if verdict == "FAILED":
            yield f"{name} failed"
        elif reasons and not is_listed:
            yield f"{name} was skipped: {reasons[-1]}"
        elif not reasons and is_listed:
            yield f"{name} passed, but skips.txt lists it"


def main():
    disk = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
    try:
        url = disk.stdout.readline().split()[1]
        reports = {family: run_tool(url, family) for family in FAMILIES}
    finally:
        disk.terminate()
        disk.wait(timeout=20)
    if disk.returncode != 0:
        return f"the disk ended with {disk.returncode}"
    wrong = 0
    for family, report in reports.items():
        results = results_of(report)
        skipped = {name: reasons for name, (_, reasons) in results.items() if reasons}
        failed = [name for name, (verdict, _) in results.items() if verdict == "FAILED"]
        passed = len(results) - len(skipped) - len(failed)
        print(f"{family}: {passed} passed, {len(skipped)} skipped, {len(failed)} failed")
        if "--list" in sys.argv:
            for name, reasons in skipped.items():
                print(f"{name}  # {reasons[-1]}")
            continue
        if not results:
            return "the tool did not start:\n" + report
        for difference in differences(results):
            print("  " + difference)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

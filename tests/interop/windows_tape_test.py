#!/usr/bin/env python3
"""A program with the tape calls of Windows against a drive of `nearline exec`.

usage: windows_tape_test.py NEARLINE [unittest arguments]; windows_tape stands beside NEARLINE.
"""

import os
import sys
import unittest

from serving import Serving, run

NEARLINE = os.path.abspath(sys.argv.pop(1))


@unittest.skipIf("NEARLINE_SANITIZED" in os.environ,
                 "programs with sanitizers do not let their device calls be taken over")
class WindowsTape(unittest.TestCase):
    def test_is_worked_by_the_calls_of_windows(self):
        program = os.path.join(os.path.dirname(NEARLINE), "windows_tape")
        with Serving(NEARLINE) as server:
            status, output, errors = run(NEARLINE, "changer", server.url, "load", "1")
            self.assertEqual(status, 0, output + errors)
            status, output, errors = run(NEARLINE, "exec", "--attach", server.url, "--", program)
            self.assertEqual((status, output), (0, "all as it should be\n"), errors)


if __name__ == "__main__":
    unittest.main()

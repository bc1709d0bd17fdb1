#!/usr/bin/env python3
"""The examples of RSM against a server: in C and C++, with each kind of text.

usage: rsm_examples_test.py NEARLINE [unittest arguments]; the examples stand beside NEARLINE.
"""

import os
import subprocess
import sys
import tempfile
import unittest

from serving import Serving, run

NEARLINE = os.path.abspath(sys.argv.pop(1))
KINDS = ["c", "c_unicode", "c_ucs2", "cc", "cc_unicode", "cc_ucs2"]
TOKEN = "a-token-that-nobody-guesses"


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nearline-")
        self.addCleanup(folder.cleanup)
        self.token = os.path.join(folder.name, "token")
        with open(self.token, "w", encoding="utf-8") as file:
            file.write(TOKEN)
        os.chmod(self.token, 0o600)
        socket = os.path.join(folder.name, "rsm")
        self.server = Serving(NEARLINE, "--rsm-socket", socket)
        self.addCleanup(self.server.__exit__)
        self.environment = dict(os.environ, NEARLINE_RSM=socket)
        self.wait_for_media()

    def wait_for_media(self):
        """RSM looks at the library when it begins."""
        for _ in range(1000):
            if "NL0020L9" in self.rsm("view", "/tphysical_media", "/b"):
                return
        self.fail("the media are not there")

    def rsm(self, *words):
        status, output, errors = run(NEARLINE, "rsm", *words, env=self.environment)
        self.assertEqual(status, 0, f"rsm {words}: {output}{errors}")
        return output

    def example(self, name, kind, drives=False):
        """What it prints; it must succeed, unless the service lacks something, which skips."""
        program = os.path.join(os.path.dirname(NEARLINE), f"rsm_{name}_{kind}")
        attached = [NEARLINE, "exec", "--attach", self.server.url, "--"] if drives else []
        status, output, errors = run(*attached, program, env=self.environment)
        if "ERROR_CALL_NOT_IMPLEMENTED" in output:
            self.skipTest(f"{name}: not served yet: {output}")
        self.assertEqual(status, 0, f"{name} {kind}: {output}{errors}")
        return output

    def free(self, *labels):
        """Brings media that nobody has labelled to the free pool."""
        for label in labels:
            self.rsm("freemedia", f"/pf{label}")

    def test_watching_sees_a_pool_come_and_go(self):
        for kind in KINDS:
            self.assertIn("inserted: 1, deleted: 1", self.example("watch", kind))

    def test_a_pool_is_made_with_policy_and_rights(self):
        for kind in KINDS:
            self.assertIn("pool: \\Examples\\Tapes", self.example("create_pool", kind))

    @unittest.skipIf("NEARLINE_SANITIZED" in os.environ,
                     "programs with sanitizers do not let their device calls be taken over")
    def test_a_label_is_written_and_the_medium_given_up(self):
        self.free(*[f"NL000{number}L9" for number in range(1, len(KINDS) + 1)])
        self.rsm("createpool", "/mExamples", "/anew")
        self.rsm("createpool", "/mExamples\\Tapes", "/anew", "/tfLTO_Ultrium", "/d")
        for kind in KINDS:
            self.assertIn("labelled", self.example("write_label", kind, drives=True))
        count = len(KINDS)
        self.assertIn(f"deallocated: {count}", self.example("deallocate", "c_ucs2"))
        self.assertIn(f"moved: {count}", self.example("move_media", "cc_unicode"))

    def test_pools_are_walked(self):
        for kind in KINDS:
            output = self.example("move_media", kind)
            self.assertIn("Unrecognized: 0 media\n  LTO_Ultrium: 20 media\n", output)
            self.assertIn("moved: 0", output)
            self.assertIn("deallocated: 0", self.example("deallocate", kind))

    def test_what_has_left_the_library_is_deleted(self):
        for number, kind in enumerate(KINDS, 1):
            label = f"NL000{number}L9"
            self.free(label)
            self.rsm("eject", f"/pf{label}", "/astart", "/b")
            status, output, errors = run(NEARLINE, "operator", self.server.control, "take", label)
            self.assertEqual(status, 0, output + errors)
            # The record leaves when RSM has seen that the port is empty.
            for _ in range(1000):
                output = self.example("delete_offline", kind)
                if "deleted: 0, kept: 0" not in output:
                    break
            self.assertIn(f"deleted {label}\ndeleted: 1, kept: 0", output)

    def test_over_tcp_with_a_token(self):
        service = subprocess.Popen(
            [NEARLINE, "rsm", "serve", "--changer", self.server.url, "--listen", "127.0.0.1:0",
             "--token-file", self.token], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        self.addCleanup(service.communicate)
        self.addCleanup(service.terminate)
        self.environment["NEARLINE_RSM"] = service.stdout.readline().split()[1]
        self.environment["NEARLINE_RSM_TOKEN_FILE"] = self.token
        self.wait_for_media()
        self.assertIn("inserted: 1, deleted: 1", self.example("watch", "c_ucs2"))
        self.assertIn("Free: 0 media", self.example("move_media", "c"))
        self.environment["NEARLINE_RSM_TOKEN_FILE"] = "/dev/null"
        status, _, errors = run(NEARLINE, "rsm", "view", "/tlibrary", env=self.environment)
        self.assertNotEqual(status, 0)
        self.assertIn("ERROR_ACCESS_DENIED", errors)


if __name__ == "__main__":
    unittest.main()

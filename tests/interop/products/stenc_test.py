"""stenc, which gives drives keys: not among the tests of tapes, since it keeps a log in /var."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from programs import REFUSED, inside, needs  # noqa: E402


@needs("mtx", "mt", "stenc")
@unittest.skipUnless(os.geteuid() == 0, "stenc works for root only")
class Stenc(unittest.TestCase):
    """Keys by stenc, which the drive keeps through cartridges and programs."""

    BEFORE = ("set -e; mtx -f /dev/changer load 1 0 >/dev/null; "
              "mt() { command mt -f /dev/nst0 \"$@\"; }; " + REFUSED +
              "(printf '%064d\\n' 1; echo spring) >key; printf '%064d\\n' 2 >other; "
              "show() { stenc -f /dev/nst0 --detail; }; "
              "set_key() { stenc -f /dev/nst0 -a 1 -e \"$@\"; }; ")

    def on_tape(self, script):
        with tempfile.TemporaryDirectory() as folder:
            return inside(f"cd {folder}; {self.BEFORE}{script}")

    def test_on_status_off(self):
        said = self.on_tape(
            "show; set_key on -k key; echo secret >/dev/nst0; mt rewind; show; "
            "test \"$(cat /dev/nst0)\" = secret; mt rewind; set_key off; show")
        before, _, rest = said.partition("Turning on")
        during, _, after = rest.partition("Turning off")
        self.assertRegex(before, r"Drive Encryption: +off")
        self.assertRegex(during, r"Drive Encryption: +on")
        self.assertRegex(during, r"Drive Key Desc.\(uKAD\): +spring")
        self.assertRegex(during, r"Volume Encryption: +Encrypted and able to decrypt")
        self.assertIn("Protected from raw read", during)
        self.assertRegex(after, r"Drive Encryption: +off")
        self.assertRegex(after, r"Volume Encryption: +Encrypted, but unable to decrypt")

    def test_without_the_key_nothing_is_read(self):
        said = self.on_tape(
            "set_key on -k key; echo secret >/dev/st0; "
            "set_key on -k other; refused cat /dev/st0; set_key off; refused cat /dev/st0; "
            "set_key rawread -k other; refused cat /dev/st0; "
            "set_key mixed -k key; test \"$(cat /dev/st0)\" = secret; set_key off; "
            "echo plain >/dev/st0; set_key on -k key; refused cat /dev/st0; "
            "set_key mixed -k key; test \"$(cat /dev/st0)\" = plain")
        self.assertEqual(said.count("Input/output error"), 4, said)

    def test_raw_reads_where_they_are_allowed(self):
        said = self.on_tape(
            "set_key on -k key --unprotect; echo secret >/dev/st0; "
            "set_key rawread -k key; cat /dev/st0 >raw; test -s raw; refused grep secret raw")
        self.assertEqual(said.count("Success!"), 2)


if __name__ == "__main__":
    unittest.main()

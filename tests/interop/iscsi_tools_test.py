"""libiscsi's own tools against `nearline serve`."""

import re
import unittest

from programs import NEARLINE, needs, run
from serving import Serving


@needs("iscsi-ls", "iscsi-inq")
class IscsiTools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = Serving(NEARLINE)
        cls.target = cls.serve.url.rsplit("/", 1)[0]
        cls.portal = cls.target.rsplit("/", 1)[0]

    @classmethod
    def tearDownClass(cls):
        cls.serve.__exit__(None, None, None)

    def test_list(self):
        said = run("iscsi-ls", "-s", self.portal + "/")
        self.assertRegex(said, r"Target:iqn\.2026-11\.test\.nearline:\S+ Portal:127\.0\.0\.1:\d+")
        self.assertEqual(re.findall(r"Lun:(\d+)", said), ["0", "1", "2"])
        self.assertIn("MEDIA_CHANGER", said)
        self.assertEqual(said.count("SEQUENTIAL_ACCESS"), 2)

    def test_inquiry_of_every_unit(self):
        for lun, kind in (("0", "MEDIA_CHANGER"), ("1", "SEQUENTIAL_ACCESS"),
                          ("2", "SEQUENTIAL_ACCESS")):
            said = run("iscsi-inq", f"{self.target}/{lun}")
            self.assertIn(f"Peripheral Device Type:{kind}", said)
            self.assertIn("Peripheral Qualifier:CONNECTED", said)

    def test_every_vital_product_page(self):
        for lun in ("0", "1", "2"):
            url = f"{self.target}/{lun}"
            listed = run("iscsi-inq", "-e", "1", "-c", "0x00", url)
            pages = re.findall(r"Page:0x([0-9a-f]{2})", listed)
            self.assertIn("80", pages)
            self.assertIn("83", pages)
            for page in pages:
                # Its pagecode is decimal; it takes every unit for a disk, and says so of the pages
                # that it cannot decode then.
                said = run("iscsi-inq", "-e", "1", "-c", str(int(page, 16)), url, status=None)
                self.assertNotIn("SENSE KEY", said)
            self.assertRegex(run("iscsi-inq", "-e", "1", "-c", "128", url),
                             r"Unit Serial Number:\[\S+\]")
            self.assertIn("Designator", run("iscsi-inq", "-e", "1", "-c", "131", url))

    def test_a_unit_that_is_not_there(self):
        self.assertIn("LOGICAL_UNIT_NOT_SUPPORTED",
                      run("iscsi-inq", f"{self.target}/9", status=10))

    def test_a_target_that_is_not_there(self):
        said = run("iscsi-inq", f"{self.target}-other/0", status=10)
        self.assertIn("Target not found", said)


if __name__ == "__main__":
    unittest.main()

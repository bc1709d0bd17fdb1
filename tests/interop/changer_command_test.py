"""`nearline changer` over the wire, against `nearline serve`."""

import json
import unittest

from programs import NEARLINE, changer_status, output_of, run
from serving import Serving


class ChangerCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = Serving(NEARLINE)

    @classmethod
    def tearDownClass(cls):
        cls.serve.__exit__(None, None, None)

    def changer(self, *arguments, status=0):
        return run(NEARLINE, "changer", self.serve.url, *arguments, status=status)

    def test_moves_show_in_the_status(self):
        self.changer("load", "1", "0")
        status = changer_status(self.serve.url)
        self.assertEqual(status["drives"][0]["label"], "NL0001L9")
        self.assertEqual(status["drives"][0]["source"]["name"], "slot 1")
        self.changer("unload")
        self.assertEqual(changer_status(self.serve.url)["slots"][0]["label"], "NL0001L9")

    def test_exchange_and_back(self):
        self.changer("exchange", "2", "3")
        slots = changer_status(self.serve.url)["slots"]
        self.assertEqual((slots[1]["label"], slots[2]["label"]), ("NL0003L9", "NL0002L9"))
        self.changer("exchange", "2", "3")

    def test_identify(self):
        found = json.loads(output_of(NEARLINE, "changer", self.serve.url, "identify",
                                     "--json"))
        self.assertEqual(found["elements"]["slots"]["count"], 24)
        self.assertEqual(found["elements"]["drives"]["count"], 2)
        self.assertTrue(found["serial"])

    def test_every_drive_tells_its_serial_number(self):
        serials = {drive["serial"] for drive in changer_status(self.serve.url)["drives"]}
        self.assertEqual(len(serials), 2)
        self.assertNotIn("", serials)

    def test_other_verbs(self):
        self.changer("position", "5")
        self.changer("inventory")
        self.changer("transfer", "4", "slot:23")
        self.changer("transfer", "23", "4")

    def test_refusals_are_status_one(self):
        said = self.changer("load", "23", "0", status=1)
        self.assertIn("MOVE MEDIUM: 5/3B/0E", said)
        self.changer("transfer", "1", "2", status=1)


if __name__ == "__main__":
    unittest.main()

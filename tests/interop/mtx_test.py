"""mtx and loaderinfo, the changer's oldest clients, against the built-in library."""

import re
import unittest

from programs import inside, needs, sections, steps

DRIVE = re.compile(r"Data Transfer Element (\d+):(Empty|Full \((?:Storage Element (\d+)|Unknown "
                   r"Storage Element) Loaded\)(?::VolumeTag = (\S*))?)")
SLOT = re.compile(r"Storage Element (\d+)( IMPORT/EXPORT)?:(Empty|Full )(?: ?:VolumeTag=(\S*))?")


class Status:
    """What `mtx status` tells: drives by number, slots and stations by theirs."""

    def __init__(self, text):
        self.head = text.splitlines()[0].strip()
        self.drives = {}
        self.slots = {}
        self.stations = set()
        for line in text.splitlines():
            line = line.strip()
            if match := DRIVE.match(line):
                number, state, source, label = match.groups()
                self.drives[int(number)] = (
                    None if state == "Empty" else (label, source and int(source)))
            elif match := SLOT.match(line):
                number, station, state, label = match.groups()
                self.slots[int(number)] = None if state == "Empty" else label
                if station:
                    self.stations.add(int(number))


@needs("mtx")
class Mtx(unittest.TestCase):
    def steps(self, *commands):
        return sections(inside(steps(*commands)))

    def after(self, *commands):
        """The library as it is after commands that all succeed."""
        done = self.steps(*commands, "mtx status")
        for command, said in done.items():
            self.assertTrue(said.endswith("status 0"), f"{command}: {said}")
        return Status(done["mtx status"])

    def refused(self, *commands):
        """What the last command says, which fails."""
        said = self.steps(*commands)[commands[-1]]
        self.assertFalse(said.endswith("status 0"), said)
        return said

    def test_inquiry(self):
        said = inside("mtx -f /dev/sg0 inquiry")
        self.assertIn("Product Type: Medium Changer", said)
        self.assertRegex(said, r"Vendor ID: '.{8}'")
        self.assertRegex(said, r"Product ID: '.{16}'")
        self.assertRegex(said, r"Revision: '.{4}'")
        self.assertIn("Attached Changer API: No", said)

    def test_status(self):
        status = self.after()
        self.assertEqual(status.head,
                         "Storage Changer /dev/changer:2 Drives, 26 Slots ( 2 Import/Export )")
        self.assertEqual(status.drives, {0: None, 1: None})
        self.assertEqual(list(status.slots), list(range(1, 27)))
        self.assertEqual(status.stations, {25, 26})
        labels = [status.slots[number] for number in range(1, 21)]
        self.assertEqual(labels, [f"NL{number:04}L9" for number in range(1, 21)])
        self.assertRegex(status.slots[24], r"^CLN")
        self.assertEqual([status.slots[number] for number in (21, 22, 23, 25, 26)], [None] * 5)

    def test_inventory(self):
        self.assertEqual(self.after("mtx inventory").slots[1], "NL0001L9")

    def test_without_bar_codes(self):
        said = inside("mtx nobarcode status")
        self.assertIn("Storage Element 1:Full", said)
        self.assertNotIn("NL0001L9", said)

    def test_load_and_unload(self):
        status = self.after("mtx load 3 1")
        self.assertEqual(status.drives, {0: None, 1: ("NL0003L9", 3)})
        self.assertIsNone(status.slots[3])
        status = self.after("mtx load 3 1", "mtx unload 22 1")
        self.assertEqual(status.drives[1], None)
        self.assertEqual((status.slots[3], status.slots[22]), (None, "NL0003L9"))

    def test_unload_goes_home(self):
        self.assertEqual(self.after("mtx load 5", "mtx unload").slots[5], "NL0005L9")

    def test_transfer(self):
        status = self.after("mtx transfer 1 23", "mtx transfer 2 25", "mtx transfer 23 1")
        self.assertEqual(status.slots[1], "NL0001L9")
        self.assertEqual(status.slots[25], "NL0002L9")
        self.assertIsNone(status.slots[2])

    def test_exchange(self):
        status = self.after("mtx exchange 1 2 23")
        self.assertEqual([status.slots[number] for number in (1, 2, 23)],
                         [None, "NL0001L9", "NL0002L9"])
        status = self.after("mtx exchange 1 2")
        self.assertEqual([status.slots[number] for number in (1, 2)], ["NL0002L9", "NL0001L9"])

    def test_first_next_previous_last(self):
        self.assertEqual(self.after("mtx first 0").drives[0], ("NL0001L9", 1))
        self.assertEqual(self.after("mtx first 0", "mtx next 0").drives[0], ("NL0002L9", 2))
        status = self.after("mtx first 0", "mtx next 0", "mtx previous 0")
        self.assertEqual(status.drives[0], ("NL0001L9", 1))
        self.assertEqual(status.slots[2], "NL0002L9")
        self.assertEqual(self.after("mtx last 1").drives[1][1], 24)

    def test_position(self):
        self.after("mtx position 7")

    def test_import_with_the_station_left_open(self):
        # EEPOS 1 leaves the station to the operator; until it is closed, nothing moves there.
        status = self.after("mtx eepos 1 transfer 1 25")
        self.assertEqual(status.slots[25], "NL0001L9")
        said = self.refused("mtx eepos 1 transfer 1 25", "mtx transfer 2 26")
        self.assertIn("Additional Sense Code = 3A", said)
        self.assertEqual(self.after("mtx eepos 0 transfer 1 25", "mtx transfer 2 26").slots[26],
                         "NL0002L9")

    def test_alternative_reservation(self):
        # RESERVE and RELEASE of the elements that move.
        status = self.after("mtx altres load 3 0", "mtx altres transfer 4 23", "mtx altres unload")
        self.assertEqual((status.slots[3], status.slots[23]), ("NL0003L9", "NL0004L9"))

    def test_cleaning_cartridge(self):
        self.assertEqual(self.after("mtx load 24 1", "mtx unload 24 1").drives[1], None)

    def test_refusals(self):
        self.assertIn("is Already Full", self.refused("mtx transfer 2 3"))
        self.assertIn("Drive 0 Full", self.refused("mtx load 1 0", "mtx load 2 0"))
        self.assertIn("is Empty", self.refused("mtx load 23 0"))
        self.assertIn("Data Transfer Element 0 is Empty", self.refused("mtx unload 23 0"))
        self.assertIn("Invalid destination", self.refused("mtx transfer 1 99"))
        self.assertIn("illegal", self.refused("mtx load 1 7"))

    def test_what_it_cannot_do_is_an_invalid_field(self):
        # No cartridge has two sides, and the changer is not a drive that could be told to unload.
        self.assertRegex(self.refused("mtx invert load 4 1"),
                         r"(?s)Additional Sense Code = 24.*Field Pointer = 00 0A")
        self.assertIn("Eject (0x1B) failed", inside("mtx eject"))


@needs("loaderinfo")
class Loaderinfo(unittest.TestCase):
    def test_knows_the_library(self):
        said = inside("loaderinfo -f /dev/changer")
        for line in ("Number of Medium Transport Elements: 1", "Number of Storage Elements: 24",
                     "Number of Import/Export Elements: 2", "Number of Data Transfer Elements: 2",
                     "Storage: Data Transfer, Import/Export, Storage", "Bar Code Reader: Yes"):
            self.assertIn(line + "\n", said)


@needs("tapeinfo")
class Tapeinfo(unittest.TestCase):
    def test_knows_the_drive(self):
        said = inside("tapeinfo -f /dev/sg1; mtx load 1 0; tapeinfo -f /dev/sg1")
        before, after = said.split("Loading media")
        self.assertIn("Product Type: Tape Drive", before)
        self.assertIn("Ready: no", before)
        self.assertIn("Ready: yes", after)
        self.assertRegex(after, r"Density Code: 0x60")


if __name__ == "__main__":
    unittest.main()

"""sg3_utils, which asks for and decodes what the standards define, against the built-in library."""

import re
import signal
import tempfile
import unittest

from programs import NEARLINE, inside, needs, run, sections, steps
from serving import Serving

UNITS = ("/dev/sg0", "/dev/sg1", "/dev/sg2")


@needs("sg_inq", "sg_vpd", "sg_luns", "sg_modes", "sg_logs", "sg_opcodes", "sg_turs",
       "sg_persist", "sg_prevent", "sg_requests", "sg_raw", "sg_reset", "sg_map", "sg_start")
class Sg3Utils(unittest.TestCase):
    def steps(self, *commands):
        """What each command says; all must succeed."""
        done = sections(inside(steps(*commands)))
        for command, said in done.items():
            self.assertTrue(said.endswith("status 0"), f"{command}: {said}")
        return done

    def test_inquiry(self):
        done = self.steps(*(f"sg_inq {unit}" for unit in UNITS))
        changer, first, second = (done[f"sg_inq {unit}"] for unit in UNITS)
        self.assertIn("Peripheral device type: medium changer", changer)
        for drive in (first, second):
            self.assertIn("Peripheral device type: tape", drive)
            self.assertIn("RMB=1", drive)
        serials = [re.search(r"Unit serial number: (\S+)", said)[1]
                   for said in (changer, first, second)]
        self.assertEqual(len(set(serials)), 3)

    def test_short_inquiry_is_the_beginning_of_the_long_one(self):
        done = self.steps("sg_inq -H -l 36 /dev/sg0", "sg_inq -H /dev/sg0")
        short, whole = (done[name].splitlines() for name in done)
        self.assertEqual(short[0], whole[0])

    def test_every_vital_product_page(self):
        for unit in UNITS:
            listed = self.steps(f"sg_vpd -H {unit}")[f"sg_vpd -H {unit}"]
            codes = []
            for line in listed.splitlines():
                if re.match(r" ?[0-9a-f]{2}  ", line.strip() + "  "):
                    codes += line.strip()[4:52].split()
            pages = [int(code, 16) for code in codes[4:]]
            self.assertIn(0x80, pages)
            self.assertIn(0x83, pages)
            self.assertEqual(pages, sorted(pages))
            done = self.steps(*(f"sg_vpd -p 0x{page:02x} {unit}" for page in pages))
            identification = done[f"sg_vpd -p 0x83 {unit}"]
            self.assertIn("designator", identification)
            self.assertNotIn("<<", "".join(done.values()))  # how it marks what it cannot decode

    def test_luns(self):
        said = self.steps("sg_luns /dev/sg1")["sg_luns /dev/sg1"]
        self.assertIn("3 lun entries", said)
        self.assertIn("0002000000000000", said)

    def test_modes(self):
        for unit in UNITS:
            said = self.steps(f"sg_modes -a {unit}")[f"sg_modes -a {unit}"]
            self.assertNotIn("malformed", said.lower())
        said = self.steps("sg_modes -p 0x1d /dev/sg0")["sg_modes -p 0x1d /dev/sg0"]
        self.assertIn("Element address assignment", said)
        self.steps("sg_modes -6 -p 0x1f /dev/sg0", "sg_modes -p 0x3f -c 1 /dev/sg0",
                   "sg_modes -p 0x3f -c 2 /dev/sg0")

    def test_logs(self):
        for unit in UNITS:
            said = self.steps(f"sg_logs -a {unit}")[f"sg_logs -a {unit}"]
            self.assertIn("Supported log pages", said)
        drive = self.steps("sg_logs -a /dev/sg1")["sg_logs -a /dev/sg1"]
        # The errors of each channel are the vendor's own pages: sg_logs shows them in hexadecimal.
        self.assertEqual(re.findall("Unable to decode page = (0x[0-9a-f]+)", drive),
                         ["0x33", "0x34"])
        self.assertIn("Lifetime media loads: 0", drive)
        self.assertIn("MOUNTED=0", drive)
        loaded = inside("mtx load 1 0; sg_turs /dev/sg1 || sg_turs /dev/sg1;"
                        "sg_logs -p 0x14 /dev/sg1; sg_logs -p 0x11 /dev/sg1")
        self.assertIn("Lifetime media loads: 1", loaded)
        self.assertIn("MOUNTED=1", loaded)

    @needs("sg_read_attr", "mtx", "dd")
    def test_logs_and_attributes_of_a_written_tape(self):
        done = sections(inside(
            "mtx load 1 0 >/dev/null; sg_turs /dev/sg1 >/dev/null 2>&1;"
            "head -c 8388608 /dev/urandom | dd of=/dev/nst0 bs=64k iflag=fullblock 2>/dev/null;" +
            steps("sg_logs -a /dev/sg1", "sg_read_attr /dev/sg1", "sg_read_attr -f 0x401 /dev/sg1",
                  "sg_read_attr -p 1 /dev/sg1")))
        logs, attributes, one, beyond = done.values()
        self.assertEqual(re.findall("Unable to decode page = (0x[0-9a-f]+)", logs),
                         ["0x33", "0x34"])
        self.assertIn("Megabytes transferred from server: 8", logs)
        self.assertRegex(logs, r"(?s)Mounted: 1|MOUNTED=1")
        self.assertIn("Volume identifier: NL0001L9", attributes)
        self.assertIn("Total MiB written in current/last load: 8", attributes)
        self.assertRegex(one, r"^  Medium serial number: NL00000001 *\nstatus 0$")
        self.assertFalse(beyond.endswith("status 0"), beyond)

    def test_tape_alerts_of_the_changer(self):
        # sg_logs leaves decoding these to others: 64 parameters of one byte, all clear.
        said = inside("sg_logs -p 0x2e -r /dev/sg0 | od -An -v -tx1 -w5").split("\n")
        flags = "".join(said).split()
        self.assertEqual(flags[:4], ["2e", "00", "01", "40"])
        self.assertEqual(len(flags), 4 + 64 * 5)
        self.assertEqual(set(flags[8::5]), {"00"})

    def test_operation_codes(self):
        for unit, command in (("/dev/sg0", "Move medium"), ("/dev/sg1", "Load")):
            name = f"sg_opcodes {unit}"
            said = self.steps(name)[name]
            self.assertRegex(said.lower(), command.lower())
            one = f"sg_opcodes -o 0x12 {unit}"
            self.assertIn("Inquiry", self.steps(one)[one])

    def test_readiness(self):
        self.steps("sg_turs /dev/sg0", "sg_turs -n 100 /dev/sg0")

    def test_a_drive_tells_of_its_new_cartridge_once(self):
        done = sections(inside(steps("sg_turs -v /dev/sg1", "mtx load 1 0",
                                     "sg_turs -v -v /dev/sg1", "sg_turs /dev/sg1")))
        self.assertIn("Medium not present", done["sg_turs -v /dev/sg1"])
        self.assertIn("Not ready to ready change", done["sg_turs -v -v /dev/sg1"])
        self.assertEqual(done["sg_turs /dev/sg1"], "status 0")

    def test_a_drive_gives_its_cartridge_back_when_told_to(self):
        done = sections(inside(steps("mtx load 1 0", "sg_turs /dev/sg1",
                                     "sg_start --eject /dev/sg1", "sg_turs -v /dev/sg1",
                                     "mtx unload")))
        self.assertTrue(done["sg_start --eject /dev/sg1"].endswith("status 0"))
        self.assertTrue(done["mtx unload"].endswith("status 0"), done)

    def test_requests_sense_without_any(self):
        for unit in UNITS[:1]:
            said = self.steps(f"sg_requests {unit}")[f"sg_requests {unit}"]
            self.assertRegex(said.lower(), "no sense|no additional sense")

    def test_prevention_outlives_the_program_that_asked_for_it(self):
        done = sections(inside(steps("sg_prevent /dev/sg0", "mtx transfer 1 25",
                                     "sg_prevent -a /dev/sg0", "mtx transfer 1 26")))
        self.assertIn("Additional Sense Code = 53", done["mtx transfer 1 25"])
        self.assertEqual(done["mtx transfer 1 26"], "status 0")

    def test_reservation_outlives_the_program_that_made_it(self):
        # Another initiator is kept out until the one that reserved the changer releases it.
        reserve = "sg_raw /dev/sg0 16 00 00 00 00 00"
        release = "sg_raw /dev/sg0 17 00 00 00 00 00"
        # Without the preload library, before which sanitizers want theirs, if it has any.
        other = (f"LD_PRELOAD= {NEARLINE} changer $NEARLINE_URL "
                 "--initiator iqn.2026-11.test:other")
        done = sections(inside(steps(reserve, "mtx transfer 1 23", f"{other} transfer 2 22",
                                     release, f"{other} transfer 3 21")))
        named = list(done.values())
        self.assertTrue(named[1].endswith("status 0"), done)
        self.assertIn("RESERVATION CONFLICT", named[2])
        self.assertTrue(named[2].endswith("status 1"), done)
        self.assertTrue(named[4].endswith("status 0"), done)

    def test_persistent_reservation(self):
        out = "sg_persist --out /dev/sg0 --param-rk=a1"
        said = self.steps(
            "sg_persist --in --read-keys /dev/sg0",
            "sg_persist --out --register --param-sark=a1 /dev/sg0",
            f"{out} --reserve --prout-type=3",
            "sg_persist --in --read-reservation /dev/sg0",
            "sg_persist --in --read-full-status /dev/sg0",
            f"{out} --preempt --param-sark=a1 --prout-type=5",
            f"{out} --register --param-sark=a1 --param-aptpl",
            "sg_persist --in --report-capabilities /dev/sg0",
            "sg_persist -r /dev/sg0",
            f"{out} --clear",
            "sg_persist -k /dev/sg0")
        said = list(said.values())
        self.assertIn("there are NO registered reservation keys", said[0])
        self.assertIn("Key=0xa1", said[3])
        self.assertIn("type: Exclusive Access", said[3])
        self.assertIn("<< Reservation holder >>", said[4])
        self.assertRegex(said[4], r"iSCSI.*: iqn\..*,i,0x[0-9a-f]{12}")
        self.assertIn("Persist Through Power Loss Active(PTPL_A): 1", said[7])
        self.assertIn("type: Write Exclusive, registrants only", said[8])
        self.assertIn("there are NO registered reservation keys", said[10])

    def test_persistent_reservation_keeps_others_out_and_is_moved(self):
        other = "iqn.2026-11.test:other"
        port = f"{other},i,0x00023d000009"
        out = "sg_persist --out /dev/sg0 --param-rk=a1"
        client = f"LD_PRELOAD= {NEARLINE} changer $NEARLINE_URL --initiator {other}"
        done = sections(inside(steps(
            "sg_persist --out --register-ignore --param-sark=a1 /dev/sg0",
            "sg_persist --out --reserve --param-rk=bad --prout-type=3 /dev/sg0",
            f"{out} --reserve --prout-type=3",
            f"{client} transfer 1 22",
            f"{out} --register-move --param-sark=b2 --relative-target-port=1 --transport-id={port}",
            "sg_persist --in --read-full-status /dev/sg0",
            "mtx transfer 2 21",
            f"{out} --preempt-abort --param-sark=b2 --prout-type=3",
            "mtx transfer 1 22")))
        said = list(done.values())
        self.assertIn("eservation conflict", said[1])
        self.assertIn("RESERVATION CONFLICT", said[3])
        self.assertTrue(said[4].endswith("status 0"), done)
        self.assertIn(port, said[5])
        self.assertFalse(said[6].endswith("status 0"), done)
        self.assertTrue(said[7].endswith("status 0"), done)
        self.assertTrue(said[8].endswith("status 0"), done)

    def test_persistent_reservation_outlives_its_server(self):
        def sent(server, script, status=0):
            return run(NEARLINE, "exec", "--attach", server.url, "--", "sh", "-c", script,
                       status=status)

        with tempfile.TemporaryDirectory() as state:
            with Serving(NEARLINE, "--state", state) as server:
                sent(server, "sg_persist --out --register --param-sark=a1 --param-aptpl /dev/sg1 &&"
                     "sg_persist --out --reserve --param-rk=a1 --prout-type=3 /dev/sg1")
                server.end(signal.SIGKILL)
            with Serving(NEARLINE, "--state", state) as server:
                said = sent(server, "sg_persist -s /dev/sg1")
                self.assertIn("Key=0xa1", said)
                self.assertIn("<< Reservation holder >>", said)
                said = sent(server, "sg_prevent /dev/sg1 2>&1", status=None)
                self.assertIn("eservation conflict", said)

    def test_reset_is_told_once(self):
        done = sections(inside(steps("sg_reset -d /dev/sg0", "sg_turs -v /dev/sg0",
                                     "sg_turs /dev/sg0")))
        self.assertIn("reset", done["sg_turs -v /dev/sg0"].lower())
        self.assertEqual(done["sg_turs /dev/sg0"], "status 0")

    def test_refusals_name_the_field(self):
        # INQUIRY with a page code and without EVPD; an operation code nobody has.
        said = inside("sg_raw -r 36 /dev/sg0 12 00 80 00 24 00 2>&1;"
                      "sg_raw /dev/sg0 ff 0 0 0 0 0 2>&1", status=None)
        self.assertIn("Invalid field in cdb", said)
        self.assertIn("byte 2", said)
        self.assertIn("Invalid command operation code", said)

    def test_map_finds_every_device(self):
        self.assertEqual(inside("sg_map").split(), ["/dev/sg0", "/dev/sg1", "/dev/nst0", "/dev/sg2",
                                                    "/dev/nst1"])


if __name__ == "__main__":
    unittest.main()

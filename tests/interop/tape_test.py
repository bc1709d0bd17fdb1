"""mt, tar, cpio and dd on /dev/nst0: what administrators do with a tape, and with two."""

import json
import os
import re
import tempfile
import unittest

from programs import NEARLINE, REFUSED, inside, needs, output_of, run, sections, steps
from serving import Serving

# mtx takes TAPE for the changer, too.
LOADED = ("export CHANGER=/dev/changer; mtx load 1 0 >/dev/null; "
          "mt() { command mt -f /dev/nst0 \"$@\"; }; " + REFUSED)
# A few files of many lengths, with their sums.
FILES = ("mkdir files; for n in 1 2 3 4 5 6 7; do "
         "head -c $((n * n * n * 4321)) /dev/urandom >files/$n; done; ")


def small_library(folder, megabytes):
    path = os.path.join(folder, "small.textproto")
    with open(path, "w") as file:
        file.write('name: "small"\nstorage { count: 4 }\ndrives { model: "plain-lto9" count: 1 }\n'
                   f'cartridges {{ labels: "S%05dL9" first: 1 count: 3 where: STORAGE '
                   f'capacity_mb: {megabytes} }}\n')
    return path


class Tape(unittest.TestCase):
    def on_tape(self, script, *options, status=0):
        with tempfile.TemporaryDirectory() as folder:
            return inside(f"set -e; cd {folder}; {LOADED}{script}", *options, status=status)


@needs("mtx")
class Devices(Tape):
    def test_drives_are_tape_devices(self):
        said = inside("ls -l /dev/st0 /dev/st1 /dev/nst1; test -c /dev/nst0 && test ! -e /dev/nst2")
        self.assertRegex(said, r"(?m)^crw-rw---- .* 9, +0 .* /dev/st0$")
        self.assertRegex(said, r"(?m)^crw-rw---- .* 9, +1 .* /dev/st1$")
        self.assertRegex(said, r"(?m)^crw-rw---- .* 9, +129 .* /dev/nst1$")

    def test_without_a_tape(self):
        said = inside("cat /dev/nst0; dd if=/dev/zero of=/dev/st0 count=1", status=None)
        self.assertEqual(said.count("No medium found"), 2)

    def test_one_user_at_a_time(self):
        said = self.on_tape("exec 3</dev/nst0; cat /dev/nst0 || true; exec 3<&-; cat /dev/st0",
                            status=1)
        self.assertEqual(said.count("Device or resource busy"), 1)
        self.assertIn("Input/output error", said)

    # Nobody calls close here: the shell's children end, and with them their descriptors.
    def test_file_ends_with_the_last_process_that_had_it(self):
        said = self.on_tape(
            "(sh -c 'echo one >&3' ; sh -c 'echo two >&3') 3>/dev/nst0; "
            "python3 -c 'import os; os.write(os.open(\"/dev/nst0\", os.O_WRONLY), b\"three\\n\"); "
            "os._exit(0)'; mt status; mt rewind; "
            "dd bs=64k 2>/dev/null </dev/nst0; echo ==; dd bs=64k 2>/dev/null </dev/nst0")
        self.assertIn("File number=2, block number=0", said)
        self.assertTrue(said.endswith("one\ntwo\n==\nthree\n"), said)

    @needs("sg_inq")
    def test_scsi_commands_pass_through(self):
        self.assertIn("PLAIN LTO-9", self.on_tape("sg_inq /dev/nst0"))

    @needs("tapeinfo")
    def test_tapeinfo(self):
        said = self.on_tape("tapeinfo -f /dev/sg1; tapeinfo -f /dev/nst0")
        self.assertEqual(said.count("Product Type: Tape Drive"), 2)
        self.assertEqual(said.count("BOP: yes"), 2)

    def test_what_was_written_is_on_the_tape_when_exec_ends(self):
        with Serving(NEARLINE) as serve:
            run(NEARLINE, "exec", "--attach", serve.url, "--", "sh", "-c",
                LOADED + "cat /etc/passwd >/dev/nst0")
            said = run(NEARLINE, "exec", "--attach", serve.url, "--", "sh", "-c",
                       "mt -f /dev/nst0 rewind; dd bs=1M </dev/nst0 2>/dev/null | "
                       "cmp - /etc/passwd && mt -f /dev/nst0 status")
            self.assertIn("File number=1, block number=0", said)


@needs("mtx", "mt")
class Mt(Tape):
    """Each operation of mt-st, in one story of three files."""

    RECORDED = ("for n in 1 2 3; do dd if=/dev/zero of=/dev/nst0 bs=1k count=$n 2>/dev/null; done; "
                "mt rewind; ")

    def status(self, *commands, recorded=True):
        """(file, block, bits) after the commands."""
        script = (self.RECORDED if recorded else "") + "; ".join(commands) + "; mt status"
        said = self.on_tape(script)
        file, block = re.search(r"File number=(-?\d+), block number=(-?\d+)", said).groups()
        return int(file), int(block), said.splitlines()[-1].split()

    def test_status(self):
        said = self.on_tape("mt status")
        self.assertIn("SCSI 2 tape drive:", said)
        self.assertIn("Density code 0x60", said)
        self.assertEqual(said.splitlines()[-1].split(), ["BOT", "ONLINE", "IM_REP_EN"])

    def test_files(self):
        self.assertEqual(self.status("mt fsf 2")[:2], (2, 0))
        self.assertEqual(self.status("mt fsf 2", "mt bsf 1")[:2], (1, -1))
        self.assertEqual(self.status("mt fsf 2", "mt bsfm 1")[:2], (2, 0))
        self.assertEqual(self.status("mt fsfm 1")[:2], (0, -1))
        self.assertEqual(self.status("mt asf 2")[:2], (2, 0))
        self.assertEqual(self.status("mt fsf 3", "mt rewind"), (0, 0, ["BOT", "ONLINE",
                                                                       "IM_REP_EN"]))

    def test_blocks(self):
        self.assertEqual(self.status("mt fsf 2", "mt fsr 2", "mt bsr 1")[:2], (2, 1))
        self.assertEqual(self.status("refused mt fsr 2")[:2], (1, 0))

    def test_ends(self):
        self.assertEqual(self.status("mt eod"), (3, -1, ["EOD", "ONLINE", "IM_REP_EN"]))
        self.assertEqual(self.status("mt seod")[:2], (3, -1))
        self.assertEqual(self.status("mt weof 2", recorded=False),
                         (2, 0, ["EOF", "ONLINE", "IM_REP_EN"]))
        self.assertEqual(self.status("mt eof 1", recorded=False)[:2], (1, 0))

    def test_addresses(self):
        said = self.on_tape(self.RECORDED + "mt seek 5; mt tell; mt fsr 1; mt tell")
        self.assertEqual(said.splitlines(), ["At block 5.", "At block 6."])

    def test_erase(self):
        self.assertEqual(self.status("mt fsf 1", "mt erase 0", "mt rewind", "mt eod")[:2], (1, -1))
        self.assertEqual(self.status("mt erase", "mt eod")[:2], (0, -1))

    def test_cartridge(self):
        said = self.on_tape(self.RECORDED + "mt retension; mt offline; refused mt rewind; "
                            "mt load; mt rewoffl; mt load; mt status; mt lock; "
                            "refused mtx unload 1 0; mt unlock; mt eject; mtx unload 1 0")
        self.assertIn("No medium found", said)
        self.assertIn("BOT ONLINE", said)
        self.assertIn("Unloading drive 0 into Storage Element 1...done", said)

    def test_settings(self):
        said = self.on_tape(
            "mt setblk 4096; mt status; mt setdensity 0x60; refused mt setdensity 0x99; "
            "mt drvbuffer 1; mt compression 0; mt compression 1; mt stoptions 0x107; "
            "mt stsetoptions 0x10; mt stclearoptions 0x10; mt defblksize 1024; mt defdensity 0x60; "
            "mt defdrvbuffer 1; mt defcompression 1; mt sttimeout 100; mt stlongtimeout 1000; "
            "mt stsetcln 0; mt stwrthreshold 10; mt setblk 0; mt status; mt densities | head -1")
        self.assertIn("Tape block size 4096 bytes", said)
        self.assertIn("Tape block size 0 bytes", said)

    def test_partitions(self):
        said = self.on_tape(
            "refused mt mkpartition 1000; mt stsetoptions 0x400; mt mkpartition 1000; "
            "echo zero >/dev/nst0; mt setpartition 1; mt status; echo one >/dev/nst0; "
            "mt setpartition 0; mt status; mt rewind; dd if=/dev/nst0 2>/dev/null; "
            "mt partseek 1 0; dd if=/dev/nst0 2>/dev/null; refused mt setpartition 2; "
            "mt mkpartition 0; refused mt setpartition 1")
        self.assertIn("File number=0, block number=0, partition=1", said)
        self.assertIn("File number=1, block number=0, partition=0", said)
        self.assertIn("\nzero\none\n", said)

    def test_what_a_drive_has_not(self):
        done = sections(self.on_tape("set +e; " + steps(
            "mt wset 1", "mt fss 1", "mt bss 1", "mt setpartition 1", "mt mkpartition 10",
            "mt partseek 0 1")))
        for command, said in done.items():
            self.assertFalse(said.endswith("status 0"), f"{command}: {said}")


@needs("mtx", "mt")
class Dd(Tape):
    def test_every_block_size_both_ways(self):
        self.on_tape(
            "head -c 100000 /dev/urandom >data; dd if=data of=/dev/st0 bs=512 2>/dev/null; "
            "dd if=/dev/st0 bs=512 2>/dev/null | cmp data -; "
            "head -c 2097152 /dev/urandom >data; "
            "for size in 1k 10k 64k 100003 256k 1M 2M; do "
            "  dd if=data of=/dev/st0 bs=$size 2>/dev/null; "
            "  dd if=/dev/st0 of=back bs=$size 2>/dev/null; cmp data back; done; "
            "mt setblk 512; for size in 5k 64k 1M; do "
            "  dd if=data of=/dev/st0 bs=$size 2>/dev/null; "
            "  dd if=/dev/st0 bs=300000 2>/dev/null | cmp data -; done")

    def test_a_block_above_the_limit_is_refused(self):
        said = self.on_tape("dd if=/dev/zero of=/dev/nst0 bs=8388608 count=1; "
                            "refused dd if=/dev/zero of=/dev/nst0 bs=8388609 count=1; mt tell")
        self.assertIn("error writing '/dev/nst0': Invalid argument", said)
        self.assertIn("At block 2.", said)

    def test_a_buffer_that_is_too_small(self):
        said = self.on_tape("dd if=/dev/zero of=/dev/st0 bs=64k count=1 2>/dev/null; "
                            "refused dd if=/dev/st0 bs=32k")
        self.assertIn("Cannot allocate memory", said)


@needs("mtx", "mt", "tar")
class Tar(Tape):
    def test_create_list_extract_compare_append(self):
        said = self.on_tape(
            FILES + "tar cf /dev/st0 files; tar tf /dev/st0; tar df /dev/st0; "
            "echo more >files/8; tar rf /dev/st0 files/8; "
            "mkdir out; tar xf /dev/st0 -C out; diff -r files out/files; "
            "tar cWf /dev/st0 files; tar cf /dev/st0 -b 2048 files; tar df /dev/st0 -b 2048; "
            "echo fine")
        self.assertIn("files/7\n", said)
        self.assertTrue(said.endswith("fine\n"), said)

    def test_several_archives_on_a_tape(self):
        said = self.on_tape(
            FILES + "for n in 1 2 3; do tar cf /dev/nst0 files/$n; done; mt rewind; mt fsf 1; "
            "tar tf /dev/nst0; mt rewind; mt fsf 2; tar tf /dev/nst0")
        self.assertEqual(said.split(), ["files/2", "files/3"])

    def test_archive_over_two_small_cartridges(self):
        with tempfile.TemporaryDirectory() as folder:
            library = small_library(folder, 60)
            said = self.on_tape(
                "head -c 80000000 /dev/urandom >big; sha256sum big >sum; "
                "echo 'mt -f /dev/nst0 offline; mtx unload 1 0; mtx load 2 0' >next; "
                "tar -cM -F 'sh next' -b 512 -f /dev/nst0 big; mt rewind; mt fsf 1; mt status; "
                "mt offline; mtx unload 2 0; mtx load 1 0; rm big; "
                "tar -xM -F 'sh next' -b 512 -f /dev/nst0; sha256sum -c sum",
                "--library", library)
            self.assertIn("big: OK", said)
            self.assertEqual(said.count("Loading media from Storage Element 2"), 2)


@needs("mtx", "dd")
class NearlineTape(Tape):
    """Our own client and the tape driver read what the other has written."""

    def test_both_ways(self):
        with tempfile.TemporaryDirectory() as folder, Serving(NEARLINE) as serve:
            attached = (NEARLINE, "exec", "--attach", serve.url, "--", "sh", "-c")
            run(NEARLINE, "changer", serve.url, "load", "1")
            run(NEARLINE, "tape", serve.url, "write", "/etc/passwd")
            run(*attached, "mt -f /dev/nst0 eod; dd if=/etc/services of=/dev/nst0 bs=1k")
            run(*attached, "mt -f /dev/nst0 rewind; dd if=/dev/nst0 bs=1M | cmp - /etc/passwd")
            run(NEARLINE, "tape", serve.url, "locate", "--file", "1")
            run(NEARLINE, "tape", serve.url, "read", f"{folder}/back")
            run("cmp", f"{folder}/back", "/etc/services")
            status = json.loads(output_of(NEARLINE, "tape", serve.url, "status", "--json"))
            self.assertEqual(status["file"], 2)

    def test_examples_of_the_manual(self):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(f"{root}/docs/tape.md") as page:
            text = re.sub(r"(?m)^url=.*$", "", page.read())
        # What the manual says is refused has to be.
        text = re.sub(r"(?m)^(nearline .*# refused.*)$", r"refused \1", text)
        examples = re.findall(r"(?s)```sh\n(.*?)```", text)
        self.assertEqual(len(examples), 2)
        with tempfile.TemporaryDirectory() as folder, Serving(NEARLINE) as serve:
            run("sh", "-c", f"set -e; PATH={os.path.dirname(NEARLINE)}:$PATH; url={serve.url}; "
                f"cd {folder}; tar cf backup.tar /etc/passwd; {REFUSED}"
                "nearline changer $url load 1; " + "nearline tape $url load\n".join(examples))


@needs("mtx", "mt")
class CProgram(Tape):
    """tape_client.c, which the build compiles."""

    CLIENT = os.path.join(os.path.dirname(NEARLINE), "tape_client")

    def test_streams_and_vectors(self):
        for deed in ("streams", "lines", "buffers", "vectors", "positions", "refusals"):
            with self.subTest(deed):
                self.on_tape(f"{self.CLIENT} {deed}")

    def test_standard_input_and_output(self):
        self.on_tape(f"{self.CLIENT} say >/dev/nst0; mt rewind; {self.CLIENT} hear </dev/nst0")

    def test_other_languages(self):
        self.on_tape("awk 'BEGIN { print \"said by awk\" }' >/dev/st0; "
                     "sed s/by/with/ </dev/st0 | grep -qx 'said with awk'; "
                     "perl -e 'open(T, \">\", \"/dev/nst0\"); print T \"perl\\n\"; close(T)'; "
                     "python3 -c 'import shutil; "
                     "shutil.copyfile(\"/etc/passwd\", \"/dev/nst0\")'; "
                     "mt rewind; dd if=/dev/nst0 2>/dev/null | grep -qx perl; "
                     "cat /dev/nst0 | cmp - /etc/passwd")


@needs("mtx", "cpio")
class Cpio(Tape):
    def test_out_and_in(self):
        said = self.on_tape(
            FILES + "find files | cpio -o -C 65536 -O /dev/st0; cpio -it -C 65536 -I /dev/st0; "
            "mv files old; cpio -id -C 65536 -I /dev/st0; diff -r files old; echo fine")
        self.assertTrue(said.endswith("fine\n"), said)


@needs("mtx", "mbuffer")
class Mbuffer(Tape):
    def test_out_and_in(self):
        self.on_tape("head -c 20000000 /dev/urandom >data; "
                     "mbuffer -q -s 256k -m 4M -i data -o /dev/st0; "
                     "mbuffer -q -s 256k -m 4M -i /dev/st0 -o back; cmp data back")


if __name__ == "__main__":
    unittest.main()

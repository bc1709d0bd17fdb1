"""`nearline exec` itself: what its command sees, how it ends, what it leaves behind."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

from programs import ENVIRONMENT, NEARLINE, inside, needs, run
from serving import Serving


class Exec(unittest.TestCase):
    def test_status_is_that_of_the_command(self):
        run(NEARLINE, "exec", "--", "true")
        run(NEARLINE, "exec", "--", "sh", "-c", "exit 7", status=7)
        run(NEARLINE, "exec", "--", "sh", "-c", "kill -KILL $$", status=128 + signal.SIGKILL)
        run(NEARLINE, "exec", "--", "no-such-command", status=127)
        run(NEARLINE, "exec", "--", "/etc/passwd", status=126)

    def test_bad_usage_is_two_and_no_library_is_three(self):
        run(NEARLINE, "exec", status=2)
        run(NEARLINE, "exec", "--juggle", "--", "true", status=2)
        run(NEARLINE, "exec", "--attach", "http://127.0.0.1/", "--", "true", status=2)
        said = run(NEARLINE, "exec", "--attach", "iscsi://127.0.0.1:1/iqn.2026-11.test:x/0", "--",
                   "true", status=3)
        self.assertIn("127.0.0.1:1", said)

    def test_bad_library_file_is_two_with_its_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".textproto") as file:
            file.write('name: "x"\nno_such_field: 1\n')
            file.flush()
            said = run(NEARLINE, "exec", "--library", file.name, "--", "true", status=2)
            self.assertIn(f"{os.path.basename(file.name)}:2", said)

    def test_library_of_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".textproto") as file:
            file.write('name: "small"\nstorage { count: 3 }\nimport_export { count: 1 }\n'
                       'drives { model: "plain-lto8" count: 1 }\n'
                       'cartridges { labels: "AB%04dL8" first: 1 count: 2 where: STORAGE }\n')
            file.flush()
            said = inside("ls /dev/sg*; mtx status", "--library", file.name)
            self.assertEqual(said.split()[:2], ["/dev/sg0", "/dev/sg1"])
            self.assertIn("1 Drives, 4 Slots ( 1 Import/Export )", said)
            self.assertIn("AB0002L8", said)

    def test_output_is_the_commands_alone(self):
        self.assertEqual(inside("echo hello"), "hello\n")

    def test_devices_look_like_devices(self):
        said = inside("ls -l /dev/sg0 /dev/changer; readlink -f /dev/changer; "
                      "test -c /dev/sg2 && test ! -e /dev/sg3 && cd /dev && test -w changer")
        self.assertRegex(said, r"(?m)^crw-rw---- .* 21, +0 .* /dev/sg0$")
        self.assertRegex(said, r"(?m)^l.* /dev/changer -> sg0$")
        self.assertIn("\n/dev/sg0\n", said)

    def test_url_is_for_what_speaks_iscsi(self):
        # Built with sanitizers, our program would have their libraries loaded before any other.
        said = inside(f'LD_PRELOAD= {NEARLINE} changer "$NEARLINE_URL" status')
        self.assertIn("24 slots, 2 stations", said)

    @needs("mtx")
    def test_attached_library_keeps_what_was_done(self):
        with Serving(NEARLINE) as serve:
            run(NEARLINE, "exec", "--attach", serve.url, "--", "mtx", "load", "1", "0")
            said = run(NEARLINE, "exec", "--attach", serve.url, "--", "mtx", "status")
            self.assertIn("Data Transfer Element 0:Full (Storage Element 1 Loaded)", said)

    @needs("mtx")
    def test_two_at_once_have_a_library_each(self):
        both = [subprocess.Popen([NEARLINE, "exec", "--", "sh", "-c", "mtx load 1 0 && mtx status"],
                                 env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
                for _ in range(2)]
        for each in both:
            said, _ = each.communicate(timeout=60)
            self.assertEqual(each.returncode, 0)
            self.assertIn("Element 0:Full", said)

    def test_signals_reach_the_command(self):
        command = [NEARLINE, "exec", "--", "sh", "-c",
                   "trap 'echo told; exit 5' TERM; echo ready; while :; do sleep 0.05; done"]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE,
                              text=True) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.readline(), "told\n")
            self.assertEqual(process.wait(timeout=30), 5)

    def test_nothing_is_left_when_it_is_killed(self):
        with subprocess.Popen([NEARLINE, "exec", "--", "sh", "-c", "echo $PPID; exec sleep 60"],
                              env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
            owner = int(process.stdout.readline())
            with open(f"/proc/{owner}/task/{owner}/children") as children:
                pids = [int(pid) for pid in children.read().split()]
            libraries = [pid for pid in pids if b"serve" in read(f"/proc/{pid}/cmdline")]
            self.assertEqual(len(libraries), 1)
            process.kill()
            process.wait()
            for pid in pids:
                if pid not in libraries:
                    os.kill(pid, signal.SIGKILL)
            until = time.monotonic() + 30
            while os.path.exists(f"/proc/{libraries[0]}") and time.monotonic() < until:
                if b") Z " in read(f"/proc/{libraries[0]}/stat"):
                    break
                time.sleep(0.01)
            self.assertLess(time.monotonic(), until)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


if __name__ == "__main__":
    unittest.main()

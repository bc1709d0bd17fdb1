"""Bacula on tapes of ours: its own test of a drive, and a backup that spans several small tapes."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from programs import ENVIRONMENT, NEARLINE, needs  # noqa: E402

TIME_LIMIT = 900

STORAGE = """
Storage {{
  Name = st-sd; SDPort = {sd}; SDAddress = 127.0.0.1
  WorkingDirectory = {folder}; Pid Directory = {folder}; Plugin Directory = /usr/lib/bacula
}}
Director {{ Name = st-dir; Password = secret }}
Autochanger {{
  Name = Library; Device = Drive-0; Changer Device = /dev/changer
  Changer Command = "{folder}/mtx-changer %c %o %S %a %d"
}}
Device {{
  Name = Drive-0; Media Type = LTO; Archive Device = /dev/nst0; Drive Index = 0
  AutomaticMount = yes; AlwaysOpen = yes; RemovableMedia = yes; RandomAccess = no
  AutoChanger = yes; Changer Device = /dev/changer
  Changer Command = "{folder}/mtx-changer %c %o %S %a %d"
}}
Messages {{ Name = Standard; director = st-dir = all }}
"""

FILE = """
Director {{ Name = st-dir; Password = secret }}
FileDaemon {{
  Name = st-fd; FDPort = {fd}; FDAddress = 127.0.0.1
  WorkingDirectory = {folder}; Pid Directory = {folder}; Plugin Directory = /usr/lib/bacula
}}
Messages {{ Name = Standard; director = st-dir = all }}
"""

DIRECTOR = """
Director {{
  Name = st-dir; DirPort = {dir}; DirAddress = 127.0.0.1; QueryFile = /dev/null
  WorkingDirectory = {folder}; Pid Directory = {folder}; Password = secret; Messages = Standard
}}
Catalog {{ Name = Catalog; dbname = bacula; dbuser = ""; dbpassword = "" }}
Client {{
  Name = st-fd; Address = 127.0.0.1; FDPort = {fd}; Catalog = Catalog; Password = secret
}}
FileSet {{ Name = Files; Include {{ Options {{ signature = SHA1 }}; File = {folder}/files }} }}
Storage {{
  Name = Library; Address = 127.0.0.1; SDPort = {sd}; Password = secret; Device = Library
  Media Type = LTO; Autochanger = yes
}}
Pool {{ Name = Default; Pool Type = Backup }}
Pool {{ Name = Scratch; Pool Type = Backup }}
Job {{
  Name = Backup; Type = Backup; Level = Full; Client = st-fd; FileSet = Files
  Storage = Library; Pool = Default; Messages = Standard
}}
Job {{
  Name = Restore; Type = Restore; Client = st-fd; FileSet = Files
  Storage = Library; Pool = Default; Messages = Standard; Where = {folder}/restored
}}
Messages {{ Name = Standard; console = all, !skipped; append = "{folder}/log" = all }}
"""

CONSOLE = """
Director {{ Name = st-dir; DIRport = {dir}; address = 127.0.0.1; Password = secret }}
"""

LIBRARY = """
name: "bacula"
storage {{ count: 6 }}
drives {{ model: "plain-lto9" count: 1 }}
cartridges {{ labels: "BAC%03dL9" first: 1 count: 5 where: STORAGE capacity_mb: {megabytes} }}
"""

# Bacula's own script keeps its notes in a folder of its user's; the copy keeps them here.
PREPARE = """
set -e
cd {folder}
sed 's|/var/lib/bacula|{folder}|g' /etc/bacula/scripts/mtx-changer >mtx-changer
chmod +x mtx-changer
"""

BACKUP = PREPARE + """
sed 's|^db_name=.*|db_name=bacula|; s|/var/lib/bacula|{folder}|g' \
    /usr/share/bacula-director/make_sqlite3_tables >tables
sh tables >/dev/null
mkdir files
for n in 1 2 3 4 5 6 7; do head -c 20000000 /dev/urandom >files/$n; done
bacula-sd -f -c {folder}/sd.conf >sd.out 2>&1 & sd=$!
bacula-fd -f -c {folder}/fd.conf >fd.out 2>&1 & fd=$!
bacula-dir -f -c {folder}/dir.conf >dir.out 2>&1 & dir=$!
trap 'kill $dir $fd $sd; wait' EXIT
for try in $(seq 100); do
    if echo quit | bconsole -c {folder}/console.conf >/dev/null; then break; fi
    sleep 0.2
done
bconsole -c {folder}/console.conf <<'END'
label barcodes storage=Library drive=0 pool=Default slots=1-5 encrypt=no
yes
run job=Backup yes
wait
messages
restore client=st-fd fileset=Files select all done yes
wait
messages
list volumes
list jobs
END
diff -r files restored{folder}/files
echo every file is the same
"""


class Bacula(unittest.TestCase):
    def run_inside(self, script, megabytes):
        with tempfile.TemporaryDirectory() as folder:
            base = 20000 + os.getpid() % 20000
            values = {"folder": folder, "dir": base, "fd": base + 1, "sd": base + 2,
                      "megabytes": megabytes}
            for name, text in (("sd.conf", STORAGE), ("fd.conf", FILE), ("dir.conf", DIRECTOR),
                               ("console.conf", CONSOLE), ("library.textproto", LIBRARY)):
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text.format(**values))
            done = subprocess.run(
                [NEARLINE, "exec", "--library", f"{folder}/library.textproto", "--", "sh", "-c",
                 script.format(**values)],
                env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", timeout=TIME_LIMIT)
            logs = ""
            for name in ("log", "dir.out", "sd.out", "fd.out"):
                path = os.path.join(folder, name)
                if done.returncode != 0 and os.path.exists(path):
                    with open(path, errors="replace") as file:
                        logs += f"== {name}\n{file.read()}"
            self.assertEqual(done.returncode, 0, done.stdout + logs)
            return done.stdout

    @needs("btape", "mtx", "mt")
    def test_btape_is_content(self):
        said = self.run_inside(
            PREPARE + "mtx load 1 0\nprintf 'test\\ny\\nquit\\n' | "
            "btape -c {folder}/sd.conf /dev/nst0", 3000)
        self.assertIn("Block re-read correct. Test succeeded!", said)
        self.assertIn("Total files=4, blocks=7, bytes = 451,136", said)
        self.assertEqual(said.count("This is correct!"), 6)
        self.assertIn("The test autochanger worked!!", said)
        self.assertNotIn("failed", said.lower())

    # What it reads again of the first tape takes 10,000 records, which small tapes do not hold.
    @needs("btape", "mtx", "mt")
    def test_btape_fills_two_tapes(self):
        said = self.run_inside(
            PREPARE + "mtx load 1 0\nprintf 'fill\nm\n\nquit\n' | "
            "btape -c {folder}/sd.conf /dev/nst0", 250)
        self.assertIn("Re-read of last block succeeded.", said)
        self.assertIn("The last block of the first tape matches.", said)
        self.assertIn("The first block on the second tape matches.", said)
        self.assertIn("The last block on the second tape matches. Test succeeded.", said)

    @needs("bacula-dir", "bacula-fd", "bacula-sd", "bconsole", "sqlite3", "mtx", "mt")
    def test_backup_over_several_tapes_is_restored(self):
        said = self.run_inside(BACKUP, 60)
        self.assertIn("every file is the same", said)
        self.assertIn("Backup OK", said)
        self.assertIn("Restore OK", said)
        full = re.findall(r"(BAC\d{3}L9) +\| +Full", said)
        self.assertGreaterEqual(len(full), 2, said)


if __name__ == "__main__":
    unittest.main()

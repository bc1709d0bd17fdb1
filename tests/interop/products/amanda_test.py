"""Amanda on tapes of ours: a library it labels, dumps over two small tapes, and what it fetches."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from programs import ENVIRONMENT, NEARLINE, needs  # noqa: E402

TIME_LIMIT = 900
# Amanda refuses to work as anybody else, root included.
USER = "backup"

CONFIGURATION = """
org "nearline"
mailto ""
dumpuser "backup"
infofile "{folder}/work/info"
logdir "{folder}/work/log"
indexdir "{folder}/work/index"
tmpdir "{folder}/work"
tapecycle 5
dumpcycle 1 day
runspercycle 1
runtapes 3
define tapetype SMALL {{
  length 60 mbytes
  filemark 0 kbytes
  part_size 20 mbytes
  part_cache_type memory
}}
tapetype SMALL
labelstr "NL-[0-9]*"
define changer robot {{
  tpchanger "chg-robot:/dev/changer"
  property "tape-device" "0=tape:/dev/nst0"
  changerfile "{folder}/work/robot"
}}
tpchanger "robot"
define dumptype files {{
  program "GNUTAR"
  auth "local"
  compress none
  index yes
  holdingdisk no
}}
"""

LIBRARY = """
name: "amanda"
storage { count: 5 }
drives { model: "plain-lto9" count: 1 }
cartridges { labels: "AMA%03dL9" first: 1 count: 5 where: STORAGE capacity_mb: 60 }
"""

# Amanda finds its configuration under /etc/amanda only, where its user may write.
STORY = """
set -e
name=nearline-$$
trap 'rm -rf {folder}/work /etc/amanda/$name' EXIT
mkdir -p {folder}/work/log {folder}/work/files {folder}/work/back {folder}/work/conf
cd {folder}/work
cp ../amanda.conf conf
echo "localhost {folder}/work/files files" >conf/disklist
ln -s {folder}/work/conf /etc/amanda/$name
for n in 1 2 3 4 5 6; do head -c 15000000 /dev/urandom >files/$n; done
amtape $name inventory
for n in 1 2 3 4 5; do amlabel $name NL-$n slot $n; done
amcheck $name
amdump $name || {{ cat log/amdump*; amreport $name; exit 1; }}
amadmin $name find
amtape $name inventory
amcheckdump $name </dev/null
amfetchdump -a -p $name localhost {folder}/work/files </dev/null >dump.tar
tar xf dump.tar -C back
diff -r files back
echo every file is the same
echo more >files/7
amdump $name
amreport $name
"""


def as_amanda():
    """The words that make a command Amanda's user's; None where nobody may."""
    if os.geteuid() == 0:
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
    allowed = shutil.which("sudo") and subprocess.run(
        ["sudo", "-n", "-u", USER, "true"], stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0
    return ["sudo", "-n", "-u", USER] if allowed else None


class Amanda(unittest.TestCase):
    @needs("amdump", "amlabel", "amfetchdump", "mtx", "tar", "setpriv")
    def test_dump_over_two_tapes_is_fetched(self):
        become = as_amanda()
        if become is None:
            self.skipTest(f"only root, or sudo, can run Amanda as {USER}")
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            # A checkout may be where Amanda's user must not look.
            build = os.path.dirname(os.path.dirname(NEARLINE))
            for place, name in (("bin", "nearline"), ("lib", "libnearline-preload.so")):
                os.makedirs(f"{folder}/{place}", mode=0o755)
                shutil.copy(f"{build}/{place}/{name}", f"{folder}/{place}")
            for name, text in (("amanda.conf", CONFIGURATION.format(folder=folder)),
                               ("library.textproto", LIBRARY),
                               ("story", STORY.format(folder=folder))):
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)
                os.chmod(f"{folder}/{name}", 0o644)
            said = subprocess.run(
                [*become, "env", f"HOME={folder}", f"PATH={ENVIRONMENT['PATH']}", "LC_ALL=C",
                 f"{folder}/bin/nearline", "exec", "--library", f"{folder}/library.textproto",
                 "--", "sh", f"{folder}/story"],
                cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", timeout=TIME_LIMIT)
        self.assertEqual(said.returncode, 0, said.stdout)
        self.check(said.stdout)

    def check(self, said):
        # Empty cartridges are known by their bar codes before any tape is read.
        self.assertIn("slot 1: unknown state barcode AMA001L9", said)
        self.assertEqual(said.count("Found an empty tape."), 5, said)
        self.assertEqual(said.count("Success!"), 5, said)
        self.assertIn("Will write to volume 'NL-1' in slot 1.", said)
        self.assertIn("0 problems found.", said)
        # The part that met the end of the first tape was written again on the second.
        self.assertRegex(said, r"NL-1 +3 +3/5 PARTIAL OK")
        self.assertRegex(said, r"NL-2 +1 +3/5 OK")
        self.assertIn("All image (1) successfully validated", said)
        self.assertIn("every file is the same", said)
        self.assertIn("These dumps were to tape NL-3.", said)


if __name__ == "__main__":
    unittest.main()

"""A drive over iSCSI beside the model of a tape: random commands mean the same."""

import os
import tempfile
import unittest

from programs import NEARLINE
from serving import Serving, run

WALK = os.path.join(os.path.dirname(NEARLINE), "tape-model-walk")
LIBRARY = """name: "model"
storage { count: 1 }
drives { model: "plain-lto9" }
cartridges { labels: "M00001L9" where: DRIVE capacity_mb: 1 }
"""


class TapeModel(unittest.TestCase):
    def test_means_the_same_over_iscsi(self):
        with tempfile.TemporaryDirectory() as folder:
            library = os.path.join(folder, "model.textproto")
            with open(library, "w", encoding="utf-8") as file:
                file.write(LIBRARY)
            with Serving(NEARLINE, library, "--state", os.path.join(folder, "state")) as serve:
                url = serve.url.rsplit("/", 1)[0] + "/1"
                status, said, errors = run(WALK, url, "25", "28", "1500")
                self.assertEqual((status, said), (0, "6000 commands, as the model says\n"), errors)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""DeleteNtmsMedia over real iSCSI, through the C library: it obeys where the cartridge is.

usage: rsm_test.py NEARLINE [unittest arguments]; rsm_client stands beside NEARLINE.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from serving import SECONDS, Serving, run

NEARLINE = ""
SUCCESS = 0
BUSY = 170
INVALID_STATE = 5023
OBJECT_NOT_FOUND = 4312


def until(is_so):
    """Waits for what happens in its own time, like the robot's way; bounded."""
    end = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError("it does not happen")


class Story:
    """A library with RSM, worked by the C program, the operator and the changer command."""

    def __init__(self, server):
        self.server = server
        self.environment = dict(os.environ, NEARLINE_RSM=server.rsm)

    def rsm(self, *words):
        program = os.path.join(os.path.dirname(NEARLINE), "rsm_client")
        code, output, errors = run(program, *words, env=self.environment)
        assert code == 0, errors
        return int(output)

    def operator(self, *words):
        code, _, errors = run(NEARLINE, "operator", self.server.control, *words)
        assert code == 0, errors

    def changer(self, *words):
        code, output, errors = run(NEARLINE, "changer", self.server.url, *words)
        assert code == 0, errors
        return output

    def is_in(self, kind, label):
        elements = json.loads(self.changer("status", "--json"))[kind]
        return any(element.get("label") == label for element in elements)

    def eject(self, label):
        until(lambda: self.rsm("eject", label) == SUCCESS)
        until(lambda: self.is_in("stations", label))


def serve(folder, *arguments):
    server = Serving(NEARLINE, "--rsm-socket", os.path.join(folder, "rsm"), *arguments)
    server.rsm = "unix:" + os.path.join(folder, "rsm")
    return server


class DeleteMedia(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.story = Story(self.enterContext(serve(folder)))
        until(lambda: self.story.rsm("exists", "NL0020L9") == SUCCESS)
        self.assertEqual(self.story.rsm("createpool", "Vault"), SUCCESS)

    def into_the_vault(self, label):
        for pool in ("Free", "Vault"):
            self.assertEqual(self.story.rsm("move", label, pool), SUCCESS, pool)

    def test_is_refused_wherever_the_cartridge_is_inside(self):
        story, label = self.story, "NL0001L9"
        self.into_the_vault(label)
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)  # in a slot
        story.changer("load", "1", "0")
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)  # in a drive
        story.changer("unload", "1", "0")
        # Another host moved it: until RSM takes inventory, it believes the medium in the drive.
        self.assertEqual(story.rsm("eject", label), BUSY)
        self.assertEqual(story.rsm("inventory", "default"), SUCCESS)
        story.eject(label)
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)  # in the station
        story.operator("take", label)
        self.assertEqual(story.rsm("delete", label), SUCCESS)
        self.assertEqual(story.rsm("exists", label), OBJECT_NOT_FOUND)

    def test_is_refused_while_a_side_is_allocated_or_complete(self):
        story, label = self.story, "NL0002L9"
        self.into_the_vault(label)
        self.assertEqual(story.rsm("allocate", label, "Vault"), SUCCESS)
        story.eject(label)
        story.operator("take", label)
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)
        self.assertEqual(story.rsm("complete", label), SUCCESS)
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)
        self.assertEqual(story.rsm("deallocate", label), SUCCESS)
        self.assertEqual(story.rsm("delete", label), SUCCESS)

    def test_is_refused_for_one_put_back(self):
        story, label = self.story, "NL0003L9"
        self.into_the_vault(label)
        story.eject(label)
        story.operator("take", label)
        story.operator("insert", label)
        self.assertEqual(story.rsm("delete", label), INVALID_STATE)
        story.operator("take", label)
        self.assertEqual(story.rsm("delete", label), SUCCESS)


class Alone(unittest.TestCase):
    """RSM without a library of its own: two on targets elsewhere; clients come with a token."""

    ANNEX = """name: "annex"
storage { count: 8 }
drives { model: "plain-lto9" count: 1 }
cartridges { labels: "AN%04dL9" first: 1 count: 3 where: STORAGE }
"""
    LIBRARY, PHYSICAL_MEDIA = 9, 15
    NOT_PRESENT, READY = 21, 0
    DEVICE_NOT_AVAILABLE = 4319

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.token = "0123456789-abcdef"
        token_file = self.file("token", self.token + "\n")
        os.chmod(token_file, 0o600)
        self.annex_file = self.file("annex.textproto", self.ANNEX)
        vault = self.enterContext(Serving(NEARLINE))
        self.annex = Serving(NEARLINE, self.annex_file)
        self.addCleanup(lambda: self.annex.__exit__())
        self.rsm = subprocess.Popen(
            [NEARLINE, "rsm", "serve", "--changer", "vault=" + vault.url,
             "--changer", self.annex.url, "--listen", "127.0.0.1:0", "--token-file", token_file,
             "--database", os.path.join(self.folder, "rsm.sqlite")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.end_rsm)
        word, self.portal = self.rsm.stdout.readline().split()
        self.assertEqual(word, "ready")
        self.connection = http.client.HTTPConnection(self.portal, timeout=SECONDS)
        self.addCleanup(self.connection.close)
        self.session = self.call("OpenSession")["session"]

    def end_rsm(self):
        self.rsm.terminate()
        self.rsm.communicate(timeout=SECONDS)
        self.assertEqual(self.rsm.returncode, 0)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def call(self, method, **members):
        if method != "OpenSession":
            members["session"] = self.session
        self.connection.request("POST", "/nearline.v1.RsmService/" + method, json.dumps(members),
                                {"Authorization": "Bearer " + self.token})
        answer = self.connection.getresponse()
        self.assertEqual(answer.status, 200)
        return json.loads(answer.read())

    def libraries(self):
        """What RSM says of each by its name."""
        ids = self.call("EnumerateObject", type=self.LIBRARY)["ids"]
        objects = [self.call("GetObjectInformation", objectId=each)["information"] for each in ids]
        return {each["name"]: each for each in objects}

    def media(self, name):
        library = self.libraries().get(name)
        return 0 if library is None else library["library"]["numberOfMedia"]

    def test_manages_several_libraries_and_sees_one_go_and_come_back(self):
        until(lambda: self.media("vault") >= 20 and self.media("annex") == 3)
        library = self.libraries()["annex"]["objectGuid"]
        self.annex.end()
        until(lambda: self.call("InventoryLibrary", libraryId=library, action=1)["error"] ==
              self.DEVICE_NOT_AVAILABLE)
        self.assertEqual(self.libraries()["annex"]["operationalState"], self.NOT_PRESENT)
        self.assertEqual(self.media("annex"), 3)  # what it holds is remembered
        portal = self.annex.ready["portal"]
        self.annex.__exit__()
        self.annex = Serving(NEARLINE, self.annex_file, portal=portal)
        until(lambda: self.call("InventoryLibrary", libraryId=library, action=1)["error"] ==
              SUCCESS)
        self.assertEqual(self.libraries()["annex"]["operationalState"], self.READY)
        self.assertEqual(self.media("annex"), 3)

    def test_answers_nobody_without_the_token(self):
        self.token = "another-token-of-16"
        self.connection.request("POST", "/nearline.v1.RsmService/OpenSession", "{}",
                                {"Authorization": "Bearer " + self.token})
        answer = self.connection.getresponse()
        self.assertEqual(answer.status, 401)
        answer.read()

    def test_says_what_is_wrong_with_its_words(self):
        code, _, errors = run(NEARLINE, "rsm", "serve", "--changer", "iscsi://nowhere",
                              "--listen", "127.0.0.1:0")
        self.assertEqual(code, 2)
        self.assertIn("iscsi://nowhere", errors)
        self.assertIn("--token-file", errors)
        os.chmod(self.file("open", "x" * 20), 0o644)
        code, _, errors = run(NEARLINE, "rsm", "serve", "--changer", self.annex.url,
                              "--token-file", os.path.join(self.folder, "open"))
        self.assertEqual(code, 2)
        self.assertIn("others may read it", errors)


class Killed(unittest.TestCase):
    def test_leaves_all_or_nothing(self):
        moments = random.Random(1)
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state")
            for label in ("NL0004L9", "NL0005L9", "NL0006L9"):
                with serve(folder, "--state", state) as server:
                    story = Story(server)
                    until(lambda: story.rsm("exists", "NL0020L9") == SUCCESS)
                    self.assertEqual(story.rsm("move", label, "Free"), SUCCESS)
                    story.eject(label)
                    story.operator("take", label)
                    client = subprocess.Popen(
                        [os.path.join(os.path.dirname(NEARLINE), "rsm_client"), "delete", label],
                        env=story.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                        text=True)
                    with self.subTest(label):
                        try:
                            client.wait(timeout=moments.uniform(0, 0.03))
                        except subprocess.TimeoutExpired:
                            pass
                        server.end(signal.SIGKILL)
                        answer = client.communicate(timeout=SECONDS)[0].strip()
                with serve(folder, "--state", state) as server:
                    story = Story(server)
                    exists = story.rsm("exists", label) == SUCCESS
                    if answer == "0":
                        self.assertFalse(exists)  # what was answered stays
                    if exists:
                        until(lambda: story.rsm("delete", label) == SUCCESS)
                    self.assertEqual(story.rsm("exists", label), OBJECT_NOT_FOUND)


if __name__ == "__main__":
    NEARLINE = sys.argv.pop(1)
    unittest.main()

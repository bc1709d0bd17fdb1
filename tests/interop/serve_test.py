#!/usr/bin/env python3
"""`nearline serve` as its users meet it: the ready line, signals, state, pace, the operator.

usage: serve_test.py NEARLINE [unittest arguments]
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from serving import SECONDS, Serving, run

NEARLINE = ""


def status(url):
    code, output, errors = run(NEARLINE, "changer", url, "status", "--json")
    assert code == 0, errors
    return json.loads(output)


def labels(url):
    """Label by "KIND PLACE" for what is full."""
    found = {}
    answer = status(url)
    for kind in ("robots", "slots", "stations", "drives"):
        for element in answer.get(kind, []):
            if element["full"]:
                found[f'{kind[:-1]} {element["number"]}'] = element["label"]
    return found


class Ready(unittest.TestCase):
    def test_one_line_and_a_file_say_what_is_where(self):
        with Serving(NEARLINE) as server:
            line = r"^ready iscsi://127\.0\.0\.1:\d+/iqn\.2026-11\.test\.nearline:\S+/0\n$"
            self.assertRegex(server.ready_line, line)
            self.assertEqual(server.ready["targets"][0]["url"], server.url)
            self.assertEqual(server.ready["targets"][0]["luns"], ["0", "1", "2"])
            code, output, _ = server.end()
            self.assertEqual((code, output), (0, ""))

    def test_a_taken_port_and_bad_words_are_told_apart(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            portal = f"127.0.0.1:{taken.getsockname()[1]}"
            code, output, errors = run(NEARLINE, "serve", "--portal", portal)
            self.assertEqual((code, output), (3, ""))
            self.assertIn(portal, errors)
        for words in (["--portal", "nowhere"], ["--time", "fast"], ["--bogus"],
                      ["--control", "127.0.0.1:0"], ["/nonexistent.textproto"]):
            code, output, errors = run(NEARLINE, "serve", *words)
            self.assertEqual((code, output), (2, ""), words)
            self.assertNotEqual(errors, "", words)

    def test_a_bad_file_is_said_with_every_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".textproto") as file:
            file.write('name: "x"\nstorage { count: 70000 }\nbogus: 1\n')
            file.flush()
            code, _, errors = run(NEARLINE, "serve", file.name)
            self.assertEqual(code, 2)
            self.assertRegex(errors, re.escape(file.name) + r":2:\d+: ")
            self.assertRegex(errors, re.escape(file.name) + r":3:\d+: ")


class State(unittest.TestCase):
    def test_survives_an_end_and_a_kill(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state")
            for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGKILL):
                with Serving(NEARLINE, "--state", state) as server:
                    here = labels(server.url)
                    full = sorted(int(name.split()[1]) for name in here
                                  if name.startswith("slot"))
                    moved = here[f"slot {full[0]}"]
                    code, _, errors = run(NEARLINE, "changer", server.url, "transfer",
                                          str(full[0]), "23")
                    self.assertEqual(code, 0, errors)
                    server.end(how)
                with Serving(NEARLINE, "--state", state) as server:
                    again = labels(server.url)
                    self.assertEqual(again["slot 23"], moved)
                    self.assertEqual(sorted(again.values()), sorted(here.values()))
                    code, _, errors = run(NEARLINE, "changer", server.url, "transfer", "23",
                                          str(full[0]))
                    self.assertEqual(code, 0, errors)


    def test_is_kept_by_one_process_at_a_time(self):
        with tempfile.TemporaryDirectory() as folder:
            with Serving(NEARLINE, "--state", folder):
                code, output, errors = run(NEARLINE, "serve", "--portal", "127.0.0.1:0", "--state",
                                           folder)
                self.assertEqual((code, output), (3, ""))
                self.assertIn(folder, errors)


class Pace(unittest.TestCase):
    def test_virtual_time_follows_the_real_one(self):
        with Serving(NEARLINE, "--time", "100000x") as server:
            code, _, errors = run(NEARLINE, "changer", server.url, "load", "1", "0")
            self.assertEqual(code, 0, errors)
            self.assertIn("drive 0", labels(server.url))


class Operator(unittest.TestCase):
    def operator(self, server, *words):
        return run(NEARLINE, "operator", server.control, *words)

    def test_takes_a_cartridge_out_and_puts_it_back(self):
        with Serving(NEARLINE) as server:
            label = labels(server.url)["slot 5"]
            code, _, errors = run(NEARLINE, "changer", server.url, "transfer", "5", "station:1")
            self.assertEqual(code, 0, errors)
            self.assertEqual(self.operator(server, "take", label)[0], 0)
            self.assertNotIn(label, labels(server.url).values())
            _, output, _ = self.operator(server, "status")
            self.assertRegex(output, rf"outside\t{label}")
            self.assertEqual(self.operator(server, "insert", label)[0], 0)
            self.assertIn(label, labels(server.url).values())

    def test_is_told_what_cannot_be(self):
        with Serving(NEARLINE) as server:
            code, _, errors = self.operator(server, "take", "NOSUCHL9")
            self.assertEqual(code, 1)
            self.assertNotEqual(errors, "")
            self.assertEqual(self.operator(server, "dance")[0], 2)
            self.assertEqual(self.operator(server, "insert", "A00001L9", "moon:1")[0], 2)
        code, _, errors = run(NEARLINE, "operator", "unix:/nonexistent/socket", "status")
        self.assertEqual(code, 3)
        self.assertIn("/nonexistent/socket", errors)

    def test_on_tcp_needs_the_token(self):
        environment = dict(os.environ, NEARLINE_CONTROL_TOKEN="a token of some length")
        with tempfile.TemporaryDirectory() as folder:
            ready = os.path.join(folder, "ready.json")
            process = subprocess.Popen(
                [NEARLINE, "serve", "--portal", "127.0.0.1:0", "--control", "127.0.0.1:0",
                 "--ready-file", ready], env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                process.stdout.readline()
                with open(ready, encoding="utf-8") as file:
                    control = json.load(file)["control"]
                self.assertEqual(run(NEARLINE, "operator", control, "status",
                                     env=environment)[0], 0)
                wrong = dict(environment, NEARLINE_CONTROL_TOKEN="another token, as long")
                code, _, errors = run(NEARLINE, "operator", control, "status", env=wrong)
                self.assertEqual(code, 3)
                self.assertIn("token", errors)
            finally:
                process.terminate()
                process.communicate(timeout=SECONDS)

    def test_a_ready_file_does_not_replace_a_device(self):
        with tempfile.TemporaryDirectory() as folder:
            code, output, errors = run(NEARLINE, "serve", "--portal", "127.0.0.1:0",
                                       "--ready-file", folder)
            self.assertEqual((code, output), (3, ""))
            self.assertIn("not a regular file", errors)


class Limits(unittest.TestCase):
    def test_noise_on_the_portal_leaves_the_others_alone(self):
        with Serving(NEARLINE) as server:
            host, port = server.ready["portal"].rsplit(":", 1)
            for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096, b"\x00" * 48, b"\x43"):
                with socket.create_connection((host, int(port)), timeout=SECONDS) as peer:
                    peer.sendall(noise)
                    try:
                        peer.shutdown(socket.SHUT_WR)
                        while peer.recv(4096):
                            pass
                    except OSError:
                        pass  # it may have hung up already
            self.assertEqual(len(labels(server.url)), 21)

    def test_a_silent_peer_is_dropped_and_others_are_served_meanwhile(self):
        with Serving(NEARLINE) as server:
            host, port = server.ready["portal"].rsplit(":", 1)
            silent = [socket.create_connection((host, int(port)), timeout=SECONDS)
                      for _ in range(8)]
            silent[0].sendall(b"\x43" + bytes(20))  # less than half a login
            self.assertEqual(len(labels(server.url)), 21)
            for peer in silent:
                self.assertEqual(peer.recv(1), b"")
                peer.close()


if __name__ == "__main__":
    NEARLINE = sys.argv.pop(1)
    unittest.main()

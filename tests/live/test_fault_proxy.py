#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the fault proxy does to plain connections, so that a test that uses it on nodes can rely on it."""

import contextlib
import socket
import threading
import time

from live import case
from live.faults import FaultProxy


class Echo:
    """Sends back what it receives, and closes when it hears "close"."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard = b""
        self._more = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection, contextlib.suppress(OSError):
            while True:
                data = connection.recv(65536)
                if not data or data == b"close":
                    return
                with self._more:
                    self.heard += data
                    self._more.notify_all()
                connection.sendall(data)

    def wait_until_heard(self, data):
        with self._more:
            return self._more.wait_for(lambda: data in self.heard, 60)

    def close(self):
        self._listener.close()


def receive(connection, count):
    """So many bytes, or what came before the end."""
    got = b""
    while len(got) < count:
        data = connection.recv(count - len(got))
        if not data:
            break
        got += data
    return got


class Ways(case.LiveTest):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.close)
        self.proxy = self.started(FaultProxy(self.folder))
        self.way = self.proxy.before(self.echo.port)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.way.port), timeout=60)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, connection, data):
        connection.sendall(data)
        return receive(connection, len(data))

    def test_it_lets_through_and_ends_with_its_input(self):
        data = bytes(range(256)) * 1000
        self.assertEqual(self.exchange(self.connect(), data), data)
        self.assertEqual(self.proxy.stop(), 0)

    def test_delay_is_for_connections_that_are_there_and_ends_when_healed(self):
        connection = self.connect()
        self.exchange(connection, b"before")
        fault = self.way.delay(0.4)
        began = time.monotonic()
        self.assertEqual(self.exchange(connection, b"late"), b"late")
        self.assertGreaterEqual(time.monotonic() - began, 0.4)
        self.way.heal(fault)
        self.assertEqual(self.exchange(connection, b"after"), b"after")

    def test_a_half_open_connection_swallows_one_way_and_ends_when_healed(self):
        connection = self.connect()
        self.exchange(connection, b"before")
        fault = self.way.swallow()
        connection.sendall(b"question")
        self.assertTrue(self.echo.wait_until_heard(b"question"))
        connection.settimeout(0.4)
        with self.assertRaises(socket.timeout):
            connection.recv(1)
        connection.settimeout(60)
        self.way.heal(fault)
        self.assertEqual(connection.recv(1), b"")  # What was swallowed is not made good.
        self.assertEqual(self.exchange(self.connect(), b"anew"), b"anew")

    def test_a_connection_is_lost_after_so_many_bytes(self):
        self.way.close_after(1000)
        connection = self.connect()
        connection.sendall(bytes(5000))
        self.assertEqual(len(receive(connection, 5000)), 1000)

    def test_a_close_comes_late(self):
        self.way.close_slowly(0.4)
        connection = self.connect()
        self.exchange(connection, b"before")
        began = time.monotonic()
        connection.sendall(b"close")
        self.assertEqual(connection.recv(1), b"")
        self.assertGreaterEqual(time.monotonic() - began, 0.4)

    def test_a_new_connection_is_reset_when_bytes_come(self):
        self.way.reset()
        connection = self.connect()
        connection.sendall(b"question")
        with self.assertRaises(ConnectionResetError):
            connection.recv(1)

    def test_cut_ends_what_is_there_and_refuses_what_comes_until_mended(self):
        connection = self.connect()
        self.exchange(connection, b"before")
        self.way.cut()
        with contextlib.suppress(ConnectionResetError):
            self.assertEqual(connection.recv(1), b"")
        with self.assertRaises(ConnectionRefusedError):
            self.connect()
        self.way.mend()
        self.assertEqual(self.exchange(self.connect(), b"after"), b"after")


if __name__ == "__main__":
    case.main()

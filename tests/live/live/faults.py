# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What goes wrong with nodes and with the connections between them, on demand."""

import contextlib
import json
import signal
import time
import urllib.error
import urllib.request

from .network import free_port
from .process import PATIENCE_SECONDS, Ended, Process, TimedOut
from .programs import need

_POLL_SECONDS = 0.05


def pause(*processes):
    """They stop, and their connections stay: nobody is told."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)


def resume(*processes):
    for process in processes:
        process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def paused(*processes):
    pause(*processes)
    try:
        yield
    finally:
        resume(*processes)


def restart(process):
    """kill -9, and a start with the same address and identity. Its peers have to dial it again."""
    process.kill()
    process.start()


class FaultProxy(Process):
    """toxiproxy: TCP connections that go through it suffer what it is told. Its faults act on what goes to the client
    ("downstream") or to the server ("upstream"), also of connections that are there already."""

    def __init__(self, folder, name="fault_proxy"):
        self._port = free_port()
        super().__init__(name, [need("fault_proxy"), "-host", "127.0.0.1", "-port", str(self._port)], folder)
        self._upstreams = 0

    def start(self):
        super().start()
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._request("GET", "/version")
                return
            except urllib.error.URLError:
                if not self.running:
                    raise Ended(self._told("it ended at its start")) from None
                if time.monotonic() > until:
                    raise TimedOut(self._told("it does not answer")) from None
                time.sleep(_POLL_SECONDS)

    def _request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", data, method=method,
                                         headers={"Content-Type": "application/json", "User-Agent": "waku-live"})
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.read()

    def before(self, port):
        """A way to a port of the loopback that can be disturbed."""
        self._upstreams += 1
        way = Way(self, f"way{self._upstreams}", free_port())
        self._request("POST", "/proxies", {"name": way.name, "listen": f"127.0.0.1:{way.port}",
                                           "upstream": f"127.0.0.1:{port}", "enabled": True})
        return way

    def before_node(self, node):
        """The same to a node, whose address through it is `address`."""
        parts = node.address.split("/")  # "", ip4, 127.0.0.1, tcp, 1, p2p, 16Uiu2...
        way = self.before(int(parts[4]))
        parts[4] = str(way.port)
        way.address = "/".join(parts)
        return way


class Way:
    """A port that leads to another, and what befalls those who use it. Made by FaultProxy."""

    def __init__(self, proxy, name, port):
        self.name = name
        self.port = port
        self.address = None
        self._proxy = proxy
        self._faults = 0

    def _fault(self, kind, stream, **attributes):
        self._faults += 1
        name = f"fault{self._faults}"
        self._proxy._request("POST", f"/proxies/{self.name}/toxics",
                             {"name": name, "type": kind, "stream": stream, "toxicity": 1.0, "attributes": attributes})
        return name

    def delay(self, seconds, stream="downstream"):
        return self._fault("latency", stream, latency=int(seconds * 1000))

    def swallow(self, stream="downstream"):
        """Half-open: bytes vanish, and the connection stays."""
        return self._fault("timeout", stream, timeout=0)

    def close_after(self, count, stream="downstream"):
        """The connection is lost after so many bytes."""
        return self._fault("limit_data", stream, bytes=count)

    def close_slowly(self, seconds, stream="downstream"):
        return self._fault("slow_close", stream, delay=int(seconds * 1000))

    def heal(self, fault):
        self._proxy._request("DELETE", f"/proxies/{self.name}/toxics/{fault}")

    def cut(self):
        """All connections are lost, and none can be made."""
        self._proxy._request("POST", f"/proxies/{self.name}", {"enabled": False})

    def mend(self):
        self._proxy._request("POST", f"/proxies/{self.name}", {"enabled": True})

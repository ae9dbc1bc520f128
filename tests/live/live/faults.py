# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What goes wrong with nodes and with the connections between them, on demand."""

import contextlib
import dataclasses
import itertools
import json
import signal
import urllib.request

from .process import PATIENCE_SECONDS, Process
from .programs import need


@dataclasses.dataclass
class Fault:
    """That was planned: at `at` seconds after the first line, for `seconds`."""
    kind: str  # Such as "killed", with kill -9, or "stopped", with SIGSTOP.
    node: str
    at: float
    seconds: float


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
        super().__init__(name, [need("fault_proxy")], folder)
        self._control = None
        self._ways = itertools.count(1)

    def start(self):
        since = self.mark()
        super().start()
        self._control = self.wait_for(lambda event: event.get("event") == "started", since=since)["control"]

    def request(self, method, path, body=None):
        """One request of toxiproxy's interface over HTTP; the answer's JSON value, or None."""
        data = None if body is None else json.dumps(body).encode()
        # It takes browsers for attackers, by their name.
        request = urllib.request.Request(self._control + path, data, method=method,
                                         headers={"Content-Type": "application/json", "User-Agent": "waku-live"})
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def before(self, port):
        """A way to a port of the loopback that can be disturbed."""
        made = self.request("POST", "/proxies", {"name": f"way{next(self._ways)}", "listen": "127.0.0.1:0",
                                                 "upstream": f"127.0.0.1:{port}", "enabled": True})
        return Way(self, made["name"], int(made["listen"].rsplit(":", 1)[1]))

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
        self._faults = itertools.count(1)

    @property
    def place(self):
        """As a multiaddr, without a peer id."""
        return f"/ip4/127.0.0.1/tcp/{self.port}"

    def _fault(self, kind, stream, **attributes):
        name = f"fault{next(self._faults)}"
        self._proxy.request("POST", f"/proxies/{self.name}/toxics",
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

    def reset(self, stream="downstream"):
        """Connections that are made from now on are reset, those that are there closed, when the next bytes come."""
        return self._fault("reset_peer", stream, timeout=0)

    def heal(self, fault):
        self._proxy.request("DELETE", f"/proxies/{self.name}/toxics/{fault}")

    def cut(self):
        """All connections are lost, and none can be made."""
        self._proxy.request("POST", f"/proxies/{self.name}", {"enabled": False})

    def mend(self):
        self._proxy.request("POST", f"/proxies/{self.name}", {"enabled": True})

# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Where the programs of the live tests are.

CMake writes programs.json, which WAKU_LIVE_PROGRAMS names: for each program its path, or, under "missing", why there
is none. WAKU_LIVE_<PROGRAM> in the environment (WAKU_LIVE_GO_WAKU) goes before it. A test that needs one that is not
there is skipped and says why; with CI=true it fails."""

import json
import os
import pathlib
import sys
import unittest

from .driver import Refused
from .process import Ended, TimedOut

NAMES = ("probe", "go_waku", "js", "fault_proxy", "light_client", "service_node",
         "rest_client")
PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
BUILT = PROJECT / "build" / "live" / "tests" / "live" / "programs.json"


def _written():
    path = pathlib.Path(os.environ.get("WAKU_LIVE_PROGRAMS", BUILT))
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def find(name):
    """The path of a program, or of the folder of js, and nothing; or None and why there is none."""
    assert name in NAMES, name
    written = _written()
    path = os.environ.get("WAKU_LIVE_" + name.upper()) or written.get(name)
    if not path:
        return None, written.get("missing", {}).get(name, f"{name} is not there: `make live` builds it")
    # The marker is written once all packages are there.
    there = pathlib.Path(path, "installed") if name == "js" and name in written else pathlib.Path(path)
    if not there.exists():
        return None, f"{name} is not built: {path} is not there; `make live` builds it"
    return pathlib.Path(path), None


def need(*names):
    """The paths; where one is missing, the test ends here."""
    found = []
    for name in names:
        path, why = find(name)
        if path is None:
            if os.environ.get("CI") == "true":
                raise AssertionError(f"{why}; with CI=true nothing may be missing")
            raise unittest.SkipTest(why)
        found.append(path)
    return found[0] if len(names) == 1 else found


def require(*names):
    """As need(), for a program that is no test: it ends with the reason."""
    for name in names:
        path, why = find(name)
        if path is None:
            sys.exit(why)


def run(main):
    """As a program that is no test: it ends with the code that main() returns, or with a sentence."""
    try:
        sys.exit(main())
    except (Ended, Refused, TimedOut) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def driver_command(kind):
    """How a driver of a kind, probe, go_waku or js, is started, without its settings."""
    path = need(kind)
    if kind == "js":
        node = os.environ.get("WAKU_LIVE_NODE") or _written().get("node", "node")
        return [node, "--import", str(path / "promises.mjs"), str(path / "driver.mjs")]
    return [str(path)]

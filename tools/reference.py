#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the API reference with Doxygen, in build/reference, and names what it complains of.

Every type, and every function and constant of a namespace, needs a comment; so does every member of the
classes that a program calls. Other members may go without: fields with a name that says it, and what the concept
of a policy's slot describes for all of them. Specialisations share the comment of their template.
"""

import re
import subprocess
import sys

from reporting import report

CALLED = ["node", "asio_node", "event_sink", "reply_handle"]
WARNING = re.compile(r"^(?P<place>\S+:\d+): warning: (?P<text>.*)$")
BARE = re.compile(r"^(?P<kind>Compound|Member) (?P<what>.*?)"
                  r"(?: of (?P<owner>namespace|class|struct|file) (?P<name>\S+).*)? is not documented[.]$")
DEFAULTED = re.compile(r"^(operator|~)|=(default|delete)")


def may_be_bare(bare):
    """True for something without a comment that needs none."""
    what, name = bare["what"], bare["name"] or ""
    if bare["kind"] == "Compound" or bare["owner"] in ("namespace", "file"):
        return "< " in re.sub(r"\(.*", "", what)
    return name.rstrip("<").split("::")[-1] not in CALLED or bool(DEFAULTED.search(what))


def complaints(text):
    """The lines that Doxygen printed, but for what may go without a comment."""
    for line in text.splitlines():
        warning = WARNING.match(line)
        bare = warning and BARE.match(warning["text"])
        if line.strip() and not (bare and may_be_bare(bare)):
            yield line


def findings(root):
    (root / "build/reference").mkdir(parents=True, exist_ok=True)
    run = subprocess.run(["doxygen", "docs/Doxyfile"], cwd=root, capture_output=True, text=True)
    for line in complaints(run.stderr):
        yield line.replace(f"{root}/", "")
    if run.returncode != 0:
        yield f"doxygen ended with {run.returncode}"


if __name__ == "__main__":
    sys.exit(report(__doc__, findings, "reference: build/reference/index.html"))

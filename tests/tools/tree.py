# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Small trees of files for the tests of our tools, and a way to run a tool on them."""

import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
LICENCE = "// SPDX-License-Identifier: Apache-2.0 OR MIT\n"


class Tree:
    """A folder with the given files (path -> text), gone at the end of the with block."""

    def __init__(self, files):
        self.files = files

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name) / "tree"
        self.root.mkdir()
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, tool, *arguments):
        """The exit code and all that tools/<tool> prints about the tree."""
        command = [sys.executable, str(PROJECT / "tools" / tool), "--root", str(self.root), *arguments]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr

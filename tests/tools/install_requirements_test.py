#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/install_requirements.sh on machines that are made up: a folder of programs is all that they have."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

from tree import PROJECT

PLAIN = ["sed", "mktemp", "env", "rm", "cat", "printf", "true", "sh"]
# A compiler that knows the headers and libraries that $FOUND names.
COMPILER = """#!/bin/sh
case "$*" in
  *-lcrypto*) case "$FOUND" in *libcrypto*) exit 0;; esac; exit 1;;
esac
read -r line
for header in $FOUND; do
  case "$line" in *"<$header>"*) exit 0;; esac
done
exit 1
"""
CMAKE = "#!/bin/sh\necho cmake version 3.25.1\n"
OLD_CMAKE = "#!/bin/sh\necho cmake version 3.18.4\n"
NODE = "#!/bin/sh\necho v20.20.2\n"
GO = "#!/bin/sh\necho go version go1.24.0 linux/amd64\n"
OLD_GO = "#!/bin/sh\necho go version go1.19.8 linux/amd64\n"
LAB = {"mpicxx": "", "mpirun": "", "chromium": ""}
TOO_OLD = "Go 1.24 or newer is needed: https://go.dev/dl; this is go version go1.19.8 linux/amd64\n"
ALL = ("openssl/evp.h libcrypto doctest/doctest.h asio.hpp nlohmann/json.hpp sqlite3.h curl/curl.h CLI/CLI.hpp "
       "google/protobuf/message.h benchmark/benchmark.h boost/unordered/unordered_flat_set.hpp "
       "boost/math/distributions/students_t.hpp absl/container/flat_hash_set.h tsl/hopscotch_set.h xxhash.h")


class Machine:
    def __init__(self, programs, found=ALL, user="0"):
        self.programs = {"c++": COMPILER, "cmake": CMAKE, "make": "#!/bin/sh\n", "python3": "#!/bin/sh\n",
                         "protoc": "#!/bin/sh\n", "openssl": "#!/bin/sh\n",
                         "id": f"#!/bin/sh\necho {user}\n", **programs}
        self.found = found

    def run(self, group):
        """Exit code, everything printed, and the calls of apt-get."""
        with tempfile.TemporaryDirectory() as folder:
            programs, calls = pathlib.Path(folder) / "bin", pathlib.Path(folder) / "calls"
            programs.mkdir()
            for name in PLAIN:
                os.symlink(shutil.which(name), programs / name)
            for name, text in self.programs.items():
                if text is not None:
                    path = programs / name
                    path.write_text(text, encoding="utf-8")
                    path.chmod(path.stat().st_mode | stat.S_IXUSR)
            run = subprocess.run(["/bin/sh", str(PROJECT / "tools/install_requirements.sh"), group],
                                 env={"PATH": str(programs), "FOUND": self.found, "CALLS": str(calls)},
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True)
            said = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
            return run.returncode, run.stdout + run.stderr, said


APT = '#!/bin/sh\necho "$*" >> "$CALLS"\n'
EMPTY_LISTS = APT + '[ "$1" = update ] && echo > "$CALLS.updated"\n[ -e "$CALLS.updated" ]\n'
SUDO = '#!/bin/sh\n[ "$1" = -n ] && shift\necho "sudo $*" >> "$CALLS"\nexec "$@"\n'
INSTALL = "install -y --no-install-recommends "


class InstallRequirements(unittest.TestCase):
    def test_nothing_missing_calls_nothing_and_says_nothing(self):
        for group in ("demo", "test"):
            self.assertEqual(Machine({"apt-get": APT}).run(group), (0, "", []))

    def test_root_installs_what_is_missing_and_no_more(self):
        code, _, calls = Machine({"apt-get": APT}, found="").run("demo")
        self.assertEqual((code, calls), (0, [INSTALL + "libssl-dev"]))
        machine = Machine({"apt-get": APT, "python3": None, "protoc": None, "openssl": None},
                          found="openssl/evp.h libcrypto")
        code, _, calls = machine.run("test")
        self.assertEqual((code, calls), (0, [INSTALL + "python3 doctest-dev libasio-dev "
                                               "nlohmann-json3-dev libsqlite3-dev libcurl4-openssl-dev openssl "
                                               "libprotobuf-dev protobuf-compiler"]))

    def test_the_reference_needs_no_compiler(self):
        machine = Machine({"apt-get": APT, "c++": None, "cmake": None}, found="")
        self.assertEqual(machine.run("reference")[::2], (0, [INSTALL + "doxygen"]))
        machine.programs["doxygen"] = "#!/bin/sh\n"
        self.assertEqual(machine.run("reference"), (0, "", []))

    def test_lists_are_fetched_when_they_are_empty(self):
        code, _, calls = Machine({"apt-get": EMPTY_LISTS}, found="").run("demo")
        self.assertEqual((code, calls), (0, [INSTALL + "libssl-dev", "update", INSTALL + "libssl-dev"]))

    def test_a_failed_installation_is_told(self):
        code, text, _ = Machine({"apt-get": APT + "exit 7\n"}, found="").run("demo")
        self.assertEqual(code, 1)
        self.assertIn("apt-get install -y --no-install-recommends libssl-dev", text)

    def test_sudo_is_used_by_others(self):
        code, _, calls = Machine({"apt-get": APT, "sudo": SUDO}, found="", user="1000").run("demo")
        self.assertEqual(code, 0)
        self.assertIn(INSTALL + "libssl-dev", calls)

    def test_without_root_and_sudo_the_command_is_printed(self):
        code, text, calls = Machine({"apt-get": APT}, found="", user="1000").run("demo")
        self.assertEqual((code, calls), (1, []))
        self.assertIn("apt-get update && apt-get install -y --no-install-recommends libssl-dev", text)

    def test_other_systems_are_told_what_is_needed(self):
        code, text, _ = Machine({"cmake": None}, found="").run("demo")
        self.assertEqual(code, 1)
        self.assertIn("CMake 3.25 or newer", text)
        self.assertIn("OpenSSL's headers and libcrypto", text)

    def test_an_old_cmake_is_told(self):
        code, text, _ = Machine({"cmake": OLD_CMAKE}).run("demo")
        self.assertEqual(code, 1)
        self.assertIn("CMake 3.25 or newer is needed", text)

    def test_ci_has_what_the_tests_against_other_implementations_need(self):
        programs = {"apt-get": APT, "gcovr": "", "clang++": "", "git": "", "npm": "", "node": NODE, "go": GO, **LAB}
        self.assertEqual(Machine(programs).run("ci"), (0, "", []))
        code, text, calls = Machine({**programs, "node": None, "npm": None, "go": None}).run("ci")
        self.assertEqual(calls, [INSTALL + "nodejs npm golang-go"])
        # The made-up apt-get has brought nothing.
        self.assertEqual(code, 1)
        self.assertIn("Node.js 20.0 or newer is needed: https://nodejs.org", text)

    def test_packages_that_are_too_old_are_not_installed(self):
        programs = {"apt-get": APT, "npm": "", "node": NODE}
        for version, too_old in (("2:1.19~1", True), ("2:1.24~2", False), ("(none)", False)):
            programs["apt-cache"] = f"#!/bin/sh\necho '  Installed: (none)\n  Candidate: {version}'\n"
            code, text, calls = Machine(programs).run("live")
            self.assertEqual(code, 1)
            self.assertIn("Go 1.24 or newer is needed: https://go.dev/dl", text)
            if too_old:
                self.assertIn("(the package golang-go is 1.19~1)", text)
            self.assertEqual(calls, [] if too_old else [INSTALL + "golang-go"])

    def test_ci_has_the_libfuzzer_of_its_clang(self):
        clang = '#!/bin/sh\n[ "$1" = -dumpversion ] && echo 15.0.7 && exit 0\nexit 1\n'
        programs = {"apt-get": APT, "gcovr": "", "clang++": clang, "git": "", "npm": "", "node": NODE, "go": GO, **LAB}
        self.assertEqual(Machine(programs).run("ci")[2], [INSTALL + "libclang-rt-15-dev"])

    def test_ci_says_what_is_too_old(self):
        programs = {"apt-get": APT, "gcovr": "", "clang++": "", "git": "", "npm": "", "node": NODE, "go": GO, **LAB}
        old_node = Machine({**programs, "node": "#!/bin/sh\necho v18.20.4\n"}).run("ci")
        self.assertEqual(old_node, (1, "Node.js 20.0 or newer is needed: https://nodejs.org; this is v18.20.4\n", []))
        old_go = Machine({**programs, "go": OLD_GO}).run("ci")
        self.assertEqual(old_go, (1, TOO_OLD, []))

    def test_the_real_network_needs_other_implementations_too(self):
        programs = {"apt-get": APT, "npm": "", "node": NODE, "go": GO, **LAB}
        self.assertEqual(Machine(programs).run("live"), (0, "", []))
        self.assertEqual(Machine({**programs, "go": OLD_GO}).run("live"), (1, TOO_OLD, []))

    def test_the_lab_has_what_its_program_and_its_tests_need(self):
        programs = {"apt-get": APT, "npm": "", "node": NODE}
        mpi = "libopenmpi-dev openmpi-bin"
        for group, packages in (("midscale", mpi), ("lab", mpi + " chromium")):
            self.assertEqual(Machine({**programs, **LAB}).run(group), (0, "", []))
            self.assertEqual(Machine(programs).run(group)[2], [INSTALL + packages])
        lacking = Machine({**programs, **LAB}, found=ALL.split(" CLI")[0]).run("midscale")
        self.assertEqual(lacking[2], [INSTALL + "libcli11-dev libboost1.81-dev"])

    def test_the_benchmarks_have_what_their_contenders_are_made_of(self):
        programs = {"apt-get": APT, "npm": "", "node": NODE, "go": GO, **LAB}
        for group in ("bench-equality", "bench"):
            self.assertEqual(Machine(programs).run(group), (0, "", []))
        lacking = Machine(programs, found=ALL.split(" benchmark/")[0])
        packages = "libbenchmark-dev libboost1.81-dev libabsl-dev libtsl-hopscotch-map-dev libxxhash-dev"
        self.assertEqual(lacking.run("bench-equality")[2], [INSTALL + packages])
        lacking.programs.update({"gcovr": "", "clang++": "", "git": ""})
        self.assertEqual(sorted(lacking.run("ci")[2][0].split()), sorted((INSTALL + packages).split()))
        self.assertEqual(Machine(programs, found=ALL.replace("sqlite3.h", "")).run("bench-equality")[2], [])
        self.assertEqual(Machine(programs, found=ALL.replace("sqlite3.h", "")).run("bench")[2],
                         [INSTALL + "libsqlite3-dev"])
        self.assertEqual(Machine({**programs, "go": OLD_GO}).run("bench"), (1, TOO_OLD, []))

    def test_an_unknown_group_is_refused(self):
        self.assertEqual(Machine({}).run("kitchen")[0], 2)


if __name__ == "__main__":
    unittest.main()

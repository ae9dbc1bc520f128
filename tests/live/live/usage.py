# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the kernel counts of a process and of the machine."""

import os
import pathlib

_TICKS = os.sysconf("SC_CLK_TCK")


def _fields(path):
    return dict(line.split(":", 1) for line in pathlib.Path(path).read_text(encoding="ascii").splitlines())


def socket_bytes(process):
    """What a live.process.Process, which otherwise reads only its input and writes only its output and log, has read
    from sockets and written to them since its start: without the headers of TCP and IP, and with all that libp2p adds
    below its streams. Right to some bytes with which a Go program wakes its own threads."""
    counted = _fields(f"/proc/{process.pid}/io")
    return {"in": int(counted["rchar"]) - process.told_bytes,
            "out": int(counted["wchar"]) - process.said_bytes - process.log.stat().st_size}


def cpu_seconds(pid):
    after_name = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def status(pid):
    """What the kernel says of a process, as text by name: VmRSS, VmHWM and the like begin with kB."""
    return _fields(f"/proc/{pid}/status")


def peak_memory_megabytes(pid):
    return int(status(pid)["VmHWM"].split()[0]) * 1024 / 1e6


def machine_seconds():
    """Of all cores together since the start: those in which they worked, and all."""
    counted = [int(each) / _TICKS for each in pathlib.Path("/proc/stat").read_text(encoding="ascii").split()[1:9]]
    user, nice, system, idle, waiting, *interrupts = counted
    return {"busy": user + nice + system + sum(interrupts), "all": sum(counted)}


def machine():
    """Its processor and how many cores of it."""
    names = [line.partition(":")[2].strip()
             for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")]
    return {"cpu": names[0] if names else "unknown", "cores": os.cpu_count(), "system": " ".join(os.uname()[::2])}

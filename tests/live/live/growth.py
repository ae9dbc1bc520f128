# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a program takes of the machine while it runs, and whether that grows."""

import os
import statistics

from . import usage

# Caches fill, which is no leak: the first third is not looked at.
WARM_UP_SHARE = 1 / 3
WINDOW_SHARE = 1 / 10  # Of the rest: what is compared, at its beginning and at its end.
# What may be gained between the two windows, in kB: of what C++ has on its heap, of what Go's garbage collection
# leaves, and of all that is in memory.
GROWTH_MAX = {"heap_kB": 1_000, "host_heap_kB": 2_000, "rss_kB": 8_000}
# Less is too short to tell a leak from a cache.
JUDGED_SECONDS = 600.0
# What may be counted at a quiet point and must not be more at the end. Goroutines come and go without us, too.
COUNTED = ("descriptors", "streams", "all_streams", "connections")
GOROUTINES_MORE = 16


def taken(process):
    """By a program, as the system and it say themselves: kB and numbers."""
    said = process.counts()
    status = usage.status(process.pid)
    counts = {key: value for key, value in said.items() if key != "event" and not key.endswith("_bytes")}
    return {
        "rss_kB": int(status["VmRSS"].split()[0]),
        "peak_kB": int(status["VmHWM"].split()[0]),
        "heap_kB": said["heap_bytes"] // 1024,
        "host_heap_kB": said["host_heap_bytes"] // 1024,
        "host_memory_kB": said["host_memory_bytes"] // 1024,
        "descriptors": len(os.listdir(f"/proc/{process.pid}/fd")),
        "threads": int(status["Threads"]),
        **counts,
    }


def slope(points):
    """Of the straight line nearest to points of x and y, by least squares."""
    middle_x = statistics.fmean(x for x, _ in points)
    middle_y = statistics.fmean(y for _, y in points)
    wide = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / wide if wide else 0.0


def memory(samples, seconds):
    """Of samples with `at`, in a run of so many seconds: for each kind of memory what it was after the warm-up and at
    the end, in medians, and how it grew."""
    warm = [each for each in samples if each["at"] >= WARM_UP_SHARE * seconds]
    if len(warm) < 2:
        return {}
    begins, ends = warm[0]["at"], warm[-1]["at"]
    window = WINDOW_SHARE * (ends - begins)
    told = {}
    for key, growth_max in GROWTH_MAX.items():
        first = statistics.median(each[key] for each in warm if each["at"] <= begins + window)
        last = statistics.median(each[key] for each in warm if each["at"] >= ends - window)
        told[key] = {
            "after_warm_up": round(first),
            "at_the_end": round(last),
            "per_hour": round(3600 * slope([(each["at"], each[key]) for each in warm])),
            "highest": max(each[key] for each in samples),
            "flat": last - first <= growth_max,
        }
    return told


def is_judged(seconds):
    return (1 - WARM_UP_SHARE) * seconds >= JUDGED_SECONDS


def leaks(name, before, after, grown, seconds):
    """Sentences about what a program has more at a quiet point at the end than at one at the beginning, and, where it
    ran for long enough, about memory that is not flat."""
    found = [f"{name} has {after[key]} {key} at the end, and had {before[key]}" for key in COUNTED
             if after[key] > before[key]]
    if after["goroutines"] > before["goroutines"] + GOROUTINES_MORE:
        found.append(f"{name} has {after['goroutines']} goroutines at the end, and had {before['goroutines']}")
    for key, told in grown.items() if is_judged(seconds) else ():
        if not told["flat"]:
            found.append(f"{name} grows: {key} from {told['after_warm_up']} to {told['at_the_end']}")
    return found

# SPDX-License-Identifier: MIT
"""What every bench needs: the library, the machine's name, fair medians."""

import ctypes
import os
import pathlib
import platform
import statistics
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SFTR_BUILDDIR", SOURCE / "build"))
sys.path.insert(0, str(SOURCE / "tests" / "interop"))


def library():
    return ctypes.CDLL(os.environ.get(
        "SFTR_LIB", str(BUILD / ".libs" / "libsafetree.so")))


def filesystem(path):
    """The kind of file system that a path is on."""
    with open("/proc/mounts", encoding="utf-8", errors="replace") as mounts:
        points = [line.split()[1:3] for line in mounts]
    kind = "?"
    for point, name in sorted(points, key=lambda p: len(p[0])):
        if os.path.commonpath([point, os.path.realpath(path)]) == point:
            kind = name
    return kind


def machine(path):
    """One line: processor, cores, kernel, file system, official package."""
    import safetensors

    model = platform.processor()
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, "
            f"{filesystem(path)}, load {os.getloadavg()[0]:.1f}; "
            f"safetensors {safetensors.__version__}")


def alternate(ways, runs):
    """
    Runs every way once to warm up, then 'runs' times in turn; the median
    milliseconds of each by name.
    """
    taken = {name: [] for name in ways}
    for run in range(-1, runs):
        for name, way in ways.items():
            begin = time.perf_counter()
            way()
            spent = (time.perf_counter() - begin) * 1e3
            if run >= 0:
                taken[name].append(spent)
    return {name: statistics.median(times) for name, times in taken.items()}


def ratio_line(what, medians, ours, theirs, bar):
    """'what  official 173.1 ms, ours 8.3 ms, ratio 20.9 (bar 20)'."""
    ratio = medians[theirs] / medians[ours]
    held = "" if bar is None else (
        f" (bar {bar}){'' if ratio >= bar else '  BELOW'}")
    return (f"{what:34} {theirs} {medians[theirs]:9.3f} ms, "
            f"{ours} {medians[ours]:8.3f} ms, ratio {ratio:5.2f}{held}")

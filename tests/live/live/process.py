# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A program that runs beside a test: its events, its logs, and its end with ours."""

import atexit
import ctypes
import json
import os
import pathlib
import queue
import signal
import subprocess
import threading
import time

# For what is over in a second on an idle machine. Nobody waits so long unless something is wrong.
PATIENCE_SECONDS = 60.0
END_SECONDS = 5.0
LOG_TAIL_LINES = 15

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_running = set()
_running_lock = threading.Lock()


class TimedOut(Exception):
    """Something did not happen in time."""


class Ended(Exception):
    """A program has ended, and something more was wanted from it."""


def _die_with(parent):
    def before_exec():
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died before it was to be told.
            os._exit(1)
    return before_exec


class _Launcher:
    """The thread that starts all programs. The kernel takes the thread that started a program for its parent, so a
    test's own thread would take its programs along when it ends."""

    def __init__(self):
        self._wanted = queue.Queue()
        threading.Thread(target=self._launch, name="launcher", daemon=True).start()

    def _launch(self):
        while True:
            arguments, answer = self._wanted.get()
            try:
                answer.put(subprocess.Popen(**arguments))
            except OSError as error:
                answer.put(error)

    def start(self, **arguments):
        answer = queue.Queue()
        self._wanted.put((arguments, answer))
        got = answer.get()
        if isinstance(got, OSError):
            raise got
        return got


_launcher = None


def _start(**arguments):
    global _launcher
    with _running_lock:
        if _launcher is None:
            _launcher = _Launcher()
    return _launcher.start(**arguments)


@atexit.register
def _kill_all():
    with _running_lock:
        left = list(_running)
    for process in left:
        process.kill()


class Process:
    """A program and the JSON objects that it prints, one a line.

    `folder` gets three files: NAME.events, what it printed, and NAME.input, what it was told, each line after the time
    in seconds; NAME.log, its error output and what it printed that is no JSON object. It runs in a process group of its
    own, and ends when the input closes, by stop(), by kill(), or with us, however we end. It can be started anew:
    events and logs go on, and so do the counts of bytes that it was told and has said."""

    def __init__(self, name, command, folder, environment=None):
        self.name = name
        self.command = [str(each) for each in command]
        self.folder = pathlib.Path(folder)
        self.environment = {**os.environ, **environment} if environment else None
        self.events = []
        self.told_bytes = 0
        self.said_bytes = 0
        self._changed = threading.Condition()
        self._process = None
        self._reader = None
        self._reading = False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def log(self):
        return self.folder / (self.name + ".log")

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self):
        """As Popen has it, or None while it runs."""
        return self._process.poll()

    def start(self):
        if self.running:
            raise RuntimeError(f"{self.name} runs already")
        if self._process is not None:
            self.kill()  # What it may have left behind.
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self._process = _start(
                args=self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=self.environment,
                start_new_session=True, preexec_fn=_die_with(os.getpid()))
        with _running_lock:
            _running.add(self)
        with self._changed:
            self._reading = True
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _read(self, process):
        with open(self.folder / (self.name + ".events"), "ab") as kept, open(self.log, "ab") as log:
            for line in process.stdout:
                self.said_bytes += len(line)
                try:
                    event = json.loads(line)
                except ValueError:
                    event = None
                if not isinstance(event, dict):
                    log.write(line)
                    log.flush()
                    continue
                kept.write(f"{time.time():.3f} ".encode() + line)
                kept.flush()
                with self._changed:
                    self._take(event)
                    self._changed.notify_all()
        process.stdout.close()
        try:
            process.wait(END_SECONDS)  # So that the exit code can be told.
        except subprocess.TimeoutExpired:
            pass
        with self._changed:
            self._reading = False
            self._take_end()
            self._changed.notify_all()

    def _take(self, event):
        self.events.append(event)

    def _take_end(self):
        pass

    def write(self, line):
        """Tells it one line. Where it has ended, nothing happens: whoever waits for an answer is told."""
        with open(self.folder / (self.name + ".input"), "a", encoding="utf-8") as kept:
            kept.write(f"{time.time():.3f} {line}\n")
        try:
            self.told_bytes += self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def mark(self):
        """A place in the events, for wait_for()."""
        with self._changed:
            return len(self.events)

    def wait_for(self, predicate, limit=PATIENCE_SECONDS, since=0):
        """The first event, from the place `since`, for which the predicate holds."""
        until = time.monotonic() + limit
        place = since
        with self._changed:
            while True:
                while place < len(self.events):
                    if predicate(self.events[place]):
                        return self.events[place]
                    place += 1
                if not self._reading:
                    raise Ended(self._told("it ended, and an event was waited for"))
                left = until - time.monotonic()
                if left <= 0:
                    raise TimedOut(self._told(f"an event did not come in {limit:g} s"))
                self._changed.wait(left)

    def _told(self, what):
        code = f", exit code {self.exit_code}" if self.exit_code is not None else ""
        return f"{self.name}: {what}{code}; the end of {self.log}:\n{self.log_tail()}"

    def log_tail(self):
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join("  " + line for line in lines[-LOG_TAIL_LINES:])

    def send_signal(self, number):
        """To it and all that it started."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        """Ends it at once, as kill -9, and waits until it is gone."""
        self.send_signal(signal.SIGKILL)
        self._gone(PATIENCE_SECONDS)

    def close_input(self):
        if self._process is not None:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                pass

    def wait(self, limit=PATIENCE_SECONDS):
        """The exit code, once it has ended by itself."""
        try:
            self._process.wait(limit)
        except subprocess.TimeoutExpired:
            raise TimedOut(self._told(f"it has not ended in {limit:g} s")) from None
        self._gone(limit)
        return self.exit_code

    def stop(self, limit=END_SECONDS):
        """Closes its input and waits for its end; where it does not, kills it. The exit code."""
        if self._process is None:
            return None
        self.send_signal(signal.SIGCONT)
        self.close_input()
        try:
            self._process.wait(limit)
        except subprocess.TimeoutExpired:
            pass
        # What it may have left behind is of its group.
        self.kill()
        return self.exit_code

    def _gone(self, limit):
        if self._process is None:
            return
        self._process.wait(limit)
        self._reader.join(limit)
        self.close_input()
        with _running_lock:
            _running.discard(self)

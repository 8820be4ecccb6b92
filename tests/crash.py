#!/usr/bin/env python3
"""Ends every resumable command at each write, sync and rename, runs it again, and compares the bytes with an unbroken run.

    tests/crash.py PROGRAM FOLDER [--every N] [--moments N] [--only NAME]

The program is ended from outside by strace, which injects a signal or an error into the n-th call of a kind, so that
nothing in the program knows of the test. For each command and kind of call, n is 1, 1 + N, 1 + 2N, … (--every, 1 by
default: all of them):
  killed      SIGKILL on entering a write, fsync or rename, then the same command again;
  no space    every write from the n-th on fails as on a full disk; the command must say so and exit non-zero without a
              panic, and the same command again must finish;
  disk error  the n-th fsync fails (EIO), then the same command again;
  moments     SIGKILL after a random time (--moments times).
Beside that, once a command: a file system that is really full, one that is read-only, two processes at once, and a clock
set back by ten years between the two halves. After each, every file is byte for byte as unbroken, but for records of
times, and no half-written temporary is left.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ["write", "fsync", "rename"]


def world(end="2015-01-31", replications=8):
    """The golden world, cut short, with two parameters that are not known and levers to be set."""
    text = (ROOT / "assets/golden.toml").read_text()
    text = text.replace("2015-12-31", end).replace("warm_up_days = 120", "warm_up_days = 0")
    text = text.replace("[scenario]", f"[scenario]\nreplications = {replications}", 1)
    return text + """
[grievance]
onset_response = 0.0

[costs]
notice = 0
warning = 0
arrest = 0
prosecution = 0
raid = 0

[uncertain]
"onset.spontaneous_per_million_per_year" = { uniform = { low = 10, high = 110 } }

[policies.analysts]
label = "More analysts"
set = { "services.analysts" = 40 }

[optimize]
levers = ["services.analysts=10..60", "services.surveillance_officers*=0.5..2"]
constraints = ["held_without_plot <= 100000"]
budget = 1e9

[adversary]
freedom = ["pathways.tie_share=0..1"]
"""


TARGETS = """[[targets]]
pattern = "Unprompted sympathisers"
fact = "made up"
outcome = "onset_spontaneous"
low = 40
high = 140
"""

COMMANDS = {
    "run": "run world.toml --threads 2 --out out --replications 24 --trust=2",
    "plan": "sweep plan world.toml --design lhs --points 12 --replications 2 --policies analysts "
            "--lever services.analysts=2..9 --no-pilot --out out",
    "sweep": "sweep run out/PLAN --threads 2",
    "calibrate": "calibrate world.toml --targets facts.toml --particles 40 --replications 1 --draws 20 --threads 2 --out out",
    "optimize": "optimize world.toml --simulations 60 --population 6 --replications 2 --final-replications 10 "
                "--resamples 100 --threads 2 --out out",
    "respond": "respond world.toml --candidates 4 --replications 2 --rounds 1 --final-replications 10 --resamples 100 "
               "--threads 2 --out out",
    "replay": "replay out/RUN --summary --threads 2",
    "export": "export out/RUN --to csv",
    "report": "report out/RUN",
}


class Case:
    """One command, its folder as it is before, and what an unbroken run leaves."""

    def __init__(self, name, program, folder):
        self.name, self.program = name, program
        self.start, self.work = folder / f"{name}-start", folder / f"{name}-work"
        shutil.rmtree(self.start, ignore_errors=True)
        self.start.mkdir(parents=True)
        (self.start / "world.toml").write_text(world())
        (self.start / "facts.toml").write_text(TARGETS)
        self.words = COMMANDS[name].split()
        if name == "sweep":
            self.before(COMMANDS["plan"], "PLAN")
        elif name in ("replay", "export", "report"):
            self.before("run world.toml --threads 2 --out out --replications 4", "RUN")
        self.fresh()
        ended = self.run()
        assert ended.returncode == 0, f"{name}: {ended.stderr}"
        self.whole = self.files()
        assert self.whole, name
        # Most commands are idempotent: doing them again changes nothing.
        again = self.run()
        assert again.returncode == 0, f"{name}, done again: {again.stderr}"
        self.same("done again")

    def before(self, command, mark):
        ended = subprocess.run([self.program, "-q", *command.split()], cwd=self.start, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        made = next((self.start / "out").iterdir()).name
        self.words = [word.replace(mark, made) for word in self.words]

    def fresh(self):
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.start, self.work)

    def run(self, before=()):
        words = [*before, self.program, "-q", *self.words]
        return subprocess.run(words, cwd=self.work, capture_output=True, text=True, timeout=120)

    def strace(self, inject=None, trace=None):
        words = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(trace or "/dev/null")]
        words += ["-e", f"trace={','.join(KINDS)}"]
        if inject:
            words += ["-e", f"inject={inject}"]
        return self.run(words)

    def counts(self):
        """How many calls of each kind an unbroken run makes."""
        self.fresh()
        trace = self.work.with_suffix(".trace")
        assert self.strace(trace=trace).returncode == 0
        calls = collections.Counter(m[1] for m in re.finditer(r"^\d+ +(\w+)\(", trace.read_text(), re.M))
        trace.unlink()
        return calls

    def files(self):
        """Every file that must be as unbroken, with its bytes."""
        found = {}
        for path in sorted(self.work.joinpath("out").rglob("*")):
            name = str(path.relative_to(self.work))
            if ".unfinished-" in path.name:
                raise AssertionError(f"{self.name}: a half-written {name} is left")
            if not path.is_file() or path.suffix == ".part" or path.name == ".lock":
                continue
            if path.name == "manifest.json":
                record = json.loads(path.read_text())
                for key in ("started", "finished", "checksum", "arguments"):
                    record.pop(key, None)
                found[name] = json.dumps(record, sort_keys=True).encode()
            elif path.name == "report.html":
                found[name] = re.sub(rb"<dt>(Started|Finished)</dt><dd>[^<]*</dd>", b"", path.read_bytes())
            else:
                found[name] = path.read_bytes()
        return found

    def finish(self, how):
        """The same command again, which must leave what an unbroken run leaves."""
        ended = self.run()
        assert ended.returncode == 0, f"{self.name}, {how}: exit {ended.returncode}: {ended.stderr}"
        self.same(how)

    def same(self, how):
        found = self.files()
        for name in sorted(set(found) | set(self.whole)):
            if found.get(name) != self.whole.get(name):
                raise AssertionError(f"{self.name}, {how}: {name} is not as unbroken")

    def refused(self, ended, how):
        """A failure that is told: no panic, a word, and an exit code that says so."""
        assert "panicked" not in ended.stderr, f"{self.name}, {how}: {ended.stderr}"
        assert ended.returncode not in (0, 101) and ended.returncode > 0, f"{self.name}, {how}: exit {ended.returncode}"
        assert "error" in ended.stderr, f"{self.name}, {how}: said nothing: {ended.stderr!r}"


def injected(case, every, told):
    calls = case.counts()
    for kind in KINDS:
        for n in range(1, calls[kind] + 1, every):
            how = f"killed at {kind} {n} of {calls[kind]}"
            case.fresh()
            case.strace(f"{kind}:signal=KILL:when={n}")
            case.finish(how)
            told["killed"] += 1
    for n in range(1, calls["write"] + 1, every):
        case.fresh()
        ended = case.strace(f"write:error=ENOSPC:when={n}+")
        # The last write of all is the answer on standard output.
        if ended.returncode != 0:
            assert "panicked" not in ended.stderr and ended.returncode != 101, f"{case.name}, no space from {n}: {ended.stderr}"
        case.finish(f"no space from write {n} on")
        told["no space"] += 1
    for n in range(1, calls["fsync"] + 1, every):
        case.fresh()
        ended = case.strace(f"fsync:error=EIO:when={n}")
        assert "panicked" not in ended.stderr and ended.returncode != 101, f"{case.name}, disk error at {n}: {ended.stderr}"
        case.finish(f"disk error at fsync {n}")
        told["disk error"] += 1


def moments(case, number, rng, told):
    case.fresh()
    began = time.monotonic()
    case.run()
    whole = time.monotonic() - began
    for _ in range(number):
        case.fresh()
        # Killed up to three times in a row before it may finish.
        for _ in range(rng.randint(1, 3)):
            child = subprocess.Popen([case.program, "-q", *case.words], cwd=case.work, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, whole))
            child.send_signal(signal.SIGKILL)
            child.wait()
            told["moments"] += 1
        case.finish("killed at some moment")


def surroundings(case, told):
    """A full and a read-only file system, two processes at once, and a clock set back."""
    case.fresh()
    mount = case.work / "mount"
    mount.mkdir()
    small = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(mount)], capture_output=True)
    if small.returncode == 0:
        if (case.work / "out").exists():
            shutil.copytree(case.work / "out", mount / "out")
        # Filled up to the last page.
        with open(mount / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        try:
            words = [word if word != "out" else "mount/out" for word in case.words]
            words = [word.replace("out/", "mount/out/", 1) if word.startswith("out/") else word for word in words]
            ended = subprocess.run([case.program, "-q", *words], cwd=case.work, capture_output=True, text=True, timeout=120)
            case.refused(ended, "full file system")
            subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
            ended = subprocess.run([case.program, "-q", *words], cwd=case.work, capture_output=True, text=True, timeout=120)
            case.refused(ended, "read-only file system")
        finally:
            subprocess.run(["umount", str(mount)], check=True)
        told["full and read-only"] += 1
    else:
        print("  no file system can be mounted here: full and read-only ones are left out")
    case.fresh()
    both = [subprocess.Popen([case.program, "-q", *case.words], cwd=case.work, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for child in both:
        said = child.communicate(timeout=120)[1]
        assert child.returncode in (0, 1) and "panicked" not in said, f"{case.name}, two at once: {child.returncode} {said}"
    case.finish("two at once")
    told["two at once"] += 1
    if shutil.which("faketime"):
        for first, then in (("+10y", "-10y"), ("-10y", "+10y")):
            case.fresh()
            subprocess.run(["timeout", "-s", "KILL", "0.3", "faketime", "-f", first, case.program, "-q", *case.words],
                           cwd=case.work, capture_output=True)
            ended = case.run(["faketime", "-f", then])
            assert ended.returncode == 0, f"{case.name}, clock: {ended.stderr}"
            case.finish("clock set back")
        told["clock"] += 1
    else:
        print("  no faketime here: the clock is left alone")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--only", action="append", choices=list(COMMANDS))
    asked = parser.parse_args()
    program = str(pathlib.Path(asked.program).resolve())
    rng = random.Random(20140101)
    whole = collections.Counter()
    for name in asked.only or COMMANDS:
        began = time.monotonic()
        case, told = Case(name, program, asked.folder.resolve()), collections.Counter()
        injected(case, asked.every, told)
        moments(case, asked.moments, rng, told)
        surroundings(case, told)
        whole += told
        print(f"{name}: {', '.join(f'{count} {what}' for what, count in told.items())}; all as unbroken "
              f"({time.monotonic() - began:.0f} s)", flush=True)
        shutil.rmtree(case.start)
        shutil.rmtree(case.work)
    print(f"in all: {', '.join(f'{count} {what}' for what, count in whole.items())}; nothing lost, nothing left behind")


if __name__ == "__main__":
    sys.exit(main())

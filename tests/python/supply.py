"""What comes into the program, without a network: licences and sources of every crate, by `deny.toml`.

For machines without cargo-deny. Known faults (advisories) and yanked versions need their list, which this cannot have.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def allowed(expression, licences):
    """Whether an SPDX expression can be met by these licences."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    place = 0

    def one():
        nonlocal place
        word = words[place]
        place += 1
        if word == "(":
            found = either()
            place += 1
            return found
        if words[place:place + 1] == ["WITH"]:
            word = f"{word} WITH {words[place + 1]}"
            place += 2
        return word in licences

    def both():
        nonlocal place
        found = one()
        while words[place:place + 1] == ["AND"]:
            place += 1
            found = one() and found
        return found

    def either():
        nonlocal place
        found = both()
        while words[place:place + 1] == ["OR"]:
            place += 1
            found = both() or found
        return found

    return either()


def check_self():
    some = {"MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"}
    for expression, right in [("MIT OR GPL-3.0", True), ("GPL-3.0", False), ("(MIT OR GPL-3.0) AND Zlib", True),
                              ("MIT AND GPL-3.0", False), ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", True),
                              ("MIT/GPL-3.0", True), ("GPL-3.0 AND (MIT OR Zlib)", False)]:
        assert allowed(expression, some) == right, expression


def main():
    check_self()
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    licences = set(rules["licenses"]["allow"])
    more = {one["crate"]: set(one["allow"]) for one in rules["licenses"].get("exceptions", [])}
    wrong, seen = [], 0
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml", "benches/peers/Cargo.toml"]:
        told = subprocess.run(["cargo", "metadata", "--format-version", "1", "--all-features", "--manifest-path",
                               str(ROOT / manifest)], capture_output=True, text=True)
        if told.returncode != 0:
            wrong.append(f"{manifest}: {told.stderr.strip()}")
            continue
        for crate in json.loads(told.stdout)["packages"]:
            if crate["source"] is None:
                continue
            seen += 1
            name = f"{crate['name']} {crate['version']}"
            # A registry that stands in for the usual one goes by its name here too.
            if not crate["source"].startswith(("registry+", "sparse+")):
                wrong.append(f"{name} comes from {crate['source']}; only the registry of crates is allowed")
            expression = crate["license"]
            if expression is None:
                wrong.append(f"{name} names no licence")
            elif not allowed(expression, licences | more.get(crate["name"], set())):
                wrong.append(f"{name} has the licence {expression}, which deny.toml does not allow")
    for line in sorted(set(wrong)):
        print(line)
    print(f"{seen} crates: licences and sources by deny.toml; known faults and yanked versions are not looked at here")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

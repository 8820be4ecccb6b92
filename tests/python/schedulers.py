"""Holds emitted job scripts against what Kubernetes and PBS take: schedulers.py FOLDER [FOLDER_THAT_THEY_NAME]."""

import re
import sys
from pathlib import Path

import kubernetes_validate
import yaml

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")  # RFC 1123
QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?")

scripts = Path(sys.argv[1])
folder = sys.argv[2] if len(sys.argv) > 2 else sys.argv[1]


def expanded(word):
    """A word of a container's arguments as Kubernetes expands it where no variable is set."""
    return re.sub(r"\$(\$|\([A-Za-z_.-][\w.-]*\))", lambda m: "$" if m[1] == "$" else "<variable>", word)


def manifest(name, indexed):
    """One manifest: valid by the schema, and by the rules that the schema does not hold."""
    [job] = yaml.safe_load_all((scripts / name).read_text())
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job"), job["kind"]
    kubernetes_validate.validate(job, "1.31", strict=True)
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    title = job["metadata"]["name"]
    # The pods of an indexed job are called by its name and their number, as one label.
    longest = f"{title}-{spec.get('completions', 1) - 1}"
    assert LABEL.fullmatch(title) and len(longest) <= 63, title
    assert pod["restartPolicy"] in ("Never", "OnFailure"), pod["restartPolicy"]
    if indexed:
        assert spec["completionMode"] == "Indexed" and spec["completions"] == 3 and spec["parallelism"] == 2, spec
    else:
        assert spec.get("completionMode", "NonIndexed") == "NonIndexed", spec
    [container] = pod["containers"]
    assert LABEL.fullmatch(container["name"]) and not re.search(r"\s", container["image"])
    assert QUANTITY.fullmatch(container["resources"]["requests"]["cpu"]), container["resources"]
    words = [expanded(word) for word in container["args"]]
    assert words[2] == folder, f"{words[2]!r} is not {folder!r}"
    [mount] = container["volumeMounts"]
    assert mount["mountPath"] == folder and ":" not in folder, mount
    assert mount["name"] in [volume["name"] for volume in pod["volumes"]]


def words_of_qsub(line):
    """The words of a `#PBS` line as qsub of OpenPBS cuts it: quotes of both kinds, a backslash outside them."""
    words, word, at = [], None, 0
    while at < len(line):
        sign = line[at]
        if sign in "'\"":
            end = line.index(sign, at + 1)
            word, at = (word or "") + line[at + 1 : end], end
        elif sign == "\\":
            at += 1
            word = (word or "") + line[at]
        elif sign.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + sign
        at += 1
    return words + ([word] if word is not None else [])


def pbs(name):
    """One PBS script: options that qsub knows, each with the words that it takes."""
    found = {}
    for line in (scripts / name).read_text().splitlines():
        if line.startswith("#PBS "):
            words = words_of_qsub(line[5:])
            if words[0].startswith("--account"):
                continue
            assert len(words) == 2 and words[0] in ("-N", "-J", "-l", "-r", "-j", "-o"), words
            found[words[0]] = words[1]
    assert re.fullmatch(r"[A-Za-z][\w-]{0,14}", found["-N"]), found["-N"]
    assert found["-o"] == f"{folder}/logs/", f"{found['-o']!r}"
    if name == "array.pbs":
        # One stretch of two numbers or more, and how many run at once.
        first, last = re.fullmatch(r"([0-9]+)-([0-9]+)(?:%[0-9]+)?", found["-J"]).groups()
        assert int(first) < int(last), found["-J"]


manifest("array.yaml", True)
manifest("merge.yaml", False)
pbs("array.pbs")
pbs("merge.pbs")

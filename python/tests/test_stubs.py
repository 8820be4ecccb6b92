"""The stubs say what is there, and all of it."""

import ast
import inspect
import pathlib
import subprocess
import sys

import forestall
import forestall._forestall as extension
from conftest import ROOT

STUB = pathlib.Path(forestall.__file__).with_name("_forestall.pyi")


def public(names):
    return {name for name in names if not name.startswith("_")}


def test_the_stub_names_what_the_module_has_and_nothing_else():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert public(vars(extension)) == set(classes) | set(functions)
    for name, node in classes.items():
        members = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
        assert public(members) == public(vars(getattr(extension, name))), name
        for one in public(members):
            is_property = any(isinstance(d, ast.Name) and d.id == "property" for d in members[one].decorator_list)
            found = inspect.getattr_static(getattr(extension, name), one)
            assert is_property == inspect.isgetsetdescriptor(found), f"{name}.{one}"


def parameters(function):
    return {name: one.kind for name, one in inspect.signature(function).parameters.items() if name != "self"}


def test_parameters_are_those_of_the_module():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    compared = 0
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for holder, body in [(extension, tree.body), *((getattr(extension, node.name), node.body) for node in classes)]:
        for node in body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
                continue
            found = getattr(holder, node.name)
            if not callable(found):
                continue
            wanted = {one.arg for one in node.args.args + node.args.kwonlyargs if one.arg != "self"}
            assert set(parameters(found)) == wanted, node.name
            kinds = parameters(found)
            assert all(kinds[one.arg] is inspect.Parameter.KEYWORD_ONLY for one in node.args.kwonlyargs), node.name
            compared += 1
    assert compared > 15


def test_stubtest_finds_nothing():
    config = str(ROOT / "python" / "pyproject.toml")
    words = [sys.executable, "-m", "mypy.stubtest", "forestall", "--mypy-config-file", config]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_public_is_explained():
    for name in forestall.__all__:
        thing = getattr(forestall, name)
        assert name == "__version__" or inspect.getdoc(thing), name
        for member in public(vars(thing)) if inspect.isclass(thing) and name in vars(extension) else ():
            assert inspect.getdoc(inspect.getattr_static(thing, member)), f"{name}.{member}"

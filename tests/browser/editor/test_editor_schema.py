"""The committed bundle is what its sources and schema.json make, and its schema is that file's."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "webapp" / "static" / "editor"
SOURCES = ROOT / "editor"
SCHEMA_FILE = ROOT / "webapp" / "document" / "schema.json"

DUMP: dict[str, Any] = json.loads((BUNDLE / "schema.dump.json").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))

# ProseMirror must be able to make a gallery's figure; its empty asset never validates and is swept out.
GENERATED = {("figure", "asset"): {"default": ""}}


def told(kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: GENERATED.get((kind, name))
        or ({"required": True} if spec.get("required") else {"default": spec["default"]})
        for name, spec in attributes.items()
    }


def test_the_bundle_was_built_from_the_schema_that_python_reads():
    digest = hashlib.sha256(SCHEMA_FILE.read_bytes()).hexdigest()
    assert DUMP["source_sha256"] == digest, (
        "schema.json 变了：请在 editor/ 里重新运行 npm run build"
    )


def test_the_editor_knows_the_same_nodes_in_the_same_order():
    assert list(DUMP["nodes"]) == list(SCHEMA["nodes"])
    assert DUMP["top"] == SCHEMA["top"]


@pytest.mark.parametrize("name", SCHEMA["nodes"])
def test_each_node_has_the_content_group_and_attributes_of_the_schema(name: str):
    spec, dump = SCHEMA["nodes"][name], DUMP["nodes"][name]
    assert dump["content"] == spec.get("content", "")
    assert dump["group"] == spec.get("group", "")
    assert dump["marks"] == spec.get("marks")
    assert dump["inline"] == spec.get("inline", False)
    assert dump["attrs"] == told(name, spec.get("attrs", {}))


def test_the_editor_knows_the_same_marks_in_the_same_order():
    assert list(DUMP["marks"]) == list(SCHEMA["marks"])


@pytest.mark.parametrize("name", SCHEMA["marks"])
def test_each_mark_excludes_what_the_schema_says(name: str):
    spec, dump = SCHEMA["marks"][name], DUMP["marks"][name]
    excluded = spec.get("excludes", name)
    names = list(SCHEMA["marks"]) if excluded == "_" else excluded.split()
    assert sorted(dump["excludes"]) == sorted(names)
    assert dump["attrs"] == told(name, spec.get("attrs", {}))


def test_every_package_of_the_editor_is_pinned_exactly_and_tiptap_to_one_version():
    packages = json.loads((SOURCES / "package.json").read_text("utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in packages.values())
    assert {v for name, v in packages.items() if name.startswith("@tiptap/")} == {"3.32.2"}
    locked = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    tiptap = {spec["version"] for path, spec in locked.items() if "/@tiptap/" in path}
    assert tiptap == {"3.32.2"}


def test_the_lock_file_names_no_download_address():
    assert '"resolved"' not in (SOURCES / "package-lock.json").read_text("utf-8")


def test_the_bundle_is_small_evaluates_no_text_and_names_the_licences_of_its_parts():
    script = (BUNDLE / "editor.min.js").read_bytes()
    assert len(script) <= 480_000
    assert len(gzip.compress(script, 9, mtime=0)) <= 150_000
    assert b"eval(" not in script
    assert b"new Function(" not in script
    licences = (BUNDLE / "LICENSES.txt").read_text("utf-8")
    assert "@tiptap/core 3.32.2 (MIT)" in licences
    assert "prosemirror-view " in licences


@pytest.mark.slow
def test_a_fresh_build_is_byte_for_byte_the_committed_bundle(tmp_path: Path):
    if shutil.which("node") is None or not (SOURCES / "node_modules").exists():
        pytest.skip("需要 node，并在 editor/ 里先运行 npm ci")
    command = ["node", "build.mjs", str(tmp_path)]
    subprocess.run(command, cwd=SOURCES, check=True, capture_output=True, timeout=120)
    for name in ("editor.min.js", "editor.css", "schema.dump.json", "LICENSES.txt"):
        assert (tmp_path / name).read_bytes() == (BUNDLE / name).read_bytes(), name

"""What others make of the same Markdown, in the same run: @wenyan-md/core, and marked with juice. They need Node and the
packages that `bench/peers/package-lock.json` pins; without them the benchmark says so and goes on."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "peers"
INSTALL_SECONDS, RUN_SECONDS = 300, 300
TIMES = 20


@dataclass(frozen=True, kw_only=True)
class PeerRendered:
    """Milliseconds, as `measuring.Timing` has them, and the characters of the HTML."""

    peer: str
    name: str
    p50: float
    p95: float
    cpu: float
    characters: int


class NoPeersError(Exception):
    """The sentence says what is missing."""


def _call(*command: str, seconds: int) -> str:
    try:
        done = subprocess.run(
            command, cwd=FOLDER, timeout=seconds, capture_output=True, text=True, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPeersError(f"{command[0]}：{error}") from error
    if done.returncode:
        raise NoPeersError(f"{' '.join(command[:3])}：{done.stderr.strip()[-300:]}")
    return done.stdout


def _install() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoPeersError("这台机器上没有 node 和 npm")
    newest = (FOLDER / "package-lock.json").stat().st_mtime
    done = FOLDER / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < newest:
        _call("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", seconds=INSTALL_SECONDS)


def measure_peers(texts: Mapping[str, str]) -> list[PeerRendered]:
    """`texts`: name → Markdown. Raises NoPeersError."""
    _install()
    with tempfile.TemporaryDirectory() as folder:
        files = {str(Path(folder) / f"{n}.md"): name for n, name in enumerate(texts)}
        for path, name in files.items():
            Path(path).write_text(texts[name], "utf-8")
        answer = json.loads(_call("node", "render.mjs", str(TIMES), *files, seconds=RUN_SECONDS))
    return [
        PeerRendered(peer=peer, name=files[path], **measured)
        for peer, by_path in answer.items()
        for path, measured in by_path.items()
    ]

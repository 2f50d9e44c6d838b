from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.archives import Archive, forget, open_archive
from bench.measuring import load_average
from bench.pages import TIMES, Measured, measure_pages
from bench.peers import NoPeersError, PeerRendered, measure_peers
from bench.pushes import measure_pushes
from bench.renders import measure_memory, measure_renders, texts
from bench.table import memory_line, pages_table, pushes_table, renders_table, texts_table
from bench.texts import measure_texts

RESULTS = Path(__file__).parent / "results.json"
KINDS = ("sqlite", "postgres")
PARTS = ("renders", "texts", "pages", "pushes")


def _machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load": load_average(),
    }


def _peers() -> list[PeerRendered]:
    try:
        return measure_peers(texts())
    except NoPeersError as missing:
        print(f"\n同类工具没有比：{missing}")
        return []


def _renders(*, quick: bool) -> dict[str, Any]:
    rendered, peers = measure_renders(), _peers()
    memory = measure_memory(1_000 if quick else 10_000)
    print(renders_table(rendered, peers))
    print(memory_line(memory))
    return {
        "renders": [asdict(r) for r in rendered],
        "peers": [asdict(p) for p in peers],
        "memory": asdict(memory) if memory else None,
    }


def _texts() -> dict[str, Any]:
    worked = measure_texts()
    print(texts_table(worked))
    return {"texts": [asdict(w) for w in worked]}


def _open(kind: str, size: int) -> Archive | None:
    archive = open_archive(kind, size)
    if archive is None:
        print(f"\n没有 {kind}，它的页面没有量")
    elif archive.seconds:
        print(f"\n备好 {size:,} 篇的稿库（{kind}）用了 {archive.seconds:.0f} 秒")
    return archive


def _pages(*, quick: bool, only: str) -> dict[str, Any]:
    found: list[Measured] = []
    for kind in KINDS:
        sizes = (1_000, 10_000 if quick else 100_000)
        archives = [archive for size in sizes if (archive := _open(kind, size))]
        if archives:
            measured = measure_pages(archives, times=10 if quick else TIMES, only=only)
            print(pages_table(measured))
            found += measured
    return {"pages": [asdict(m) for m in found]}


def _pushes() -> dict[str, Any]:
    pushed = measure_pushes()
    print(pushes_table(pushed))
    return {"pushes": [asdict(p) for p in pushed]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="1,000 与 10,000 篇，量得少些")
    parser.add_argument("--part", choices=PARTS, action="append", help="只量这一部分")
    parser.add_argument("--page", default="", help="只量名称里有这些字的页面")
    parser.add_argument("--forget", action="store_true", help="删掉存着的稿库，什么也不量")
    chosen = parser.parse_args()
    if chosen.forget:
        forget()
        return
    parts = chosen.part or PARTS
    results: dict[str, Any] = {"machine": _machine()}
    print("机器：{cores} 核，负载 {load:.1f}，Python {python}".format(**results["machine"]))
    if "renders" in parts:
        results |= _renders(quick=chosen.quick)
    if "texts" in parts:
        results |= _texts()
    if "pages" in parts:
        results |= _pages(quick=chosen.quick, only=chosen.page)
    if "pushes" in parts:
        results |= _pushes()
    results["machine"]["load_at_the_end"] = load_average()
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1), "utf-8")
    print("\n全部数字在 bench/results.json")


if __name__ == "__main__":
    main()

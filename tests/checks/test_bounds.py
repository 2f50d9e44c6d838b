"""No text and no lexicon is too much: bounds of processor time, ten times what is needed. What is usual is timed by `make bench`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.checks.articles import COLUMNS, DAY, LEXICON, subject
from tests.thorough import thorough
from webapp.checks.lexicon_files import FAULTS_TOLD
from webapp.checks.rules import load_rules
from webapp.checks.run import run
from webapp.kernel.errors import Invalid

TERMS = 200_000


@pytest.mark.parametrize("hostile", ["“" * 20_000, "(" * 20_000, "，" * 20_000, "的" * 20_000, "1" * 20_000,
                                     " " * 20_000, "." * 20_000, "a@" * 10_000, "一二" * 10_000, "1，" * 10_000])  # fmt: skip
def test_no_text_makes_the_checks_crawl(hostile):
    article = subject(hostile)
    rules = load_rules(LEXICON, COLUMNS, DAY)
    begun = time.process_time()
    run(article, rules)
    assert time.process_time() - begun < 10


LOAD = """
import re, sys, time
from datetime import date
from pathlib import Path
from webapp.checks.rules import load_rules

def peak_kib():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = peak_kib()
begun = time.process_time()
rules = load_rules(Path(sys.argv[1]), (), date(2022, 1, 10))
print(len(rules.lexicon), time.process_time() - begun, (peak_kib() - before) // 1024)
"""


@pytest.mark.parametrize(
    ("name", "count"),
    [("a.csv", TERMS // 10), ("a.toml", TERMS // 10), pytest.param("a.txt", TERMS, marks=thorough)],
)
def test_a_lexicon_that_is_wrong_in_every_line_is_refused_soon_and_in_few_words(
    tmp_path, name, count
):
    head, line = {
        "a.csv": ("term,severity\n", "词条,maybe\n"),
        "a.toml": ("", '[[term]]\nterm="我"\n'),
        "a.txt": ("", "我\n"),
    }[name]
    (tmp_path / name).write_text(head + line * count, "utf-8")

    begun = time.process_time()
    with pytest.raises(Invalid, match=f"有 {count} 处写法不对") as refused:
        load_rules(tmp_path, (), DAY)
    assert time.process_time() - begun < 30
    assert len(refused.value.fields) == FAULTS_TOLD


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_lexicon_of_200000_terms_loads_in_bounded_time_and_memory(tmp_path):
    # Some 3,000 characters begin the words of real lists.
    words = (f"{chr(0x4E00 + n % 3000)}{chr(0x5E00 + n // 3000)}词条" for n in range(TERMS))
    terms = (f"{word},must,示例" for word in words)
    (tmp_path / "big.csv").write_text("term,severity,reason\n" + "\n".join(terms), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path)], capture_output=True, text=True, check=True
    )
    count, cpu_seconds, megabytes = map(float, told.stdout.split())
    assert count == TERMS
    assert cpu_seconds < 10
    assert megabytes < 400

"""Counts as files. Text cells that a spreadsheet would take for a formula are written as text."""

from __future__ import annotations

import csv
import io
import json

import xlsxwriter

from webapp.reports.queries import BY_NAMES, Counts

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_json(counts: Counts) -> str:
    return json.dumps(counts_json(counts), ensure_ascii=False)


def counts_json(counts: Counts) -> dict[str, object]:
    return {
        "total": counts.total,
        "rows": [{"key": r.key, "label": r.label, "count": r.count} for r in counts.rows],
        "sentence": counts.sentence,
        "by": counts.by,
        "as_of": counts.span.as_of.isoformat(),
        "from": counts.span.since.isoformat() if counts.span.since else None,
    }


def to_csv(counts: Counts) -> str:
    """With a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([BY_NAMES[counts.by], "篇数"])
    writer.writerows((_safe(row.label), row.count) for row in counts.rows)
    writer.writerow(["合计", counts.total])
    return "\ufeff" + out.getvalue()


def to_xlsx(counts: Counts) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("刊发统计")
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, BY_NAMES[counts.by], bold)
        sheet.write_string(0, 1, "篇数", bold)
        for line, row in enumerate(counts.rows, start=1):
            sheet.write_string(line, 0, row.label)
            sheet.write_number(line, 1, row.count)
        last = len(counts.rows) + 1
        sheet.write_string(last, 0, "合计", bold)
        sheet.write_number(last, 1, counts.total, bold)
        sheet.write_string(last + 2, 0, counts.sentence)
        sheet.set_column(0, 0, 30)
    return out.getvalue()


def to_table(counts: Counts) -> str:
    lines = [f"{row.count:>6}  {row.label}" for row in counts.rows]
    return "\n".join([*lines, f"{counts.total:>6}  合计", "", counts.sentence])

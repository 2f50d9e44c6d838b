"""One open page with the editor, told in the words of somebody who writes."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import CDPSession, Page

JSON = dict[str, Any]

OBSERVE = """
window.faults = [];
addEventListener('error', (event) => window.faults.push(event.message));
addEventListener('unhandledrejection', (event) => window.faults.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) =>
  window.faults.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

PASTE = """({html, text, files, drop}) => {
  const data = new DataTransfer();
  if (html !== null) data.setData('text/html', html);
  if (text !== null) data.setData('text/plain', text);
  for (const {name, type, bytes} of files) {
    const raw = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
    data.items.add(new File([raw], name, {type}));
  }
  const target = document.querySelector('.tx-content');
  if (!drop) {
    target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    return;
  }
  target.dispatchEvent(new DragEvent('drop', {
    dataTransfer: data, clientX: drop[0], clientY: drop[1], bubbles: true, cancelable: true}));
}"""


def text(value: str, *marks: str | JSON) -> JSON:
    named = [{"type": m} if isinstance(m, str) else m for m in marks]
    return {"type": "text", "text": value, **({"marks": named} if named else {})}


def node(kind: str, *content: JSON | str, **attrs: Any) -> JSON:
    children = [text(child) if isinstance(child, str) else child for child in content]
    return {
        "type": kind,
        **({"attrs": attrs} if attrs else {}),
        **({"content": children} if children else {}),
    }


def paragraph(*content: JSON | str, **attrs: Any) -> JSON:
    return node("paragraph", *content, **attrs)


def document(*blocks: JSON) -> JSON:
    return node("doc", *blocks)


def table(*rows: Sequence[str]) -> JSON:
    def cell(words: str) -> JSON:
        return node("tableCell", paragraph(words) if words else paragraph())

    return node("table", *(node("tableRow", *map(cell, row)) for row in rows))


def plain(raw: JSON) -> str:
    """The document as a line a person can compare: types, what differs from the default, text and marks."""
    return " ".join(_plain(child) for child in raw.get("content", ()))


_DEFAULTS: Mapping[str, Any] = {
    "level": None, "align": None, "start": 1, "language": None, "alt": "", "width": 100,
    "colspan": 1, "rowspan": 1, "layout": "slide", "name": None,
}  # fmt: skip
_SHORT = {
    "paragraph": "p", "heading": "h", "blockquote": "quote", "bulletList": "ul", "orderedList": "ol",
    "listItem": "li", "codeBlock": "pre", "horizontalRule": "hr", "tableRow": "tr", "tableCell": "td",
    "tableHeader": "th", "hardBreak": "br",
}  # fmt: skip


def _plain(raw: JSON) -> str:
    if raw["type"] == "text":
        marks = "".join(f"<{_name(mark)}>" for mark in raw.get("marks", ()))
        return f"{marks}{raw['text']}"
    children = [_plain(child) for child in raw.get("content", ())]
    return f"{_name(raw)}({' '.join(children)})" if children else _name(raw)


def _name(raw: JSON) -> str:
    kind: str = raw["type"]
    told = [
        str(value)
        for name, value in (raw.get("attrs") or {}).items()
        if value != _DEFAULTS.get(name, object())
    ]
    return ":".join([_SHORT.get(kind, kind), *told])


class Desk:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.content = page.locator(".tx-content")

    def open(self, *blocks: JSON, **more: Any) -> None:
        content = document(*blocks) if blocks else None
        self.page.evaluate("([content, more]) => window.desk.open(content, more)", [content, more])

    @property
    def json(self) -> JSON:
        result: JSON = self.page.evaluate("window.desk.editor.getJSON()")
        return result

    @property
    def plain(self) -> str:
        return plain(self.json)

    def said(self, name: str) -> Any:
        return self.page.evaluate(f"window.desk.said.{name}")

    def faults(self) -> list[str]:
        result: list[str] = self.page.evaluate("window.faults")
        return result

    def select(self, block: int, start: int, end: int | None = None) -> None:
        end = start if end is None else end
        assert self.page.evaluate(
            "([b, s, e]) => window.desk.editor.selectRange(b, s, e)", [block, start, end]
        )

    def select_from_to(self, start: str, end: str) -> None:
        """Selects from the start of one element to the end of another, over blocks."""
        self.page.evaluate(
            """([start, end]) => {
              const editable = document.querySelector('.tx-content');
              editable.focus();
              const first = editable.querySelector(start);
              const last = editable.querySelector(end);
              getSelection().setBaseAndExtent(first, 0, last, last.childNodes.length);
            }""",
            [start, end],
        )
        self.page.wait_for_timeout(60)

    def type(self, keys: str) -> None:
        self.page.keyboard.type(keys)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, name: str) -> None:
        self.page.locator(f'[data-tool="{name}"]').first.click()

    def choose(self, menu: str, name: str) -> None:
        self.tool(menu)
        self.page.locator(f'[role="menu"] [data-tool="{name}"]').click()

    def compose(self, *steps: str) -> None:
        """An input method shows each step as it is typed; nothing is entered yet."""
        for step in steps:
            self.cdp.send(
                "Input.imeSetComposition",
                {"text": step, "selectionStart": len(step), "selectionEnd": len(step)},
            )

    def commit(self, chosen: str) -> None:
        self.cdp.send("Input.insertText", {"text": chosen})
        self.page.wait_for_timeout(60)

    def cancel_composition(self) -> None:
        self.cdp.send(
            "Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0}
        )
        self.page.wait_for_timeout(60)

    def paste(
        self,
        html: str | None = None,
        text: str | None = None,
        files: Sequence[tuple[str, str, bytes]] = (),
        drop: tuple[float, float] | None = None,
    ) -> None:
        coded = [
            {"name": name, "type": kind, "bytes": base64.b64encode(raw).decode()}
            for name, kind, raw in files
        ]
        message = {"html": html, "text": text, "files": coded, "drop": drop}
        self.page.evaluate(PASTE, message)
        self.page.wait_for_timeout(60)

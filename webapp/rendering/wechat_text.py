"""Text inside a block as WeChat HTML, and the links that become numbered notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from webapp.document.model import Mark, Node
from webapp.rendering.css import css, tag
from webapp.rendering.styles import Styles

NO_BREAK_SPACE = "\u00a0"
_blanks = re.compile(r" {2,}")
_code_blanks = re.compile(r"^ +| {2,}", re.M)
_article_link = re.compile(r"https?://mp\.weixin\.qq\.com/", re.I)
_address_head = re.compile(r"^(?:https?://|mailto:|tel:)", re.I)
# What may not begin a line after bold text: the console sets the two apart (raphael-publish `wechatCompat.ts`).
_closing_marks = re.compile(r"[：，。；、！？）】》」』”’…]+")
_UNDERLINE = tag("span", css(text_decoration="underline"))
_STRIKE = tag("span", css(text_decoration="line-through"))


def attribute(value: str) -> str:
    return escape(value).replace("\n", " ").replace("\t", " ")


def body_text(value: str) -> str:
    """Escaped, with line ends and runs of blanks as the editor shows them: a browser would fold them."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "\t" in value:
        value = value.replace("\t", NO_BREAK_SPACE * 4)
    if "  " in value:
        value = _blanks.sub(lambda m: NO_BREAK_SPACE * (len(m[0]) - 1) + " ", value)
    return value.replace("\n", "<br>") if "\n" in value else value


def code_text(value: str) -> str:
    """A listing: every line end kept, indents and runs of blanks too; single blanks stay, so that lines can wrap there."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    value = value.replace("\t", " " * 4)
    value = _code_blanks.sub(lambda m: NO_BREAK_SPACE * len(m[0]), value)
    return value.replace("\n", "<br>")


@dataclass
class Note:
    number: int
    title: str


class InlineWriter:
    """Links to published articles of official accounts stay links; nothing else can be followed from an article, so other
    addresses are gathered in `notes`, each once, in order of first mention.
    """

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.notes: dict[str, Note] = {}
        self.tags: dict[str, tuple[str, str]] = {
            "bold": ("<strong>", "</strong>"),
            "italic": ("<em>", "</em>"),
            "underline": (_UNDERLINE, "</span>"),
            "strike": (_STRIKE, "</span>"),
            "code": (styles.inline_code, "</code>"),
            "superscript": ("<sup>", "</sup>"),
            "subscript": ("<sub>", "</sub>"),
            "highlight": (styles.highlight, "</span>"),
        }

    def write(self, content: tuple[Node, ...]) -> str:
        if len(content) == 1 and content[0].text is not None and not content[0].marks:
            return body_text(content[0].text)
        out: list[str] = []
        linked = ""
        skip = 0
        last = len(content) - 1
        for index, node in enumerate(content):
            if node.text is None:
                out.append("<br>")
                continue
            following = content[index + 1] if index < last else None
            text, skip = node.text[skip:], 0
            if node.marks:
                if following is not None and following.text:
                    skip = _drawn_into_bold(node.marks, following)
                    text += following.text[:skip]
                out.append(self.marked(text, node.marks))
                if href := _href(node.marks):
                    linked += text
                    if following is None or _href(following.marks) != href:
                        out.append(self.reference(href, linked))
                        linked = ""
            elif text:
                out.append(body_text(text))
        return "".join(out)

    def marked(self, text: str, marks: tuple[Mark, ...]) -> str:
        out = body_text(text)
        for mark in reversed(marks):
            if mark.type == "tone":
                out = f"{self.styles.tones[str(mark.attrs['name'])]}{out}</span>"
            elif mark.type == "link":
                href = str(mark.attrs["href"])
                if _article_link.match(href):
                    out = f'<a href="{attribute(href)}">{out}</a>'
            else:
                begin, end = self.tags[mark.type]
                out = f"{begin}{out}{end}"
        return out

    def reference(self, href: str, text: str) -> str:
        if _article_link.match(href) or _without_head(text.strip()) == _without_head(href):
            return ""
        note = self.notes.setdefault(href, Note(len(self.notes) + 1, " ".join(text.split())))
        return f"{self.styles.reference}[{note.number}]</sup>"


def _without_head(address: str) -> str:
    return _address_head.sub("", address).rstrip("/")


def _href(marks: tuple[Mark, ...]) -> str:
    # A link is the first mark by the schema's order.
    return str(marks[0].attrs["href"]) if marks and marks[0].type == "link" else ""


def _drawn_into_bold(marks: tuple[Mark, ...], following: Node) -> int:
    """How many closing marks at the start of the next text go into this bold one."""
    match = _closing_marks.match(following.text or "")
    if match is None:
        return 0
    plain = tuple(mark for mark in marks if mark.type != "bold")
    return 0 if len(plain) == len(marks) or following.marks != plain else match.end()

"""The pieces that every page is made of; all words in them are escaped."""

import base64
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files

from genbench.report.leaderboard import plain


def filled(package: str, parts: Mapping[str, str]) -> str:
    """Put parts into a package's template, and with them its style."""
    template, sheet = (
        files(package).joinpath(name).read_text(encoding="utf-8")
        for name in ("page.html", "page.css")
    )
    known = {"style": sheet, **parts}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: known[match[1]], template)


def text(words: object) -> str:
    """Escape what is not ours to write."""
    return escape(plain(str(words)))


def header(title: str, facts: str, links: Mapping[str, str]) -> str:
    """Return the head of a page: facts are markup already, links are titles by anchor."""
    named = "".join(f'<a href="#{anchor}">{text(words)}</a>' for anchor, words in links.items())
    return (
        f'<header><h1>{text(title)}</h1><p class="soft">{facts}</p>'
        f'<nav aria-label="On this page">{named}</nav></header>'
    )


def card(anchor: str, title: str, body: str) -> str:
    """Return a section; its body is markup already."""
    return f'<section class="card" id="{anchor}"><h2>{text(title)}</h2>{body}</section>'


def scrolling(label: str, table: str) -> str:
    """Return a table, which is markup already, in a frame that scrolls, with the keyboard too."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(label)}">{table}</div>'
    )


def figure(caption: str, drawing: bytes, *, kind: str = "") -> str:
    """Return an SVG as a figure that holds the drawing itself."""
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
    named = f' class="{kind}"' if kind else ""
    return (
        f'<figure{named}><img src="{source}" alt="{text(caption)}">'
        f"<figcaption>{text(caption)}</figcaption></figure>"
    )

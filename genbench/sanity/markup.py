"""What the sections of the page of metrics are made of."""

import re
from collections.abc import Iterable, Sequence

from genbench.report.markup import scrolling, text


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], label: str) -> str:
    """Return a table of cells that are markup already."""
    named = "".join(f'<th scope="col">{text(head)}</th>' for head in heads)
    lines = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return scrolling(
        label, f"<table><thead><tr>{named}</tr></thead>\n<tbody>{lines}</tbody></table>"
    )


def listed(sentences: Iterable[str]) -> str:
    """Return sentences as a list."""
    return f"<ul>{''.join(f'<li>{prose(sentence)}</li>' for sentence in sentences)}</ul>"


def prose(sentence: str) -> str:
    """Escape a sentence; what stands between backticks is set as a name."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text(sentence))

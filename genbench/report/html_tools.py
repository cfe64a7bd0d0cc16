"""What a page is handled with: tabs of data sets, a search, families and columns to be hidden."""

import re
from collections.abc import Collection, Sequence

from genbench.report.html_parts import Look
from genbench.report.html_table import GROUPS, OTHERS
from genbench.report.markup import text


def tools(views: Sequence[str], groups: Collection[int], parted: Sequence[str], look: Look) -> str:
    """Return the markup of the bar; `parted` are data sets that have pages of their own."""
    tabs = "".join(
        f"<label><input type=radio name=tab id=t{index}{' checked' * (index == 0)}>"
        f"{text(view)}</label>"
        for index, view in enumerate(views)
    )
    tabs += "".join(f'<a href="{file_name(name)}.html">{text(name)}</a>' for name in parted)
    families = "".join(
        f"<label class={look.family(family)}><input type=checkbox checked"
        f" id=on-{look.family(family)}><s></s>{text(family)}</label>"
        for family in look.colours
    )
    kinds = "".join(
        f"<label><input type=checkbox checked id=k{index}>{text(group)}</label>"
        for index, group in enumerate((*GROUPS, OTHERS))
        if index in groups
    )
    return (
        f'<div class=tools><div class=tabs role=group aria-label="data sets">{tabs}</div>'
        "<input type=search id=search placeholder='find a model' aria-label='find a model' hidden>"
        f"<details><summary>families</summary><div>{families}</div></details>"
        f"<details><summary>columns</summary><div>{kinds}</div></details></div>"
    )


def file_name(dataset: str) -> str:
    """Return a data set's name as that of a file."""
    return re.sub(r"[^\w-]+", "_", dataset)

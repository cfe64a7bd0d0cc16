"""What of a model's file counts: its code, not what is said about it."""

import pytest

from genbench.models.sources import code_of

CODE = '''"""What it is."""

import numpy  # for arrays


class A:
    """A class,

    of some lines."""; x = 1

    async def f(self, é="ü"):
        "Do.";  y = "# no comment"  # é ü, a comment
        return """text

    # of the text,  ends with blanks:
    """, f"""{self}

   # too
"""
'''
BARE = '''import numpy
class A:
    ; x = 1
    async def f(self, é="ü"):
        ;  y = "# no comment"
        return """text

    # of the text,  ends with blanks:
    """, f"""{self}

   # too
"""
'''


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_comments_and_docstrings_are_no_code(end):
    assert code_of(CODE.replace("\n", end).encode()).decode() == BARE


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("x = 1", "x = 2"),
        CODE.replace("no comment", "another text"),
        CODE.replace("text\n\n", "text\n"),  # a blank line, but of a text
        CODE.replace("blanks:", "blanks:  "),
        CODE.replace("{self}\n\n", "{self}\n"),
        CODE.replace('é="ü"', 'é="u"'),
    ],
)
def test_every_change_of_code_is_one(other):
    assert other != CODE
    assert code_of(other.encode()).decode() != BARE


def test_an_encoding_is_no_code_but_what_it_means_is():
    utf, latin = (f"# coding: {name}\nx = 'é'\n".encode(name) for name in ("utf-8", "latin-1"))

    assert code_of(utf) == code_of(latin) == "x = 'é'\n".encode()


@pytest.mark.parametrize("content", [b"def (", b"\xff\xfe", b"x = 1\n\0", b"'''open", b"# a\xff"])
def test_what_is_not_python_is_taken_as_it_is(content):
    assert code_of(content) == content

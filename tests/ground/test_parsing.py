"""Source is parsed in several threads at once."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from genbench.ground.parsing import parse


def test_threads_that_parse_at_once_get_their_trees():
    source = "\n".join(f"x{i} = [(({i} + y) * {{1: z[{i}]}}, f(a, *b, c=d))]" for i in range(300))

    def give_way(*_):  # as whatever is collected in the midst of it may
        time.sleep(0)

    gc.callbacks.append(give_way)
    try:
        with ThreadPoolExecutor(8) as pool:
            trees = list(pool.map(parse, [source] * 32))
    finally:
        gc.callbacks.remove(give_way)

    assert all(len(tree.body) == 300 for tree in trees)


@pytest.mark.parametrize("source", ["def (", b"\xff", "\0"])
def test_what_is_not_python_is_refused_as_ever(source):
    with pytest.raises((SyntaxError, ValueError)):
        parse(source)
    assert len(parse(b"x = 1").body) == 1  # the next one is not kept waiting

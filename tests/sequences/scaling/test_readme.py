"""What the README of runs says of claims about losses everywhere: its example runs as it stands."""

import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]
README = (ROOT / "genbench" / "runs" / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_and_its_offset_is_no_constant(capsys):
    section = README.partition("## Larger models, more data")[2].partition("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    scope = {}

    exec(code, scope)

    said = re.findall(r"^print\(.*\)  # (.*?)(?:, not 1)?$", code, re.MULTILINE)
    assert len(said) == 4
    assert capsys.readouterr().out.splitlines() == said
    # By the definition: the slope of a line through the losses, far from 1.
    slope = np.polyfit(scope["losses"], scope["others"], 1)[0]
    assert np.isclose(scope["offset"].slope, slope)
    assert not scope["offset"].may_be_constant
    assert min(np.diff(scope["losses"])) < -0.2  # they do learn English
    curve = np.polyfit(np.log(scope["steps"][:-1]), np.log(scope["of_training"][:-1]), 1)
    assert np.isclose(scope["told"].expected, np.exp(np.polyval(curve, np.log(1600))))

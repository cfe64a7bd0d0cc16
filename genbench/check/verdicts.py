"""The laws that `genbench check` holds a model to, in order, and what comes out of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["pass", "fail", "not applicable"]


class Law(StrEnum):
    """What every model must do; the value is what people read."""

    IMPORT = "can be imported"
    QUIET = "importing it has no side effects"
    METHODS = "has fit and sample"
    REFUSES = "refuses returns None or a sentence"
    FIT = "fit learns from toy data"
    TRAIN = "training data stay as they are"
    SHAPE = "sample(n) gives n samples"
    ONE = "sample(1) gives one"
    NUMBERS = "samples are finite real numbers"
    SAME = "the same seed gives the same samples"
    OTHER = "another seed gives others"
    AGAIN = "a second call gives others"
    GLOBAL = "global randomness is left alone"
    CLASSES = "draws the classes it is asked for"
    LOG_PROB = "log_prob gives one number a sample"
    NEXT = "next_log_prob is a law of the next symbol"
    ADDS_UP = "next_log_prob adds up to log_prob"
    OUTPUT = "prints little"
    RUNNING = "leaves nothing running"
    PROCESS = "another process gives the same samples"


@dataclass(frozen=True)
class Verdict:
    """What came out of one law."""

    law: Law
    outcome: Outcome
    reason: str = ""  # of a failure, a sentence that says what to do

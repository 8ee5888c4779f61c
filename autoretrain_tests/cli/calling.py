"""How tests hold what a command ended with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a command ended with."""

    code: int
    out: str
    err: str


def is_one_sentence(answer, *words, code=2):
    assert answer.code == code
    assert len(answer.err.strip().splitlines()) == 1, answer.err
    for word in words:
        assert word in answer.err

"""A small puzzle that a page's script solves while a form is filled in (docs/decisions/0015).

It asks nothing of the person and nothing of a third party; a robot must run it for each form.
"""

import hashlib
import re
import secrets
from datetime import timedelta

from hub import clock
from hub.config import settings
from hub.security import read_reference, signed_reference

_PURPOSE = "join-challenge"
# A form may lie open over a meal; next week it is another form.
_GOOD_FOR = timedelta(hours=4)
_ANSWER = re.compile(r"[0-9]{1,12}")


def new_challenge() -> str:
    """A challenge of ours, with the moment it was given out; nothing is stored of it."""
    at = int(clock.now().timestamp())
    return signed_reference(_PURPOSE, f"{at}-{secrets.token_urlsafe(16)}")


def is_ours(challenge: str) -> bool:
    """Whether this installation gave this challenge out in the last hours."""
    reference = read_reference(_PURPOSE, challenge)
    if reference is None:
        return False
    given_out = int(reference.partition("-")[0])
    return clock.now().timestamp() - given_out <= _GOOD_FOR.total_seconds()


def is_solved(challenge: str, answer: str) -> bool:
    """Whether SHA-256 of "challenge:answer" begins with as many zero bits as are asked for."""
    if not is_ours(challenge) or not _ANSWER.fullmatch(answer):
        return False
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - settings().join_puzzle_bits) == 0

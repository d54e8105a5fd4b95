"""In what time a number is to be reached, where it stands beside none."""

from plan.targets.vocabulary import ADJECTIVES, ANYWHERE, PLAN


def period_of(text: str, stated: str | None, inferred: list[str]) -> str:
    """The period stated, else the one the words of the text tell of, else the plan; what is no word
    beside the number goes into ``inferred``."""
    if stated:
        return stated
    found = list(dict.fromkeys(period for period, words in ANYWHERE if words.search(text)))
    if len(found) != 1:
        inferred.append("period")
        return found[0] if found else PLAN
    # An adjective may belong to another noun than the number does.
    if any(words.search(text) for _period, words in ADJECTIVES):
        inferred.append("period")
    return found[0]

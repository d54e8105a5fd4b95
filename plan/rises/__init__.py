"""Strong rises: weekly counts of facts, the rule they are put to, and the hint that comes of it."""

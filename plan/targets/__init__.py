"""What the text of an expected result promises: kind, comparator, number, unit and period.

A reading, shown beside the text: what is not literally there is named in ``inferred``, a blank is
never a zero, and where a text can be read in two ways both are given.
"""

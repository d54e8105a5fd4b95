"""Taking in a list of members as coordinators really have it: read, checked, told, stored, undone.

``reading`` gives the rows of a file, ``headings`` says what its columns mean, ``rows`` makes a
candidate of a row, ``duplicates`` finds who is there already; ``checking`` is all of it for a whole
list. ``writing`` stores it in one transaction, ``undo`` takes it back.
"""

"""The telephone numbers of the benchmark: member 0 has the first, and so on."""

FIRST_NUMBER = 32_470_000_000

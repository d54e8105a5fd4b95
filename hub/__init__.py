"""PLP Hub: two-way communication for Local Prevention Partnerships."""

__version__ = "0.1.0"

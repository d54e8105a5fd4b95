"""Figures that only people know, typed once; and the colours that the officer decides."""

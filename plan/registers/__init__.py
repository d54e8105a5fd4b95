"""Registers: what services do, written down in a minute by those who do it. Counts, no citizens."""

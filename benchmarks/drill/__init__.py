"""The fault drill: break a real installation in every way we can think of, then count."""

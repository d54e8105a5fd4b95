"""How a plan stands: what each result reached in a stretch of days, and the colour of it."""

"""How a plan stands, drawn: for a meeting, for a telephone, for paper, and for everybody."""

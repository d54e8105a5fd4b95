"""Plans as a municipality keeps them: stored from a document, edited, prolonged."""

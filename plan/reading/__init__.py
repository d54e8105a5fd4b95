"""A plan as it stands in the document a municipality has: read and shown, and not stored here."""

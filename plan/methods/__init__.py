"""The other methods of the source documents, told with the tables of every plan: street work by
worker and quarter, and a territorial strategy by axis (seeds 000 and 001)."""

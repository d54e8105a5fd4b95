"""The measures: each with its exact definition, one file for each kind of thing that is counted."""

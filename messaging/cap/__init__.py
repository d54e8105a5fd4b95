"""The Common Alerting Protocol 1.2 (OASIS): our alerts for other machines, and theirs for us."""

"""Who: partnerships, zones, people, consent, the agreed communication plan, accounts and rights."""

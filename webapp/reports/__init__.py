"""Counts of what was published, from the ledger of postings."""

"""Campaigns (专题) and their columns (专栏), and what a column owns."""

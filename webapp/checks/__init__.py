"""What is wrong with a text, and what to do about it. Pure: no clock, no network, no database; only `rules.py` reads files.

    Subject ──passages──▶ Case ──every function in run.CHECKS──▶ Finding, Finding, …

A check is one function of a `Case`, in a file named after what it looks at. Its codes, severities and labels stand in
`catalogue.py`; `run.py` lists the functions. Two promises hold for every finding, and the tests hold the checks to them:
the place it names spells its excerpt, and applying its fix removes it and makes no new one.
"""

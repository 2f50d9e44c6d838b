"""Findings answered: accepted, ignored with a reason, or let pass for good; and the archive swept when a rule changes."""

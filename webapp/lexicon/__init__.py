"""The institution's own words that its desk decides: what the checks are to let pass, and what they look for."""

"""Editions (一次推送): which approved articles go out together, in which order, when, to which account."""

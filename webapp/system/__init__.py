"""The installation itself: people, accounts, audit trail; its health; the description of its interface."""

"""Notices: who is told of what happened, in the product and, gathered, by e-mail and in the institution's group chats."""

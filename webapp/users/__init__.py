"""People: who they are, what they may do where, how they sign in, and the tokens of their programs."""

"""A body and a theme → HTML for the official account, for the website, and picture messages. Pure, like `document`."""

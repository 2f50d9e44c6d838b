"""Comments that hang on the words of an article, their threads, and where their words stand now."""

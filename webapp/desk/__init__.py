"""What one reads first: today, the list of articles, one article's whole story. It reads every room and changes none."""

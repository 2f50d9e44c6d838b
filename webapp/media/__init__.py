"""Assets: files of ours, kept by content; their derivatives; artworks."""

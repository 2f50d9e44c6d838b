"""Articles: what is written. An Article is a row of immutable Revisions, plus one rolling autosave."""

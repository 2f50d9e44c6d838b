"""Foreign text in: .docx, Markdown, HTML and plain text become one `Document`, and what was changed or lost is told.

file.py       which reader for which file           bounds.py    every limit, with its reason
text.py, markdown.py, html.py, docx.py  the readers  cleanup.py  the steps that mend scraped text
Pure: no clock, no network, no database. Pictures come back as bytes; the caller stores them.
"""

"""A body: its model and schema, HTML in and out, text, comparison. Pure: no clock, no network, no database."""

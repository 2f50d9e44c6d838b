"""Verdicts, each bound to the checksum of exactly what the reader will see."""

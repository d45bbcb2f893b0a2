"""Backups of an installation: one consistent copy of its database, signed as the log is, and its keys apart from it."""

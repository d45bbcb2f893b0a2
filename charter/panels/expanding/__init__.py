"""Macros of tools, expanded to SQL that can be read. Pure."""

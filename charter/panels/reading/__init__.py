"""Files of tools, read as panels. Pure."""

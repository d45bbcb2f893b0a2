"""Writing a charter: the list, the guided form, checking and handing in, and what changed between versions."""

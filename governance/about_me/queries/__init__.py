"""Reads worth a name: the metrics that include somebody, what is stored of them, and who looked."""

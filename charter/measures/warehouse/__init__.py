"""The organisation's warehouse: its tables taken into an engine of ours, and the facts of a measure worked out there."""

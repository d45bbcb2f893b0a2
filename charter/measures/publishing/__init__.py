"""Many values: what a run works out for each charter, and which of it may be told beside all that was ever told."""

"""Pages of what bears on values: context notes of teams and people, and values under review."""

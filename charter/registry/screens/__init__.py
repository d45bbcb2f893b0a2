"""Pages of the registry: metrics, the matrix and its reviews."""

"""Pages of the board, and of what it decides."""

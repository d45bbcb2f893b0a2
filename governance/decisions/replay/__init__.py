"""What recorded questions would have come to under a proposal that the board has before it."""

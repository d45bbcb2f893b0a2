"""Pages of the organisation's own sign-in."""

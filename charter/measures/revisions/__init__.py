"""Published values that rows which came late would change: found, proposed, confirmed or left, and told again."""

"""Pages of appeals: writing one, one's own, the queue, and one appeal as each side sees it."""

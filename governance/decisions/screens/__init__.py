"""Pages of asking, of answers and of rulings."""

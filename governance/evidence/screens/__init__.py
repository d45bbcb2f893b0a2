"""Pages of evidence: what one may open, writing a piece down, and opening one to check it."""

"""What is held about whoever has signed in, who looked, and what can be seen of them: for that person alone."""

"""What a programme lacks until its first answer, and one file that says what it is to be."""

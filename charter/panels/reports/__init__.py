"""What a scan found, told to people and to programs. Pure."""

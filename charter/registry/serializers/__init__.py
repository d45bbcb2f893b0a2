"""The registry as JSON. What comes in is checked for its form alone; the services say whether it may be."""

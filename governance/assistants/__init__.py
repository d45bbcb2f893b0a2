"""A door for assistants: the Model Context Protocol, under the token of the person whom an assistant helps."""

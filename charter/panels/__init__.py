"""What SQL in dashboards reaches of people, found without a database. Imports no Django but in its command."""

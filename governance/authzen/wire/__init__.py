"""AuthZEN on the wire: messages, the three semantics, pages and addresses. It knows no charter, and no model is read here."""

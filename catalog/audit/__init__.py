"""Questions to the books: each one function and one table, every number opened to its events."""

"""Words for PostgreSQL's text search."""


def beginning(word: str) -> str:
    """Quote a word for a text search query, as the beginning of a word."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"

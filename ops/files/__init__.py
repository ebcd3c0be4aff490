"""Files of codes: CSV and JSON Lines, plain and compressed, read and written as streams."""

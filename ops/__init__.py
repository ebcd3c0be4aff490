"""What operators run: ``python -m ops``. A subcommand a file."""

"""What Rushline does, a verb a file; the outside is reached through `ports` alone."""

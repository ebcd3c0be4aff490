"""The importable harness: the whole of Rushline on moto, in one process, for tests."""

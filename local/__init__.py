"""Rushline on one machine: a local cloud, the packaged app deployed to it, and a rush to watch."""

"""Rushline: a checkout backend for AI shopping agents."""

"""The version of what the model is told, apart from the text and the menu.

It stands outside of the model's own package, which takes most of a second to import.
"""

PROMPT_VERSION = 1
"""Raise it whenever the prompt changes, or what is made of an answer: earlier answers are not used then."""

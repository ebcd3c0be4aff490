"""The language model behind an OpenAI-compatible endpoint. Importing this imports openai."""

from chalicelib.adapters.model.client import OpenAIModel

__all__ = ["OpenAIModel"]

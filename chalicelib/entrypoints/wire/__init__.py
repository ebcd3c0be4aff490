"""The wire: what a request may say, and how an answer says it. Frozen, strict, nothing extra."""

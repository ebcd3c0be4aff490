"""Secrets, from Secrets Manager."""

from aws_lambda_powertools.utilities.parameters import get_secret


def secret(name: str) -> str:
    """Return the secret called *name* (or at that ARN). Raises Powertools' `GetParameterError`.

    Read once a container, so a rotated secret reaches containers that start after it.
    """
    return get_secret(name)

"""Whether a menu's names lead customers to what it sells."""

from chalicelib.understanding.linting.findings import RULES, Code, Finding, Place, Severity
from chalicelib.understanding.linting.lint import lint, unpublishable

__all__ = ["RULES", "Code", "Finding", "Place", "Severity", "lint", "unpublishable"]

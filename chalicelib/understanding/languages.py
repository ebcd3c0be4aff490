"""The languages that orders are read in, by their tags."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from chalicelib.domain.catalogue import LanguageTag
from chalicelib.understanding.chinese import CHINESE
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.language import Language

LANGUAGES: Final[Mapping[LanguageTag, Language]] = MappingProxyType(
    {LanguageTag.ENGLISH: ENGLISH, LanguageTag.CHINESE: CHINESE}
)

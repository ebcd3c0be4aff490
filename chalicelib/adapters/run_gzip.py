"""Unpacking gzip as it streams, and stopping at what was packed to do harm."""

import zlib
from collections.abc import Iterable, Iterator

from chalicelib.application.run_ports import SourceUnusableError

BROKEN, BOMB = "source_broken", "source_bomb"

WITH_GZIP_HEADER = 31
PIECE_BYTES = 1 << 18
CHUNK_BYTES = 1 << 16
"""What is left of a chunk is copied for each piece that is unpacked from it, so chunks are small."""

PLAIN_BYTES_MAX = 10 << 30

RATIO_MAX = 200
"""Lines of orders pack ten to thirty times; deflate's most is about a thousand."""

RATIO_FREE_BYTES = 64 << 20
"""Up to here any ratio will do: so much is read in a second."""


def inflated(packed: Iterable[bytes], offset: int) -> Iterator[bytes]:
    """Yield the plain text of *packed* from *offset* on, in pieces of 256 KiB at most.

    Several members are one text, as gzip has it; zeros may pad the end. Raises
    `SourceUnusableError` where it is corrupt, cut off, or a bomb.
    """
    plain = 0
    for piece, got in _plain(packed):
        before, plain = plain, plain + len(piece)
        if plain > PLAIN_BYTES_MAX or (plain > RATIO_FREE_BYTES and plain > RATIO_MAX * got):
            raise SourceUnusableError(BOMB, "The file unpacks to far more than lines of orders do.")
        if plain > offset:
            yield piece[max(offset - before, 0) :]


def _plain(packed: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the plain text, each piece with the packed bytes that were got for it so far."""
    member, got = None, 0
    for some in _chunks(packed):
        rest = some
        first = not got
        got += len(some)
        while rest:
            if member is None:
                rest = rest if first else rest.lstrip(b"\0")
                if not rest:
                    break
                member, first = zlib.decompressobj(WITH_GZIP_HEADER), False
            try:
                piece = member.decompress(rest, PIECE_BYTES)
            except zlib.error:
                raise SourceUnusableError(BROKEN, "The file is not gzip, or is damaged.") from None
            rest = member.unused_data if member.eof else member.unconsumed_tail
            member = None if member.eof else member
            yield piece, got
    if member is not None:
        raise SourceUnusableError(BROKEN, "The file is cut off.")


def _chunks(packed: Iterable[bytes]) -> Iterator[bytes]:
    for some in packed:
        for start in range(0, len(some), CHUNK_BYTES):
            yield some[start : start + CHUNK_BYTES]

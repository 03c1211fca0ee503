"""Is it the same document as last time? Dates of the channel that change by themselves do not count."""

from __future__ import annotations

import re
from hashlib import blake2b

_FIRST_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_VOLATILE = re.compile(
    rb"<(lastBuildDate|pubDate|updated|modified|generator|(?:dc|sy):(?:date|updateBase))\b[^>]{0,200}>[^<]{0,300}</\1>"
)
_COMMENT = re.compile(rb"<!--.{0,2000}?-->", re.DOTALL)


def body_hash(body: bytes) -> str:
    """A hash of the body without its comments and without volatile dates ahead of the first entry."""
    first = _FIRST_ENTRY.search(body)
    cut = first.start() if first else 0
    head = _VOLATILE.sub(b"", body[:cut])
    rest = body[cut:]
    rest = _COMMENT.sub(b"", rest) if b"<!--" in rest else rest
    return blake2b(_COMMENT.sub(b"", head) + rest, digest_size=16).hexdigest()

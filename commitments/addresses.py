"""When do two addresses lead to one page? The record asks it of evidence, the watch of items and sources."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_.*|at_(?:medium|campaign|custom\d?|link.*|ptr.*|format|bbc.*)|ns_.*|fbclid|gclid|dclid|msclkid|twclid|igshid"
    r"|mc_[ce]id|cmp|cmpid|xtor|wt\.mc_id|_hsenc|_hsmi|mkt_tok|ito|ocid|smid|ref_src|__twitter_impression|guccounter)",
    re.IGNORECASE,
)
_PLAIN_QUERY = re.compile(r"[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*", re.ASCII)


def canonical_link(link: str) -> str:
    """The link without what differs between copies of one page: scheme, www, default port, tracking, fragment."""
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return link
    query = _untracked(parts.query) if parts.query else ""
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return where + parts.path.rstrip("/") + (f"?{query}" if query else "") + fragment


def _untracked(query: str) -> str:
    """The query without tracking, its values escaped in one way."""
    if _PLAIN_QUERY.fullmatch(query):  # nothing to unescape: ten times as fast, and most are like that
        return "&".join(pair for pair in query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    stated = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in stated if not _TRACKING.fullmatch(name)])

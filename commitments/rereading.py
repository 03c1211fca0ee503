"""Whether an address still says what was relied on. Pure: texts in, one of the states of a source out."""

from datetime import datetime, timedelta

from commitments import rules

MISSES_UNTIL_GONE = 2
# A page that was redesigned would be doubted again every week; after this long a person looks again.
CHECK_HOLDS = timedelta(days=180)
DOUBTED = ("changed", "gone")
# Menus, dates and "related" boxes change around a text that stays; under this share of its words it no longer stands.
KEPT_SHARE = 0.8


def state_of(quote: str, quote_flag: str, snapshot: str, text: str) -> str:
    """`same`, `changed`, or `unread` where nothing was kept that could be compared.

    The sentence relied on decides, where there is one and it is not flagged as differing; else the stored text.
    """
    if quote.strip() and not quote_flag.strip():
        return "changed" if rules.quote_refusal(quote, text or " ") else "same"
    if not snapshot.strip():
        return "unread"
    words = set(snapshot.casefold().split())
    return "same" if len(words & set(text.casefold().split())) >= KEPT_SHARE * len(words) else "changed"


def is_vouched_for(checked_at: datetime | None, now: datetime) -> bool:
    """Whether a person's word that the source still holds stands above what a reading finds."""
    return checked_at is not None and now - checked_at < CHECK_HOLDS

"""The matcher learns from editors: the shared weights are refitted once a day, the shipped ones as prior."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from monitoring import learning, matching, preparing
from monitoring.learning import Examples
from monitoring.matching import Match, Matcher
from monitoring.models import LearnedWeights, State, Suggestion

EVERY = timedelta(hours=20)
FEWEST = 20
MOST = 5_000


def adapt_if_due(now: datetime) -> LearnedWeights | None:
    """Refit when a night has passed and somebody decided something since; safe to ring at any time."""
    last = LearnedWeights.objects.latest_models()
    if last is not None and last.fitted_at > now - EVERY:
        return None
    answered = Suggestion.objects.answered().count()
    if answered < FEWEST or (last is not None and last.answers == answered):
        return None
    return adapt(now)


@transaction.atomic
def adapt(now: datetime) -> LearnedWeights:
    """Refit from all decisions that teach, newest first up to a limit."""
    rows = list(Suggestion.objects.answered().select_related("item__source").order_by("-decided_at")[:MOST])
    items = [preparing.item_text(row.item) for row in rows if row.item]
    matcher = Matcher(preparing.watched(), items, bodies=preparing.bodies())
    decided, examples = _answers(matcher, rows)
    prior = (matching.shipped(False), matching.shipped(True))
    text, query = learning.learn(matcher, decided, examples, prior)
    return LearnedWeights.objects.create(
        fitted_at=now, answers=len(rows), weights={"text": text.as_json(), "query": query.as_json()}
    )


def _answers(matcher: Matcher, rows: list[Suggestion]) -> tuple[list[tuple[Match, bool]], Examples]:
    examples = Examples(matcher.comparer.rarity)
    decided = []
    for row in rows:
        assert row.item is not None
        right = row.state == State.ACCEPTED
        for match in matcher.find_matches(preparing.item_text(row.item)):
            if match.commitment == str(row.commitment_id):
                decided.append((match, right))
                if match.reading is not None:
                    examples.add(match.commitment, match.reading, right=right)
    return decided, examples

"""Why a change was not published: one exception for broken rules, with every rule it breaks."""

from collections.abc import Sequence

from commitments import rules


class Refused(ValueError):
    """A change breaks at least one evidence rule; `refusals` lists all of them."""

    def __init__(self, refusals: Sequence[rules.Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__(" ".join(str(refusal) for refusal in refusals))


class NeedsSecondPerson(Refused):
    """The status may only be published when a second person approves it."""

    def __init__(self, message: str) -> None:
        super().__init__([rules.Refusal("two_people", message, "status")])


class ConcurrentChange(Refused):
    """Somebody else published a change after the one this editor was looking at."""

    def __init__(self, message: str) -> None:
        super().__init__([rules.Refusal("concurrent_change", message)])

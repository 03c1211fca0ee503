"""What axe finds on a page, in light and in dark: one load, one injection, only the violations.

Its list of everything that is in order takes three times as long to write as the looking takes.
"""

from functools import cache
from typing import Any

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
RUN = "options => axe.run(options).then(found => found.violations)"
# Colours that fade from one scheme into the other are neither.
SETTLE = "document.getAnimations().forEach(animation => animation.finish())"
SCHEMES = ("light", "dark")
NODES_TOLD = 3


@cache
def _script() -> str:
    from axe_playwright_python.sync_playwright import Axe

    script: str = Axe().axe_script
    return script


def violations(page: Any, schemes: tuple[str, ...] = SCHEMES) -> dict[str, list[tuple[str, list[str]]]]:
    """By colour scheme, each broken rule with the first places that break it; schemes without any are left out."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_script())
    found = {}
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        broken = page.evaluate(RUN, OPTIONS)
        if broken:
            found[scheme] = [(rule["id"], [n["html"][:160] for n in rule["nodes"][:NODES_TOLD]]) for rule in broken]
    return found

"""What every page needs, whichever room renders it: the site's name and its navigation."""

from django.conf import settings
from django.http import HttpRequest

NAVIGATION = (
    ("/", "Promises"),
    ("/changes/", "Changes"),
    ("/calendar/", "Calendar"),
    ("/method/", "Method"),
    ("/data/", "Data"),
    ("/digest/", "Weekly letter"),
)
SMALL_PRINT = (
    ("/corrections/", "Corrections"),
    ("/monitoring/", "What we watch"),
    ("/about/", "About"),
    ("/contact/", "Report an error"),
    ("/accessibility/", "Accessibility"),
    ("/api/v1/", "API"),
    ("/changes.atom", "Atom feed"),
)
# What has no past to be read as of: forms, the watch, the description of the API.
TIMELESS = ("/digest/", "/monitoring/", "/contact/", "/api/v1/")
# What the day is carried through, though the words are those of today: they are no part of the record.
OF_TODAY = ("/method/", "/about/", "/accessibility/")


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "navigation": NAVIGATION,
        "small_print": SMALL_PRINT,
        "timeless": TIMELESS,
        "has_no_past": bool(request.GET.get("as_of")) and request.path.startswith((*TIMELESS, *OF_TODAY)),
        "page": request.path,
        # Filled as the page is drawn: the signs it shows, whose drawings stand at its end.
        "signs": set(),
    }

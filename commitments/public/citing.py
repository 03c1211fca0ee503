"""Structured data for machines that read pages: schema.org in JSON-LD."""

import json

from django.utils.safestring import SafeString, mark_safe

from commitments.public.shapes import Dossier

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# So that no text of the record can end the script element it stands in.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def structured(dossier: Dossier, *, site_url: str, site: str) -> SafeString:
    """A `Claim` with its appearances; a review of it only where the status closes the matter."""
    row = dossier.row
    address = f"{site_url}/c/{row.slug}/"
    claim: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Claim",
        "@id": address,
        "identifier": row.ref,
        "name": row.title,
        "text": row.statement,
        "datePublished": row.made_on.isoformat(),
        "author": [{"@type": "Organization", "name": owner.name} for owner in row.owners],
        "isPartOf": {"@type": "CreativeWork", "name": row.agreement.name},
        "appearance": [
            {"@type": "CreativeWork", "name": document, "url": url}
            for document, url in dict.fromkeys((said.document, said.url) for said in dossier.said if said.url)
        ],
        "publisher": {"@type": "Organization", "name": site, "url": f"{site_url}/"},
        "license": LICENCE,
        "creativeWorkStatus": row.status_label,
        "url": address,
    }
    if row.changed_on:
        claim["dateModified"] = row.changed_on.isoformat()
    return script(claim)


def dataset(*, site_url: str, site: str, count: int, modified: str) -> SafeString:
    """The whole record as a `Dataset` with its downloads."""
    formats = (("zip", "/data/record.zip"), ("text/csv", "/index.csv"), ("application/json", "/index.json"))
    return script(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": f"{site}: the record",
            "description": f"{count} public promises with status, history, evidence and measurements.",
            "url": f"{site_url}/data/",
            "license": LICENCE,
            "dateModified": modified,
            "creator": {"@type": "Organization", "name": site, "url": f"{site_url}/"},
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{site_url}{path}"}
                for kind, path in formats
            ],
        }
    )


def script(data: dict[str, object]) -> SafeString:
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # nosec B308 B703 - ESCAPES covers <, > and &

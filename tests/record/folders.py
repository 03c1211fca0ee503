"""A small record folder of its own, and hands to spoil it."""

from datetime import date

import yaml


def made(tmp_path):
    """A small record of its own, to be spoilt by the tests."""
    write(tmp_path, "record.yaml", {"format": "commitment-record/1", "name": "harbour", "title": "Harbour pact"})
    write(
        tmp_path,
        "parties.yaml",
        {
            "organisations": [{"slug": "port-authority", "name": "Port Authority"}],
            "sectors": [{"slug": "transport", "name": "Transport"}],
            "agreements": [
                {
                    "slug": "harbour-pact",
                    "title": "Harbour pact",
                    "signed_on": date(2025, 3, 1),
                    "binding": False,
                    "parties": ["port-authority"],
                }
            ],
        },
    )
    write(
        tmp_path,
        "sources.yaml",
        {
            "documents": [
                {
                    "ref": "gazette",
                    "kind": "coverage",
                    "title": "Gazette",
                    "published_on": date(2025, 3, 2),
                    "date_precision": "day",
                    "sentences": 2,
                }
            ],
            "accounted": [{"document": "gazette", "context": [1]}],
        },
    )
    write(
        tmp_path,
        "commitments.yaml",
        {
            "commitments": [
                {
                    "ref": "HB-01",
                    "slug": "new-pier",
                    "title": "A new pier",
                    "statement": "The authority would build a pier.",
                    "agreement": "harbour-pact",
                    "owners": ["port-authority"],
                    "sectors": ["transport"],
                    "life": "published",
                    "firmness": "intended",
                    "made_on": date(2025, 3, 1),
                    "wordings": [
                        {
                            "document": "gazette",
                            "sentence": 2,
                            "firmness": "intended",
                            "paraphrase": "A pier is planned.",
                        }
                    ],
                }
            ]
        },
    )
    write(
        tmp_path,
        "evidence.yaml",
        {
            "evidence": [
                {
                    "ref": "ev-tender",
                    "title": "Tender published",
                    "url": "https://register.example/1",
                    "publisher": "Register",
                    "published_on": date(2025, 5, 1),
                    "date_precision": "day",
                    "tier": "T1",
                    "fact": "A tender for the pier was published.",
                    "links": [{"commitment": "HB-01", "stance": "supports", "act": "action"}],
                }
            ]
        },
    )
    write(
        tmp_path,
        "status.yaml",
        {
            "status_changes": [
                {
                    "commitment": "HB-01",
                    "effective_on": date(2025, 5, 1),
                    "kind": "initial",
                    "status": "in_progress",
                    "reason": "The tender is out.",
                    "evidence": ["ev-tender"],
                }
            ]
        },
    )
    return tmp_path


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def write(folder, name, data):
    (folder / name).write_text(yaml.dump(data, Dumper=Plain, allow_unicode=True), encoding="utf-8")


def spoil(folder, name, *path, to):
    """Set one field, given by keys and positions, to something else; `to=None` removes it."""
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    place = data
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    write(folder, name, data)

"""Who may do what: five roles as groups, granted once by migration and then the operator's to change.

Other rooms grant their own permissions with `grant` from their own migrations.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

VIEWER, EDITOR, REVIEWER, CHIEF, OPERATOR = ROLES = ("Viewer", "Editor", "Reviewer", "Chief editor", "Operator")
# Each of these holds what the one before it holds; the operator stands apart and only reads the record.
LADDER = (VIEWER, EDITOR, REVIEWER, CHIEF)


def _words(text: str) -> list[str]:
    return text.split()


EVERYTHING = _words(
    "agreement organisation organisationname succession sector commitment formerslug criterion milestone target series "
    "measurement evidence evidencelink searchrecord replyrequest sourcedocument wording conflict reading claim "
    "statuschange proposal revision"
)
PARTS = _words(
    "organisationname succession criterion milestone target series measurement evidencelink searchrecord replyrequest "
    "wording conflict reading claim"
)
WRITTEN = [*PARTS, "agreement", "organisation", "sector", "commitment", "evidence", "sourcedocument"]

RECORD_GRANTS: dict[str, list[str]] = {
    VIEWER: [f"view_{name}" for name in EVERYTHING],
    EDITOR: [
        *(f"{verb}_{name}" for verb in ("add", "change") for name in WRITTEN),
        *(f"delete_{name}" for name in PARTS),
        "propose_status",
    ],
    REVIEWER: ["approve_status", "publish_commitment"],
    CHIEF: ["override_review", *(f"delete_{name}" for name in ("commitment", "evidence", "organisation", "sector"))],
    OPERATOR: [f"view_{name}" for name in EVERYTHING],
}
PEOPLE_GRANTS: dict[str, list[str]] = {OPERATOR: ["view_user", "add_user", "change_user", "view_group"]}

# Deleting the record of failed attempts is what unlocks a name.
LOCK_GRANTS: dict[str, list[str]] = {
    OPERATOR: ["view_accessattempt", "delete_accessattempt", "view_accesslog", "view_accessfailurelog"]
}


def grant(app_label: str, grants: Mapping[str, Iterable[str]]) -> Callable[[Any, Any], None]:
    """A migration step that gives roles permissions of one app; higher rungs of the ladder hold what lower ones do."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        from django.apps import apps as installed
        from django.contrib.auth.management import create_permissions

        alias = schema_editor.connection.alias
        create_permissions(installed.get_app_config(app_label), verbosity=0, using=alias)
        permissions = (
            apps.get_model("auth", "Permission").objects.using(alias).filter(content_type__app_label=app_label)
        )
        for role in ROLES:
            group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=role)
            group.permissions.add(*permissions.filter(codename__in=_held(role, grants)))

    return forwards


def _held(role: str, grants: Mapping[str, Iterable[str]]) -> list[str]:
    rungs = LADDER[: LADDER.index(role) + 1] if role in LADDER else (role,)
    return [codename for rung in rungs for codename in grants.get(rung, ())]

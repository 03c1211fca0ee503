"""Once-public addresses of agreements, owners and sectors: kept when a slug changes or a party is deleted.

Promises keep theirs with the reason, in the record itself (`Commitment.revise`).
"""

from typing import Any

from django.apps import apps
from django.db.models.signals import pre_delete, pre_save

KINDS = {"Agreement": "agreements", "Organisation": "owners", "Sector": "sectors"}


def note_move(sender: Any, instance: Any, raw: bool = False, **_: Any) -> None:
    """Before a slug is saved over: the old one goes on leading here."""
    if raw or instance.pk is None:
        return
    before = sender.objects.filter(pk=instance.pk).values_list("slug", flat=True).first()
    if before and before != instance.slug:
        _keep(sender, before, party=instance.pk, name=str(instance))


def note_end(sender: Any, instance: Any, **_: Any) -> None:
    """Before a party is deleted: its address, and those that led to it, become a tombstone."""
    former = apps.get_model("public", "FormerAddress")
    former.objects.filter(kind=KINDS[sender.__name__], party=instance.pk).update(party=None)
    _keep(sender, instance.slug, party=None, name=str(instance))


def _keep(sender: Any, slug: str, **where: Any) -> None:
    former = apps.get_model("public", "FormerAddress")
    former.objects.update_or_create(kind=KINDS[sender.__name__], slug=slug, defaults=where)


def listen() -> None:
    for name in KINDS:
        model = apps.get_model("commitments", name)
        pre_save.connect(note_move, sender=model, dispatch_uid=f"public.moving.{name}.saved")
        pre_delete.connect(note_end, sender=model, dispatch_uid=f"public.moving.{name}.deleted")

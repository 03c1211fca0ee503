"""The filters that editors ask for; each is a named query of the record."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commitments.models import Commitment


class FlagFilter(admin.SimpleListFilter):
    title = "flag"
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdue", "Overdue"),
            ("due_soon", "Due within 90 days"),
            ("stale", "Stale: nothing for 180 days"),
            ("contested", "Contested"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        today = timezone.localdate()
        rows: Any = queryset
        match self.value():
            case "overdue":
                return rows.overdue(today)
            case "due_soon":
                return rows.due_soon(today)
            case "stale":
                return rows.stale(today)
            case "contested":
                return rows.contested()
        return queryset


class WaitingFilter(admin.SimpleListFilter):
    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("for_me", "For my approval"), ("mine", "Proposed by me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        rows: Any = queryset
        match self.value():
            case "for_me":
                return rows.waiting_for(request.user)
            case "mine":
                return rows.proposed_by(request.user)
        return queryset

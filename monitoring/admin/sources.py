from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.models import Commitment
from monitoring import finding, importing, outlines, polling, searching, steering
from monitoring.models import Fetch, Source

SHOWN = 20
HEADS = ("Began (UTC)", "Outcome", "Answer", "Took", "New", "Edited", "Said")


class HealthFilter(admin.SimpleListFilter):
    title = "health"
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("failing", "Not readable now"),
            ("week", "Not readable for a week"),
            ("silent", "Silent far too long"),
            ("gone", "Gone for good"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Source]:
        now = timezone.now()
        chosen: dict[str, Any] = {
            "failing": queryset.failing,
            "week": lambda: queryset.failing_for_a_week(now),
            "silent": lambda: queryset.silent_too_long(now),
            "gone": queryset.gone,
        }
        return chosen.get(self.value() or "", queryset.all)()


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    """Sources and their health; adding one starts from a site's address."""

    list_display = ("named", "weight", "read", "next_try", "item_count")
    list_filter = (HealthFilter, "life", "tier", "kind", "is_sample")
    search_fields = ("title", "publisher", "address", "notes")
    actions = ("poll_now", "pause", "resume")
    raw_id_fields = ("commitment",)
    readonly_fields = (
        "health", "next_try", "last_checked_at", "last_success_at", "newest_item_at", "last_note", "moved", "pushed",
        "history",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("title", "publisher", "tier", "address", "site", "kind", "selector")}),
        ("Health", {"fields": ("life", *readonly_fields)}),
        (
            "How it is read",
            {"fields": ("check_every", "use_validators", "not_before_on", "is_private", "commitment", "notes")},
        ),
    )
    change_list_template = "admin/monitoring/source/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return Source.objects.select_related("host").with_counts()

    @admin.display(description="Source", ordering="title")
    def named(self, source: Source) -> SafeString | str:
        return (
            format_html("{}<br><small>{}</small>", source.title, source.publisher) if source.publisher else source.title
        )

    @admin.display(description="Tier", ordering="tier")
    def weight(self, source: Source) -> str:
        return source.tier

    @admin.display(description="Health", ordering="last_success_at")
    def read(self, source: Source) -> SafeString:
        last = f"{source.last_success_at:%d %b %Y, %H:%M} UTC" if source.last_success_at else "never"
        return format_html("<strong>{}</strong> {}<br><small>last read: {}</small>", *source.health, last)

    @admin.display(description="Items", ordering="item_count")
    def item_count(self, source: Any) -> SafeString:
        counts = source.item_count, source.suggested_count, source.accepted_count
        return format_html("{} seen<br><small>{} suggested, {} accepted</small>", *counts)

    @admin.display(description="Health")
    def health(self, source: Source) -> SafeString | str:
        return format_html("<strong>{}</strong> {}", *source.health)

    @admin.display(description="Next try", ordering="next_check_at")
    def next_try(self, source: Source) -> str:
        if source.life != "active":
            return "none"
        return f"{source.waits_until_at:%d %b %Y, %H:%M} UTC. {source.waits_because}"

    @admin.display(description="Moving")
    def moved(self, source: Source) -> str:
        if not source.moved_to:
            return "no"
        return f"Its server has said {source.moved_seen} times that it has moved for good to {source.moved_to}"

    @admin.display(description="Hub")
    def pushed(self, source: Source) -> str:
        return source.pushing_said(timezone.now())

    @admin.display(description="Last fetches")
    def history(self, source: Source) -> SafeString:
        rows = format_html_join("", f"<tr>{'<td>{}</td>' * len(HEADS)}</tr>", map(_cells, source.last_fetches(SHOWN)))
        heads = format_html_join("", "<th scope='col'>{}</th>", ((head,) for head in HEADS))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, rows)

    @admin.action(description="Poll now")
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        wanted = steering.poll_now([source.pk for source in queryset], timezone.now())
        if wanted.count:
            self.message_user(request, f"{wanted.count} sources will be read within a minute.")
        for line in wanted.waiting:
            self.message_user(request, line, messages.WARNING)

    @admin.action(description="Pause")
    def pause(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        self.message_user(request, f"{steering.pause([source.pk for source in queryset])} sources paused.")

    @admin.action(description="Resume")
    def resume(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        count = steering.resume([source.pk for source in queryset], timezone.now())
        self.message_user(request, f"{count} sources are watched again.")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("find/", self.admin_site.admin_view(self.find), name="monitoring_source_find"),
            path("list/", self.admin_site.admin_view(self.exchange), name="monitoring_source_list"),
            path("searches/", self.admin_site.admin_view(self.searches), name="monitoring_source_searches"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:monitoring_source_find"))

    def find(self, request: HttpRequest) -> HttpResponse:
        """Look at an address; a feed is added at once, a page shows the feeds it names."""
        address, chosen = request.POST.get("address", ""), request.POST.get("as", "")
        if not self.has_add_permission(request) or request.method != "POST" or not address:
            return self._page(request, "find", "Add a source")
        now = timezone.now()
        if chosen == "page":
            return self._added(request, finding.add_page(address, request.POST.get("title", ""), now))
        found = finding.look(address, polling.manners(), now)
        if found.is_feed:
            return self._added(request, finding.add(found, now))
        return self._page(request, "find", "Add a source", found=found, address=address)

    def _added(self, request: HttpRequest, source: Source) -> HttpResponse:
        self.message_user(request, f"“{source.title}” is watched from now on. Complete its publisher and tier.")
        return HttpResponseRedirect(reverse("admin:monitoring_source_change", args=[source.pk]))

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Lists of sources as OPML, out by GET, in by POST."""
        upload = request.FILES.get("file")
        if request.method != "POST" or not self.has_add_permission(request):
            opml = importing.export_opml("Sources")
            headers = {"Content-Disposition": 'attachment; filename="sources.opml"'}
            return HttpResponse(opml, content_type="text/x-opml; charset=utf-8", headers=headers)
        try:
            imported = importing.import_opml(upload.read() if upload else b"", timezone.now())
        except outlines.NotOpml as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{len(imported.added)} added, {imported.known} were there already.")
            for line in imported.refused:
                self.message_user(request, f"Refused: {line}", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:monitoring_source_changelist"))

    def searches(self, request: HttpRequest) -> HttpResponse:
        """Standing searches for one commitment."""
        form = SearchForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self.has_add_permission(request):
            data = form.cleaned_data
            words = [line.strip() for line in data["words"].splitlines() if line.strip()]
            words = words or searching.words_for(data["commitment"].watch_terms.splitlines())
            added = finding.add_searches(data["commitment"], data["where"], words, timezone.now())
            self.message_user(request, f"{len(added)} searches are watched from now on.")
            return HttpResponseRedirect(reverse("admin:monitoring_source_changelist"))
        return self._page(request, "searches", "Searches for a commitment", form=form)

    def _page(self, request: HttpRequest, name: str, title: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/monitoring/source/{name}.html", context)


class SearchForm(forms.Form):
    commitment = forms.ModelChoiceField(Commitment.objects.all())
    where = forms.MultipleChoiceField(
        choices=[(search.key, search.label) for search in searching.SEARCHES], widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="One search a line, phrases in quotation marks. Empty: the commitment's first three watch terms.",
    )


def _cells(fetch: Fetch) -> tuple[Any, ...]:
    began, took = f"{fetch.began_at:%d %b, %H:%M}", f"{fetch.seconds:.1f} s"
    return began, fetch.outcome, fetch.status or "", took, fetch.new_items, fetch.edited_items, fetch.said

from django.contrib import admin

from commitments.models import Agreement, Organisation, OrganisationName, Sector, Succession


class NameInline(admin.TabularInline):
    model = OrganisationName
    extra = 0
    fields = ["name", "from_on", "until_on"]


class SuccessionInline(admin.TabularInline):
    model = Succession
    extra = 0
    fields = ["work", "successor"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "short_name", "kind", "ended_on"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "names__name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [NameInline, SuccessionInline]


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Agreement)
class AgreementAdmin(admin.ModelAdmin):
    list_display = ["title", "signed_on", "binding"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["parties"]

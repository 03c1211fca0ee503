from urllib.parse import urlsplit

import pytest


@pytest.fixture(autouse=True)
def own_witness(settings, tmp_path):
    """Each test remembers for itself what left: the witness is a file in VAR_DIR."""
    settings.VAR_DIR = tmp_path


@pytest.fixture
def sink(smtp_sink, settings):
    parts = urlsplit(smtp_sink.url)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = parts.hostname, parts.port, 5
    settings.SITE_URL = "https://tracker.example"
    return smtp_sink

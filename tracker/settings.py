"""All settings, from environment variables only; with none set, the embedded default on one machine.

DATABASE_URL, REDIS_URL and EMAIL_URL turn the same code into a fleet: see docs/settings.md.
"""

import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

from tracker import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent


def _var_dir() -> Path:
    """`var/` beside manage.py, or the user's state folder where the checkout is not theirs to write."""
    beside = BASE_DIR / "var"
    if os.access(beside if beside.exists() else BASE_DIR, os.W_OK):
        return beside
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return state / "commitment-tracker" / hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]


VAR_DIR = Path(env.text("VAR_DIR") or _var_dir())
# True: one machine, nothing configured. The sample wire and the loopback fetches belong to it alone.
EMBEDDED = not any(env.text(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))

# --- who we are -------------------------------------------------------------
PORT = env.number("PORT", 8000, least=1, most=65535)
SITE_URL = env.web_address("SITE_URL", f"http://127.0.0.1:{PORT}")
SITE_NAME = env.text("SITE_NAME", "Commitment Tracker")
CONTACT_EMAIL = env.mailbox("CONTACT_EMAIL", "tracker@localhost")
HTTPS = SITE_URL.startswith("https://")
DEBUG = env.flag("DEBUG")

# --- data -------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "tracker.sqlite3")}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if ON_SQLITE and not env.text("DATABASE_URL"):
    env.make_folder("VAR_DIR", VAR_DIR)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database that all processes share: a code of the authenticator app that one of them took is spent everywhere.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tracker_spent"}}


def _secret_key() -> str:
    """From the environment; on SQLite made once and kept in var/. A short or example key is refused."""
    key = env.text("SECRET_KEY")
    if not key and ON_SQLITE:
        return _kept_key(VAR_DIR / "secret_key")
    if len(key) < env.LONG_KEY or "insecure" in key or "change-me" in key or len(set(key)) < 5:
        wanted = "give 50 random characters, from: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        why = "" if key else " (needed as soon as DATABASE_URL is not SQLite)"
        raise env.WrongSetting("SECRET_KEY", "…" if key else "", wanted + why)
    return key


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text("utf-8").strip()


SECRET_KEY = _secret_key()
# Rotation: put the old key here, the new one into SECRET_KEY; drop the old one after 90 days.
SECRET_KEY_FALLBACKS = env.former_keys("SECRET_KEY_FALLBACKS")

# --- the broker and the letters ----------------------------------------------
# `up` gives its children the socket of the broker that it started.
BROKER_URL = env.broker("REDIS_URL", os.environ.get("EMBEDDED_BROKER_URL") or "filesystem://")
WORKER_SOFT_SHUTDOWN = env.number("WORKER_SOFT_SHUTDOWN", 30, most=600)
_MAIL = env.mail("EMAIL_URL", VAR_DIR / "outbox")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _MAIL["EMAIL_FILE_PATH"]
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = f"{SITE_NAME} <{CONTACT_EMAIL}>"
SERVER_EMAIL = CONTACT_EMAIL

# Reports of bounces and complaints are taken from this service alone, and only with its secret.
MAIL_SERVICE = env.choice("MAIL_SERVICE", "mailgun", ("brevo", "mailgun", "mailjet", "postmark", "sparkpost"))
MAIL_REPORTS_SECRET = env.secret("MAIL_REPORTS_SECRET")

# --- rules that an operator may choose ---------------------------------------
FOUR_EYES = env.choice("FOUR_EYES", "closing", ("closing", "all", "off"))
# The weekly letter leaves on this day (0 is Monday) and at this time of this place.
DIGEST_ZONE = env.zone("DIGEST_TIME_ZONE", "Europe/London")
DIGEST_WEEKDAY = env.number("DIGEST_WEEKDAY", 0, most=6)
DIGEST_AT = env.clock_time("DIGEST_TIME", "08:00")
# Networks that the fetcher may reach besides the public internet (ip_network values).
ALLOW_PRIVATE_NETWORKS = env.networks("ALLOW_PRIVATE_NETWORKS", ("127.0.0.0/8",) if EMBEDDED else ())

# What the front page asks for the time of the last reading: a function without arguments, by its path.
SOURCES_LAST_READ = "monitoring.models.sources.last_success_at"

# --- seeing what it does -------------------------------------------------------
# Functions of the rooms that offer figures; the frame reads them and knows nothing of what they count.
GAUGES = ["monitoring.gauging.figures", "commitments.digests.gauging.figures"]
METRICS_TOKEN = env.secret("METRICS_TOKEN")
# Dead-man switch: an address outside that each queue asks once a minute as long as it works.
PINGS = {queue: env.asked_address(f"PING_{queue.upper()}") for queue in ("poll", "match", "mail", "default")}

# --- Django -------------------------------------------------------------------
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
INSTALLED_APPS = [
    "tracker",
    "commitments",
    "commitments.public",
    "commitments.digests",
    "monitoring",
    "commitments.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django.contrib.humanize",  # the pages about passkeys say dates in its words
]
MIDDLEWARE = [
    "tracker.logs.name_the_request",
    "tracker.headers.security_headers",
    "tracker.refusing.refuse_plain_api",
    "django.middleware.security.SecurityMiddleware",
    "tracker.refusing.RefuseNul",
    "tracker.compressing.CompressingMiddleware",
    "commitments.public.caching.early",
    "tracker.compressing.PageCompressing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tracker.sitting.limits",
    "tracker.signin.second_factor",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commitments.public.context.site",
            ],
        },
    },
]
LANGUAGE_CODE = "en-gb"
USE_TZ = True
# Celery writes its log times in this zone; readers get their own zone in the views.
TIME_ZONE = "UTC"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tracker.own_words.OwnWordsValidator"},
]

# --- signing in: password and a second factor; five wrong passwords lock a name at an address ------------------
LOGIN_URL = "account_login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
STAFF_SECOND_FACTOR = env.choice("STAFF_SECOND_FACTOR", "required" if HTTPS else "optional", ("required", "optional"))
ACCOUNT_ADAPTER = "tracker.signin.StaffOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # axes counts them, in the database that all processes share
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = SITE_NAME
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "tracker.signin.name_tried"
CLIENT_ADDRESS = AXES_CLIENT_IP_CALLABLE = "tracker.signin.client_address"
AXES_LOCKOUT_CALLABLE = "tracker.signin.locked_out"

# --- static files: with STATIC_ROOT set, hashed and compressed by `collectstatic`; else found in place -----------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or BASE_DIR / "staticfiles")
WHITENOISE_USE_FINDERS = not env.text("STATIC_ROOT")
_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not WHITENOISE_USE_FINDERS:
    _STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC},
}

# --- safety: whatever the public address says about https --------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # addresses of letters carry tokens
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes speak plain http inside the house
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", HTTPS) else None
# How many proxies of ours each add the address they saw to X-Forwarded-For; 0: what visitors write there is ignored.
PROXIES = env.number("PROXIES", 0, most=8)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading a domain is its owner's decision, not this program's
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# In the session: a cookie of their own would carry neither the prefix nor, when it is taken back, the mark of https.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 60 * 60  # no longer than `tracker.sitting.LONGEST`, which also counts from the sign-in
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"what_for": {"()": "tracker.logs.WhatFor"}},
    "formatters": {
        "line": {
            "()": "tracker.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(what_for)s]: %(message)s",
        },
        "json": {"()": "tracker.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", "line", ("line", "json")),
            "filters": ["what_for"],
        },
    },
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

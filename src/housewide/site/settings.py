"""Settings of the Django project. What an installation may change comes from ``housewide.toml`` in the home folder
or from the environment; docs/reference/settings.md lists both."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from housewide.access.identity_providers import oidc_settings
from housewide.kit import home
from housewide.site.databases import databases
from housewide.site.mail import mail_settings

HOME = home.home_folder()
_file = home.configuration()


def _setting(name: str, default: str) -> str:
    return os.environ.get(f"HOUSEWIDE_{name.upper()}") or str(_file.get(name, default))


DEBUG = False
SECRET_KEY = home.key("session").hex()
ALLOWED_HOSTS = _setting("hosts", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in _setting("origins", "").split(",") if origin]
HOUSEWIDE_TODAY = _setting("today", "")
HOUSEWIDE_TIME = _setting("time", "")
HOUSEWIDE_TIME_ZONE = _setting("time_zone", "America/Chicago")
HOUSEWIDE_ORGANISATION = _setting("organisation", "Housewide")

INSTALLED_APPS = [
    "housewide.kit.ui",
    "housewide.kit.events",
    "housewide.kit.jobs",
    "housewide.kit.audit",
    "housewide.org",
    "housewide.access",
    "housewide.facts",
    "housewide.measures",
    "housewide.work",
    "housewide.work.huddles",
    "housewide.reviews",
    "housewide.intake",
    "housewide.duties.surgery",
    "housewide.duties.flow",
    "housewide.duties.staffing",
    "housewide.duties.clinics",
    "housewide.duties.quality",
    "housewide.duties.revenue",
    "housewide.duties.finance",
    "housewide.boards",
    "housewide.demo",
    "housewide.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "housewide.access.guards.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "housewide.access.middleware.Remember",
    "housewide.access.guards.SmallEnough",
    "housewide.access.pace.Paces",
    "housewide.access.guards.TimesOut",
    "housewide.access.middleware.SignInRequired",
    "housewide.access.guards.SetsUp",
    "housewide.access.guards.Watches",
    "housewide.access.middleware.RefusalPages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "housewide.site.urls"
WSGI_APPLICATION = "housewide.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "housewide.boards.frame.frame",
            ],
        },
    }
]

DATABASES = databases(HOME, _setting("database", ""), _setting("cubes_database", ""))
DATABASE_ROUTERS = ["housewide.site.routers.CubesApart"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
HOUSEWIDE_BREACHED_PASSWORDS = _setting("breached_passwords", "")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "housewide.access.passwords.GuessableWords"},
    {"NAME": "housewide.access.passwords.Breached"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "housewide.access.accounts.LocalAccounts"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# A whole hospital may come from one address at 06:45; guessing at one name is what axes stops, for all processes.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "60/m/ip,30/15m/key"}
HOUSEWIDE_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = int(_setting("proxies", "0"))
MFA_ADAPTER = "housewide.access.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator made the account; there is nothing to verify
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_ISSUER = f"Housewide, {HOUSEWIDE_ORGANISATION}"
HOUSEWIDE_SECOND_FACTOR = _setting("second_factor", "roles")
HOUSEWIDE_IDLE_MINUTES = _setting("idle_minutes", "30")
HOUSEWIDE_IDLE_MINUTES_PHI = _setting("idle_minutes_phi", "15")
HOUSEWIDE_REQUESTS_PER_MINUTE = _setting("requests_per_minute", "1200")
HOUSEWIDE_SESSION_HOURS = _setting("session_hours", "12")

AXES_FAILURE_LIMIT = int(_setting("lockout_failures", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=float(_setting("lockout_minutes", "15")))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_CLIENT_IP_CALLABLE = "housewide.access.visitors.address_of"
AXES_USERNAME_CALLABLE = "housewide.access.lockouts.name_tried"
AXES_LOCKOUT_CALLABLE = "housewide.access.lockouts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Sign-in with the organisation's own accounts: [oidc] in housewide.toml, the secret in HOUSEWIDE_OIDC_SECRET.
SOCIALACCOUNT_ADAPTER = "housewide.access.oidc.KnownPeopleOnly"
SOCIALACCOUNT_PROVIDERS, HOUSEWIDE_OIDC = oidc_settings(_file.get("oidc"), _setting("oidc_secret", ""))
HOUSEWIDE_BASE_URL = _setting("base_url", "http://127.0.0.1:8000")
globals().update(mail_settings(_setting, HOME))

_HTTPS = _setting("https", "") == "yes"
SESSION_COOKIE_AGE = int(float(HOUSEWIDE_SESSION_HOURS) * 3600)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
# A name that begins so is taken by browsers only over HTTPS, from this very host, for the whole of it.
SESSION_COOKIE_NAME = "__Host-housewide" if _HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrftoken"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS and HOUSEWIDE_PROXIES else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *HOUSEWIDE_OIDC.get("origins", [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = HOUSEWIDE_TIME_ZONE
STATIC_URL = "/static/"
STATIC_ROOT = str(home.subfolder("static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(Path(home.subfolder("uploads")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
HOUSEWIDE_LARGEST_UPLOAD_MB = int(_setting("largest_upload_mb", "500"))
# Shared by all processes of this home: a one-time code is taken once, a limit counts for everybody.
CACHES = {
    "default": {
        "BACKEND": "housewide.access.counters.Counters",
        "LOCATION": str(home.subfolder("run") / "cache"),
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "housewide.kit.lines.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

# One image for web, workers, beat and the one-off commands; only the command and the environment differ.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRACKER_BOOTSTRAP=off \
    STATIC_ROOT=/app/staticfiles \
    VAR_DIR=/tmp/tracker

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps -r requirements.txt \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin tracker

COPY manage.py ./
COPY tracker tracker
COPY commitments commitments
COPY monitoring monitoring
RUN python manage.py collectstatic --noinput \
    && python -m compileall -q tracker commitments monitoring \
    && rm -rf /tmp/tracker

USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "tracker.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "8", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--logger-class", "tracker.accounting.Accounts"]

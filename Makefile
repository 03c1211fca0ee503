# The words of the house. Users need none of this: `python3 manage.py up` and `python3 manage.py test` do without make.
PYTHON ?= python3
BIN = $(dir $(shell $(PYTHON) tracker/_bootstrap.py dev))
PRODUCTION = TRACKER_BOOTSTRAP=off SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgresql://tracker:tracker@db/tracker REDIS_URL=redis://redis:6379/0 EMAIL_URL=smtp://mail:25 \
	SITE_URL=https://tracker.example ALLOWED_HOSTS=tracker.example CONTACT_EMAIL=desk@tracker.example PROXIES=1

.PHONY: screenshots run test bench check lint types deploy compose security audit sbom chaos fuzz fleet rehearsal clean

run:
	$(PYTHON) manage.py up

test:
	$(PYTHON) manage.py test

bench:
	$(BIN)python -m bench

chaos:
	$(BIN)python -m tests.chaos --letters 5000 --kills 100
	$(BIN)python -m tests.chaos --letters 5000 --kills 100 --postgres
	EVERY_CLOCK_CHANGE=1 $(PYTHON) manage.py test tests/digests/test_beats.py
	$(BIN)python -m tests.faults

fleet:
	$(PYTHON) manage.py fleet

check: lint types deploy compose security audit

lint:
	$(BIN)ruff check .
	$(BIN)ruff format --check .

types:
	$(BIN)mypy

deploy:
	$(PRODUCTION) $(BIN)python manage.py check --deploy --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run

compose:
	$(BIN)check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)hadolint Dockerfile

security:
	$(BIN)bandit -q -c pyproject.toml -r commitments monitoring tracker

audit:
	$(BIN)python .ci/audit.py

fuzz:
	$(BIN)python bench/agreeing.py
	$(BIN)python bench/fuzzing.py
	$(BIN)python bench/calling.py
	NAUGHTY=all $(PYTHON) manage.py test tests/security/test_naughty_strings.py
	XSS=all $(PYTHON) manage.py test tests/security/test_scripts_stay_words.py

sbom:
	@mkdir -p var
	$(BIN)cyclonedx-py requirements requirements.txt --output-format JSON --output-file var/sbom.json
	@echo "Software bill of materials: var/sbom.json"

clean:
	rm -rf .venv .venv.lock var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis

rehearsal:
	$(BIN)python -m tests.rehearsal

screenshots:
	$(BIN)python -m tests.screenshots

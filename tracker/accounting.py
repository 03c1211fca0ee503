"""The web server's access log, without the links that open something: `--logger-class tracker.accounting.Accounts`."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from tracker.logs import without_secrets


class Accounts(Logger):  # type: ignore[misc]
    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """What a line may say of a request: its own line, path, question and headers, cleaned."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: without_secrets(said) if isinstance(said, str) else said for name, said in found.items()}

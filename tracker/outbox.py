"""Letters as files: what the embedded default sends is put into a folder, one .eml per letter."""

import itertools
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_numbers = itertools.count(1)


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            name = f"{stamp}-{os.getpid()}-{next(_numbers)}.eml"
            half_written = folder / f".{name}"
            half_written.write_bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
            half_written.rename(folder / name)
        return len(email_messages)

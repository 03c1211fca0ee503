"""A real SMTP server in a thread. It keeps each letter as it came and can be told to misbehave."""

import email
import email.policy
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

Answer = Callable[["Letter"], "str | None"]


@dataclass(frozen=True)
class Letter:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Sink:
    """`with Sink() as sink`: letters go to `sink.url` and are found in `sink.letters`.

    `answer` may look at a letter and return the line to answer instead of "250 kept" ("451 later" refuses
    it); `lose_answers` closes the connection after the letter was kept, before saying so. `say_at` answers a
    command with another line, always; `cut_at` closes the line at a command, once ("DATA": after the server said go
    on); "HELLO" is the greeting. `hang_up_after` closes the line after each letter was taken. `honours_key` makes it
    a mail service that drops a letter whose idempotency key it has seen, into `dropped`; it says 250 all the same.
    Most servers take several commands at once; without `offers_pipelining` this one does not say so.
    """

    answer: Answer | None = None
    say_at: dict[str, str] = field(default_factory=dict)
    cut_at: str = ""
    hang_up_after: bool = False
    refuse_recipient: Callable[[str], bool] | None = None
    lose_answers: int = 0
    delay: float | Callable[[], float] = 0.0
    honours_key: bool = False
    offers_pipelining: bool = True
    letters: list[Letter] = field(default_factory=list)
    dropped: list[Letter] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _server: Any = None

    def __enter__(self) -> "Sink":
        sink = self

        class Session(socketserver.StreamRequestHandler):
            disable_nagle_algorithm, wbufsize = True, -1

            def handle(self) -> None:
                _Conversation(sink, self.connection, self.rfile, self.wfile).hold()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Session)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def box_for(self, letter: Letter) -> list[Letter]:
        """Where a letter belongs: in the mailbox, or among the repeats that this service does not deliver."""
        key = str(letter.message["Idempotency-Key"]) if self.honours_key else ""
        if key and key in self._seen:
            return self.dropped
        self._seen.add(key)
        return self.letters

    def wait_for(self, count: int, seconds: float = 120) -> list[Letter]:
        deadline = time.monotonic() + seconds
        while len(self.letters) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.letters) >= count, f"{len(self.letters)} letters of {count} came within {seconds} s"
        return self.letters


class _Conversation:
    def __init__(self, sink: Sink, line: socket.socket, reader: Any, writer: Any) -> None:
        self.sink, self.line, self.reader, self.writer = sink, line, reader, writer
        self.sender, self.recipients = "", []  # type: ignore[var-annotated]

    def say(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())

    def next_line(self) -> bytes:
        """Answers to commands that came together leave together, as RFC 2920 asks of servers."""
        self.line.setblocking(False)
        is_more_here = self.reader.peek(1)
        self.line.setblocking(True)
        if not is_more_here:
            self.writer.flush()
        line: bytes = self.reader.readline()
        return line

    def hold(self) -> None:
        try:
            if self.is_cut("HELLO"):
                return
            self.say(self.sink.say_at.get("HELLO", "220 sink ready"))
            while line := self.next_line():
                if not self.obey(line.decode("utf-8", "replace").strip()):
                    return
        except (OSError, ValueError):
            return

    def obey(self, line: str) -> bool:
        word = line[:4].upper()
        if word in self.sink.say_at:
            self.say(self.sink.say_at[word])
            return True
        if word != "DATA" and self.is_cut(word):
            return False
        if word == "DATA":
            self.say("354 go on")
            if self.is_cut(word):
                return False
            raw = self.read_letter()
            return raw is not None and self.keep(raw)
        if word == "RCPT":
            return self.note_recipient(_address(line))
        if word == "MAIL":
            self.sender, self.recipients = _address(line), []
        if word == "EHLO":
            self.say("250-sink")
            if self.sink.offers_pipelining:
                self.say("250-PIPELINING")
            self.say("250-SMTPUTF8")
        self.say("221 bye" if word == "QUIT" else "250 8BITMIME" if word == "EHLO" else "250 well")
        return word != "QUIT"

    def is_cut(self, word: str) -> bool:
        if self.sink.cut_at != word:
            return False
        self.sink.cut_at = ""
        return True

    def note_recipient(self, address: str) -> bool:
        if self.sink.refuse_recipient and self.sink.refuse_recipient(address):
            self.say("550 no such box")
            return True
        self.recipients.append(address)
        self.say("250 well")
        return True

    def read_letter(self) -> bytes | None:
        """None when the line was cut before the final dot: such a letter was never given."""
        lines = []
        self.writer.flush()
        while (line := self.reader.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def keep(self, raw: bytes) -> bool:
        time.sleep(self.sink.delay() if callable(self.sink.delay) else self.sink.delay)
        letter = Letter(self.sender, tuple(self.recipients), raw)
        refusal = self.sink.answer(letter) if self.sink.answer else None
        if refusal and not refusal.startswith("2"):
            self.say(refusal)
            return True
        self.sink.box_for(letter).append(letter)
        if self.sink.lose_answers > 0:
            self.sink.lose_answers -= 1
            return False
        self.say(refusal or "250 kept")
        return not self.sink.hang_up_after


def _address(line: str) -> str:
    found = re.search(r"<([^>]*)>", line)
    return found.group(1) if found else line.split(":", 1)[-1].strip()


def closed_port() -> int:
    """A port at which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

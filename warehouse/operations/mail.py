"""Send one mail over SMTP: where to, how and how long to wait is the environment's (``DOUDI_SMTP_…``).

A password is never sent over an open line, a server's certificate is checked, and every step has a time limit.
Headers are made of one line each, whatever words they are given.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from warehouse.errors import Misconfigured, Unavailable

# By how the line is made safe: the port that is usual for it.
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 10.0
ROLES = ("operators", "office")


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves: server, how the line is made safe, who signs in, the sender, and addresses by role."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    to: Mapping[str, tuple[str, ...]]
    seconds: float = _SECONDS
    authorities: str = ""

    @classmethod
    def from_environment(cls) -> MailSettings | None:
        """None where ``DOUDI_SMTP_HOST`` is empty: no mail is sent. ``Misconfigured`` when what is there cannot be."""
        said = {name: os.environ.get(f"DOUDI_{name}", "").strip() for name in _NAMES}
        if not said["SMTP_HOST"]:
            return None
        security = said["SMTP_SECURITY"] or "starttls"
        if security not in _PORTS:
            raise _wrong("DOUDI_SMTP_SECURITY", "write starttls, tls or none.")
        if security == "none" and said["SMTP_PASSWORD"]:
            raise _wrong(
                "DOUDI_SMTP_SECURITY", "a password is not sent over an open line: use starttls or tls."
            )
        if not said["SMTP_FROM"]:
            raise _wrong("DOUDI_SMTP_FROM", "write the address that mail is sent from.")
        return cls(
            host=said["SMTP_HOST"],
            port=_number("SMTP_PORT", said["SMTP_PORT"], _PORTS[security]),
            security=security,
            user=said["SMTP_USER"],
            password=os.environ.get("DOUDI_SMTP_PASSWORD", ""),
            sender=_addresses("DOUDI_SMTP_FROM", said["SMTP_FROM"])[0],
            to={
                role: _addresses(f"DOUDI_MAIL_{role.upper()}", said[f"MAIL_{role.upper()}"]) for role in ROLES
            },
            seconds=float(_number("SMTP_SECONDS", said["SMTP_SECONDS"], int(_SECONDS))),
            authorities=said["SMTP_CA"],
        )

    def addresses(self, roles: Sequence[str]) -> list[str]:
        """The addresses of some roles, each once."""
        return list(dict.fromkeys(one for role in roles for one in self.to.get(role, ())))


_NAMES = (
    "SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "SMTP_SECONDS", "SMTP_CA",
    *(f"MAIL_{role.upper()}" for role in ROLES),
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """What a mail says: subject, the same in plain words and as HTML; ``key`` makes a second sending recognisable."""

    subject: str
    plain: str
    html: str
    key: str
    on: datetime


def compose(letter: Letter, settings: MailSettings, to: Sequence[str]) -> EmailMessage:
    """The message: headers of one line each, plain text first, HTML beside it."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = _one_line(letter.subject)
    message["From"] = settings.sender
    message["To"] = ", ".join(to)
    message["Date"] = format_datetime(letter.on)
    # The same alert sent twice (an answer that was lost) is one message to a mail program.
    domain = Address(addr_spec=parseaddr(settings.sender)[1]).domain
    message["Message-ID"] = f"<doudi-{letter.key}@{domain}>" if domain else make_msgid()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.plain, charset="utf-8", cte="base64")
    message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="base64")
    return message


def send(letter: Letter, settings: MailSettings, to: Sequence[str]) -> int:
    """Hand the mail to the server; to how many addresses it took it.

    ``Unavailable`` when it cannot be reached, refuses all or does not answer in time.

    The sentence of the error names the kind of failure and the server's code, never what the server wrote.
    """
    message = compose(letter, settings, to)
    try:
        with _connected(settings) as server:
            refused = server.send_message(message, to_addrs=list(to))
    except smtplib.SMTPResponseException as error:
        raise _not_sent(f"the server answered {error.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise _not_sent("the server refused every address") from None
    except ssl.SSLError:
        raise _not_sent("the line could not be made safe (certificate or protocol)") from None
    except UnicodeError:
        raise _not_sent("user or password hold a character that the line does not carry") from None
    except (OSError, smtplib.SMTPException) as error:
        raise _not_sent(type(error).__name__) from None
    return len(to) - len(refused)


def _connected(settings: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.authorities or None)
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.seconds, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.seconds)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _addresses(name: str, said: str) -> tuple[str, ...]:
    """``a@x.cn, 值班 <b@y.cn>``, one line; ``Misconfigured`` when one is no address."""
    found = []
    for one in (part.strip() for part in said.replace(";", ",").split(",")):
        if not one:
            continue
        _, spec = parseaddr(one)
        try:
            address = Address(addr_spec=spec)
        except (ValueError, IndexError):
            address = Address()
        if not (address.username and address.domain) or _one_line(one) != one:
            raise _wrong(name, "write addresses like name@example.cn, with commas between them.")
        found.append(spec)
    return tuple(found)


def _number(name: str, said: str, otherwise: int) -> int:
    if not said:
        return otherwise
    if said.isdecimal() and 0 < int(said) < 2**16:
        return int(said)
    raise _wrong(f"DOUDI_{name}", "write a whole number above 0, or leave it out.")


def _one_line(words: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def _wrong(name: str, step: str) -> Misconfigured:
    return Misconfigured(f"{name} is not usable: no mail can be sent.", next_step=step)


def _not_sent(how: str) -> Unavailable:
    return Unavailable(
        f"a mail was not sent: {how}.",
        next_step="see DOUDI_SMTP_… and the mail server, then `doudi mail send`: alerts that wait are sent again.",
    )

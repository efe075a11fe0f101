"""``doudi status``, ``doudi mail``, and the mail of ``doudi run --mail``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from console.screen import Screen
from warehouse.errors import DoudiError, Misconfigured, Refused, Unavailable
from warehouse.operations import alerts, run_log
from warehouse.operations.mail import ROLES, Letter, MailSettings, send
from warehouse.settings import Settings


def show_status(settings: Settings, last: int, screen: Screen) -> None:
    """Months × stages, the verdicts, what is open next, and the ``last`` runs; the page is written anew."""
    from warehouse.operations.board import STAGES, board
    from warehouse.operations.page import write_page

    seen = board(settings.home)
    if not seen.months:
        raise Refused("no stage has run in this home.", next_step="run doudi run --month YYYY-MM first.")
    screen.table(
        "Months",
        ["month", *STAGES, "seconds", "published"],
        [
            [
                month.month,
                *(cell.status or "-" for cell in month.cells.values()),
                month.seconds,
                "yes" if month.is_published else "no",
            ]
            for month in seen.months
        ],
    )
    verdicts = [
        [month.month, gate, rule.id, rule.severity, "released" if rule.released else "failed", rule.why]
        for month in seen.months
        for gate, verdict in month.verdicts.items()
        for rule in verdict.rules
        if rule.success is False
    ]
    if verdicts:
        screen.table(
            "Rules that did not hold", ["month", "gate", "rule", "severity", "result", "why"], verdicts
        )
    steps = [
        [month.month, cell.stage, cell.status or "not run", _next(month.month, cell.stage, cell.run)]
        for month in seen.months
        if (cell := month.open_cell)
    ]
    if steps:
        screen.table("Open next", ["month", "stage", "status", "next step"], steps)
    if last:
        screen.table(
            "Last runs (UTC)",
            ["begun", "month", "stage", "status", "seconds", "peak MB", "by", "why"],
            [
                [r.begun, r.month, r.stage, r.status, r.seconds, r.peak_mb, r.door, r.reason]
                for r in seen.runs[:last]
            ],
        )
    page = write_page(settings.home)
    screen.say(f"the operator's page: {page.relative_to(settings.home)}")


def _next(month: str, stage: str, run: run_log.Run | None) -> str:
    if run and run.next_step:
        return run.next_step
    return f"doudi {stage} --month {month}"


@contextmanager
def told_by_mail(month: str, settings: Settings) -> Iterator[None]:
    """A run at the command line that nobody watches: one alert when it fails, one when the month is out."""
    begun = run_log.clock()
    try:
        yield
    except DoudiError as error:
        last = next((run for run in reversed(run_log.read(settings.home)) if run.month == month), None)
        failure = alerts.Failure.of(last.stage if last and not last.is_good else "run", error)
        alerts.tell(alerts.of_failures(month, "doudi run", begun, [failure], settings.home), settings)
        raise
    counts = alerts.published_counts(month, settings.home)
    alerts.tell(alerts.of_publication(month, "doudi run", begun, counts), settings)


def send_what_waits(settings: Settings, screen: Screen) -> None:
    """Send what waits; ``Unavailable`` when something still does."""
    if not alerts.is_on():
        raise _off()
    MailSettings.from_environment()
    before = len(alerts.waiting(settings.home))
    alerts.send_waiting(settings)
    left = len(alerts.waiting(settings.home))
    screen.emit({"waiting_before": before, "waiting": left})
    screen.say(f"{before - left} of {before} mails have gone out.")
    if left:
        raise Unavailable(
            f"{left} mails still wait.", next_step="HOME/logs/mails.jsonl says why; then the same again."
        )


def try_mail(screen: Screen) -> None:
    """One plain mail to every address of every role; errors are said as they are."""
    mail = MailSettings.from_environment()
    if mail is None:
        raise _off()
    to = mail.addresses(ROLES)
    if not to:
        raise Misconfigured(
            "nobody would get a mail.",
            next_step="write addresses into DOUDI_MAIL_OPERATORS or DOUDI_MAIL_OFFICE.",
        )
    at = run_log.clock()
    words = "这是一封测试邮件：运行通知会寄到这个地址。"
    letter = Letter(
        "【兜底】测试邮件", f"{words}\n", f"<p>{words}</p>", at.replace(":", ""), datetime.fromisoformat(at)
    )
    taken = send(letter, mail, to)
    screen.emit({"taken": taken, "of": len(to)})
    screen.say(f"the server took a mail for {taken} of {len(to)} addresses.")


def _off() -> Misconfigured:
    return Misconfigured(
        "mail is not set up.",
        next_step="set DOUDI_SMTP_HOST and the settings beside it (docs/OPERATIONS.md).",
    )

"""One mail a run, over a safe line, to who has to know; and nothing fails or is lost when it cannot go out."""

import email
import json
import socket
import threading
from email import policy

import pytest

from tests.unit.warehouse.operations.held_month import MONTH
from warehouse.errors import DoudiError, GateHeld, Misconfigured, Unavailable
from warehouse.operations import alerts
from warehouse.operations.alerts import Failure
from warehouse.operations.letter import write
from warehouse.operations.mail import Letter, MailSettings, compose, send
from warehouse.settings import Settings

HELD = GateHeld("gate 1 holds 2026-10: rule E-death-01.", next_step="ask for a new extract.")


@pytest.fixture
def setting(monkeypatch, server, certificate):
    """The settings of a good office; a test changes one."""

    def change(**said):
        for name, value in said.items():
            monkeypatch.setenv(f"DOUDI_{name}", value)

    change(
        SMTP_HOST="127.0.0.1", SMTP_PORT=str(server.port), SMTP_USER="doudi", SMTP_PASSWORD="geheim",
        SMTP_FROM="兜底 <doudi@county.cn>", SMTP_CA=str(certificate.file), SMTP_SECONDS="5",
        MAIL_OPERATORS="on-duty@county.cn", MAIL_OFFICE="office@county.cn, 科长 <head@county.cn>",
    )  # fmt: skip
    return change


def alert_of(home, *errors, task="gate1"):
    return alerts.of_failures(str(MONTH), "link_month", "r1", [Failure.of(task, one) for one in errors], home)


def notes(home):
    lines = (home / "logs" / "mails.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["status"] for line in lines]


def read(mail):
    return email.message_from_bytes(mail.content, policy=policy.default)


def test_a_held_month_in_one_mail(lake, server, setting):
    setting(MAIL_LINK="https://desk.county.cn/doudi/")
    settings = Settings.from_environment(home=lake.home)
    engine = ValueError("could not convert 张三 632321199001011234")
    assert alerts.tell(alert_of(lake.home, engine, HELD), settings)
    (mail,) = server.mails
    assert mail.tls
    assert mail.to == ["office@county.cn", "head@county.cn", "on-duty@county.cn"]
    message = read(mail)
    assert message["Subject"] == "【兜底】2026-10 数据质量关口未通过（一道关口）"
    plain, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    for body in (plain, html):
        for words in ("gate 1 holds 2026-10", "E-death-01", "死亡数据过少。", "ask for a new extract.", "负责人",
                      "https://desk.county.cn/doudi/docs/operations/index.html"):  # fmt: skip
            assert words in body, words
        assert "张三" not in body
        assert "632321" not in body
        assert "E-death-02" not in body, "a rule that only warns held nothing"
    assert notes(lake.home) == ["sent"]


def test_who_is_told_is_policy(lake, server, setting, tmp_path_factory):
    settings = Settings.from_environment(home=lake.home)
    alerts.tell(alert_of(lake.home, Misconfigured("wrong.", next_step="s."), task="link"), settings)
    alerts.tell(alerts.of_publication("2026-10", "doudi run", "r", {"listed": 1234}), settings)
    assert [mail.to for mail in server.mails] == [
        ["on-duty@county.cn"],
        ["office@county.cn", "head@county.cn"],
    ]
    assert read(server.mails[1])["Subject"] == "【兜底】2026-10 预警清单已发布"
    assert "列入清单 1,234" in read(server.mails[1]).get_body(["plain"]).get_content()
    other = tmp_path_factory.mktemp("policy")
    for file in settings.policy_dir.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (other / file.name).write_text(text.replace("mail.published,office,", "mail.published,,"), "utf-8")
    quiet = Settings.from_environment(home=lake.home, policy_dir=other)
    alerts.tell(alerts.of_publication("2026-10", "doudi run", "r2", {}), quiet)
    assert len(server.mails) == 2
    assert notes(lake.home)[-1] == "nobody"


def test_where_policy_cannot_be_read_everybody_is_told(lake, setting, tmp_path):
    (tmp_path / "empty").mkdir()
    settings = Settings.from_environment(home=lake.home, policy_dir=tmp_path / "empty")
    assert alerts.roles(alert_of(lake.home, HELD), settings) == ("operators", "office")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SMTP_PASSWORD": "falsch"}, "535"),
        ({"SMTP_PASSWORD": "密码"}, "a character that the line does not carry"),
        ({"SMTP_USER": ""}, "530"),
        ({"SMTP_SECURITY": "none", "SMTP_PASSWORD": ""}, "530|SMTPNotSupported"),
        ({"SMTP_SECURITY": "tls"}, "made safe"),
        ({"SMTP_CA": ""}, "made safe"),
        ({"MAIL_OPERATORS": "a@nowhere.cn", "MAIL_OFFICE": ""}, "every address"),
    ],
)
def test_a_mail_that_is_not_taken_waits_and_is_sent_later(lake, server, setting, changed, said, certificate):
    setting(**changed)
    settings = Settings.from_environment(home=lake.home)
    assert not alerts.tell(alert_of(lake.home, HELD), settings)
    (alert,) = alerts.waiting(lake.home)
    mail = MailSettings.from_environment()
    with pytest.raises(Unavailable, match=said) as raised:
        send(write(alert), mail, mail.addresses(("operators", "office")))
    assert "632321" not in str(raised.value), "what a server wrote is not repeated"
    setting(
        SMTP_PASSWORD="geheim", SMTP_USER="doudi", SMTP_SECURITY="starttls", SMTP_CA=str(certificate.file),
        MAIL_OPERATORS="on-duty@county.cn",
    )  # fmt: skip
    taken = len(server.mails)
    assert alerts.send_waiting(settings)
    assert alerts.waiting(lake.home) == []
    assert len(server.mails) == taken + 1
    assert alerts.send_waiting(settings)
    assert len(server.mails) == taken + 1, "not twice"


def test_one_address_that_is_refused_keeps_no_other_waiting(lake, server, setting):
    setting(MAIL_OPERATORS="a@nowhere.cn")
    assert alerts.tell(alert_of(lake.home, HELD), Settings.from_environment(home=lake.home))
    assert server.mails[0].to == ["office@county.cn", "head@county.cn"]
    assert "taken for 2 of 3" in (lake.home / "logs" / "mails.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["hanging", "closed", "nonsense"])
def test_a_server_that_does_not_answer_holds_nobody_up(lake, setting, kind):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if kind == "nonsense":
            threading.Thread(target=_nonsense, args=(listening,), daemon=True).start()
        if kind == "closed":
            listening.close()
        setting(SMTP_PORT=str(port), SMTP_SECONDS="1")
        settings = Settings.from_environment(home=lake.home)
        assert not alerts.tell(alert_of(lake.home, HELD), settings)
    assert notes(lake.home) == ["failed"]
    assert len(alerts.waiting(lake.home)) == 1, "the alert is kept"


def _nonsense(listening):
    line, _ = listening.accept()
    line.sendall(b"\xff\x00 hello 632321199001011234\r\n")
    line.close()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SMTP_SECURITY": "ssl"}, "DOUDI_SMTP_SECURITY"),
        ({"SMTP_SECURITY": "none"}, "DOUDI_SMTP_SECURITY"),
        ({"SMTP_PORT": "smtp"}, "DOUDI_SMTP_PORT"),
        ({"SMTP_PORT": "70000"}, "DOUDI_SMTP_PORT"),
        ({"SMTP_FROM": ""}, "DOUDI_SMTP_FROM"),
        ({"SMTP_FROM": "nobody"}, "DOUDI_SMTP_FROM"),
        ({"MAIL_OFFICE": "a@b.cn\nBcc: c@d.cn"}, "DOUDI_MAIL_OFFICE"),
        ({"MAIL_OPERATORS": "a@@b"}, "DOUDI_MAIL_OPERATORS"),
    ],
)
def test_a_wrong_setting_is_named_and_fails_no_run(lake, setting, changed, named):
    setting(**changed)
    with pytest.raises(Misconfigured, match=named):
        MailSettings.from_environment()
    assert not alerts.tell(alert_of(lake.home, HELD), Settings.from_environment(home=lake.home))
    assert len(alerts.waiting(lake.home)) == 1


def test_no_word_of_an_alert_makes_a_header(setting):
    subject = "【兜底】x\r\nBcc: evil@x.cn\r\n\r\nbody\x00"
    letter = Letter(subject, "p", "<p>h</p>", "k", alerts_at())
    message = compose(letter, MailSettings.from_environment(), ["a@b.cn"])
    again = email.message_from_bytes(message.as_bytes(), policy=policy.default)
    assert again["Bcc"] is None
    assert again["Subject"] == "【兜底】x Bcc: evil@x.cn body"


def alerts_at():
    from datetime import datetime

    return datetime.fromisoformat("2026-11-22T00:00:00Z")


def test_words_of_an_error_are_words_in_the_html(tmp_path):
    wrong = Misconfigured("<script>x</script>", next_step="<b>")
    assert "<script>" not in write(alert_of(tmp_path, wrong)).html


def test_without_a_server_an_alert_is_kept_and_no_mail_waits(lake):
    assert alerts.tell(alert_of(lake.home, HELD), Settings.from_environment(home=lake.home))
    assert (lake.home / "logs" / "alerts.jsonl").exists()
    assert alerts.waiting(lake.home) == [], "mail that is set up later does not tell old stories"


@pytest.mark.parametrize("kind", [one.__name__ for one in (GateHeld, Unavailable, Misconfigured)])
def test_every_family_of_errors_has_words_for_staff(kind):
    from warehouse.operations import words

    every = [DoudiError]
    for one in every:
        every += one.__subclasses__()
    for one in every[1:]:
        what, to_do = words.of_error(one.__name__, alerts.status_of(one("w.", next_step="s.")))
        assert what and to_do
    assert words.ERRORS[kind][0]

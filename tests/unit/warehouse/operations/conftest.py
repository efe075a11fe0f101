"""A home in which some stages have run, well and not well; a mail server on this machine."""

import socket
import ssl
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.unit.warehouse.operations.held_month import MONTH, ran, rows
from warehouse.errors import GateHeld
from warehouse.lake import Lake
from warehouse.verdicts import RuleVerdict, Verdict, write_verdict


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nothing of the developer's own environment."""
    import os

    for name in list(os.environ):
        if name.startswith(("DOUDI_SMTP", "DOUDI_MAIL", "DOUDI_LINEAGE", "DOUDI_METRICS", "AIRFLOW_CTX")):
            monkeypatch.delenv(name)


@pytest.fixture
def lake(tmp_path):
    """One month: received, then held at gate 1 twice."""
    lake = Lake(tmp_path)
    rows(
        lake,
        "row_account",
        feed=["death", "pension", "pension"],
        landed=[9, 5, 6],
        quarantined=[1, 0, 0],
        furniture=[2, 2, 2],
    )
    for table in ("landed", "standardised"):
        with lake.replacing(table, feed="death", month=str(MONTH)) as folder:
            pq.write_table(pa.table({"name": ["张三"], "row": [2]}), folder / "part.parquet")
    ran(lake, "receive", counts={"rows": 27, "landed": 20, "quarantined": 1})
    ran(lake, "standardise", counts={"rows": 19, "set_aside": 1}, by={"set_aside": {"death": 1}})
    rules = (
        RuleVerdict(
            "E-death-01", "death", "stop", False, "Half a list is no list.", {}, "", "死亡数据过少。"
        ),
        RuleVerdict("E-death-02", "death", "warn", False, "Odd.", {}, "", "日期可疑。"),
        RuleVerdict("E-pension-01", "pension", "stop", True, "Fine."),
        RuleVerdict("E-pension-02", "pension", "stop", None, "Not asked."),
    )
    write_verdict(Verdict("gate1", str(MONTH), "held", rules, "f"), lake)
    for _ in range(2):
        held = GateHeld("gate 1 holds 2026-10: rule E-death-01.", next_step="ask for a new extract.")
        with pytest.raises(GateHeld):
            ran(lake, "gate1", counts={"rules": 4}, status="held", error=held)
    return lake


class _Keeper:
    """Keeps what comes; refuses addresses of 'nowhere'."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.endswith("@nowhere.cn"):
            return "550 no such person 632321199001011234"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(
            SimpleNamespace(to=list(envelope.rcpt_tos), content=envelope.content, tls=session.ssl is not None)
        )
        return "250 OK"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(certificate):
    """STARTTLS and a password, as an office's server wants them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file)
    keeper = _Keeper()

    def sign_in(server, session, envelope, mechanism, said):
        good = said.login == b"doudi" and said.password == b"geheim"
        return AuthResult(success=good, handled=False)

    controller = Controller(
        keeper,
        hostname="127.0.0.1",
        port=_free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=sign_in,
    )
    controller.start()
    yield SimpleNamespace(port=controller.port, mails=keeper.mails)
    controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself."""
    import ipaddress
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return SimpleNamespace(file=path)

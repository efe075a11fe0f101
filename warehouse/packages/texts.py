"""The words in and beside a package, for the people who get it. Pure."""

from __future__ import annotations

from datetime import date

from warehouse.months import Month
from warehouse.packages.agreement import Agreement

NOTICE = "机器比对所得，仅供核实；不作为停发、追缴或认定死亡的依据。"
_ID = "-sigopt distid:1234567812345678"
# What the recipient does, a command a line, so that each can be pasted: {file} is the sealed file, {plain} the zip.
_OPENING = {
    "sm": (
        "国密封装（GB/T 35275，SM2 + SM4）。用支持该标准的密码产品打开（OpenSSL 不认这种封装）；也可以用：",
        "doudi package open . --key 贵单位私钥.key --certificate 贵单位证书.crt --signer 另行取得的签名证书.crt"
        " --out ../存放文件夹",
    ),
    "sm-gmssl": (
        "国密封装（GB/T 35275，SM2 + SM4），用 GmSSL 3 打开：",
        "gmssl cmsdecrypt -key 贵单位私钥.pem -pass 口令 -cert 贵单位证书.pem -in {file} -out {plain}",
    ),
    "cms": (
        "通用封装（CMS，RFC 5652），用 OpenSSL 打开：",
        "openssl cms -decrypt -binary -inform DER -in {file} -recip 贵单位证书.crt -inkey 贵单位私钥.key -out {plain}",
    ),
}
_CHECKING = {
    "sm": (
        "openssl x509 -in 签名证书.crt -pubkey -noout -out 公钥.pem",
        f"openssl dgst -sm3 -verify 公钥.pem {_ID} -signature manifest.json.sm2 manifest.json",
        "显示 Verified OK 的，才继续（OpenSSL 须 3.0 以上；没有的，用 gmssl sm2verify）。",
    ),
    "cms": (
        "openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json"
        " -CAfile 签名证书.crt -purpose any -out 核对过的清单",
        "显示 Verification successful 的，才继续。",
    ),
}
_SIGNING = {
    "sm": f"openssl dgst -sm3 -sign 贵单位私钥.key {_ID} -out 回执.txt.sm2 回执.txt",
    "cms": "openssl cms -sign -binary -outform DER -signer 贵单位证书.crt -inkey 贵单位私钥.key"
    " -in 回执.txt -out 回执.txt.p7s",
}


def visible_mark(agreement: Agreement, month: Month) -> str:
    """The mark that everybody sees: for whom, for what month, until when."""
    return (
        f"仅供 {agreement.recipient.office} 使用 · {month} · {agreement.agreement} · {agreement.keep_until}"
    )


def terms(agreement: Agreement, month: Month) -> list[str]:
    """On which terms, a line each."""
    signed = agreement.signed.document if agreement.signed else ""
    return [
        NOTICE,
        f"接收单位：{agreement.recipient.office}（{agreement.recipient.contact}）",
        f"用途：{agreement.purpose}",
        f"依据：{agreement.legal_basis}；协议：{signed}",
        f"数据月份：{month}",
        f"保存期限：{agreement.keep_until}",
        "不得转给第三方，不得与其他数据合并识别本人；发现不符，请填回执告知。",
    ]


def inside(agreement: Agreement, month: Month, package_id: str, paths: list[str]) -> bytes:
    """``说明.txt`` in the package."""
    lines = [
        f"包号：{package_id}",
        *terms(agreement, month),
        "",
        "文件：",
        *(f"  {path}" for path in paths),
        "",
        "各列的含义和格式见 datapackage.json（Frictionless Data Package，可用通用工具校验）。",
        "统计表中的 * 表示人数较少或为保护较少人数而不显示。",
        "“记录号”只对应本次接收单位，外泄时据此追溯。",
        "",
        visible_mark(agreement, month),
    ]
    return _crlf(lines)


def receipt_form(agreement: Agreement, package_id: str) -> bytes:
    """``回执.txt``: to be filled in, signed and sent back."""
    return _crlf(
        [
            "数据包接收回执",
            f"包号：{package_id}",
            f"接收单位：{agreement.recipient.office}",
            "封装文件 SHA-256（抄自 manifest.json 的 sealed.sha256）：",
            "已收到并打开：是 / 否",
            "接收人：",
            "接收日期：",
            "保存位置和销毁日期：",
            "发现的问题：",
            "（签字盖章后退回，或用贵单位证书签名）",
        ]
    )


def beside(agreement: Agreement, package_id: str, file: str, due_on: date | None) -> bytes:
    """``开封说明.txt`` beside the sealed file: nothing in it tells of a person."""
    what, command = _OPENING[agreement.recipient.suite]
    family = "cms" if agreement.recipient.suite == "cms" else "sm"
    return _crlf(
        [
            f"包号：{package_id}",
            f"接收单位：{agreement.recipient.office}",
            *([f"报送期限：{due_on}"] if due_on else []),
            "",
            "在本文件夹里依次做。命令逐行粘贴；“贵单位…”换成实际的文件名。",
            "",
            "一、确认是谁签的：夹内的 签名证书.crt 与包一起送来，不能自证。下面的指纹应与另行取得的签名证书一致：",
            "  openssl x509 -in 签名证书.crt -noout -fingerprint -sha256",
            "二、核对签名（清单未被改动，确由本单位发出）：",
            *(f"  {line}" for line in _CHECKING[family]),
            "三、核对封装文件，结果应与 manifest.json 里 sealed 之下的 sha256 一致：",
            f"  openssl dgst -sha256 {file}",
            f"  Windows 没有 openssl 的：certutil -hashfile {file} SHA256",
            f"四、{what}",
            f"  {command.format(file=file, plain='数据包.zip')}",
            "五、解压后先看 说明.txt，填好 回执.txt，签字盖章退回；或用贵单位私钥签名，连同签名退回：",
            f"  {_SIGNING[family]}",
            "有一步对不上的：不要打开、不要使用，电话联系本单位重送。",
        ]
    )


def recall_notice(
    package_id: str, recipient: str, *, on: str, reason: str, successor: str, sealed_sha256: str
) -> bytes:
    """``召回通知.txt``: stop using it, destroy it, what comes instead."""
    return _crlf(
        [
            "数据包召回通知",
            f"包号：{package_id}",
            f"封装文件 SHA-256：{sealed_sha256}",
            f"接收单位：{recipient}",
            f"召回日期：{on}",
            f"原因：{reason}",
            "请立即停止使用，删除全部副本，并书面告知已经使用的情形。自即日起不再接受本包的回执。",
            f"替代的数据包：{successor or '另行通知'}",
        ]
    )


def _crlf(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")

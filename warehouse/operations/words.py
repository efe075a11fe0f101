"""The Chinese words of operations: stages, how a run ended, what held a month, and what to do about it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))
STAGES = {
    "receive": "收件", "close": "关月", "standardise": "标准化", "slips": "退回单", "gate1": "一道关口", "link": "人员链接",
    "quality": "链接质量", "prepare_review": "核对卡片", "build": "建仓", "gate2": "二道关口", "publish": "发布",
    "notices": "校核纠错", "absorb_notices": "回收校核纠错", "notices_sent": "校核纠错送达", "absorb": "回收名单", "track": "答复跟踪", "absorb_review": "回收核对", "identity": "身份报告", "correct": "回收退回单",
    "share": "按协议共享",
}  # fmt: skip
STATUSES = {
    "done": "完成", "nothing": "无事", "held": "关口拦下", "refused": "未通过", "unavailable": "稍后再试",
    "misconfigured": "设置有误", "fault": "程序异常", "stopped": "人工停止", "killed": "中断", "running": "运行中",
    "": "未运行",
}  # fmt: skip
VERDICTS = {"passed": "通过", "held": "拦下", "released": "经决定放行"}
DOORS = {"doudi": "命令行"}
# What happened and what people do, by the kind of error.
ERRORS: dict[str, tuple[str, str]] = {
    "GateHeld": (
        "数据质量关口未通过",
        "请来源单位核对并重新报送；数据无误的，由负责人按程序放行并说明理由。",
    ),
    "Refused": ("缺少办理所需的数据", "把来件放入当月的收件夹，或先运行提示的步骤。"),
    "DeliveryRefused": ("有来件未能接收", "请来源单位按退回原因重新报送，再收件一次。"),
    "MonthNotClosed": ("来件不齐，本月未关", "催报缺少的来源；确不需要的退回件请从收件夹取出。"),
    "HistoryMissing": ("上月尚未办完", "按月份顺序先办完上月，再办本月。"),
    "BudgetExceeded": ("链接数量超过限额", "先查明数量异常的原因，再考虑调整限额。"),
    "NotReleased": ("未予发布", "按提示重新过关口或取得批准，再发布。"),
    "BuildFailed": ("数仓构建失败", "由维护人员检查提示的模型。"),
    "LakeDamaged": ("数据文件损坏", "移开损坏的文件，重新运行提示的步骤，并检查磁盘。"),
    "CutShort": ("上次运行中断", "先重新运行提示的步骤。"),
    "Unavailable": ("暂时无法运行", "稍后再试；磁盘已满的，请先腾出空间。"),
    "PolicyMissing": ("政策参数缺少", "补上提示的政策参数。"),
    "Misconfigured": ("设置有误", "按提示修改设置。"),
    "Fault": ("程序异常", "请把原因一行报给维护人员。"),
}
_BY_STATUS = {
    "held": "GateHeld", "unavailable": "Unavailable", "misconfigured": "Misconfigured", "fault": "Fault",
}  # fmt: skip


def of_error(error: str, status: str) -> tuple[str, str]:
    """What happened and what to do, for a kind of error; by the family where the kind has no words of its own."""
    return ERRORS.get(error) or ERRORS.get(
        _BY_STATUS.get(status, ""), ("未能通过", "按提示处理后，重新运行这一步。")
    )


def stage(name: str) -> str:
    """A stage as staff call it."""
    return STAGES.get(name, name)


def step(name: str) -> str:
    """A stage as staff call it, with the verb that runs it."""
    return f"{STAGES[name]}（{name}）" if name in STAGES else name


def beijing(at: str) -> str:
    """A moment of the log, to the minute, by the clock of those who read it."""
    return datetime.fromisoformat(at).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")

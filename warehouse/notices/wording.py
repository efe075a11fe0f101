"""The words of the notices: columns, fields, states. Chinese that an agency's clerk reads."""

from __future__ import annotations

from typing import Final

from warehouse.release.workbook import Column

KEY = Column("notice_id", "纠错编号", 12, "key")
FILE = Column("file", "文件", 20)
SHEET = Column("sheet", "工作表", 10, "centre")
ROW = Column("row", "行号", 7, "count")
COLUMN = Column("column", "栏目", 12, "centre")
ANSWER = Column("answer", "核查结论", 12, "open", is_open=True)
VALUE = Column("value", "更正后内容", 18, "open_text", is_open=True)
WORDS = Column("words", "说明", 18, "open", is_open=True)
BY = Column("answered_by", "核查人", 9, "open", is_open=True)
ON = Column("answered_on", "核查日期", 12, "open_date", is_open=True)
ANSWERED: Final = (ANSWER, VALUE, WORDS, BY, ON)

_SEEN: Final = (
    FILE,
    SHEET,
    ROW,
    Column("own_no", "本单位编号", 16, "centre"),
    Column("name", "姓名", 9, "centre"),
    Column("id_no", "证件号码", 20, "centre"),
    COLUMN,
    Column("stated", "现登记", 18, "centre"),
    Column("title", "问题", 16),
    Column("basis", "依据", 32),
    Column("proposed", "其他来源登记（供核对）", 18, "centre"),
    Column("advice", "请核对", 24),
)
COLUMNS: Final = (*_SEEN, Column("remark", "情况", 12, "centre"), *ANSWERED, KEY)
AGAIN: Final = (
    *_SEEN,
    Column("remark", "情况", 20, "centre"),
    Column("asked_month", "首次提出", 9, "centre"),
    Column("due_on", "应答复日期", 11, "centre"),
    *ANSWERED,
    KEY,
)
# What has to come back as it went out, and what the agency writes.
HEADERS: Final = {column.header: column.key for column in (KEY, FILE, SHEET, ROW, COLUMN, *ANSWERED)}

WHOLE_ROW = "整行"
SEXES: Final = {"1": "男", "2": "女"}

HOW_TO_FILL: Final = (
    "一、本单列出与其他来源或入户核查不一致的登记，只是请核对，不是认定：对象的待遇不因本单而停发、减发。",
    "二、按“文件、工作表、行号”或“本单位编号”在原数据中查找；姓名、号码已遮盖，只露出不同的字。",
    "三、核对后在“核查结论”中选一项：{corrected}（在业务系统改正，下期数据随之更正，并写“更正后内容”）；"
    "{kept}（核对无误，须写“说明”）；{unknown}（原登记中找不到这个人）。核查人、核查日期必填。",
    "四、请勿改动其他栏目，可以排序和筛选。填好后整份交回；下期数据到后自动核对是否已更正。",
)
MAIN, REMINDED, GUIDE = "校核纠错", "未办结", "说明"
MEANINGS: Final = {
    "新提出": "本单列出，尚未登记送达或尚未到期",
    "已送达": "已送来源单位，未到答复期限",
    "已答复": "已答复，下期数据未到",
    "逾期未复": "过了答复期限没有答复",
    "仍未更正": "已答复，下期数据仍为原内容",
    "下期数据已更正": "下期数据已改正或已不在名单",
    "维持原登记": "核对无误，不再提出（依据有变化的除外）",
    "撤销": "依据消失，不需再核",
    "待发": "超过每月上限，以后月份发出",
}

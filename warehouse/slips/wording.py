"""The slip's words: columns, how rows were treated, how a file is mended. Chinese that an agency's clerk reads."""

from __future__ import annotations

from typing import Final

from warehouse.release.workbook import Column

KEY = Column("line_id", "编号", 11, "key")
FILE = Column("file", "文件", 22)
SHEET = Column("sheet", "工作表", 12, "centre")
ROW = Column("row", "行号", 7, "count")
COLUMN = Column("column", "栏目", 13, "centre")
CORRECTED = Column("corrected", "更正值", 20, "open_text", is_open=True)

COLUMNS: Final = (
    FILE,
    SHEET,
    ROW,
    COLUMN,
    Column("value", "原值（遮盖）", 21),
    Column("problem", "问题", 36),
    Column("treatment", "处理", 12, "centre"),
    Column("standing", "情况", 10, "centre"),
    Column("remedy", "怎样改", 34),
    Column("proposed", "建议值", 21),
    CORRECTED,
    Column("words", "单位说明", 20, "open", is_open=True),
    KEY,
)
TOTALS: Final = (
    FILE,
    SHEET,
    ROW,
    Column("stated", "表中合计（元）", 18, "money"),
    Column("summed", "逐行相加（元）", 18, "money"),
    Column("difference", "相差（元）", 16, "money"),
    Column("words", "单位说明", 40, "open", is_open=True),
)
# What has to come back as it went out, and what the agency writes.
HEADERS: Final = {column.header: column.key for column in (KEY, FILE, SHEET, ROW, COLUMN, CORRECTED)}

TREATMENTS: Final = {"set_aside": "未纳入", "asked": "已纳入，待核", "not_read": "整行未读入"}
STANDINGS: Final = {"new": "新", "open": "上次未解决", "": ""}
PROPOSALS: Final = {
    "folded": "按写法折算",
    "lengthened": "15位折算18位",
    "linked": "其他部门同一人的号码，请核对原件",
}
WHOLE_ROW = "整行"
# Written as 更正值, it takes the proposed value.
TAKE_PROPOSAL = "采用建议值"
CORRECTED_STILL_WRONG = "（已按更正单改过，仍有问题）"
NOT_READ_REMEDY = "整行没有读入，不能在此更正：请改正后重新报送整个文件。"

HOW_TO_FILL: Final = (
    "一、本单只列有问题的行，按“文件、工作表、行号”在原文件中查找；号码、姓名、电话已遮盖。",
    "二、“未纳入”的行没有进入本月比对；“已纳入，待核”的行照常使用，只请核对；“整行未读入”的行须重新报送文件。",
    "三、有两种改法，任选其一：（1）在业务系统中改正，整份重新导出，文件名加“_更正”后重新报送；"
    f"（2）在“更正值”栏填写正确内容，交回本单。建议值正确的，填“{TAKE_PROPOSAL}”。",
    "四、没有错的行不必填更正值，可在“单位说明”中写明情况。请勿改动其他栏目，可以排序和筛选。",
)
HOW_TO_EXPORT: Final = (
    "身份证号为什么会丢：电子表格只保留15位有效数字，18位号码一旦被当作数字，后三位就变成000，或写成 6.32E+17，改格式也找不回来。",
    "正确做法：1. 从业务系统直接导出原始文件（csv、txt 或系统自带的 xlsx），不要用电子表格打开后再保存。",
    "2. 必须用电子表格整理时：新建空表，先选中号码列设为“文本”，再用“数据—自文本导入”，在向导中把号码列选为“文本”。",
    "3. 系统导出时，在号码前加英文单引号（'）也可以，我方会自动去掉。",
    "4. 已受损的号码请勿凭后几位或校验码推算：一个受损号码通常有几十个可能。",
)

"""The numbers by which the made-up county's truth is told, apart from the platform's policy packs.

The county is the world and the platform looks at it: were both to read one file, a wrong number would
agree with itself. Each value stands in the catalogue of warnings under "Exact readings", in the line on
the 同仁 demo pack, and is illustrative where no document gives a number.
"""

from __future__ import annotations

STANDARD_PC_MONTH = 500.0  # 低保 standard, yuan per head and month (demo pack)
LOW_INCOME_FACTOR = 2.0  # k: the low-income line is k times the standard (demo pack)
LOW_INCOME_PC_MONTH = STANDARD_PC_MONTH * LOW_INCOME_FACTOR
LOW_INCOME_PC_YEAR = LOW_INCOME_PC_MONTH * 12
GAP_MINIMUM = 60.0  # 补差 per head and month is never less (demo pack)
TEKUN_SCATTERED, TEKUN_HOUSED = 780.0, 1120.0  # 特困 at home and in an institution (demo pack)
ENTITLEMENT_TOLERANCE = 1.0  # yuan by which a case's sums may differ (demo pack)
MEANS_TEST_MONTHS = 3  # a report speaks for so many months, its own included (demo pack)
GRACE_MONTHS = 12  # from 渐退开始时间 (demo pack)
BURDEN_LOW_INCOME = 10_000.0  # R01, twelve months, low-income person (demo pack)
BURDEN_GENERAL = 26_000.0  # R01, twelve months, everybody else (demo pack)
BURDEN_MONTHS = 12
LIFE_AFTER_DEATH_DAYS = 7  # D03: a settlement more than so many days after the recorded death
AID_STAGES = ("小学", "初中", "高中", "中职")  # C08: 小学 to 中职
SCHOOL_AGES = (7, 14)  # C09: on 1 September of the school year
MONITORED = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")  # the three 监测 classes
LOW_INCOME_AIDS = ("低保", "特困", "低保边缘")  # rosters that make a person low-income
ALL_AIDS = (*LOW_INCOME_AIDS, "刚性支出困难")  # "on any roster", "assessed"
MAIN_AIDS = ("低保", "特困")  # C02, C04, C05, C06: the aids that secure a living
SEVERE_ILLNESS = ("重病", "患有大病")  # C04: roster, rural list; 长期慢性病 is none
SEVERE_LEVELS, EXTRA_LEVEL, EXTRA_CATEGORIES = (1, 2), 3, ("智力", "精神")  # C05, C07, C13
LOST_LABOUR = ("丧失劳动力", "无劳动力", "弱劳动力或半劳动力")  # C06 (demo pack)
LABOUR_AGE = 16  # C06
STABLE_PC_MONTH = 400.0  # C06: wages and net business, per head and month (demo pack)
LIVING_ALLOWANCE, NURSING_ALLOWANCE = 110.0, 120.0  # C07, a month (demo pack)
INSTITUTION_AGE = 80  # C13 (demo pack)
HELPLESS_HEALTH, HELPLESS_LABOUR = ("重残",), ("完全丧失",)  # C13: the roster's words
INFANT_MONTHS = 12  # C10: a newborn's enrolment may still be under way (demo pack)
REPEAT_AIDS, REPEAT_MONTHS = 2, 6  # C11 (demo pack)
JOBLESS_MONTHS = 3  # C12: this month and those before it
ANSWER_HOURS, URGENT_HOURS = 12, 24  # R04
URGENT_WORDS = ("急难", "火灾", "车祸", "断粮", "突发")  # R04: as the county's people say it
SPENDING_CLASSES = ("低保边缘", *MONITORED)  # R02 (demo pack)
SPENDING_ANSWERED = ("低保", "特困", "刚性支出困难")  # R02: on one of these, nothing is left to assess
SPENDING_MONTHS = 12  # R02
FALL_SHARE, FALL_MONTHS = 0.30, 12  # R03: of the income stated so many months ago at most (demo pack)

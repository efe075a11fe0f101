"""The planted truth: what ought to be found each month, what must not be, and what may be either.

Told by the "Exact readings" with the numbers of ``readings`` from what the deliveries up to the month show
(``sight``). The sentences, and where the world leaves two answers open (``expected`` None):

D01/D02  recorded dead by police or a certificate, delivered so far; who is recorded by mistake and lives may
         be raised or not. D01 looks at every payment delivered so far, so it stays once it was there.
D03      a standing settlement more than seven days after; open where a bill from before was settled anew,
         where only payments or the month's school list speak, and for a wrong entry nobody contradicts.
C01/C03  by the rural list's own income per head; open within a rounding of the line, or where the only
         name on a roster is a dead one.
R01      open for the dead, and where netting by row and by settlement differ at the window's edge.
Q01      both paid in this month; open for an earlier month's, and for other members of a case paid twice.
Q02      open near the tolerance and for cases paid twice; a case in grace is G03's.
G01      whole households; open where several but not all are insured. G02 open in the month after the last.
G03      open where a payment before the grace was another than the roster approves. G05 never: nothing is frozen.
M01      the latest report within three months; open for somebody of the household who is not of the case.
C02      by the lists of the month; open where a case's people are all dead or recorded so.
C04–C07, C13  by the lists and cards of the month; open for the dead and the recorded dead, and within a
         rounding of the line.
C09/C10  open where only others of the household are low-income (C09), for infants and who is away (C10).
C11/C12  open for the dead and the recorded dead; C12 in a month whose list comes late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county import (
    findings_care,
    findings_grace,
    findings_hardship,
    findings_income,
    findings_money,
    findings_service,
)
from console.county.sight import Sight
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

RULES = {
    "D01": findings_money.paid_after_death,
    "D02": findings_money.on_roster_after_death,
    "D03": findings_care.life_after_death,
    "Q01": findings_money.paid_twice,
    "Q02": findings_money.paid_is_not_due,
    "G01": findings_grace.income_risen,
    "G02": findings_grace.paid_after_grace,
    "G03": findings_grace.wrong_in_grace,
    "G04": findings_grace.excepted_in_grace,
    "G05": findings_grace.listed_while_frozen,
    "M01": findings_money.verdict_on_paid,
    "C01": findings_money.watched_without_aid,
    "C02": findings_hardship.off_the_list,
    "C03": findings_money.poor_not_assessed,
    "C04": findings_hardship.severely_ill,
    "C05": findings_hardship.severely_disabled,
    "C06": findings_hardship.without_labour,
    "C07": findings_hardship.allowances,
    "C08": findings_care.student_without_aid,
    "C09": findings_service.child_not_in_school,
    "C10": findings_service.not_insured,
    "C11": findings_service.aid_again,
    "C12": findings_service.newly_jobless,
    "C13": findings_hardship.needs_a_place,
    "R01": findings_care.burdened,
    "R02": findings_income.spending_above_income,
    "R03": findings_income.income_fell,
    "R04": findings_service.not_answered,
}


_EXPECTED = {"yes": True, "no": False, "either": None}


def warnings(world: World, month: Month) -> pd.DataFrame:
    """rule_id, true_person, expected (True, False, None) of a month, one row per rule and person."""
    sight = Sight(world, month)
    parts = []
    for rule, find in RULES.items():
        yes, no, either = find(sight)
        # What may be either beats a near miss, and what must be found beats both.
        word = np.full(len(sight.scene.people), "", dtype=object)
        word[no], word[either], word[yes] = "no", "either", "yes"
        at = np.flatnonzero(word != "")
        expected = np.array([_EXPECTED[each] for each in word[at]], dtype=object)
        parts.append(pd.DataFrame({"rule_id": rule, "true_person": at, "expected": expected}))
    whole = pd.concat(parts, ignore_index=True)
    return whole.astype({"expected": object, "true_person": np.int64})

-- The life of every notice up to this month: what was open before, what is raised now, what the source said and sent.
-- Given: raised, before (the latest row of each notice of earlier months), answered, sent, own_row, own_value, came
-- (feed, is_whole). Makes: standing_notice. Variables: month, last_day, answer_days, lines_max, the words of answers.

CREATE TEMP TABLE raised_now AS
SELECT *, md5(concat_ws('|', coalesce(proposed, ''), grps)) AS fingerprint FROM raised;

-- What an open notice's row shows now: found by the source's own key, else by the person.
CREATE TEMP TABLE shown_now AS
WITH open_before AS (
    SELECT before.notice_id, before.feed, before.field, before.own_key, before.stated, before.proposed,
        coalesce(followed.person_id, before.person_id) AS person_id
    FROM before
    LEFT JOIN followed ON followed.old_id = before.person_id
    WHERE NOT before.is_ended AND before.field <> 'bill'
),
rows_now AS (
    SELECT open_before.*, own_row.file, own_row.sheet, own_row."row"
    FROM open_before INNER JOIN own_row ON own_row.feed = open_before.feed AND own_row.own_key = open_before.own_key
    UNION
    SELECT open_before.*, own_row.file, own_row.sheet, own_row."row"
    FROM open_before INNER JOIN own_row ON own_row.feed = open_before.feed AND own_row.person_id = open_before.person_id
)
SELECT rows_now.notice_id,
    bool_or(coalesce(own_value.told = rows_now.stated, false)) AS is_same,
    bool_or(own_value.told IS NOT NULL AND own_value.told <> rows_now.stated) AS is_other,
    bool_or(coalesce(own_value.told = rows_now.proposed, false)) AS is_as_proposed
FROM rows_now
LEFT JOIN own_value ON own_value.feed = rows_now.feed AND own_value.file = rows_now.file
    AND own_value.sheet = rows_now.sheet AND own_value."row" = rows_now."row" AND own_value.field = rows_now.field
GROUP BY rows_now.notice_id;

CREATE TEMP TABLE gone_on AS
SELECT
    before.* EXCLUDE (sent_on, due_on, answer, answer_value, answered_on, state, reason, is_ended, person_id, sources,
        grps, detail, fingerprint, proposed, file, sheet, "row", is_raised),
    coalesce(raised_now.person_id, followed.person_id, before.person_id) AS person_id,
    -- Where it stands in this month's file; what is known of it, as it is known now.
    coalesce(raised_now.file, before.file) AS file, coalesce(raised_now.sheet, before.sheet) AS sheet,
    coalesce(raised_now."row", before."row") AS "row",
    coalesce(raised_now.proposed, before.proposed) AS proposed,
    coalesce(raised_now.sources, before.sources) AS sources, coalesce(raised_now.grps, before.grps) AS grps,
    coalesce(raised_now.detail, before.detail) AS detail, before.fingerprint,
    sent.sent_on, sent.sent_on + getvariable('answer_days') AS due_on,
    answered.answer, answered.value AS answer_value, answered.answered_on,
    raised_now.notice_id IS NOT NULL AS is_raised, before.asked_month IS NOT NULL AS is_asked,
    came.feed IS NOT NULL AS has_come, coalesce(came.is_whole, false) AS is_whole,
    shown_now.notice_id IS NOT NULL AS is_there, coalesce(shown_now.is_same, false) AS is_same,
    coalesce(shown_now.is_other, false) AS is_other, coalesce(shown_now.is_as_proposed, false) AS is_as_proposed
FROM before
LEFT JOIN raised_now ON raised_now.notice_id = before.notice_id
LEFT JOIN followed ON followed.old_id = before.person_id
LEFT JOIN shown_now ON shown_now.notice_id = before.notice_id
LEFT JOIN came ON came.feed = before.feed
LEFT JOIN sent ON sent.month = before.asked_month AND sent.agency = before.agency
LEFT JOIN answered ON answered.notice_id = before.notice_id AND answered.asked_month = before.asked_month
WHERE NOT before.is_ended;

CREATE TEMP TABLE judged AS
SELECT *,
    CASE
        WHEN NOT is_asked AND NOT is_raised AND (has_come OR is_there) THEN '撤销'
        WHEN NOT is_asked THEN '待发'
        WHEN answer = getvariable('answer_kept') AND (is_raised OR NOT has_come OR is_same OR NOT (is_there OR is_whole)) THEN '维持原登记'
        WHEN NOT is_raised AND has_come AND is_other AND NOT is_same THEN '下期数据已更正'
        WHEN NOT is_raised AND has_come AND NOT is_there AND is_whole THEN '下期数据已更正'
        WHEN NOT is_raised AND has_come AND is_same THEN '撤销'
        WHEN is_raised AND answer IN (getvariable('answer_corrected'), getvariable('answer_unknown')) THEN '仍未更正'
        WHEN answer IS NOT NULL THEN '已答复'
        WHEN due_on < getvariable('last_day') THEN '逾期未复'
        WHEN sent_on IS NOT NULL THEN '已送达'
        ELSE '新提出'
    END AS state
FROM gone_on;

CREATE TEMP TABLE carried AS
SELECT *,
    CASE
        WHEN state = '待发' AND NOT is_raised THEN '本月未收到该来源的数据，无法核对'
        WHEN state = '待发' THEN '超过本月上限，待以后月份发出'
        WHEN state = '撤销' AND NOT is_asked THEN '尚未发出，本期已不存在'
        WHEN state = '撤销' THEN '依据消失：其他来源的登记或人员对应关系已变化'
        WHEN state = '维持原登记' THEN '来源单位核对无误'
        WHEN state = '下期数据已更正' AND NOT is_there THEN '该行已不再报送'
        WHEN state = '下期数据已更正' AND is_as_proposed THEN '与建议内容一致'
        WHEN state = '下期数据已更正' THEN '已改为其他内容'
        WHEN state = '仍未更正' AND answer = getvariable('answer_unknown') THEN '答复查无此人，本期数据仍有此行'
        WHEN state = '仍未更正' THEN '答复已更正，本期数据仍为原内容'
        WHEN state = '已答复' AND has_come AND NOT is_there AND NOT is_whole THEN '该数据不再报送这一行，以答复为准'
        WHEN NOT has_come THEN '本月未收到该来源的数据，无法核对'
        WHEN NOT is_raised AND NOT is_there THEN '本期数据中没有这一行，无法核对'
        WHEN NOT is_raised THEN '本期数据中该栏无法识别'
        WHEN state = '新提出' THEN '尚未登记送达'
        ELSE ''
    END AS reason,
    -- A list that brings only what is new never shows the row again: there the answer is the end.
    state IN ('撤销', '维持原登记', '下期数据已更正') OR (state = '已答复' AND has_come AND NOT is_there AND NOT is_whole)
        AS is_ended
FROM judged;

CREATE TEMP TABLE fresh AS
SELECT raised_now.*,
    CASE
        WHEN before.notice_id IS NULL THEN ''
        WHEN before.state = '维持原登记' THEN '依据有变化，再次提出'
        ELSE '再次出现'
    END AS why
FROM raised_now
LEFT JOIN before ON before.notice_id = raised_now.notice_id
WHERE before.notice_id IS NULL
    -- What the source has looked at and kept is not asked again on the same evidence.
    OR (before.is_ended AND NOT (before.state = '维持原登记' AND before.fingerprint = raised_now.fingerprint));

CREATE TEMP TABLE queued AS
WITH wanted AS (
    -- What this month's data does not show is asked when they come again.
    SELECT agency, priority, opened_month, notice_id FROM carried WHERE state = '待发' AND is_raised
    UNION ALL
    SELECT agency, priority, getvariable('month'), notice_id FROM fresh
)
SELECT notice_id FROM wanted
QUALIFY row_number() OVER (PARTITION BY agency ORDER BY priority, opened_month, notice_id) <= getvariable('lines_max');

CREATE TEMP TABLE standing_notice AS
SELECT
    carried.notice_id, kind, priority, agency, feed, file, sheet, "row", "column", own_key, person_id, field, stated,
    proposed, sources, grps, detail, opened_month,
    CASE WHEN carried.state = '待发' AND queued.notice_id IS NOT NULL THEN getvariable('month') ELSE asked_month END AS asked_month,
    sent_on, due_on, answer, answer_value, answered_on,
    CASE WHEN carried.state = '待发' AND queued.notice_id IS NOT NULL THEN '新提出' ELSE carried.state END AS state,
    CASE WHEN carried.state = '待发' AND queued.notice_id IS NOT NULL THEN '' ELSE reason END AS reason,
    is_ended, is_raised, fingerprint
FROM carried LEFT JOIN queued ON queued.notice_id = carried.notice_id
UNION ALL BY NAME
SELECT
    fresh.notice_id, kind, priority, agency, feed, file, sheet, "row", '' AS "column", own_key, person_id, field, stated,
    proposed, sources, grps, detail, getvariable('month') AS opened_month,
    CASE WHEN queued.notice_id IS NOT NULL THEN getvariable('month') END AS asked_month,
    NULL::DATE AS sent_on, NULL::DATE AS due_on, NULL::VARCHAR AS answer, NULL::VARCHAR AS answer_value,
    NULL::DATE AS answered_on,
    CASE WHEN queued.notice_id IS NULL THEN '待发' ELSE '新提出' END AS state,
    CASE WHEN queued.notice_id IS NULL THEN '超过本月上限，待以后月份发出' ELSE why END AS reason,
    false AS is_ended, true AS is_raised, fingerprint
FROM fresh LEFT JOIN queued ON queued.notice_id = fresh.notice_id;

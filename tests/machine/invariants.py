"""What must hold of the whole database after every step, whoever took it: each law is one query, told by what it is broken by.

The queries read rows, never the code under test; figures of the law (two thirds, twelve months, three failed ballots) are
written out, as `shared/domain/rules.md` gives them. A law returns one sentence for each row that breaks it.
"""

from __future__ import annotations

from django.db import connection

STANDING = """
  SELECT DISTINCT ON (e.subject_id) e.* FROM audit_event e
  WHERE e.subject_kind = 'member' AND e.changes -> 'standing' ->> 0 <> e.changes -> 'standing' ->> 1 AND e.voids IS NULL
    AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
  ORDER BY e.subject_id, e.version DESC"""
"""Of each member the event that the present standing stands on."""

PAPERS = """EXISTS (SELECT FROM jsonb_each({facts}) f
  WHERE jsonb_typeof(f.value) = 'object' AND f.value ? 'kind' AND f.value ? 'date')"""

CARRIED = """EXISTS (SELECT FROM audit_event b
  WHERE b.case_id = decided.case_id AND b.version < decided.version AND b.voids IS NULL AND b.facts ? 'ballot'
    AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = b.uid)
    AND (b.step IN ({steps}) AND {enough}
      OR b.step = 'report_upward' AND (b.facts ->> 'attempt')::int = 3))"""
TWO_THIRDS = "3 * (b.facts #>> '{ballot,yes}')::int >= 2 * (b.facts #>> '{ballot,roll,denominator}')::int"

TERM = """(own.state IN ('decided', 'expelled') AND EXISTS (SELECT FROM deadlines_deadline d
      WHERE d.subject_kind = 'case' AND d.subject_id = own.id AND d.rule_id = 'TASK.HAND_OVER' AND d.status = 'open')
    OR own.state IN ('handed_over', 'appealed', 'closed') AND EXISTS (SELECT FROM deadlines_deadline d
      WHERE d.subject_kind = 'case' AND d.subject_id = own.id AND d.rule_id = '{rule}'
        AND (d.status = 'open') = (own.state = 'handed_over')
        AND d.started_on = (own.facts #>> '{{hand_over,date}}')::date))"""
"""The decision waits to be handed over, or the term to appeal runs (or ran) from the day on which it was."""

LEFT = f"""
  SELECT m.id, {{what}} FROM members_member m
  JOIN ({STANDING}) last ON last.subject_id = m.id AND last.step <> '{{taken}}'
  LEFT JOIN audit_event decided ON decided.uid = last.cause
  LEFT JOIN cases_case own ON {{own}}
  WHERE m.standing = '{{standing}}' AND ({{holds}}) IS NOT TRUE"""

LAWS: dict[str, str] = {
    "one official unit on every day of a member's history": """
  SELECT line.member_id, format('%s in unit %s, then %s in unit %s', valid, unit_id, next, next_unit) FROM (
    SELECT s.*, lead(valid) OVER days AS next, lead(unit_id) OVER days AS next_unit FROM members_spell s
    WHERE retracted_at IS NULL WINDOW days AS (PARTITION BY member_id ORDER BY lower(valid), id)) AS line
  WHERE isempty(valid) OR (upper(valid) IS DISTINCT FROM lower(next))
  UNION ALL
  SELECT m.id, format('stands as %s, %s in unit %s; the last day of the history says %s, %s in unit %s', m.standing,
    m.participation, m.unit_id, s.standing, s.participation, s.unit_id)
  FROM members_member m LEFT JOIN members_spell s
    ON s.member_id = m.id AND s.retracted_at IS NULL AND upper_inf(s.valid)
  WHERE (m.standing NOT IN ('', 'merged') OR s.id IS NOT NULL)
    AND (s.unit_id, s.standing, s.participation) IS DISTINCT FROM (m.unit_id, m.standing, m.participation)""",

    "no standing without its event": f"""
  SELECT m.id, format('is %s, the last event about it says %s', m.standing, last.changes #>> '{{standing,1}}')
  FROM members_member m LEFT JOIN ({STANDING}) last ON last.subject_id = m.id
  WHERE m.standing IS DISTINCT FROM coalesce(last.changes #>> '{{standing,1}}', '')
  UNION ALL
  SELECT s.member_id, format('%s since %s stands on no event that holds', s.standing, lower(s.valid))
  FROM members_spell s LEFT JOIN audit_event e ON e.uid = s.event_uid AND e.subject_id = s.member_id
    AND e.subject_kind = 'member'
  WHERE s.retracted_at IS NULL AND (e.id IS NULL OR EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid))""",

    "nobody's standing changes without a person, an office, a paper and a day": f"""
  SELECT e.subject_id, format('%s by %s of %s', e.code, e.office, e.on_date) FROM audit_event e
  LEFT JOIN audit_event c ON c.uid = e.cause
  WHERE e.subject_kind = 'member' AND e.changes ? 'standing' AND e.voids IS NULL
    AND NOT (e.office <> 'system' AND (e.user_id IS NOT NULL OR e.office = 'operator') AND (
      {PAPERS.format(facts="e.facts")} OR {PAPERS.format(facts="c.facts")}))""",

    "the official day is the end of the twelve months, whenever it was recorded, else what papers from elsewhere say": """
  SELECT m.id, format('%s since %s, official from %s', m.standing, m.joined_on, m.official_on) FROM members_member m
  WHERE m.standing NOT IN ('', 'merged') AND CASE WHEN m.official_on IS NULL THEN m.standing = 'official'
    ELSE m.standing = 'probationary' OR m.official_on IS DISTINCT FROM (m.joined_on + interval '12 months')::date
      AND NOT EXISTS (SELECT FROM audit_event told
        WHERE told.member_id = m.id AND told.facts ->> 'official_on' = m.official_on::text
          AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = told.uid)) END""",

    "only official members of the cell are in a denominator": """
  SELECT vote.id, format('%s of %s: %s official, %s counted; the history says %s and %s', vote.code, vote.on_date,
    vote.roll ->> 'official', vote.roll ->> 'denominator', count(s.id), count(s.id) FILTER (WHERE CASE
      WHEN vote.lifecycle = 'screening' THEN s.participation <> 'exempt'
      ELSE s.participation NOT IN ('away', 'elsewhere', 'abroad', 'exempt', 'in_transit') OR there OR over END))
  FROM (SELECT e.*, e.facts #> '{ballot,roll}' AS roll, held.unit_id AS cell, called.data FROM audit_event e
    JOIN cases_case held ON held.id = (e.facts #>> '{ballot,meeting}')::bigint
    LEFT JOIN LATERAL (SELECT d.data #> '{facts,roll_call}' AS data FROM audit_event h
      JOIN audit_eventdetail d ON d.event_uid = h.uid
      WHERE h.case_id = held.id AND h.step = 'hold' AND h.id < e.id ORDER BY h.id DESC LIMIT 1) AS called ON true
    WHERE e.facts #> '{ballot,roll}' IS NOT NULL) AS vote
  LEFT JOIN (SELECT * FROM members_spell WHERE standing = 'official') AS s
    ON s.unit_id = vote.cell AND s.valid @> vote.on_date AND s.recorded_at < vote.recorded_at
      AND (s.retracted_at IS NULL OR s.retracted_at >= vote.recorded_at)
  LEFT JOIN LATERAL (SELECT coalesce(vote.data ->> s.member_id::text = 'present', false) AS there) AS there ON true
  LEFT JOIN LATERAL (SELECT s.participation = 'away' AND coalesce(bool_or(paper.until < vote.on_date
      OR paper.back <= vote.on_date), false)
    AND NOT coalesce(bool_or(vote.on_date BETWEEN paper.since AND least(paper.until, paper.back - 1)), false) AS over
    FROM (SELECT coalesce(min((l.facts ->> 'away_from')::date), min(l.on_date)) AS since,
        (array_agg((l.facts ->> 'away_until')::date ORDER BY l.id DESC) FILTER (WHERE l.facts ? 'away_until'))[1] AS until,
        max(l.on_date) FILTER (WHERE l.code IN ('away.returned', 'away.ended')) AS back FROM audit_event l
      WHERE l.member_id = s.member_id AND (l.lifecycle = 'away' OR l.subject_kind = 'member' AND l.version = 1)
        AND l.id < vote.id AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = l.uid AND v.id < vote.id)
      GROUP BY l.case_id) AS paper WHERE paper.until IS NOT NULL) AS over ON true
  GROUP BY vote.id, vote.code, vote.on_date, vote.roll, vote.lifecycle
  HAVING count(s.id) <> (vote.roll ->> 'official')::int OR (vote.roll ->> 'denominator')::int <>
    count(s.id) FILTER (WHERE CASE WHEN vote.lifecycle = 'screening' THEN s.participation <> 'exempt'
      ELSE s.participation NOT IN ('away', 'elsewhere', 'abroad', 'exempt', 'in_transit') OR there OR over END)""",

    "removal only on a ground, by a vote and a decision, and with a term to appeal": LEFT.format(
        standing="removed", taken="import_removed",
        what="format('%s, %s, %s', decided.code, own.facts ->> 'ground', own.state)",
        own="own.lifecycle = 'removal' AND (own.id = decided.case_id OR own.parent_uid = decided.uid)",
        holds=f"""own.facts ->> 'ground' <> '' AND decided.facts #> '{{decision,date}}' IS NOT NULL
          AND decided.facts ? 'committee_yes' AND {TERM.format(rule="REM.APPEAL")}
          AND (decided.lifecycle = 'transfer' AND own.facts ->> 'ground' = 'transfer_abandoned'
            OR decided.lifecycle IN ('removal', 'recognition')
              AND {CARRIED.format(steps="'propose', 'propose_removal'", enough=TWO_THIRDS)})"""),

    "expulsion only by a vote or a judgment, by a decision, and with a term to appeal": LEFT.format(
        standing="expelled", taken="import_expelled", what="format('%s, %s', decided.code, own.state)",
        own="own.lifecycle = 'discipline' AND own.id = decided.case_id",
        holds=f"""own.facts #> '{{report,date}}' IS NOT NULL AND decided.facts #> '{{decision,date}}' IS NOT NULL
          AND (decided.step = 'expel_on_judgment' AND decided.facts #> '{{judgment,date}}' IS NOT NULL
            OR decided.step = 'expel' AND decided.facts ? 'committee_yes'
              AND {CARRIED.format(steps="'propose_expulsion'", enough="true")})
          AND {TERM.format(rule="DIS.APPEAL")}"""),

    "withdrawal only on a request and by a decision": LEFT.format(
        standing="withdrawn", taken="import_withdrawn", what="format('%s, %s', decided.code, own.state)",
        own="own.lifecycle = 'withdrawal' AND own.id = decided.case_id",
        holds="""own.facts #> '{request,date}' IS NOT NULL AND own.facts #> '{resolution,date}' IS NOT NULL
          AND decided.facts #> '{decision,date}' IS NOT NULL AND own.state = 'withdrawn'"""),

    "death only with a certificate": LEFT.format(
        standing="deceased", taken="import_deceased", what="format('%s of %s', last.code, last.on_date)",
        own="false", holds="last.facts #> '{certificate_of_death,date}' IS NOT NULL AND m.left_on = last.on_date"),

    "one open case for each exclusive key": """
  SELECT coalesce(member_id, unit_id), format('%s %s: %s', lifecycle, exclusive_key, string_agg(number, ', '))
  FROM cases_case WHERE closed_on IS NULL AND state <> ''
  GROUP BY lifecycle, member_id, CASE WHEN member_id IS NULL THEN unit_id END, coalesce(member_id, unit_id), exclusive_key
  HAVING count(*) > 1
  UNION ALL
  SELECT member_id, format('on two ways to another cell: %s', string_agg(number, ', ')) FROM cases_case
  WHERE closed_on IS NULL AND state <> '' AND lifecycle IN ('transfer', 'temporary_transfer')
  GROUP BY member_id HAVING count(*) > 1""",

    "a guest is somebody on the way to another cell or staying there": """
  SELECT m.id, format('%s, %s, guest of unit %s', m.standing, m.participation, m.guest_unit_id) FROM members_member m
  WHERE m.guest_unit_id IS NOT NULL AND (m.guest_unit_id = m.unit_id OR m.participation NOT IN ('elsewhere', 'in_transit')
    OR m.standing NOT IN ('probationary', 'official'))""",

    "a member takes part in a way that a case carries": """
  SELECT m.id, format('%s, %s', m.standing, m.participation) FROM members_member m
  WHERE m.standing IN ('probationary', 'official') AND CASE m.participation
    WHEN 'attending' THEN false WHEN 'away' THEN false WHEN 'exempt' THEN false WHEN 'lapsed' THEN false
    ELSE NOT EXISTS (SELECT FROM cases_case c WHERE c.member_id = m.id AND c.closed_on IS NULL AND c.state <> ''
      AND c.lifecycle = ANY (CASE m.participation WHEN 'elsewhere' THEN '{transfer,temporary_transfer}'::text[]
        WHEN 'in_transit' THEN '{transfer}' WHEN 'abroad' THEN '{abroad,transfer}' WHEN 'suspended' THEN '{discipline}' END))
    END""",

    "a case stands where its person does": """
  SELECT c.id, format('%s is %s, the person %s', c.number, c.state, m.standing) FROM cases_case c
  JOIN members_member m ON m.id = c.member_id
  WHERE c.closed_on IS NULL AND c.state <> '' AND NOT CASE
    WHEN (c.lifecycle, c.state) IN (('removal', 'decided'), ('removal', 'handed_over')) THEN m.standing = 'removed'
    WHEN (c.lifecycle, c.state) IN (('discipline', 'expelled'), ('discipline', 'handed_over')) THEN m.standing = 'expelled'
    WHEN c.lifecycle = 'appeal' THEN m.standing IN ('removed', 'expelled', 'merged')
    WHEN c.lifecycle = 'readmission' THEN m.standing IN ('removed', 'expelled', 'withdrawn', 'merged')
    WHEN c.lifecycle = 'admission' THEN
      m.standing IN (CASE c.state WHEN 'decided' THEN 'approved' ELSE 'candidate' END, 'deceased', 'merged')
    WHEN c.lifecycle = 'data_request' THEN m.standing <> 'merged'
    WHEN c.lifecycle = 'recognition' THEN m.standing = CASE c.state WHEN 'recognised' THEN 'official' ELSE 'probationary' END
      OR m.standing IN ('removed', 'withdrawn', 'expelled', 'annulled', 'transferred_out', 'deceased', 'merged')
    ELSE m.standing NOT IN ('candidate', 'approved', 'dropped') END""",

    "nobody is asked to end a case whose person is here": """
  SELECT c.id, format('%s is %s, the person %s', c.number, c.state, m.standing) FROM deadlines_deadline d
  JOIN cases_case c ON c.id = d.subject_id JOIN members_member m ON m.id = c.member_id
  WHERE d.subject_kind = 'case' AND d.rule_id = 'TASK.END_CASE' AND d.status = 'open'
    AND m.standing IN ('candidate', 'approved', 'probationary', 'official')""",

    "what is open about a member stands in the member's cell": """
  SELECT c.id, format('%s in unit %s, the member in unit %s', c.number, c.unit_id, m.unit_id) FROM cases_case c
  JOIN members_member m ON m.id = c.member_id
  WHERE c.closed_on IS NULL AND c.state <> '' AND (c.unit_id, c.unit_path) IS DISTINCT FROM (m.unit_id, m.unit_path)
  UNION ALL
  SELECT d.id, format('%s in unit %s, its case in unit %s', d.rule_id, d.unit_id, c.unit_id) FROM deadlines_deadline d
  JOIN cases_case c ON c.id = d.subject_id
  WHERE d.subject_kind = 'case' AND d.status = 'open' AND (d.unit_id, d.unit_path) IS DISTINCT FROM (c.unit_id, c.unit_path)
  UNION ALL
  SELECT m.id, format('found by name under %s, guest of %s', w.unit_path, w.guest_path) FROM members_nameword w
  JOIN members_member m ON m.id = w.member_id
  WHERE m.standing <> '' AND (w.unit_path, w.guest_path) IS DISTINCT FROM (m.unit_path, m.guest_path)""",

    "a day of leaving is known of those who left and of nobody else": """
  SELECT m.id, format('%s, left on %s', m.standing, m.left_on) FROM members_member m
  LEFT JOIN audit_event entered ON entered.subject_kind = 'member' AND entered.subject_id = m.id AND entered.version = 1
  WHERE m.left_on IS NULL AND m.standing IN ('removed', 'withdrawn', 'expelled', 'transferred_out', 'deceased')
      AND entered.changes #>> '{standing,1}' <> m.standing
    OR m.left_on IS NOT NULL AND (m.standing IN ('probationary', 'official') OR m.standing = 'dropped' AND NOT EXISTS (
      SELECT FROM audit_event r WHERE r.subject_kind = 'member' AND r.subject_id = m.id AND r.step = 'readmit'))""",

    "an open case of somebody on the lists waits for something": """
  SELECT c.id, format('%s is %s, and nothing reminds of it', c.number, c.state) FROM cases_case c
  JOIN members_member m ON m.id = c.member_id
  WHERE c.closed_on IS NULL AND c.state <> '' AND NOT EXISTS (SELECT FROM deadlines_deadline d
      WHERE d.subject_kind = 'case' AND d.subject_id = c.id AND d.status = 'open')
    AND NOT (c.lifecycle = 'dues_relief' AND c.state = 'exempt' AND NOT c.facts ? 'last_month')""",
}  # fmt: skip


_ALL = " UNION ALL ".join(
    f"SELECT $law${law}$law$, found.* FROM ({query}) AS found (key, said)" for law, query in LAWS.items()
)


def broken() -> list[str]:
    """One sentence for each row that breaks a law; none may."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        return [f"{law}: {key} {said}" for law, key, said in cursor.fetchall()]

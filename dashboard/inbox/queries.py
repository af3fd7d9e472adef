"""The queues of the inbox: complaints nobody has taken yet, posts the model is unsure about, and a random sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from dashboard.queries import filter_sql, ranking, search_sql
from monitor.settings.desk import Priority
from monitor.store import Connection
from monitor.store.cases import campaign_posts
from monitor.store.posts import review_sample

Queue: TypeAlias = Literal["complaint", "unsure", "sample"]
"""`sample`: of the posts that were put aside, a few drawn at random, for people to say whether that was right."""
QueueOrder: TypeAlias = Literal["urgent", "newest"]
OwnerScope: TypeAlias = Literal["all", "mine", "unassigned"]

# How urgent a post without a case is, from 0 to 1: half the probability of a complaint, three tenths how negative it
# is, two tenths how long it has waited, full after three days. Cases have their priority instead.
URGENCY = (
    "(0.5 * l.p_complaint + 0.3 * l.p_negative"
    " + 0.2 * greatest(0, least(1, (epoch_us($now::TIMESTAMPTZ) - epoch_us(l.posted_at)) / 259200e6)))"
)

# By the network's id where it is known: a handle may have gone to somebody else.
_PERSON = """
CASE WHEN c.customer_id IS NOT NULL THEN 'customer ' || c.customer_id
    WHEN c.author_id IS NOT NULL THEN 'account ' || c.network || ' ' || c.author_id
    WHEN c.author IS NOT NULL THEN 'author ' || c.network || ' ' || lower(ltrim(c.author, '@'))
    ELSE 'case ' || c.case_id END
""".strip()

# Whatever may be in a queue, by what the model said and else by name: a server has an index of the former, where it
# would work out for each post what people say of it.
_OFFERED = f"""
    SELECT mention_id, posted_at, decision, p_complaint, p_negative FROM labels
    WHERE model_decision IN ('complaint', 'unsure')
    UNION ALL
    SELECT mention_id, posted_at, decision, p_complaint, p_negative FROM labels
    WHERE model_decision NOT IN ('complaint', 'unsure') AND mention_id IN (
        SELECT mention_id FROM corrections UNION ALL {review_sample.WAITING.strip()})
""".strip()


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What the inbox shows: None means all. `scope` is whose cases, `person` who "mine" is; posts have no owner."""

    queue: Queue = "complaint"
    order: QueueOrder = "urgent"
    brand: str | None = None
    network: str | None = None
    scope: OwnerScope = "all"
    person: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One line of a queue: a case that nobody has taken, the post of it to look at first, how many posts it has.

    `case_id` is None for a post without a case, `mention_id` for a case without posts. `others` are further cases of
    the same person, by customer or by author on a network, that nobody has taken.
    """

    case_id: int | None
    mention_id: int | None
    posts: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Lines of one queue, how many lines each queue has with these filters, and the complaints behind the lines."""

    places: tuple[QueueEntry, ...]
    complaints: int
    unsure: int
    sample: int = 0
    told: int = 0

    def total(self, queue: Queue) -> int:
        """How many lines a queue has."""
        return {"complaint": self.complaints, "unsure": self.unsure, "sample": self.sample}[queue]


def page(
    connection: Connection, filters: InboxFilters, weights: Priority, *, now: datetime, offset: int, limit: int
) -> QueuePage:
    """Lines of a queue. In the order of urgency cases come first, by their priority, then posts without a case.

    A person has one line, for the first of their cases. What stands behind a campaign is found by words alone. The
    sample is in the order of time only: with the likeliest complaints first, what is judged would not be random.
    """
    score, values = ranking.score_sql(weights, now, "c")
    is_urgent = filters.order == "urgent" and filters.queue != "sample"
    rank = "is_case DESC, score DESC" if is_urgent else "posted_at DESC"
    first = "score" if is_urgent else "posted_at"
    rows = connection.execute(
        f"""
        WITH gone AS MATERIALIZED (
            SELECT mention_id FROM mentions WHERE deleted_at IS NOT NULL
        ), fresh AS MATERIALIZED (
            SELECT c.case_id, {score} AS score, c.last_post_at AS posted_at, {_PERSON} AS person
            FROM cases c WHERE c.stage = 'received' AND c.taken_at IS NULL AND c.merged_into IS NULL
                {_of_cases(filters)}
        ), hidden AS (
            SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM gone)
                AND case_id IN (SELECT case_id FROM fresh)
            EXCEPT
            SELECT case_id FROM case_mentions p
            WHERE NOT EXISTS (SELECT 1 FROM gone WHERE gone.mention_id = p.mention_id)
                AND case_id IN (SELECT case_id FROM fresh)
        ), loose AS MATERIALIZED (
            SELECT l.mention_id, CASE WHEN l.decision = 'other' THEN 'sample' ELSE l.decision END AS decision,
                   CASE WHEN l.decision = $queue THEN {URGENCY} END AS score, l.posted_at
            FROM ({_OFFERED}) l WHERE NOT EXISTS (SELECT 1 FROM case_mentions p WHERE p.mention_id = l.mention_id)
                AND (l.decision IN ('complaint', 'unsure') OR l.mention_id IN ({review_sample.WAITING}))
                AND NOT EXISTS (SELECT 1 FROM gone WHERE gone.mention_id = l.mention_id) {_of_posts(filters)}
        ), people AS (
            SELECT array_agg(case_id ORDER BY {first} DESC, case_id DESC) AS case_ids, max(score) AS score,
                   max(posted_at) AS posted_at
            FROM fresh f WHERE NOT EXISTS (SELECT 1 FROM hidden h WHERE h.case_id = f.case_id) GROUP BY person
        ), lines AS (
            SELECT true AS is_case, case_ids[1] AS id, score, posted_at, 'complaint' AS decision, case_ids FROM people
            UNION ALL SELECT false, mention_id, score, posted_at, decision, ARRAY[0]::BIGINT[] FROM loose
            WHERE decision <> 'complaint' OR $scope <> 'mine'
        ), counts AS (
            SELECT count(*) FILTER (WHERE decision = 'complaint') AS complaints,
                   count(*) FILTER (WHERE decision = 'unsure') AS unsure,
                   count(*) FILTER (WHERE decision = 'sample') AS sample,
                   coalesce(sum(len(case_ids)) FILTER (WHERE decision = 'complaint'), 0)::BIGINT AS told
            FROM lines
        ), shown AS (
            SELECT is_case, id, case_ids, row_number() OVER (ORDER BY {rank}, id DESC) AS nth
            FROM lines WHERE decision = $queue ORDER BY {rank}, id DESC LIMIT $limit OFFSET $offset
        )
        SELECT complaints, unsure, sample, told, is_case, id, case_ids FROM counts LEFT JOIN shown ON true ORDER BY nth
        """,
        {"now": now, "queue": filters.queue, "limit": limit, "offset": offset, **values, **_values(filters)},
    ).fetchall()
    lines = [(is_case, int(line_id), case_ids) for *_, is_case, line_id, case_ids in rows if line_id is not None]
    firsts = _first_posts(connection, [line_id for is_case, line_id, _ in lines if is_case], filters.order, now)
    places = tuple(
        QueueEntry(*(line_id, *firsts.get(line_id, (None, 0)), tuple(case_ids[1:])))
        if is_case
        else QueueEntry(None, line_id, 1)
        for is_case, line_id, case_ids in lines
    )
    return QueuePage(places, *rows[0][:4])


def _first_posts(
    connection: Connection, case_ids: Sequence[int], order: QueueOrder, now: datetime
) -> dict[int, tuple[int, int]]:
    """The post of each case that is the most urgent complaint, or the newest, and how many posts the case has."""
    rank = URGENCY if order == "urgent" else "epoch_us(l.posted_at)"
    rows = connection.execute(
        f"""
        WITH linked AS MATERIALIZED (
            SELECT case_id, mention_id FROM case_mentions WHERE case_id IN (SELECT unnest($cases::BIGINT[]))
        )
        SELECT case_id,
            (array_agg(mention_id ORDER BY l.decision = 'complaint' DESC, {rank} DESC, mention_id DESC))[1], count(*)
        FROM linked JOIN labels l USING (mention_id)
        WHERE mention_id IN (SELECT mention_id FROM mentions WHERE deleted_at IS NULL) GROUP BY case_id
        """,
        {"cases": list(case_ids)} | ({"now": now} if order == "urgent" else {}),
    ).fetchall()
    return {case_id: (first, posts) for case_id, first, posts in rows}


def _values(filters: InboxFilters) -> dict[str, Any]:
    columns = {"brand": filters.brand, "network": filters.network}
    values: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
    if filters.scope == "mine":
        values["person"] = filters.person
    words = {} if filter_sql.is_code(filters.words) else search_sql.case_test(filters.words)[1]
    return {**values, **words, "scope": filters.scope}


def _of_cases(filters: InboxFilters) -> str:
    tests = [f"c.{name} = ${name}" for name in ("brand", "network") if getattr(filters, name) is not None]
    if filters.scope != "all":
        tests.append("c.owner <> '' AND lower(c.owner) = lower($person)" if filters.scope == "mine" else "c.owner = ''")
    tests.append(_worded(filters) if filters.words.strip() else f"NOT {filter_sql.GATHERED_SQL}")
    return "".join(f" AND {test}" for test in tests)


def _worded(filters: InboxFilters) -> str:
    """The cases of a code however it is spelled, or of words."""
    named = search_sql.named_case(filters.words)
    if filter_sql.is_code(filters.words):
        return f"c.case_id = {named}"
    test = search_sql.case_test(filters.words, "c.case_id")[0]
    return test if named is None else f"(c.case_id = {named} OR {test})"


def _of_posts(filters: InboxFilters) -> str:
    tests = [f"{name} = ${name}" for name in ("brand", "network") if getattr(filters, name) is not None]
    condition = f" AND l.mention_id IN (SELECT mention_id FROM matches WHERE {' AND '.join(tests)})" if tests else ""
    if not filters.words.strip():
        return f"{condition} AND NOT {campaign_posts.is_held('l.mention_id')}"
    test = "false" if filter_sql.is_code(filters.words) else search_sql.post_test(filters.words, "l.mention_id")[0]
    return f"{condition} AND {test}"

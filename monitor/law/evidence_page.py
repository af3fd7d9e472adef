"""The evidence of a case as one HTML page that needs nothing else: what an auditor reads beside the JSON."""

import tomllib
from datetime import datetime
from importlib.resources import files

from monitor.exporters.words import CaseWords
from monitor.law.clock import LegalClock
from monitor.law.evidence import CaseEvidence
from monitor.models.languages import LanguageCode
from monitor.settings.loading import Settings
from monitor.text import formatting


class _Page:
    def __init__(self, settings: Settings, language: LanguageCode, now: datetime) -> None:
        catalogue = tomllib.loads((files("monitor.bundled") / "evidence.toml").read_text(encoding="utf-8"))
        self.words: dict[str, str] = catalogue[language]
        self.language, self.zone, self.now = language, settings.zone, now
        self.case_words = CaseWords(language, settings.desk, settings.zone)

    def moment(self, at: datetime) -> str:
        return formatting.long_day_and_time(self.language, at, self.zone)

    def facts(self, evidence: CaseEvidence) -> list[tuple[str, str]]:
        case, value = evidence.case, self.case_words.value
        found = [
            ("brand", case.brand),
            ("channel", self.case_words.way(case)),
            ("category", value("category", case.category)),
            ("stage", value("stage", case.stage)),
            ("author", case.author or "–"),
            ("received", self.moment(case.first_post_at)),
            ("merged", ", ".join(other.code for other in evidence.merged)),
        ]
        return [(name, str(words)) for name, words in found if words]

    def round(self, clock: LegalClock) -> str:
        answered = clock.round.answered_at
        standing = "late" if clock.is_late(self.now) else "in_time"
        state = self.words[standing if answered else f"open_{standing}"].format(at=answered and self.moment(answered))
        return self.words["round"].format(
            at=self.moment(clock.round.received_at), day=formatting.long_day(self.language, clock.last_day), state=state
        )

    def surveys(self, evidence: CaseEvidence) -> list[tuple[str, str]]:
        return [
            (
                self.words["survey"].format(satisfaction=survey.satisfaction, at=self.moment(survey.answered_at))
                if survey.answered_at
                else self.words["survey_open"].format(at=self.moment(survey.asked_at)),
                survey.comment,
            )
            for survey in evidence.surveys
        ]


def render(evidence: CaseEvidence, settings: Settings, language: LanguageCode, *, now: datetime) -> str:
    """The page. Whatever people wrote is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string((files("monitor.bundled") / "evidence.html").read_text(encoding="utf-8"))
    page = _Page(settings, language, now)
    told = [chained.event for chained in evidence.events]
    return template.render(
        language=language,
        words=page.words,
        title=page.words["title"].format(code=evidence.case.code),
        made=page.words["made"].format(at=page.moment(now), zone=settings.time_zone),
        facts=page.facts(evidence),
        rounds=[page.round(clock) for clock in evidence.rounds],
        posts=evidence.posts,
        surveys=page.surveys(evidence),
        events=list(zip(told, page.case_words.sentences(told), strict=True)),
        chain=page.words["chain"].format(n=formatting.number(language, evidence.chain[0]), head=evidence.chain[1]),
        moment=page.moment,
    )

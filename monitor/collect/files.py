"""Files: one that a person names, and those of the drop folder."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from functools import partial

from monitor import store
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.collect.known.own_columns import with_own_column
from monitor.collect.known.stored_posts import PostsOfStore
from monitor.collect.matching import Matcher, by_queries
from monitor.collect.reading import process
from monitor.collect.reading.pages import FileReading
from monitor.collect.reading.storing import PageStore, ReadyPage
from monitor.errors import BudgetSpent
from monitor.models.posts import IngestCounts
from monitor.runs import Progress, Run, holding, now, record_run
from monitor.runs.holding import Hold
from monitor.settings.loading import Settings
from monitor.sources.files import asking, source
from monitor.store import leases
from monitor.store.posts import collection_state
from monitor.tables.detect import unique_names
from monitor.tables.text import without_surrogates

logger = logging.getLogger(__name__)

_LONGEST_READ = 7_200.0  # seconds of one read of a file; then the networks have their turn
_END = "end"  # the watermark of a file read whole


def import_file(settings: Settings, layout: source.Layout, matcher: Matcher, progress: Progress) -> Run:
    """Reads a whole file into the store; what is there already is left as it is. Returns the run with its counts.

    Raises UnexpectedAnswer, before anything is stored, when the layout holds questions that a person has to answer.
    """
    if layout.questions:
        raise asking.unanswered(layout)
    subject, name = without_surrogates(str(layout.path)), without_surrogates(layout.path.name)
    with record_run(settings, "import", subject, network=layout.network, path_name=name) as run:
        _read_file(settings, run, layout, subject, matcher, 0, progress)
        context = {"network": layout.network, "run": run.run_id, "path_name": name}
        logger.info("file read", extra={**context, "count": run.saved.stored, "rejects": run.saved.rejected})
    return run


def dropped_files(settings: Settings) -> list[source.DroppedFile]:
    """Files of the drop folder that have not been read to their end.

    Looking is a run of its own, though nothing was dropped: Health tells a quiet folder from one that nobody looks at.
    """
    folder = settings.networks.files.folder
    if folder is None:
        return []
    with record_run(settings, "collect", "files", path_name=folder.name) as run:
        files = source.list_drop_folder(folder)
        with store.connect(settings.store) as connection:
            unread = [file for file in files if not _is_read(connection, file)]
            run.add(connection, len(unread), IngestCounts())
    return unread


def named_files(settings: Settings) -> dict[str, source.DroppedFile]:
    """The same by `network/name`, numbered where folders hold files of one name."""
    files = dropped_files(settings)
    return dict(zip(unique_names([f"{file.network}/{file.name}" for file in files]), files, strict=True))


def _is_read(connection: store.Connection, file: source.DroppedFile) -> bool:
    return collection_state.watermark(connection, file.network, file.fingerprint) == _END


def collect_file(settings: Settings, file: source.DroppedFile, progress: Progress) -> IngestCounts:
    """Reads a file of the drop folder from where an earlier run left it; the queries say which brands it is about.

    Raises BeingDone while another process reads it.
    """
    name = file.name
    with (
        sole_reader(settings, file) as own,
        record_run(settings, "collect", f"{file.network}: {name}", network=file.network, path_name=name) as run,
    ):
        with store.connect(settings.store, read_only=True) as connection:
            reached = collection_state.watermark(connection, file.network, file.fingerprint)
        if reached == _END:  # the same file twice in the folder: its twin was read a moment ago
            return run.saved
        file.check()
        layout = with_own_column(settings, source.inspect(file.path, network=file.network, time_zone=settings.zone))
        if layout.questions:
            raise asking.unattended(layout)
        for note in layout.form.notes:
            context = {"network": file.network, "run": run.run_id, "path_name": name, "reason": note}
            logger.warning("part of a file is not read", extra=context)
        matcher = by_queries(settings.brands)
        start = int(reached or 0)
        _read_file(settings, run, layout, file.fingerprint, matcher, start, progress, _LONGEST_READ, own)
        with store.connect(settings.store) as connection:
            own.require(connection)
            collection_state.move_watermark(connection, file.network, file.fingerprint, _END, now())
        context = {"network": file.network, "run": run.run_id, "path_name": name}
        logger.info("file read", extra={**context, "count": run.saved.stored, "rejects": run.saved.rejected})
    return run.saved


def sole_reader(settings: Settings, file: source.DroppedFile) -> AbstractContextManager[Hold]:
    """The right to read the file, which one process has at a time: several machines may see the folder."""
    name = file.name
    return holding.exclusive(
        settings,
        leases.numbered(f"file {file.network}", file.fingerprint),
        lambda by, since: f"{name}: being read by {by} since {since}",
        forget=True,
    )


def _read_file(
    settings: Settings,
    run: Run,
    layout: source.Layout,
    query: str,
    matcher: Matcher,
    start_row: int,
    progress: Progress,
    longest: float = math.inf,
    own: Hold | None = None,
) -> None:
    """Raises BudgetSpent after `longest` seconds; the rows up to there are stored.

    Raises LeaseLost when the file, of which `own` is the lease, is another's by now.
    """
    name = without_surrogates(layout.path.name)
    page_size = settings.networks.files.page_size
    reading = FileReading(layout, OwnAccounts(settings), matcher, now(), page_size, start_row)
    read = partial(process.pages, reading) if process.is_worth(layout) else reading.pages
    page_store = PageStore(settings, run, layout.network, query, own)
    stored = PostsOfStore(settings.store, layout.network, page_store.settle)
    with closing(read(stored, lambda position: progress(name, position, layout.size))) as pages:
        page_store.store(_in_time(layout, pages, longest))
    if run.saved.renumbered:
        context = {"network": layout.network, "run": run.run_id, "path_name": name}
        logger.warning("rows had ids of other posts", extra={**context, "count": run.saved.renumbered})


def _in_time(layout: source.Layout, pages: Iterator[ReadyPage], longest: float) -> Iterator[ReadyPage]:
    """The pages, the first in any case. Raises BudgetSpent between two of them after `longest` seconds."""
    end = time.monotonic() + longest
    for page in pages:
        yield page
        if time.monotonic() > end:
            context = {"network": layout.network, "path_name": layout.path.name, "seconds": longest}
            logger.warning("read cut off, it goes on with the next", extra=context)
            hours = f"{longest / 3600:g} hours"
            raise BudgetSpent(f"{layout.path.name} was read for {hours}; the next read goes on where it was", now())

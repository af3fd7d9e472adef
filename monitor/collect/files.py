"""Files: one that a person names, and those of the drop folder."""

from monitor import store
from monitor.collect.ingest import Read, store_pages
from monitor.collect.matching import Matching, by_queries
from monitor.models.posts import Saved
from monitor.runs import Progress, Run, now, recorded
from monitor.settings.loading import Settings
from monitor.sources.files import source
from monitor.store.posts import mentions

_END = "end"  # the watermark of a file read whole


def import_file(settings: Settings, layout: source.Layout, matching: Matching, progress: Progress) -> Run:
    """Reads a whole file into the store; what is there already is left as it is. Returns the run with its counts."""
    with recorded(settings, "import", str(layout.path)) as run:
        _read_file(settings, run, layout, str(layout.path), matching, 0, progress)
    return run


def dropped_files(settings: Settings) -> list[source.Dropped]:
    """Files of the drop folder that have not been read to their end.

    Looking is a run of its own, though nothing was dropped: Health tells a quiet folder from one that nobody looks at.
    """
    folder = settings.networks.files.folder
    if folder is None:
        return []
    with recorded(settings, "collect", "files") as run:
        found = source.inbox(folder)
        with store.connect(settings.store) as connection:
            new = [one for one in found if mentions.watermark(connection, one.network, one.fingerprint) != _END]
            run.add(connection, len(new), Saved())
    return new


def collect_file(settings: Settings, dropped: source.Dropped, progress: Progress) -> Saved:
    """Reads a file of the drop folder from where an earlier run left it; the queries say which brands it is about."""
    with recorded(settings, "collect", f"{dropped.network}: {dropped.path.name}") as run:
        with store.connect(settings.store, read_only=True) as connection:
            reached = mentions.watermark(connection, dropped.network, dropped.fingerprint)
        layout = source.survey(dropped.path, network=dropped.network, time_zone=settings.zone)
        matching = by_queries(settings.brands)
        _read_file(settings, run, layout, dropped.fingerprint, matching, int(reached or 0), progress)
        with store.connect(settings.store) as connection:
            mentions.move_watermark(connection, dropped.network, dropped.fingerprint, _END, now())
    return run.saved


def _read_file(
    settings: Settings,
    run: Run,
    layout: source.Layout,
    query: str,
    matching: Matching,
    start_row: int,
    progress: Progress,
) -> None:
    pages = source.read(
        layout.path,
        layout,
        received_at=now(),
        page_size=settings.networks.files.page_size,
        start_row=start_row,
        on_bytes=lambda position: progress(layout.path.name, position, layout.size),
    )
    read = Read(layout.network, query, lambda post: source.to_mention(post, layout), matching)
    store_pages(settings, run, read, pages)

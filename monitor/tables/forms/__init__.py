"""The forms that exports come in: titles above a header, sheets, pages, threads, archives, tables of HTML."""

"""What ``kantadesk doctor`` checks of the store: that it is there, and whose tables it has. Nothing is changed."""

from __future__ import annotations

from contextlib import closing

from activities.store.port import StoreFault
from activities.store.tables import HEAD
from starter.doctor.checks import CheckResult
from starter.language.heard import heard
from starter.language.words import _
from workers.settings import Settings
from workers.store import store_of


def check_store(settings: Settings) -> list[CheckResult]:
    """Where letters are noted before they leave."""
    what = _("store")
    with closing(store_of(settings)) as store:
        try:
            tables = store.revision()
        except StoreFault as fault:
            to_do = _("no letter leaves without it: start the database, or set store and store_password_file")
            return [CheckResult("fault", what, heard(str(fault)), to_do)]
        if tables is None:
            return [CheckResult("ok", what, _("{place} (made by the first worker)", place=store.place))]
        if tables > HEAD:
            detail = _(
                "{place} was made by a newer release (its tables are {tables})", place=store.place, tables=tables
            )
            return [CheckResult("fault", what, detail, _("install that release"))]
        return [CheckResult("ok", what, store.place)]

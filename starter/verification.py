"""``kantadesk evidence verify``: a bundle offline, or a case compared with the process that is running it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.lists import some
from starter.language.words import N_, _, n_
from starter.terminal.needed import NeededArgument
from starter.terminal.output import json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from temporalio.client import Client

    from activities.evidence.check import Examination
    from starter.client.names import Process
    from starter.evidence import Whose
    from workers.settings import Settings

SHORTEST_HEAD = 16
"""Characters of a head that may be typed instead of all 64."""
_SHOWN_AT_MOST = 5
WHOSE = {
    True: N_("a key of this installation"), False: N_("NOT a key of this installation"), None: N_("compare it"),
}  # fmt: skip


@click.command
@click.argument("what", cls=NeededArgument, metavar="FILE|FOLDER|REF", asks=N_("Which bundle, folder or reference?"))
@click.option("--signer", metavar="FINGERPRINT", help="Demand that this key, and no other, has signed it.")
@click.option("--head", metavar="SHA256", help="Demand that this line, as a letter or a history told it, is in it.")
@click.option(
    "--authority",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CERT.PEM",
    help="Certificate of the time-stamping authority that you trust.",
)
@click.option(
    "--process",
    type=WordOf(some(names.PROCESSES, "incident", "breach", "maintenance")),
    help="Of a REF: which; the incident, where there is one.",
)
@json_option
def verify(  # noqa: PLR0917  # click gives them by name
    what: str, signer: str | None, head: str | None, authority: Path | None, process: Process | None, as_json: bool
) -> None:
    r"""Check a bundle (zip or unpacked folder): every file is there, unchanged, in order and signed.

    That needs no Temporal and no network. With REF instead, the files of a case are compared with what its process has
    recorded: run it where the worker runs. Compare the fingerprint with what "kantadesk keys signing" shows there.

    \b
      kantadesk evidence verify INC-20261122-7F3K.zip
      kantadesk evidence verify INC-20261122-7F3K.zip --signer 1f3a-90c2-77e0-b1d4-5ac0-9e21-04bd-66f8
      kantadesk evidence verify INC-20261122-7F3K
    """
    from activities.evidence.check import examine
    from starter.client.client import talk
    from starter.client.meant import meant
    from starter.client.references import reference_named
    from starter.terminal.errors import Faulty, Wrong

    path, certificates = Path(what), authority.read_bytes() if authority else b""
    compared = not path.exists()
    if compared:
        if "/" in what or path.suffix == ".zip":
            raise Wrong(_("{what}: does not exist; name a file, a folder or a reference", what=what))
        reference = meant(reference_named(what), "incident", "breach", "maintenance")
        path, found = talk(lambda client, settings: _compared(client, settings, reference, process, certificates))
    else:
        found = examine(path, certificates)
    found.faults += _demanded(found, signer, head)
    answer = {"path": str(path), "unchanged": not found.faults, "faults": found.faults, "compared": compared}
    answer |= _told(found, _known())
    if as_json:
        say_json(answer)
    else:
        _show(what, answer)
    if found.faults:
        listed = "" if as_json else ": " + "; ".join(map(heard, found.faults))
        raise Faulty(_("{what} is not as it was made{listed}", what=what, listed=listed))


def refuse_differences(whose: Whose) -> None:
    """Raises ``Refused`` where the files of a case differ from what its process has recorded."""
    from starter.terminal.errors import Refused

    faults = _against_the_process(whose)[1].faults
    if faults:
        more = f" ({_('and {n} more', n=len(faults) - _SHOWN_AT_MOST)})" if len(faults) > _SHOWN_AT_MOST else ""
        raise Refused(
            _(
                "the files of {reference} differ from what was recorded: {faults}{more}. Nothing is handed out; "
                "keep {folder} as it is and look who changed it",
                reference=whose.reference,
                faults="; ".join(map(heard, faults[:_SHOWN_AT_MOST])),
                more=more,
                folder=whose.folder,
            )
        )


async def _compared(
    client: Client, settings: Settings, text: str, wanted: Process | None, certificates: bytes
) -> tuple[Path, Examination]:
    from starter.evidence import whose_evidence
    from workers.keys.signing import known_signers

    path, found = _against_the_process(await whose_evidence(client, settings, text, wanted), certificates)
    known = {each.public for each in known_signers(settings.signing_key_file)}
    found.faults += [
        _("signed by a key that is not of this installation ({key})", key=key) for key in set(found.signers) - known
    ]
    return path, found


def _against_the_process(whose: Whose, certificates: bytes = b"") -> tuple[Path, Examination]:
    """What is wrong with the files of a case, by its process; of a closed one also with the bundle."""
    from activities.evidence.check import Examination, examine
    from activities.evidence.live import differences
    from starter.evidence import made_at_closing
    from starter.views.tables import path_of

    chain, faults = differences(whose.folder, whose.status.model_dump(mode="json"), whose.witness)
    found, path = Examination(chain=chain, is_chained=bool(chain.entries)), whose.folder
    if bundle := made_at_closing(whose.status):
        path = Path(path_of(bundle))
        found = examine(path, certificates)
        if _sum(path) != bundle.sha256:
            found.faults.append(
                _(
                    "{name}: is not the one that the process recorded (SHA-256 {sha256})",
                    name=path.name,
                    sha256=bundle.sha256,
                )
            )
    found.faults += [fault for fault in faults if fault not in found.faults]
    return path, found


def _sum(path: Path) -> str:
    from activities.evidence.case_folder import sha256_of

    try:
        return sha256_of(path)
    except OSError:
        return ""


def _demanded(found: Examination, signer: str | None, head: str | None) -> list[str]:
    """What the options demand and the evidence does not hold."""
    from activities.evidence.signature import fingerprint

    faults = []
    if signer is not None:
        others = [key for key in map(fingerprint, found.signers) if key != signer.lower()]
        if not found.signers:
            faults.append(_("nothing in it is signed"))
        faults += [_("it is signed by {other}, not by {signer}", other=other, signer=signer) for other in others]
    if head is not None:
        wanted = head.lower()
        heads = [entry.head().sha256 for entry in found.chain.entries]
        if len(wanted) < SHORTEST_HEAD or not any(each.startswith(wanted) for each in heads):
            faults.append(f"its chain has no line with the SHA-256 {head}")
    return faults


def _known() -> set[str]:
    """The public keys of this installation, where it has any."""
    from starter.client.configuration import settings_in_force
    from workers.keys.signing import known_signers

    try:
        return {each.public for each in known_signers(settings_in_force().signing_key_file)}
    except click.ClickException:  # a bundle is verified anywhere, whatever settings lie around
        return set()


def _told(found: Examination, known: set[str]) -> dict[str, Any]:
    """What is known of the evidence, for programs."""
    from activities.evidence.signature import fingerprint

    manifest = found.manifest
    kinds: Counter[str] = Counter(entry.kind for entry in found.chain.latest().values())
    if not found.is_chained and manifest:
        kinds = Counter(file.path.partition("/")[0].removesuffix("s") for file in manifest.files if "/" in file.path)
    head = found.chain.head
    return {
        "case": {"reference": manifest.reference, "process": manifest.process} if manifest else None,
        "made_at": manifest.made_at if manifest else None,
        "counts": {name: kinds[name] for name in ("document", "message", "journal")},
        "later": found.later,
        "chain": {"length": head.length, "sha256": head.sha256} if head else None,
        "signers": [
            {"fingerprint": fingerprint(key), "known": key in known if known else None} for key in found.signers
        ],
        "time": found.stamp._asdict() if found.stamp else None,
        "not_stamped": manifest.not_stamped if manifest else "",
    }


def _show(what: str, told: dict[str, Any]) -> None:
    if told["unchanged"] and told["compared"]:
        say(_("{what}: complete and unchanged, and as its process has recorded it.", what=what))
    elif told["unchanged"]:
        say(_("{what}: complete and unchanged.", what=what))
    counts = told["counts"]
    files = [
        n_("{n} document", "{n} documents", counts["document"]),
        n_("{n} message", "{n} messages", counts["message"]),
        n_("{n} part of the journal", "{n} parts of the journal", counts["journal"]),
    ]
    later = n_("{n} file came after the bundle", "{n} files came after the bundle", told["later"])
    facts = [(_("Case"), _case(told)), (_("Files"), ", ".join(files) + (f"; {later}" if told["later"] else ""))]
    if told["chain"] is None:
        facts.append((_("Chain"), _("none, as in releases before 0.3: neither order nor signer can be told")))
    else:
        lines = n_("{n} line", "{n} lines", told["chain"]["length"])
        facts.append((_("Chain"), _("{lines}, the last {sha256}", lines=lines, sha256=told["chain"]["sha256"])))
        facts += [(_("Signed"), f"{each['fingerprint']} ({_(WHOSE[each['known']])})") for each in told["signers"]]
        if not told["signers"]:
            facts.append((_("Signed"), _("by nobody: there was no signing key")))
        facts.append((_("Time"), _time(told)))
    for label, text in facts:
        if text:
            say(f"  {label:<12} {text}")


def _case(told: dict[str, Any]) -> str:
    if not told["case"]:
        return ""
    whose = names.process(f"{told['case']['process']} {told['case']['reference']}")
    return _("{process}, bundled {moment}", process=whose, moment=_moment(told["made_at"]))


def _time(told: dict[str, Any]) -> str:
    if stamp := told["time"]:
        authority = stamp["authority"] or _("the authority")
        said = _("{moment} at the latest, says {authority}", moment=_moment(stamp["at"]), authority=authority)
        return said if stamp["is_trusted"] else said + "; " + _("its certificate was not compared (--authority)")
    why = f" ({heard(told['not_stamped'])})" if told["not_stamped"] else ""
    return _("no time stamp{why}: the times are those of this installation's own clock", why=why)


def _moment(at: datetime) -> str:
    from starter.language.moments import written

    return written(at)

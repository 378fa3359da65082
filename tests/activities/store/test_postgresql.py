"""What only the store in PostgreSQL knows: passwords, a server that is started again, whose certificate is wanted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from activities.mail.ledger import SentLedger
from activities.mail.transport import LiveMail
from activities.store.port import StoreFault
from activities.store.postgresql import PostgresStore
from tests.activities.mail.post_office import RecordingTransport, letter
from tests.activities.mail.room import room
from tests.postgresql import USER, Postgres
from workers.settings import SettingsError, load
from workers.store import store_of

PASSWORD = "correct horse"


def _one(store: Connection) -> int:
    return int(store.execute(text("select 1")).scalar_one())


def test_the_password_comes_from_its_file_and_stands_in_no_fault(postgres: Postgres, tmp_path: Path) -> None:
    postgres.say(f"create role desk login password '{PASSWORD}'")
    postgres.require_password("desk")
    address = postgres.database().replace(f"{USER}@", "desk@")
    postgres.say("grant all on schema public to desk", address.rpartition("/")[2])
    file = tmp_path / "password"
    settings = load({}, data_dir=tmp_path, store=address, store_password_file=file)
    with pytest.raises(StoreFault, match=r"store_password_file: .* can't be read"):
        store_of(settings).read(_one)
    file.write_text("wrong horse", encoding="utf-8")
    with pytest.raises(StoreFault, match="password authentication failed") as fault:
        store_of(settings).read(_one)
    assert "horse" not in str(fault.value)
    assert "\n" not in str(fault.value)
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    store = store_of(settings)
    assert store.read(_one) == 1
    assert PASSWORD not in store.place
    store.close()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://desk:secret@db.example/desk", "must hold no password"),
        ("postgresql://desk@db.example/desk?password=secret", "must hold no password"),
        ("postgresql://db.example", "must be an address such as"),
        ("postgresql://desk@db.example:port/desk", "must be an address such as"),
        ("mysql://desk@db.example/desk", "must be an address such as"),
        ("data/kantadesk.db", "must be an address such as"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=why) as fault:
        load({"KANTADESK_STORE": address}, data_dir=tmp_path)
    assert "secret" not in str(fault.value)


def test_beyond_this_machine_the_server_shows_whose_it_is() -> None:
    for there in ("db.example", "10.0.0.7"):
        assert "sslmode=verify-full" in PostgresStore(f"postgresql://desk@{there}/desk").place
    for here in ("127.0.0.1", "localhost", ""):
        assert "sslmode" not in PostgresStore(f"postgresql://desk@{here}/desk").place
    own = PostgresStore("postgresql://desk@db.example/desk?sslmode=verify-full&sslrootcert=/etc/ours.pem")
    assert "sslrootcert=%2Fetc%2Fours.pem" in own.place


def test_after_the_server_was_started_again_the_same_worker_lives_on(postgres: Postgres) -> None:
    address = postgres.database()
    one, other = PostgresStore(address), PostgresStore(address)
    number = one.worker()
    assert other.is_alive(number)
    postgres.start_again()
    assert one.worker() == number
    assert other.is_alive(number)
    for store in (one, other):
        store.close()


async def test_a_server_that_is_started_again_while_a_letter_is_at_the_provider_doubles_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    class StartsItAgain(RecordingTransport):
        async def deliver(self, mail: LiveMail) -> str:
            postgres.start_again()
            return await super().deliver(mail)

    store = PostgresStore(postgres.database())
    transport, ledger = StartsItAgain(), SentLedger(store)
    sent = await room(tmp_path, transport, ledger).send_letter(letter())
    assert await room(tmp_path / "other", transport, ledger).send_letter(letter()) == sent
    assert len(transport.messages) == 1
    assert sent.detail == "accepted by the recorder as R-1"
    store.close()


async def test_an_answer_is_noted_as_soon_as_the_store_is_back(postgres: Postgres) -> None:
    """The store is away when the answer comes: nobody can be asked, and nothing is given up."""
    store, tries = PostgresStore(postgres.database()), []

    def note() -> int:
        tries.append(1)
        if len(tries) == 1:
            postgres.stop()
            with pytest.raises(StoreFault):
                store.read(_one)
            postgres.start()
            raise StoreFault("away")
        return store.read(_one)

    assert await SentLedger.at_once(partial(note)) == 1
    assert len(tries) == 2
    store.close()

"""Whom a connection trusts, with the certificates of this system and with some that are made up."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
import truststore

from atz_desktop.api.errors import Cause, NotSent
from atz_desktop.api.network import tls_context
from tests.api.fakes import ACTIVITY
from tests.api.servers import answer, asked, serving
from tests.api.test_sockets import UNTRUSTED, client_at

ATZ = "https://api.atzcrm.com"
Trust = Callable[[], None]

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="the system itself checks each server"
)


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trust:
    """Has the system trust the server of the tests; until it is called, it trusts others."""
    file, folder = tmp_path / "certificates.pem", tmp_path / "none"
    folder.mkdir()
    file.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))

    def learn() -> None:
        before = file.stat().st_mtime_ns
        file.write_bytes(UNTRUSTED.read_bytes())
        os.utime(file, ns=(before + 1, before + 1))

    return learn


def test_certificates_are_read_once_and_before_the_first_connection(trust: Trust) -> None:
    trust()
    context = tls_context(ATZ)
    assert context.cert_store_stats()["x509"] == 1
    assert tls_context("https://api.example.com") is context
    wrapped = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    assert wrapped.context is context
    assert context.cert_store_stats()["x509"] == 1


def test_a_context_checks_whose_certificate_it_is(trust: Trust) -> None:
    trust()
    context = tls_context(ATZ)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_where_openssl_finds_no_certificates_the_usual_places_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "stale"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert type(tls_context(ATZ)) is truststore.SSLContext


def test_without_encryption_nobody_is_trusted_and_nothing_is_read() -> None:
    assert tls_context("http://127.0.0.1:80").cert_store_stats()["x509"] == 0


async def test_a_certificate_that_the_system_learned_to_trust_is_accepted_at_the_next_try(
    trust: Trust,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(ACTIVITY))
        await writer.drain()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(UNTRUSTED)
    async with serving(talk, tls) as server:
        client = client_at(f"https://localhost:{server.port}")
        with pytest.raises(NotSent) as caught:
            await client.get_activity(42)
        assert caught.value.cause is Cause.CERTIFICATE
        trust()
        assert (await client.get_activity(42))["id"] == 42
        await client.close()

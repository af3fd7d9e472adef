"""A web server before the dashboard as far as it matters here: it ends HTTPS, with a certificate made for the test."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@contextmanager
def https_before(port: int, to: int, folder: Path) -> Iterator[ssl.SSLContext]:
    """Serves https://localhost:`port` from http://127.0.0.1:`to`; gives what a browser has to trust."""
    file = _certificate(folder)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(file)
    started: Future[Callable[[], object]] = Future()
    thread = Thread(target=lambda: asyncio.run(_serve(port, to, ours, started)), daemon=True)
    thread.start()
    stop = started.result(30)
    try:
        yield ssl.create_default_context(cafile=str(file))
    finally:
        stop()
        thread.join(30)


async def _serve(port: int, to: int, ours: ssl.SSLContext, started: "Future[Callable[[], object]]") -> None:
    kept_open: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", to)
        kept_open.extend((writer, inner_writer))
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    loop, is_over = asyncio.get_running_loop(), asyncio.Event()
    server = await asyncio.start_server(answer, "127.0.0.1", port, ssl=ours)
    started.set_result(lambda: loop.call_soon_threadsafe(is_over.set))
    await is_over.wait()
    server.close()
    for writer in kept_open:  # what browsers keep open
        writer.transport.abort()
    await asyncio.sleep(0.2)  # for the loop to let their sockets go


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()


def _certificate(folder: Path) -> Path:
    """A key and a certificate of its own for localhost, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "localhost.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file

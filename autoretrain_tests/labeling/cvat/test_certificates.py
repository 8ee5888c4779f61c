"""A server behind TLS: trusted by its certificate, by a file of the settings, or not at all."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.failures import Unreachable


class About(BaseHTTPRequestHandler):
    """Says its version, to whatever it is asked."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "2.73.0"}')

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def certificate(tmp_path):
    """A certificate that signed itself, for loopback; its key stands in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def url(certificate):
    server = HTTPServer(("127.0.0.1", 0), About)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_way_out(url):
    with pytest.raises(Unreachable, match=r"certificate that is not trusted .* name labeling\.cvat\.ca_file"):
        Connection(Cvat(url=url, retries=0, timeout_s=5)).about()


def test_a_file_of_the_settings_vouches_for_it(url, certificate):
    assert Connection(Cvat(url=url, retries=0, timeout_s=5, ca_file=certificate)).about().version == "2.73.0"


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_whoever_says_so_takes_any(url):
    assert Connection(Cvat(url=url, retries=0, timeout_s=5, verify_tls=False)).about().version == "2.73.0"


def test_a_file_that_is_not_there_is_told(url, tmp_path):
    with pytest.raises(Unreachable, match="ca_file"):
        Connection(Cvat(url=url, retries=0, timeout_s=5, ca_file=tmp_path / "none.pem")).about()

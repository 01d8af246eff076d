"""Where a node connects to: the public internet, and nothing else; or, for tests, this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import aiohttp
import pytest
from yarl import URL

from node.errors import FetchRefused
from node.transport.guard import AddressRefused, Guard, is_open

OPEN = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255",
    "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
    "198.20.0.0", "223.255.255.255",
    "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "2001:200::1", "2400::1",
    "3ffe::1", "2003::1",
]  # fmt: skip
CLOSED = [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
    "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255",
    "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.0.170", "192.0.2.0",
    "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
    "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
    "203.0.113.255", "224.0.0.0", "224.0.0.1", "239.255.255.255", "240.0.0.0",
    "255.255.255.254", "255.255.255.255",
    "::", "::1", "::2",
    "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",  # mapped
    "::8.8.8.8", "::127.0.0.1",  # compatible
    "::ffff:0:8.8.8.8", "::ffff:0:127.0.0.1",  # translated, RFC 2765
    "64:ff9b::8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b:1::8.8.8.8",  # NAT64
    "100::1",  # discarded
    "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff::1",
    "2001:db8::1", "2001:db8:ffff::1",
    "2002::1", "2002:7f00:1::1", "2002:808:808::1",  # 6to4
    "3fff::1", "3fff:fff::1",
    "5f00::1", "fc00::1", "fd00::1", "fdff:ffff::1", "fe80::1", "fe80::1%1", "fe80::1%eth0",
    "febf::1", "fec0::1", "ff02::1", "ff0e::1", "ffff::1", "4000::1", "1fff::1",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_open(address: str) -> None:
    """What lies beside each closed block is open."""
    Guard(insecure_loopback=False).check_address(address)


@pytest.mark.parametrize("address", CLOSED)
def test_other_addresses_are_closed(address: str) -> None:
    """First and last of each block that is not the public internet's, and every form that hides
    an IPv4 address in an IPv6 one."""
    assert not is_open(ipaddress.ip_address(address))
    with pytest.raises(AddressRefused):
        Guard(insecure_loopback=False).check_address(address)


@pytest.mark.parametrize("address", [*OPEN, *CLOSED])
def test_a_node_for_tests_reaches_this_machine_alone(address: str) -> None:
    """With `insecure_loopback` 127.0.0.0/8 and ::1 are open, in this spelling, and nothing else."""
    guard = Guard(insecure_loopback=True)
    if address.startswith("127.") or address == "::1":
        guard.check_address(address)
    else:
        with pytest.raises(AddressRefused):
            guard.check_address(address)


@pytest.mark.parametrize("nothing", ["", "localhost", "127.1", "0x7f000001", "::g", "1.2.3.4/8"])
def test_what_is_no_address_is_refused(nothing: str) -> None:
    """The guard judges addresses, not names."""
    for loopback in (False, True):
        with pytest.raises(AddressRefused):
            Guard(insecure_loopback=loopback).check_address(nothing)


def test_the_socket_is_made_for_open_addresses_only() -> None:
    """The last place before dialling looks again."""
    guard = Guard(insecure_loopback=False)
    stream, tcp = socket.SOCK_STREAM, socket.IPPROTO_TCP
    made = guard.socket((socket.AF_INET, stream, tcp, "", ("8.8.8.8", 443)))
    made.close()
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 443)),
        (socket.AF_INET6, ("::ffff:127.0.0.1", 443, 0, 0)),
        (socket.AF_INET6, ("fe80::1", 443, 0, 2)),
        (socket.AF_INET6, ("2606:4700::1111", 443, 0, 2)),
    ):
        with pytest.raises(AddressRefused):
            guard.socket((family, stream, tcp, "", address))


SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001",
    "2130706433", "017700000001", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "0.0.0.0", "0",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "10.0.0.1", "169.254.169.254",
    "[fe80::1%25lo]", "[::1%25lo]",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_this_machine_is_dialled(host: str) -> None:
    """Whatever aiohttp, the resolver and the system make of a literal, the guard stands behind
    them: nobody connects to this machine."""
    connected = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    guard = Guard(insecure_loopback=False)
    connector = aiohttp.TCPConnector(socket_factory=guard.socket)
    timeout = aiohttp.ClientTimeout(total=3.0)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            with pytest.raises((aiohttp.ClientError, OSError, ValueError, TimeoutError)):
                await session.get(URL(f"http://{host}:{port}/", encoded=True))
    finally:
        server.close()
        await server.wait_closed()
    assert not connected.is_set()


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.Example/P", "https://a.example/P"),
        ("HTTPS://a.example:443/p", "https://a.example/p"),
        ("https://a.example:8443/p?q=1#f", "https://a.example:8443/p?q=1"),
        ("https://a.example/p#", "https://a.example/p"),
        ("https://bücher.example/é?ü=1", "https://xn--bcher-kva.example/%C3%A9?%C3%BC=1"),
        ("https://a.example/a%20b%2F", "https://a.example/a%20b%2F"),
        ("https://a.example/@zoe;x=1,2", "https://a.example/@zoe;x=1,2"),
    ],
)
def test_addresses_are_sent_in_one_form(written: str, sent: str) -> None:
    """Lower case, punycode, no default port, no fragment: what is signed is what is sent."""
    guard = Guard(insecure_loopback=False)
    assert guard.check_url(written) == sent
    assert guard.check_url(sent) == sent


@pytest.mark.parametrize(
    "address",
    [
        "", "a.example", "//a.example/", "http://a.example/", "ftp://a.example/",
        "file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x", "https://",
        "https:///p", "https://user@a.example/", "https://user:word@a.example/",
        "https://a.example\\@b.example/", "https://a.example:0x50/", "https://a.example:99999/",
        "https://a.example:-1/", "https://a..example/", "https://[::1/",
        "https://a.example\r\nHost: b/", "https://a b.example/", "https://" + "a" * 600 + "/",
        "https://a.example%00.b.example/", "https://a.example%2f@b/", "https://[::1%25lo]/",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_refused(address: str) -> None:
    """https to a plain host, and nothing else."""
    with pytest.raises(FetchRefused):
        Guard(insecure_loopback=False).check_url(address)


@pytest.mark.parametrize(
    "path", ["/a b", "/a\tb", "/a\r\nX: y", "/a\nb", '/"', "/\\", "/\x7f", "/é"]
)
def test_no_path_breaks_out_of_its_line(path: str) -> None:
    """Whatever stands in a path or a query, one line in ASCII is sent."""
    guard = Guard(insecure_loopback=False)
    for address in (f"https://a.example{path}", f"https://a.example/?{path}"):
        try:
            sent = guard.check_url(address)
        except FetchRefused:
            continue
        assert sent.isascii()
        assert sent.isprintable()
        assert " " not in sent

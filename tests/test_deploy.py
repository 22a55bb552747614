"""The examples in `deploy`: they agree with the program, and with the programs that read them where these are here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from milepost.cli import limits, main, serving
from milepost.cli.workers import _LIMIT
from milepost.config import from_environment, unknown
from milepost.dialects.gtmhub import gate

DEPLOY = Path(__file__).parent.parent / "deploy"
SERVICE = (DEPLOY / "milepost.service").read_text(encoding="utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
CADDY = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

PORT = str(next(one.default for one in serving.serve.params if one.name == "port"))


def parsed(words: list[str]) -> dict[str, object]:
    """What the program makes of a command line that serves."""
    assert words[0] == "serve"
    return serving.serve.make_context("serve", words[1:], parent=click.Context(main)).params


def test_the_service_runs_a_command_that_there_is() -> None:
    (line,) = re.findall(r"^ExecStart=\S+/milepost (.+)$", SERVICE, re.MULTILINE)
    options = parsed(shlex.split(line))
    assert (options["host"], str(options["port"])) == ("127.0.0.1", PORT)
    (limit,) = re.findall(r"^TimeoutStopSec=(\d+)$", SERVICE, re.MULTILINE)
    assert int(limit) > _LIMIT
    settings = dict(re.findall(r"^Environment=(MILEPOST_\w+)=(.+)$", SERVICE, re.MULTILINE))
    assert unknown(settings)[0] == []
    folder = re.findall(r"^StateDirectory=(.+)$", SERVICE, re.MULTILINE)
    assert from_environment(settings).database == f"sqlite:////var/lib/{folder[0]}/milepost.db"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_takes_the_service_and_finds_it_safe(tmp_path: Path) -> None:
    unit = tmp_path / "milepost.service"
    # A program that is there, in place of the one that is not installed here.
    unit.write_text(SERVICE.replace("/opt/milepost/bin/milepost", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    assert str(unit) not in verified.stderr, verified.stderr
    assert verified.returncode == 0, verified.stderr
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)]
    rated = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert rated.returncode == 0, rated.stdout + rated.stderr


def test_the_proxies_lead_to_the_program_s_port() -> None:
    assert f"server 127.0.0.1:{PORT};" in NGINX
    assert f"reverse_proxy 127.0.0.1:{PORT} " in CADDY
    # Of Caddy's units, MB is a million.
    for limit in (re.search(r"client_max_body_size (\d+)m;", NGINX), re.search(r"max_size (\d+)MiB", CADDY)):
        assert limit is not None
        assert int(limit[1]) << 20 == gate.BODY_LIMIT
    # The first line of a request has to fit into one of these.
    assert f"large_client_header_buffers 4 {limits.TARGET_BYTES >> 10}k;" in NGINX
    # A connection that Milepost has closed meanwhile would cost a change its answer.
    for kept in (re.search(r"keepalive_timeout (\d+)s;", NGINX), re.search(r"\tkeepalive (\d+)s\n", CADDY)):
        assert kept is not None
        assert int(kept[1]) < limits.IDLE_SECONDS
    assert "/readyz" in CADDY
    assert "$request_uri" not in NGINX.partition("server {")[0], "the log holds no query"


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not on this machine")
def test_nginx_takes_its_example(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=okr.example.com",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    example = re.sub(r"(ssl_certificate\s+)\S+;", rf"\g<1>{certificate};", NGINX)
    example = re.sub(r"(ssl_certificate_key\s+)\S+;", rf"\g<1>{key};", example)
    example = example.replace("/var/log/nginx/", f"{tmp_path}/")
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "access_log off; " + " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    whole.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/errors; events {{}} http {{ {own} {example} }}")
    command = ["nginx", "-t", "-p", str(tmp_path), "-c", str(whole)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not on this machine")
def test_caddy_takes_its_example(tmp_path: Path) -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert found.returncode == 0, found.stderr


def test_the_container_runs_a_command_that_there_is() -> None:
    (words,) = re.findall(r"^CMD \[(.+)\]$", CONTAINER, re.MULTILINE)
    options = parsed([word.strip(' "') for word in words.split(",")])
    assert (options["host"], str(options["port"])) == ("0.0.0.0", PORT)
    assert f"EXPOSE {PORT}\n" in CONTAINER
    assert f"127.0.0.1:{PORT}/healthz" in CONTAINER
    settings = dict(re.findall(r"(MILEPOST_\w+)=(\S+)", CONTAINER))
    assert unknown(settings)[0] == []
    for copied in re.findall(r"^COPY (?!--)(.+) \S+$", CONTAINER, re.MULTILINE):
        assert all((DEPLOY.parent / name).exists() for name in copied.split())
    assert "USER milepost\n" in CONTAINER
    assert "--require-hashes" in CONTAINER

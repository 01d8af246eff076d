"""`entraide init`: writes a commented file of settings and makes the database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from node.cli.ports import Root
from node.cli.run import fail, run
from node.config import build, load
from node.errors import ConfigError

TEMPLATE = """\
# Entraide : les réglages de ce nœud. Chaque ligne commentée montre la valeur par défaut.
# Toute valeur peut aussi être donnée par une variable ENTRAIDE_<TABLE>_<NOM>.

[node]
# Ce qui suit @nom@ dans les adresses. Il ne change plus une fois le nœud connu d'autres.
domain = {domain}
# Le nom du quartier, tel que les gens le disent.
name = {name}
# Le centre du quartier, et le rayon en mètres de son territoire.
latitude = {latitude}
longitude = {longitude}
radius_m = {radius}
# Ou bien le contour exact, dans un fichier GeoJSON (il l'emporte sur le cercle).
# territory_geojson = "quartier.geojson"
# La base de toutes les adresses ; par défaut https:// et le domaine.
{public_url}
# Où sont la base de données et les fichiers, à partir de ce fichier-ci.
data_dir = {data_dir}
# Le fuseau horaire du quartier.
# time_zone = "Europe/Paris"
# languages = ["fr", "en"]
# contact_email = ""
# Les règles de la maison, une phrase chacune ; les applications les montrent.
# rules = []
# Comment on devient membre : "invitation", "request" (aussi sur demande) ou "closed".
# joining = "request"
# Qui lit les annonces sur le site : "everybody" ou "members" (les membres seulement).
# public_pages = "everybody"
# La médiation relit-elle d'abord ce que publient les nouveaux venus, pendant combien de jours ?
# review_newcomers = false
# newcomer_days = 30

[server]
# Où le programme écoute ; un serveur TLS (Caddy) se tient devant lui.
# host = "127.0.0.1"
# port = 8080
# Les adresses des serveurs mandataires dont les en-têtes Forwarded comptent.
# proxies = ["127.0.0.1", "::1"]

[database]
# SQLite dans data_dir, à moins d'une base PostgreSQL : "postgresql://utilisateur@hote/base"
# url = ""

[federation]
# Pour des essais sur cette machine seulement : adresses http en 127.0.0.0/8.
insecure_loopback = {loopback}
# Jusqu'où va la portée « wide », en mètres autour du lieu.
# wide_reach_m = 3000

[limits]
# rate_limits = true

[media]
# Les images, films et sons dans un stockage S3 (MinIO, Garage…), au lieu de data_dir :
# le programme s'installe alors avec entraide[s3].
# bucket = ""
# endpoint = "https://s3.example.org"
# region = "us-east-1"
# prefix = ""
# access_key = ""
# secret_key = ""

[map]
# Le fond de la carte ; sans lui, elle montre les quartiers et les annonces seuls.
# tiles = "https://tuiles.example.org/{{z}}/{{x}}/{{y}}.png"
# attribution = "© les contributeurs d'OpenStreetMap"
# max_zoom = 19

[mail]
# Le serveur SMTP par lequel partent les lettres ; sans lui, aucune ne part.
# host = ""
# port = 587
# security = "starttls"
# username = ""
# password = ""
# L'adresse de l'expéditeur ; par défaut entraide@ et le domaine.
# sender = ""
# L'heure de la lettre du jour.
# digest_hour = 18

[retention]
# Ce qui s'efface tout seul, en jours.
# closed_proposals_days = 365
# read_notifications_days = 90

[accessibility]
# La déclaration d'accessibilité : qui répond du site, et un audit selon le RGAA s'il y en a eu un.
# entity = ""
# audited_on = "2027-03-01"
# audited_by = ""
# percent = 0
# failings = []

[log]
# level = "INFO"
"""


@click.command("init")
@click.option(
    "--config", "config", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="Le fichier à écrire.",
)  # fmt: skip
@click.option("--domain", required=True, help="HOTE ou HOTE:PORT, ce qui suit @nom@.")
@click.option("--name", required=True, help="Le nom du quartier.")
@click.option("--lat", type=float, required=True)
@click.option("--lon", type=float, required=True)
@click.option("--radius", type=int, default=800, show_default=True, help="En mètres.")
@click.option("--data-dir", default=None, help="Par défaut, « data » à côté du fichier.")
@click.option("--public-url", default="", help="Par défaut, https:// et le domaine.")
@click.option("--insecure-loopback", is_flag=True, help="Essais sur cette machine seulement.")
@click.option("--force", is_flag=True, help="Remplacer un fichier qui existe.")
@click.pass_context
def init(
    context: click.Context,
    config: Path,
    domain: str,
    name: str,
    lat: float,
    lon: float,
    radius: int,
    data_dir: str | None,
    public_url: str,
    insecure_loopback: bool,
    force: bool,
) -> None:
    """Écrire les réglages d'un nouveau nœud et préparer sa base de données."""
    if config.exists() and not force:
        fail(ConfigError(f"Le fichier {config} existe déjà : --force le remplace."))
    directory = config.resolve().parent
    data = "data" if data_dir is None else str(Path(data_dir).resolve())
    quoted = json.dumps  # TOML's basic strings are JSON's
    text = TEMPLATE.format(
        domain=quoted(domain, ensure_ascii=False),
        name=quoted(name, ensure_ascii=False),
        latitude=lat,
        longitude=lon,
        radius=radius,
        public_url=f"public_url = {quoted(public_url)}" if public_url else '# public_url = ""',
        data_dir=quoted(data, ensure_ascii=False),
        loopback=str(insecure_loopback).lower(),
    )
    raw = {
        "node": {
            "domain": domain,
            "name": name,
            "latitude": lat,
            "longitude": lon,
            "radius_m": radius,
            "public_url": public_url,
            "data_dir": data,
        },
        "federation": {"insecure_loopback": insecure_loopback},
    }
    try:
        build(raw, directory=str(directory))
        directory.mkdir(parents=True, exist_ok=True)
        config.write_text(text, encoding="utf-8")
        settings = load(config)
    except ConfigError as error:
        fail(error)
    except OSError as error:
        fail(ConfigError(f"Le fichier {config} ne peut pas être écrit : {error}"))
    root: Root = context.obj

    async def prepare() -> None:
        async with root.session(settings):
            pass

    run(prepare())
    click.echo(f"Réglages : {config}")
    click.echo(f"Données : {settings.data_dir}")
    click.echo(f"Adresse : {settings.base_url}  (@quartier@{domain})")
    click.echo(f"Ensuite : entraide account create NOM --email … --role admin --config {config}")
    click.echo(f"     puis : entraide serve --config {config}")

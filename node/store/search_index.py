"""What proposals are found by: the columns beside a proposal, and the full text index of its
words, which the database keeps by itself (migration 0003).

Only what is listed now is in the index: triggers (SQLite) or its condition (PostgreSQL) see to it
whoever writes. Words are folded before they are written, so that both databases find the same.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from node.activitypub.html import plain_text
from node.aid.nearby import cell_at
from node.aid.proposals import Proposal
from node.aid.searching import Asked, words_for
from node.store import word_index
from node.store.tables import names, objects, proposals, texts
from node.store.tables.help import LISTED
from node.store.transaction import Dialect, Transaction
from node.store.word_index import index_of

BELL: Final = "matching"
MERGED: Final = 500
"""Pages of an index that are merged at once."""

_CONTENT = sa.select(objects.c.content).where(objects.c.id == sa.bindparam("id"))


def columns(tx: Transaction, proposal: Proposal) -> dict[str, Any]:
    """The columns that go with a proposal whenever it is written; its object must be there.

    Whoever looks for partners (`jobs.matching`) is woken."""
    content = ""
    if not proposal.text:  # one from elsewhere: its text is in the HTML that came
        content = plain_text(tx.scalar(_CONTENT, {"id": proposal.id}) or "")
    tx.ring(BELL)
    return {
        "words": words_for(proposal, content),
        "cell_7": cell_at(proposal.cell, 7),
        "cell_5": cell_at(proposal.cell, 5),
        "to_match": True,
    }


def listed(dialect: Dialect) -> sa.ColumnElement[bool]:
    """That a proposal is listed, in the words of the indexes of what is."""
    # Without a type: as a Boolean SQLite would be asked for `… = 1`, and use no index.
    return sa.literal_column(f"({_listed(dialect)})")


def _listed(dialect: str, table: str = "proposals") -> str:
    said = LISTED.replace("shown", f"{table}.shown").replace("state", f"{table}.state")
    return said.replace("IS true", "IS 1") if dialect == "sqlite" else said


def found_by(dialect: Dialect, question: Asked) -> sa.ColumnElement[bool]:
    """That a listed proposal answers a question: by the full text index."""
    if dialect == "sqlite":
        matching = sa.text("SELECT rowid FROM proposal_words WHERE proposal_words MATCH :asked")
        return proposals.c.object_id.in_(matching.bindparams(asked=word_index.fts5(question)))
    return sa.literal_column("proposals.words_found", sa.Text).op("@@")(
        sa.func.to_tsquery(sa.literal_column("'simple'"), word_index.tsquery(question))
    )


def matching(question: Asked) -> sa.ColumnElement[bool]:
    """Of a row of FTS5's table itself, for SQLite."""
    return sa.literal_column("proposal_words").op("MATCH", is_comparison=True)(
        word_index.fts5(question)
    )


def found_anywhere(question: Asked) -> sa.ColumnElement[bool]:
    """The same of what is not listed and so not in the index: for one person's own, or for the
    few that mediators removed."""
    padded = sa.literal(" ").concat(proposals.c.words).concat(" ")
    conditions = [padded.contains(f" {word} ", autoescape=True) for word in question.words]
    if question.last is not None:
        start, whole = question.last
        conditions.append(
            sa.or_(
                padded.contains(f" {start}", autoescape=True),
                padded.contains(f" {whole} ", autoescape=True),
            )
        )
    return sa.and_(sa.true(), *conditions)


def tidy(tx: Transaction) -> None:
    """Words that were taken out leave the file, too: FTS5 keeps them until its parts are merged."""
    if tx.dialect == "sqlite":
        tx.execute(sa.text("INSERT INTO proposal_words (proposal_words) VALUES ('optimize')"))
        for index in (index_of(texts), index_of(names)):  # they are longer: some pages at a time
            merge = f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {MERGED})"  # noqa: S608
            tx.execute(sa.text(merge))


# ── for the migration, and for whoever makes the table anew ──────────────────────────────────

OWN: Final = (
    *("proposal_words", "ix_proposals_words_found", "words_found"),
    *(part for table in (texts, names) for part in (index_of(table), f"ix_{index_of(table)}")),
)
"""Names that the database has and `store.tables` does not: they differ between the databases."""


def is_ours(name: str | None) -> bool:
    """Whether a table, index or column belongs to the full text index."""
    return name is not None and name.startswith(OWN)


def ddl(dialect: str) -> tuple[str, ...]:
    """The statements that make the index."""
    if dialect == "postgresql":
        # Without fastupdate: proposals are read far more than written, and the planner leaves
        # the index aside while words of late ones wait to be put in.
        return (
            "ALTER TABLE proposals ADD COLUMN words_found tsvector "
            "GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED",
            "CREATE INDEX ix_proposals_words_found ON proposals USING gin (words_found) "
            f"WITH (fastupdate = off) WHERE {LISTED}",
        )
    old, new = _listed("sqlite", "old"), _listed("sqlite", "new")
    take_out = (
        "INSERT INTO proposal_words (proposal_words, rowid, words) "
        f"SELECT 'delete', old.object_id, old.words WHERE {old};"
    )
    put_in = (
        f"INSERT INTO proposal_words (rowid, words) SELECT new.object_id, new.words WHERE {new};"
    )
    return (
        "CREATE VIRTUAL TABLE proposal_words USING fts5(words, content='proposals', "
        "content_rowid='object_id', tokenize='unicode61 remove_diacritics 2', prefix='2 3 4', "
        "detail=none)",
        f"CREATE TRIGGER proposal_words_put AFTER INSERT ON proposals WHEN {new} "
        f"BEGIN {put_in} END",
        f"CREATE TRIGGER proposal_words_taken AFTER DELETE ON proposals WHEN {old} "
        f"BEGIN {take_out} END",
        "CREATE TRIGGER proposal_words_changed AFTER UPDATE OF words, state, shown ON proposals "
        f"WHEN old.words IS NOT new.words OR ({old}) IS NOT ({new}) "
        f"BEGIN {take_out} {put_in} END",
    )

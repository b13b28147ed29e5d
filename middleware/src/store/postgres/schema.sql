-- What Tashika keeps in PostgreSQL. `Postgres::migrate` runs this, where there is
-- no schema `tashika` yet; whoever lets no program create tables runs it instead:
--
--     psql --single-transaction --file schema.sql
--
-- The role of the services needs no more than
--
--     GRANT USAGE ON SCHEMA tashika TO services;
--     GRANT SELECT ON tashika.schema_version TO services;
--     GRANT SELECT, INSERT, UPDATE, DELETE ON tashika.kept TO services;

CREATE SCHEMA IF NOT EXISTS tashika;

CREATE TABLE tashika.schema_version (
    version integer PRIMARY KEY
);

-- Names are digests, clients keyed digests, and states sealed: nothing here tells
-- of a person without keys that are elsewhere.
CREATE TABLE tashika.kept (
    tenant  text     NOT NULL,
    -- 0 the state of a transaction, 1 the mark of something seen, 2 a session.
    kind    smallint NOT NULL,
    name    bytea    NOT NULL,
    client  bytea    NOT NULL,
    -- A seat among those of its client, and one among all. Two rows never have
    -- the same, so there are never more rows than seats.
    share   integer  NOT NULL,
    place   integer  NOT NULL,
    -- The last second at which it counts, and the last to which that can be put
    -- off: seconds since 1970, by the clocks of the services.
    expires bigint   NOT NULL,
    ends    bigint   NOT NULL,
    state   bytea    NOT NULL,
    -- Each begins with what its rows are looked for by, so that no other serves for
    -- that, not even where the database has no statistics.
    PRIMARY KEY (name, tenant, kind),
    UNIQUE (client, share, tenant, kind),
    UNIQUE (place, tenant, kind)
);

CREATE INDEX kept_expires ON tashika.kept (expires, tenant);

INSERT INTO tashika.schema_version (version) VALUES (1);

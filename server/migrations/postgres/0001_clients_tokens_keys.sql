-- What the server knows about itself, such as a value that only its own system secret opens.
-- Collation "C" orders ids by their bytes, as the other databases do.
CREATE TABLE hydra_property (
    name  VARCHAR(255) COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A row to lock: whoever must be the only one to do something writes it first.
INSERT INTO hydra_property (name, value) VALUES ('lock', '');

-- Lists are JSON arrays of strings. An empty secret_hash is no secret.
CREATE TABLE hydra_client (
    id             VARCHAR(255) COLLATE "C" NOT NULL PRIMARY KEY,
    client_name    TEXT NOT NULL,
    secret_hash    TEXT NOT NULL,
    redirect_uris  TEXT NOT NULL,
    grant_types    TEXT NOT NULL,
    response_types TEXT NOT NULL,
    scope          TEXT NOT NULL,
    owner          VARCHAR(255) COLLATE "C" NOT NULL,
    policy_uri     TEXT NOT NULL,
    tos_uri        TEXT NOT NULL,
    client_uri     TEXT NOT NULL,
    logo_uri       TEXT NOT NULL,
    contacts       TEXT NOT NULL,
    is_public      BIGINT NOT NULL
);

-- Clients that may administer everything.
CREATE TABLE hydra_administrator (
    client_id  VARCHAR(255) COLLATE "C" NOT NULL PRIMARY KEY,
    granted_at BIGINT NOT NULL,
    CONSTRAINT hydra_administrator_client
        FOREIGN KEY (client_id) REFERENCES hydra_client (id) ON DELETE CASCADE
);

-- Access tokens by signature; times are seconds since 1970.
CREATE TABLE hydra_access_token (
    signature  VARCHAR(255) COLLATE "C" NOT NULL PRIMARY KEY,
    request_id VARCHAR(255) COLLATE "C" NOT NULL,
    client_id  VARCHAR(255) COLLATE "C" NOT NULL,
    subject    VARCHAR(255) COLLATE "C" NOT NULL,
    scope      TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT hydra_access_token_client
        FOREIGN KEY (client_id) REFERENCES hydra_client (id) ON DELETE CASCADE
);
CREATE INDEX hydra_access_token_request ON hydra_access_token (request_id);
CREATE INDEX hydra_access_token_of_client ON hydra_access_token (client_id);
CREATE INDEX hydra_access_token_expiry ON hydra_access_token (expires_at);

-- key_data is a JSON Web Key, sealed under the system secret.
CREATE TABLE hydra_jwk (
    set_id     VARCHAR(255) COLLATE "C" NOT NULL,
    kid        VARCHAR(255) COLLATE "C" NOT NULL,
    key_data   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (set_id, kid)
);

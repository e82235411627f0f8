-- Questions to a person. request and decision are JSON; a decision is NULL until there is one, used_at
-- until the browser came back. Times are seconds since 1970.
CREATE TABLE hydra_consent_request (
    id         TEXT NOT NULL PRIMARY KEY,
    client_id  TEXT NOT NULL,
    request    TEXT NOT NULL,
    decision   TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    CONSTRAINT hydra_consent_request_client
        FOREIGN KEY (client_id) REFERENCES hydra_client (id) ON DELETE CASCADE
);
CREATE INDEX hydra_consent_request_of_client ON hydra_consent_request (client_id);
CREATE INDEX hydra_consent_request_expiry ON hydra_consent_request (expires_at);

-- Answers that are remembered. One without expires_at counts until it is revoked. There may be several of
-- one person for one client: each counts for what it grants.
CREATE TABLE hydra_remembered_consent (
    id                 TEXT NOT NULL PRIMARY KEY,
    client_id          TEXT NOT NULL,
    subject            TEXT NOT NULL,
    scope              TEXT NOT NULL,
    access_token_extra TEXT,
    id_token_extra     TEXT,
    granted_at         BIGINT NOT NULL,
    expires_at         BIGINT,
    CONSTRAINT hydra_remembered_consent_client
        FOREIGN KEY (client_id) REFERENCES hydra_client (id) ON DELETE CASCADE
);
CREATE INDEX hydra_remembered_consent_of_client ON hydra_remembered_consent (client_id);
CREATE INDEX hydra_remembered_consent_of_subject ON hydra_remembered_consent (subject, client_id);
CREATE INDEX hydra_remembered_consent_expiry ON hydra_remembered_consent (expires_at);

-- Who is logged in, by the signature of the cookie.
CREATE TABLE hydra_login_session (
    signature  TEXT NOT NULL PRIMARY KEY,
    subject    TEXT NOT NULL,
    auth_time  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX hydra_login_session_of_subject ON hydra_login_session (subject);
CREATE INDEX hydra_login_session_expiry ON hydra_login_session (expires_at);

-- Where the browser may be sent after a logout: a JSON array of strings.
ALTER TABLE hydra_client ADD COLUMN post_logout_redirect_uris TEXT NOT NULL DEFAULT '[]';

-- What people granted to clients. Everything issued on the strength of a grant goes with it, so
-- revoking is deleting. The extras are JSON objects; times are seconds since 1970.
--
-- A grant by the authorization code flow has the code in it, by signature: there is one code to a grant,
-- and a used one must be known for as long as the grant is, so that a second use is seen. kept_until is
-- how long the grant stays though there is no token: until its code expires, or not at all if there is no
-- code. Without it, because the code was used, the grant stays as long as its tokens.
CREATE TABLE hydra_grant (
    id                    VARCHAR(255) COLLATE "C" NOT NULL PRIMARY KEY,
    client_id             VARCHAR(255) COLLATE "C" NOT NULL,
    subject               VARCHAR(255) COLLATE "C" NOT NULL,
    scope                 TEXT NOT NULL,
    nonce                 TEXT,
    auth_time             BIGINT,
    access_token_extra    TEXT,
    id_token_extra        TEXT,
    created_at            BIGINT NOT NULL,
    code_signature        VARCHAR(255) COLLATE "C",
    code_expires_at       BIGINT,
    code_used_at          BIGINT,
    redirect_uri          TEXT,
    code_challenge        VARCHAR(255) COLLATE "C",
    code_challenge_method VARCHAR(255) COLLATE "C",
    kept_until            BIGINT,
    CONSTRAINT hydra_grant_client
        FOREIGN KEY (client_id) REFERENCES hydra_client (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX hydra_grant_code ON hydra_grant (code_signature);
CREATE INDEX hydra_grant_of_client ON hydra_grant (client_id);
CREATE INDEX hydra_grant_of_subject ON hydra_grant (subject, client_id);
CREATE INDEX hydra_grant_kept ON hydra_grant (kept_until);

-- One answer of the token endpoint is one row: the access token and, if there is one, the refresh token
-- that came with it. A refresh token without refresh_expires_at does not expire. kept_until is when
-- neither of the two is of use any more; without it the row stays as long as its grant.
ALTER TABLE hydra_access_token ADD COLUMN grant_id VARCHAR(255) COLLATE "C" REFERENCES hydra_grant (id) ON DELETE CASCADE;
ALTER TABLE hydra_access_token ADD COLUMN refresh_signature VARCHAR(255) COLLATE "C";
ALTER TABLE hydra_access_token ADD COLUMN refresh_expires_at BIGINT;
ALTER TABLE hydra_access_token ADD COLUMN refresh_used_at BIGINT;
ALTER TABLE hydra_access_token ADD COLUMN kept_until BIGINT;
UPDATE hydra_access_token SET kept_until = expires_at;
CREATE UNIQUE INDEX hydra_access_token_refresh ON hydra_access_token (refresh_signature);
CREATE INDEX hydra_access_token_of_grant ON hydra_access_token (grant_id);
CREATE INDEX hydra_access_token_kept ON hydra_access_token (kept_until);
-- Nothing looks tokens up by these any more.
DROP INDEX hydra_access_token_request;
DROP INDEX hydra_access_token_expiry;

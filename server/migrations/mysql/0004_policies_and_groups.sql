-- Access policies. Lists are JSON arrays of patterns, conditions a JSON object.
CREATE TABLE hydra_policy (
    id          VARCHAR(255) NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    subjects    MEDIUMTEXT NOT NULL,
    effect      VARCHAR(16) NOT NULL,
    resources   MEDIUMTEXT NOT NULL,
    actions     MEDIUMTEXT NOT NULL,
    conditions  MEDIUMTEXT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- How many changes to policies there were: one row. Each change counts it up first, so that changes
-- come one after the other and whoever reads a number can read every change up to it.
CREATE TABLE hydra_policy_revision (
    revision BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO hydra_policy_revision (revision) VALUES (1);

-- The last change of each policy there ever was, so that a server that knows the policies as of some
-- revision reads no more than what changed since. Policies that are gone stand here too.
CREATE TABLE hydra_policy_change (
    policy_id VARCHAR(255) NOT NULL PRIMARY KEY,
    revision  BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX hydra_policy_change_revision ON hydra_policy_change (revision);

-- Groups of subjects; policies name a group as they name a subject.
CREATE TABLE hydra_warden_group (
    id VARCHAR(255) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE hydra_warden_group_member (
    member   VARCHAR(255) NOT NULL,
    group_id VARCHAR(255) NOT NULL,
    PRIMARY KEY (member, group_id),
    CONSTRAINT hydra_warden_group_member_group
        FOREIGN KEY (group_id) REFERENCES hydra_warden_group (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX hydra_warden_group_member_of_group ON hydra_warden_group_member (group_id);

-- Clients were marked as administrators before there were policies. The marks become the policy that
-- the server makes for its first client. Brackets in an id would mean an expression in a pattern.
INSERT INTO hydra_policy (id, description, subjects, effect, resources, actions, conditions)
SELECT 'default-admin-policy', 'Lets the root client do everything.',
       JSON_ARRAYAGG(REPLACE(REPLACE(REPLACE(client_id, '>', CHAR(1)), '<', '<\\x3c>'), CHAR(1), '<\\x3e>')),
       'allow', '["rn:hydra:<.*>"]', '["<.*>"]', '{}'
FROM hydra_administrator HAVING COUNT(*) > 0;
INSERT INTO hydra_policy_change (policy_id, revision) SELECT id, 1 FROM hydra_policy;
DROP TABLE hydra_administrator;

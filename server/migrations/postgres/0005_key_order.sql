-- The order in which the keys of a set were added, for which seconds are too coarse: the newest one signs.
ALTER TABLE hydra_jwk ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0;

-- Tokens may open one environment only (NULL: all of them), and end (NULL: never). Those of older servers are the
-- data folder's own, which open everything.
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN environment_id TEXT REFERENCES environment (environment_id);
ALTER TABLE token ADD COLUMN is_own BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE token ADD COLUMN last_used_at BIGINT;
ALTER TABLE token ADD COLUMN expires_at BIGINT;
UPDATE token SET is_own = TRUE;

-- The environment that an image was made for; NULL: all of them, as those that an operator has imported or tagged.
ALTER TABLE image ADD COLUMN environment_id TEXT;
UPDATE image SET environment_id = (SELECT environment_id FROM environment WHERE is_default)
  WHERE image_id NOT IN (SELECT image_id FROM image_tag);

-- Images of snapshots may have an end. From then on nobody finds them; they are removed when no sandbox runs on
-- them. NULL: an image that lasts until it is removed.
ALTER TABLE image ADD COLUMN expires_at BIGINT;

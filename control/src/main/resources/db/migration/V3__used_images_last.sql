-- Images that last as long as they are used: so many microseconds after a use is their end. NULL: a use changes
-- nothing.
ALTER TABLE image ADD COLUMN renewed_for BIGINT;

-- From here on secret_entry.entry_value, pending_start.task_spec and pending_build.request are sealed
-- (dev.atoll.control.store.StoreCipher) with a key that is not in the database. This table has at most one row, a value
-- that the right key opens; what is in the clear when there is none is sealed by the server that writes the row.
CREATE TABLE secrets_key (
  key_check TEXT NOT NULL
);

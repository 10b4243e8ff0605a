-- What is under way when a server dies, so that the next one goes on with it. task_spec and request are messages of
-- worker.proto and api.proto as bytes.

-- The tasks that the worker is being asked to start. A row goes when its sandbox runs or has ended. Values of secrets
-- are in task_spec in the clear, as in secret_entry.
CREATE TABLE pending_start (
  sandbox_id TEXT NOT NULL PRIMARY KEY REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
  task_spec BYTEA NOT NULL
);

-- The images that are being built. A row goes with the end of its build.
CREATE TABLE pending_build (
  image_id TEXT NOT NULL PRIMARY KEY REFERENCES image (image_id) ON DELETE CASCADE,
  request BYTEA NOT NULL
);

-- How much of its input a running sandbox's main process was given: the next write's number and offset. No row:
-- nothing yet.
CREATE TABLE stdin_position (
  sandbox_id TEXT NOT NULL PRIMARY KEY REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
  next_index BIGINT NOT NULL,
  next_offset BIGINT NOT NULL
);

-- The control plane's state, in SQL that SQLite and PostgreSQL both take.
-- Every time is in microseconds since the epoch. Every id is a prefix and 22 random characters.

-- Environments: separate sets of apps and secrets. One of them, 'main', is meant when a call names none.
CREATE TABLE environment (
  environment_id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  is_default BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

-- Apps: what sandboxes belong to.
CREATE TABLE app (
  app_id TEXT NOT NULL PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environment (environment_id),
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (environment_id, name)
);

-- Secrets: named sets of environment variables, and ephemeral ones without a name.
CREATE TABLE secret (
  secret_id TEXT NOT NULL PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environment (environment_id),
  name TEXT,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  UNIQUE (environment_id, name)
);

-- A secret's variables. The values are in the clear: the file that holds them is readable by the
-- server's user only.
CREATE TABLE secret_entry (
  secret_id TEXT NOT NULL REFERENCES secret (secret_id) ON DELETE CASCADE,
  entry_key TEXT NOT NULL,
  entry_value TEXT NOT NULL,
  PRIMARY KEY (secret_id, entry_key)
);

-- Images: an id that users hold, and the digest that the worker knows. 'building' and 'failed' ones have
-- no digest; an imported one has no definition. error says why a build failed; build_log is the end of its log,
-- and build_log_start the number of characters before it.
CREATE TABLE image (
  image_id TEXT NOT NULL PRIMARY KEY,
  definition_hash TEXT,
  digest TEXT,
  state TEXT NOT NULL CHECK (state IN ('building', 'ready', 'failed')),
  error TEXT,
  build_log TEXT NOT NULL DEFAULT '',
  build_log_start BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX image_digest ON image (digest);

-- Which image a definition means at present. A forced build or a deletion changes it.
CREATE TABLE image_definition (
  definition_hash TEXT NOT NULL PRIMARY KEY,
  image_id TEXT NOT NULL REFERENCES image (image_id) ON DELETE CASCADE
);

-- Local names of images, such as 'python:3.13'.
CREATE TABLE image_tag (
  tag TEXT NOT NULL PRIMARY KEY,
  image_id TEXT NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

-- Digests that no image has any more and that the worker shall forget once no task uses them.
CREATE TABLE removed_digest (
  digest TEXT NOT NULL PRIMARY KEY
);

-- Sandboxes, also those that have ended. spec is JSON (dev.atoll.control.sandboxes.SandboxSpec) and holds no
-- value of a secret. created_at is unique because clients page by it. end_cause is one of the worker's EndCause.
-- output_kept: whether the worker may still hold the output.
CREATE TABLE sandbox (
  sandbox_id TEXT NOT NULL PRIMARY KEY,
  task_id TEXT NOT NULL UNIQUE,
  app_id TEXT NOT NULL REFERENCES app (app_id),
  name TEXT,
  image_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  spec TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('starting', 'running', 'ended')),
  created_at BIGINT NOT NULL UNIQUE,
  started_at BIGINT,
  tier TEXT,
  runtime TEXT,
  start_breakdown TEXT,
  ended_at BIGINT,
  end_cause TEXT,
  exit_code INTEGER,
  signal INTEGER,
  terminated_by TEXT,
  end_message TEXT,
  peak_memory_bytes BIGINT,
  cpu_micros BIGINT,
  output_kept BOOLEAN NOT NULL
);
-- A name is free again when its sandbox has ended.
CREATE UNIQUE INDEX sandbox_name ON sandbox (app_id, name) WHERE state <> 'ended';
CREATE INDEX sandbox_state ON sandbox (state, created_at);
CREATE INDEX sandbox_app ON sandbox (app_id, created_at);

-- Labels of sandboxes.
CREATE TABLE sandbox_tag (
  sandbox_id TEXT NOT NULL REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
  tag_name TEXT NOT NULL,
  tag_value TEXT NOT NULL,
  PRIMARY KEY (sandbox_id, tag_name)
);

-- What a creating call answered, so that its repetition creates nothing. Kept for a day.
CREATE TABLE idempotency_key (
  idempotency_key TEXT NOT NULL,
  method TEXT NOT NULL,
  object_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (idempotency_key, method)
);

-- Token pairs that open the server. Of a token's secret only its SHA-256 is here.
CREATE TABLE token (
  token_id TEXT NOT NULL PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Proxies: named addresses of the host that sandboxes' connections leave from. '' is the usual address.
CREATE TABLE proxy (
  proxy_id TEXT NOT NULL PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environment (environment_id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (environment_id, name)
);

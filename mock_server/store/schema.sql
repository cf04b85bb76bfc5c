-- The tables of the embedded store. A task's facts are one value; the columns beside it are what is searched or summed.

CREATE TABLE universe (
  name TEXT PRIMARY KEY,
  facts BLOB NOT NULL,
  version INTEGER NOT NULL
) WITHOUT ROWID;

-- One row: the last version that was given to a universe.
CREATE TABLE revision (
  number INTEGER NOT NULL
);

INSERT INTO revision VALUES (0);

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  universe TEXT NOT NULL,
  opening INTEGER NOT NULL,
  reserved INTEGER NOT NULL DEFAULT 0,
  charged INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX account_of_universe ON account (universe);

-- How many requests an account may make, as the time at which its bucket is full again. Used only where a limit is set.
CREATE TABLE bucket (
  account TEXT PRIMARY KEY,
  universe TEXT NOT NULL,
  full_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX bucket_of_universe ON bucket (universe);

CREATE TABLE task (
  number INTEGER PRIMARY KEY,
  universe TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  model TEXT NOT NULL,
  type TEXT NOT NULL,
  outcome TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  charge INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  facts BLOB NOT NULL,
  UNIQUE (universe, id)
);

CREATE INDEX task_of_account ON task (account);

-- Tasks whose reserve still stands in the account's row; covers the sums that turn it into a balance.
CREATE INDEX task_unsettled ON task (account, ends_at, reserved, charge) WHERE settled = 0;

CREATE TABLE idempotency_key (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  universe TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  task TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) WITHOUT ROWID;

-- AUTOINCREMENT: an id is never used again, so that an attempt that outlives a reset belongs to nothing.
CREATE TABLE callback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  universe TEXT NOT NULL,
  task TEXT NOT NULL,
  url TEXT NOT NULL,
  variant TEXT NOT NULL,
  due_at INTEGER, -- NULL when there will be no other attempt
  attempts INTEGER NOT NULL DEFAULT 0,
  earlier INTEGER NOT NULL DEFAULT 0, -- attempts made before it was sent anew by hand
  leased_until INTEGER NOT NULL DEFAULT 0 -- 0 when no worker has it
);

CREATE INDEX callback_due ON callback (universe, due_at) WHERE due_at IS NOT NULL AND leased_until = 0;
CREATE INDEX callback_leased ON callback (universe, leased_until) WHERE leased_until > 0;
CREATE INDEX callback_of_task ON callback (universe, task);

CREATE TABLE attempt (
  callback INTEGER NOT NULL REFERENCES callback (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  size INTEGER NOT NULL,
  faults TEXT NOT NULL, -- the plans that struck it, as JSON
  PRIMARY KEY (callback, number)
) WITHOUT ROWID;

-- What is known of uploaded files; what is in them is kept as files of the system, under its digest.
CREATE TABLE file (
  number INTEGER PRIMARY KEY,
  universe TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  original_name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  upload TEXT, -- what the client called the upload
  UNIQUE (universe, id),
  UNIQUE (account, path, name)
);

CREATE INDEX file_expiring ON file (universe, expires_at);
CREATE INDEX file_of_digest ON file (digest);

-- The digests of files that went, and whose content nobody may need any more.
CREATE TABLE loose_content (
  digest TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER file_gone AFTER DELETE ON file BEGIN INSERT OR IGNORE INTO loose_content VALUES (old.digest); END;

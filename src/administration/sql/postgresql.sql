CREATE TABLE IF NOT EXISTS accounts (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, roles text NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, account text COLLATE "C" NOT NULL, record text NOT NULL
);
CREATE INDEX IF NOT EXISTS keys_of_account ON keys (account);
CREATE TABLE IF NOT EXISTS audit (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account text COLLATE "C" NOT NULL, record text NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_of_account ON audit (account, number);

# What developers run. `just check` is exactly what CI runs.

# Format, lints, documentation, tests on both databases, contract
check:
    .ci/run

# Serve on the embedded database
serve:
    cargo run

# All tests; on PostgreSQL too where its binaries are installed
test:
    cargo test

# Rewrite the committed contract from the code, for review
contract:
    KEHOU_REWRITE=1 cargo test --test service openapi

# Lint the committed contract, and say what changes for clients of the last release
gates:
    scripts/lint-contract
    scripts/contract-changes

# Rewrite docs/RULES.md from the catalogue, for review
rules:
    KEHOU_REWRITE=1 cargo test --test service rules::

# Rewrite docs/LIVES.md from the tables of the slices, for review
lives:
    KEHOU_REWRITE=1 cargo test --test service lives::

# Rewrite the tables of docs/errors.md and docs/zh/errors.md from code and texts, for review
errors:
    KEHOU_REWRITE=1 scripts/error-tables

# Hold a running service against its contract: postgres or sqlite
fuzz database:
    cargo build
    scripts/fuzz-contract {{database}}

# Play the demonstration's story: as README.md tells it, in the image's file system, and with the TypeScript client
story:
    cargo build
    scripts/readme-story README.md
    scripts/image-story README.md
    scripts/client-story

# Generate the clients in Kotlin, Swift and Dart, and hold them against the contract
clients:
    cargo build
    scripts/generated-clients

# Ratios of the service to its SQL twin in pgbench, on this machine
bench:
    cargo bench --bench twin

# Time of the rules on plans of 6 and 50 projects
bench-rules:
    cargo bench --bench rules

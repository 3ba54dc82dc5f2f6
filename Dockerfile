# syntax=docker/dockerfile:1

# Build. BuildKit keeps the registry and the compiled crates between builds.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --locked --release && cp target/release/kehou /usr/local/bin/kehou

# Run. SQLite, libpq and OpenSSL are linked in; the binary needs libc and libgcc only, which every Debian has.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 kehou \
    && useradd --uid 10001 --gid kehou --home-dir /var/lib/kehou --no-create-home --shell /usr/sbin/nologin kehou \
    && install -d -o kehou -g kehou -m 0700 /var/lib/kehou
COPY --from=build /usr/local/bin/kehou /usr/local/bin/kehou

# The bundled OpenSSL looks elsewhere for authorities; a PostgreSQL with TLS needs them (`sslrootcert=system`).
ENV KEHOU_LISTEN=0.0.0.0:8080 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 10001:10001
WORKDIR /var/lib/kehou
VOLUME /var/lib/kehou
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["kehou", "health"]
ENTRYPOINT ["kehou"]
CMD ["serve"]

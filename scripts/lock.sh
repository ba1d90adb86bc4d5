#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt for Python 3.11 to 3.13, with hashes and without any index address.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
    .venv/bin/uv pip compile "$name.in" --output-file "$name.txt" --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --custom-compile-command "make lock" "$@"
done

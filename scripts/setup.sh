#!/usr/bin/env bash
# Makes .venv from a Python 3.11, 3.12 or 3.13 and installs the pins given: scripts/setup.sh requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
say() { printf '%s\n' "$*" >&2; exit 2; }

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    chosen=
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$candidate"; then chosen=$candidate; break; fi
    done
    [ -n "$chosen" ] || say "Chibo needs Python 3.11, 3.12 or 3.13: install one, or name it with \`make setup PYTHON=/path/to/python3.12\`."
    "$chosen" -c 'import ensurepip, venv' 2>/dev/null || say "This Python cannot make virtual environments: install its venv module (Debian: apt install python3-venv)."
    "$chosen" -m venv --clear .venv 2>/dev/null || say "Chibo cannot make .venv in $PWD: give your user that folder and some space."
fi
fits .venv/bin/python || say ".venv is not of Python 3.11, 3.12 or 3.13: remove the folder and try again."

echo "Installing $1 (once) …"
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"

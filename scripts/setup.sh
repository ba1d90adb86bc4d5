#!/usr/bin/env bash
# Makes .venv from a Python 3.11, 3.12 or 3.13 and installs the pins given: scripts/setup.sh requirements.txt
# It speaks Vietnamese, or English with CHIBO_LANGUAGE=en: each sentence is given in both.
set -euo pipefail
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
say() { if [ "${CHIBO_LANGUAGE:-vi}" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
fail() { say "$@" >&2; exit 2; }

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    chosen=
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$candidate"; then chosen=$candidate; break; fi
    done
    [ -n "$chosen" ] || fail \
        "Chibo cần Python 3.11, 3.12 hoặc 3.13: hãy cài một bản, hoặc chỉ ra bằng \`make setup PYTHON=/path/to/python3.12\`." \
        "Chibo needs Python 3.11, 3.12 or 3.13: install one, or name it with \`make setup PYTHON=/path/to/python3.12\`."
    "$chosen" -c 'import ensurepip, venv' 2>/dev/null || fail \
        "Bản Python này không tạo được môi trường ảo: hãy cài mô-đun venv của nó (Debian: apt install python3-venv)." \
        "This Python cannot make virtual environments: install its venv module (Debian: apt install python3-venv)."
    "$chosen" -m venv --clear .venv 2>/dev/null || fail \
        "Chibo không tạo được .venv trong $PWD: hãy trao thư mục đó cho người dùng của bạn và chừa chỗ trống." \
        "Chibo cannot make .venv in $PWD: give your user that folder and some space."
fi
fits .venv/bin/python || fail \
    ".venv không phải của Python 3.11, 3.12 hoặc 3.13: hãy xóa thư mục đó rồi thử lại." \
    ".venv is not of Python 3.11, 3.12 or 3.13: remove the folder and try again."

say "Đang cài đặt $1 (chỉ một lần) …" "Installing $1 (once) …"
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"

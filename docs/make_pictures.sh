#!/bin/sh
# Render docs/pictures/{month,list,links,card}.png from a home.
#   docs/make_pictures.sh HOME [MONTH]     HOME or HOME/release; MONTH: the last one released, unless said
# Needs chromium, libreoffice (soffice), poppler-utils (pdftoppm) and a CJK font. Use a made-up county only:
# the pictures go into the repository.
set -eu

releases=$1
[ -d "$releases/release" ] && releases=$releases/release
month=${2:-$(find "$releases" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' -exec basename {} \; | sort | tail -n 1)}
release=$(cd "$releases/$month" && pwd)
pictures=$(cd "$(dirname "$0")" && pwd)/pictures
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$pictures"

# shot WIDTH,HEIGHT PICTURE PAGE
shot() {
    chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
        --disable-sync --no-first-run --hide-scrollbars --user-data-dir="$scratch/chromium" \
        --window-size="$1" --screenshot="$pictures/$2" "file://$3" 2>/dev/null
}
shot 1200,1900 month.png "$release/month.html"

# How sure the links are, and one link that the model weighed, explained (masked).
home=$(cd "$release/../.." && pwd)
doudi=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin
shot 1200,1500 links.png "$home/docs/linkage/$month.html"
person=$("$doudi/python" -c "import duckdb, sys
print(duckdb.sql(f\"SELECT min(person_id) FROM read_parquet('{sys.argv[1]}/*.parquet') WHERE rule = 'L11' AND match_weight > 5\").fetchone()[0])" \
    "$home/lake/crosswalk/month=$month")
"$doudi/doudi" explain "$person" --month "$month" --home "$home" --html "$scratch/card.html" >/dev/null
shot 1000,1700 card.png "$scratch/card.html"

# The township with the longest list; its paper copy, which shows no whole ID.
list=$(find "$release/paper" -name '预警清单_*.xlsx' -printf '%s %p\n' | sort -k1,1nr -k2 | head -n 1 | cut -d' ' -f2-)
soffice "-env:UserInstallation=file://$scratch/office" --headless --convert-to pdf --outdir "$scratch" "$list" >/dev/null 2>&1
# The first page is the sheet 说明; the second is the first village.
pdftoppm -r 110 -png -f 2 -l 2 -singlefile "$scratch/$(basename "$list" .xlsx).pdf" "$pictures/list"

ls -l "$pictures"/*.png

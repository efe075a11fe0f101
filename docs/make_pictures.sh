#!/bin/sh
# Render docs/pictures/{month,month_phone,month_paper,list,links,card,ledger,village}.png from a home.
#   docs/make_pictures.sh HOME [MONTH]     HOME or HOME/release; MONTH: the last one released, unless said
# Needs chromium, poppler-utils (pdftoppm) and a CJK font. Use a made-up county only:
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
shot 1280,1700 month.png "$release/month.html"
# On a phone: three places of the page beside each other.
{
    echo '<!doctype html><style>body{margin:0;display:flex;gap:18px;padding:14px;background:#c9ced6}'
    echo 'iframe{width:360px;height:780px;border:0;border-radius:18px}</style>'
    for place in main work answers; do
        echo "<iframe src='file://$release/month.html#$place'></iframe>"
    done
} >"$scratch/phones.html"
shot 1144,808 month_phone.png "$scratch/phones.html"

# How sure the links are, and one link that the model weighed, explained (masked).
home=$(cd "$release/../.." && pwd)
doudi=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin
shot 1200,1500 links.png "$home/docs/linkage/$month.html"
person=$("$doudi/python" -c "import duckdb, sys
print(duckdb.sql(f\"SELECT min(person_id) FROM read_parquet('{sys.argv[1]}/*.parquet') WHERE rule = 'L11' AND match_weight > 5\").fetchone()[0])" \
    "$home/lake/crosswalk/month=$month")
"$doudi/doudi" explain "$person" --month "$month" --home "$home" --html "$scratch/card.html" >/dev/null
shot 1000,1700 card.png "$scratch/card.html"

# What goes on paper shows no whole ID. The township with the most on its list, ledger and sheet.
# page PICTURE PAGE NAME...   a page of the longest file of that name; "fullest": of its first six the one with most text
page() {
    longest=$(find "$release/paper" -name "$3" -printf '%s %p\n' | sort -k1,1nr -k2 | head -n 1 | cut -d' ' -f2-)
    number=$2
    [ "$number" = fullest ] && number=$(for one in 1 2 3 4 5 6; do
        echo "$(pdftotext -f $one -l $one "$longest" - 2>/dev/null | wc -c) $one"
    done | sort -k1,1nr -k2,2n | head -n 1 | cut -d' ' -f2)
    pdftoppm -r 110 -png -f "$number" -l "$number" -singlefile "$longest" "$pictures/$1"
}
page month_paper 1 '月报_*.pdf'
page list fullest '预警清单_*.pdf'
page ledger 2 '摸排台账_*.pdf'
page village 1 '村级信息对接确认表_*.pdf'

ls -l "$pictures"/*.png

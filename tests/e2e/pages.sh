#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "pages that comments, messages and other pages point to are there"

for page in $(grep -rhoE 'firmware-notes/[a-z0-9_]+\.md' README.md dsp models daemon tools firmware-notes | sort -u); do
	[ -f "$page" ] || fail "$page is named in $(grep -rlF "$page" README.md dsp models daemon tools firmware-notes | head -n 1), but not there"
	named=1
done
[ -n "${named-}" ] || fail "no page is named anywhere: this script looks in the wrong place"
ok "pages of chips and formats"

find . -name '*.md' ! -path './build*/*' ! -path './.git/*' >"$dir/pages"
while read -r page; do
	for link in $(grep -oE '\]\([^)# ]+' "$page" | cut -c 3-); do
		case $link in
		*://* | mailto:*) ;;
		*) [ -e "$(dirname "$page")/$link" ] || fail "$page links to $link, which is not there" ;;
		esac
	done
done <"$dir/pages"
ok "links of $(wc -l <"$dir/pages") pages"

# The format iax has the page of the driver, iwlwifi.
formats=$(sed -n 's/^	&format_\([a-z0-9]*\),$/\1/p' daemon/formats/formats.c | sed 's/^iax$/iwlwifi/')
[ -n "$formats" ] || fail "no format is found in daemon/formats/formats.c"
for format in $formats; do
	[ -f "firmware-notes/$format.md" ] || fail "the format $format has no page"
done
ok "a page for each of $(echo "$formats" | wc -l) formats"

# Pages call programs by their names alone.
programs=$(grep -rlE --include='*.py' --include='*.sh' '^#!' tools)
[ -n "$programs" ] || fail "no program is found in tools"
for program in $programs; do
	[ -x "$program" ] || fail "$program cannot be run as pages say"
done
ok "$(echo "$programs" | wc -l) programs that can be run"

# A threat that no test shows is not defended.
tests=$(grep -oE '`[^`]+`' firmware-notes/security.md | tr -d '`' | grep -oE '^(e2e|vm|fuzz)/[a-z0-9_*]+(\.[a-z]+)?|^test_[a-z0-9_*]+\.c' | sort -u)
[ "$(echo "$tests" | wc -l)" -gt 20 ] || fail "hardly a test is named in the table of threats"
for name in $tests; do
	# shellcheck disable=SC2086	# some are patterns
	ls tests/$name >"$dir/found" 2>/dev/null || fail "firmware-notes/security.md names tests/$name, which is not there"
done
ok "$(echo "$tests" | wc -l) tests of the table of threats"

# Lists that are closed are in the code, in what users read, and in the schema: the same.
listed() {
	sed -n 's/^	X([A-Z0-9_]*, *"\([a-z0-9_]*\)".*/\1/p' "$1"
}
for list in models/reason.h daemon/source_counts.h daemon/trouble.h; do
	names=$(listed $list)
	[ "$(echo "$names" | wc -l)" -gt 5 ] || fail "hardly a name is found in $list"
	for name in $names; do
		grep -q "\`$name\`" README.md || fail "README.md does not tell what $name of $list is"
	done
done
listed models/reason.h | sort >"$dir/code"
sed -n 's/^| `\([a-z_]*\)` | .* | .*|$/\1/p' README.md | grep -Fx -f "$dir/code" | sort >"$dir/table"
cmp "$dir/code" "$dir/table" || fail "README.md has no row, or two, of a reason"
"$python" -c 'import json
print("\n".join(sorted(r for r in json.load(open("daemon/schema/common.json"))["$defs"]["reason"]["enum"] if r)))' >"$dir/schema"
cmp "$dir/code" "$dir/schema" || fail "the schema has other reasons than the code"
for name in $(sed -n 's/^	\[LINK_DROP_[A-Z]*\] *= "\([a-z_]*\)",$/\1/p' models/link.c); do
	grep -q "\`$name\`" README.md || fail "README.md does not tell what $name of models/link.c is"
done
ok "$(wc -l <"$dir/code") reasons, each with its row, and what sources and links drop and what trouble there is"

# What a page leads to is there, and so is the heading.
"$python" - README.md docs/*.md models/*.md tools/*.md firmware-notes/*.md >"$dir/links" <<'EOF' || fail "$(cat "$dir/links")"
import os, re, sys

def anchors(page):
    heads = (re.match("#+ (.*)", line) for line in open(page, encoding="utf-8"))
    return {re.sub("[^a-z0-9 _-]", "", h[1].lower()).strip().replace(" ", "-") for h in heads if h}

links, lost = 0, []
for page in sys.argv[1:]:
    for to in re.findall(r"\]\(([^)\s]+)\)", open(page, encoding="utf-8").read()):
        if re.match("[a-z]+:", to):
            continue
        links += 1
        file, _, heading = to.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(page), file)) if file else page
        if not os.path.exists(file) or heading and heading not in anchors(file):
            lost.append(f"{page} leads to {to}, which is not there")
print("\n".join(lost) or links)
sys.exit(bool(lost))
EOF
[ "$(cat "$dir/links")" -gt 100 ] || fail "hardly a link is found in the pages"
ok "$(cat "$dir/links") links between pages, and their headings"

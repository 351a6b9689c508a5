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

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "how long somebody may lie still, or not be up, is the room's to say: sooner than its profile, later, or never"

sixth=$BUILD/sixth
sed 's/^duration.*/duration = 920 s/; /^at_time/d' tests/scenes/breath_hold.scene >"$dir/lies.scene"
"$sixth" simulate "$dir/lies.scene" -o "$dir/lies.csic" >/dev/null || fail "no recording"

# called LINE...: when people are called with these lines in the room, in seconds; nothing: never
called() {
	printf '[mqtt]\nbroker = none\n[source a]\ndriver = replay\nfile = lies.csic\n[room bed]\n' >"$dir/replay.conf"
	for line in "$@"; do echo "$line" >>"$dir/replay.conf"; done
	"$sixth" replay "$dir/lies.csic" --config "$dir/replay.conf" >"$dir/out" || fail "no replay"
	sed -n 's/^{"t":\([0-9]*\).*alarm\/long_lie\/event".*"event_type":"confirmed".*/\1/p' "$dir/out" | head -1
}

at=$(called 'profile = bathroom')
[ "${at:-0}" -ge 900 ] || fail "not called for after the 900 s of a bathroom: ${at:-never}"
[ -z "$(called 'profile = bathroom' 'long_lie = 0')" ] || fail "called for although nobody is to be"
ok "a bathroom that says nothing is told after $at s, one with long_lie = 0 is not"
at=$(called 'profile = bathroom' 'long_lie = 100 s')
[ "${at:-0}" -ge 100 ] && [ "$at" -le 160 ] || fail "not called for after 100 s: ${at:-never}"
ok "a bathroom that wants to know after 100 s is told after $at s"
at=$(called 'profile = bedroom' 'long_lie = 150 s')
[ "${at:-0}" -ge 150 ] && [ "$at" -le 210 ] || fail "not called for after 150 s: ${at:-never}"
ok "a bedroom, which asks for nothing by itself, too ($at s)"
at=$(called 'profile = bedroom' 'never_up = 150 s')
[ "${at:-0}" -ge 150 ] && [ "$at" -le 210 ] || fail "not called for who is not up for 150 s: ${at:-never}"
ok "who is not up for 150 s is told after $at s"

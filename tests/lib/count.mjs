// What a person's state and alarms must be by the contract alone: kept beside the server by a test that acts on it, and
// compared with what the server shows and records.
//
//   becomes(state, act)   an act was accepted; it settles the alarms that it settles
//   cry(kind, time)       an alarm was raised or repeated by an act
//   advance(time)         what time does until then
//   seen                  how often which event of which alarm must be in the log
import { MINUTE, SECOND } from './site.mjs';

const RAISED_BY_TIME = { call_expired: 3 * MINUTE, never_arrived: 5 * MINUTE, overstay: 15 * MINUTE };
// Whoever was looked for has been seen.
const FOUND = ['arrive', 'seen', 'returned', 'release', 'move', 'unwell'];
const SETTLED_BY = {
	unwell: ['clear', 'transfer'],
	early_exit: [...FOUND, 'walked_out'],
	never_arrived: [...FOUND, 'walked_out'],
	missing: [...FOUND, 'walked_out', 'extend', 'lapse'],
	overstay: ['release', 'walked_out', 'extend', 'unwell', 'lapse'],
	call_expired: ['start', 'park', 'no_show', 'leave', 'give_back', 'unwell', 'move', 'undo'],
	ticket_reused: [],
};
// What is done to somebody who is seen in observation.
const SIGHTING = ['arrive', 'seen', 'returned', 'clear', 'move'];
const TIMED = ['called', 'injected', 'observing'];
export const ENDED = ['completed', 'deferred', 'declined', 'left', 'transferred', 'no_show'];

export class Count {
	constructor() {
		this.alarms = {}; // kind -> {state, count, level, cried, raised}
		this.seen = {}; // "alert_raised unwell" -> how often
		this.raisedDue = {};
		this.sightings = 0;
		this.settledLast = []; // by the last act
	}

	note(type, kind) {
		const key = `${type} ${kind}`;
		this.seen[key] = (this.seen[key] ?? 0) + 1;
	}

	open(kind) {
		const alarm = this.alarms[kind];
		return alarm && alarm.state !== 'settled' ? alarm : undefined;
	}

	cry(kind, time) {
		const open = this.open(kind);
		if (open) {
			this.note('alert_repeated', kind);
			Object.assign(open, { state: 'open', count: open.count + 1, level: 0, cried: time });
		} else {
			this.note('alert_raised', kind);
			this.alarms[kind] = { state: 'open', count: 1, level: 0, cried: time, raised: time, lapsed: false };
		}
	}

	// Whether it was open.
	settle(kind) {
		const open = this.open(kind);
		if (!open) return false;
		open.state = 'settled';
		this.note('alert_settled', kind);
		return true;
	}

	acknowledge(kind) {
		const open = this.open(kind);
		open.state = 'acknowledged';
		this.note('alert_acknowledged', kind);
	}

	becomes(state, by, more = {}) {
		this.state = state;
		Object.assign(this, more);
		if (SIGHTING.includes(by)) this.sightings++;
		if (state !== 'called' && state !== 'serving') this.desk = null;
		const undone = by === 'undo' ? this.settledLast : [];
		this.settledLast = Object.keys(SETTLED_BY).filter((kind) => {
			if (!SETTLED_BY[kind].includes(by)) return false;
			if (kind === 'never_arrived' && state === 'injected') return false; // seen, but not where it should be
			return this.settle(kind);
		});
		for (const kind of undone) this.cry(kind, this.alarms[kind].raised); // it had settled what is not over
	}

	// What falls due for this person: [time, what], or nothing.
	due() {
		const list = [];
		const from = { call_expired: this.calledAt, never_arrived: this.injectedAt, overstay: this.dueAt };
		const looked = { called: ['call_expired'], injected: ['never_arrived', 'overstay'], observing: ['overstay'] };
		for (const at of looked[this.state] ?? []) {
			const time = from[at] + RAISED_BY_TIME[at];
			if (this.raisedDue[at] !== time) {
				list.push([time, () => {
					this.raisedDue[at] = time;
					this.cry(at, time);
				}]);
			}
		}
		const unwell = this.open('unwell');
		if (unwell && unwell.state === 'open' && unwell.level < 2) {
			list.push([unwell.cried + (unwell.level + 1) * 30 * SECOND, () => {
				unwell.level++;
				this.note('alert_escalated', 'unwell');
			}]);
		}
		const early = this.open('early_exit');
		if (early && !early.lapsed && ['injected', 'observing'].includes(this.state)) {
			list.push([early.raised + 3 * MINUTE, () => {
				early.lapsed = true;
				this.becomes('left_early', 'lapse');
			}]);
		}
		return list;
	}

	advance(time) {
		if (!TIMED.includes(this.state) && !this.open('unwell')) return;
		for (;;) {
			const next = this.due().filter(([at]) => at <= time).sort((a, b) => a[0] - b[0])[0];
			if (!next) return;
			next[1]();
		}
	}
}

// A log read as a supervisor would read it: who stood where at each event, and whether anybody was wronged.
//
// Knows only the rules of the hall (rooms, seats, keys, parties, hold) and the lines of the log; shares nothing with the
// server. `checkFlow(events)` fails at the first event that breaks a rule, and returns what the day added up to.
//
//   each event            rooms and seats hold no more than they have, companions counted
//   each call             the first in line that this desk may call, with all of its party; none while on hold
//   each admission        the first in the hall that can use a place; and no place left that the first could use
import assert from 'node:assert/strict';

const QUEUES = ['registration', 'consent', 'injection'];
const AT_DESK = ['called', 'serving'];
const ON_THE_WAY = ['queued', ...AT_DESK];
// An event whose visit stays in the room where it was.
const STAYS = ['given_back'];

const FULL_MS = 120_000; // calls stopped for so long raise seats_full

const time = (text) => (text ? Date.parse(text) : 0);
const before = (a, b) => a.key < b.key || (a.key === b.key && a.number < b.number);

class Flow {
	constructor() {
		this.visits = new Map();
		this.parties = new Map();
		this.queued = Object.fromEntries(QUEUES.map((stage) => [stage, new Set()]));
		this.people = { registration: 0, consent: 0, injection: 0 }; // in the room
		this.committed = 0; // seats, without those of early leavers
		this.observing = 0;
		this.leftEarly = new Set();
		this.shut = new Set(); // desks
		this.hold = false;
		this.most = { registration: 0, consent: 0, injection: 0, observation: 0, committed: 0 };
		this.calls = 0;
		this.admissions = 0;
		this.stopped = { since: 0, times: [] }; // calls to the needle, by seats
		this.sums = { doses: {}, injections: 0, turnedAway: {}, alarms: {}, open: new Set(), full: [] };
	}

	configure(rules) {
		this.rooms = { registration: 0, consent: 0, injection: 0, ...rules.rooms };
		this.seats = rules.observation?.seats ?? 150;
		this.partyMax = rules.queue?.party_call_max ?? 10;
		for (const { id, open } of rules.desks) if (open === false) this.shut.add(id);
	}

	// --- who is where

	inRoom(v) {
		return AT_DESK.includes(v.state) || (v.state === 'queued' && (v.admitted || !this.rooms[v.stage]));
	}

	count(v, sign) {
		const heads = sign * v.heads;
		if (this.inRoom(v)) this.people[v.stage] += heads;
		if (v.state === 'observing') this.observing += heads;
		const seat = ['injected', 'observing'].includes(v.state) || (v.state === 'unwell' && v.injectedAt)
			|| (AT_DESK.includes(v.state) && v.stage === 'injection');
		if (seat) this.committed += heads;
		if (v.state === 'queued') this.queued[v.stage][sign > 0 ? 'add' : 'delete'](v);
		if (v.state === 'left_early') this.leftEarly[sign > 0 ? 'add' : 'delete'](v);
	}

	seatsSpokenFor(at) {
		let n = this.committed;
		for (const v of this.leftEarly) if (v.dueAt > at) n += v.heads;
		return n;
	}

	// --- parties

	party(id) {
		if (!this.parties.has(id)) this.parties.set(id, { members: [], desk: {} });
		return this.parties.get(id);
	}

	isSmall(party) {
		return party.members.length <= this.partyMax;
	}

	// All of a small party have come to the stage.
	isReady(v) {
		if (!v.party || !this.isSmall(v.party)) return true;
		const stage = QUEUES.indexOf(v.stage);
		return !v.party.members.some((m) => ON_THE_WAY.includes(m.state) && QUEUES.indexOf(m.stage) < stage);
	}

	// A party has one desk at a stage, until nobody of it is there or still to come.
	placeParty(v) {
		if (!v.party) return;
		if (AT_DESK.includes(v.state)) v.party.desk[v.stage] = v.desk;
		for (const [at, stage] of QUEUES.entries()) {
			const some = v.party.members.some((m) => ON_THE_WAY.includes(m.state) && QUEUES.indexOf(m.stage) <= at);
			if (!some) delete v.party.desk[stage];
		}
	}

	// A call or a start that was taken back binds the others to no desk, unless some have been served there.
	unbindParty(v) {
		const at = QUEUES.indexOf(v.stage);
		const bound = (m) => (m !== v && m.stage === v.stage && m.desk) || m.reached > at || m.injectedAt;
		if (v.state === 'queued' && v.party && !v.party.members.some(bound)) delete v.party.desk[v.stage];
	}

	partyIsWhole(v, said) {
		if (!v.party || !AT_DESK.includes(v.state)) return;
		for (const m of v.party.members) {
			if (!AT_DESK.includes(m.state) || m.stage !== v.stage || m.desk === v.desk) continue;
			assert.ok(this.shut.has(m.desk), `${said}: ${m.id} of its party is at ${m.desk}`);
		}
	}

	// --- calls

	firstCallable(stage, desk) {
		let first;
		for (const v of this.queued[stage]) {
			if (!this.inRoom(v) || (first && !before(v, first))) continue;
			const theirs = v.party?.desk[stage];
			if (desk && theirs && theirs !== desk && !this.shut.has(theirs)) continue;
			if (this.isReady(v)) first = v;
		}
		return first;
	}

	groupOf(first) {
		if (!first.party) return [first];
		const all = first.party.members.filter((m) => m.state === 'queued' && m.stage === first.stage && this.inRoom(m));
		return all.sort((a, b) => (before(a, b) ? -1 : 1)).slice(0, this.partyMax);
	}

	// Of a class, those for whom there are seats.
	seated(group, at) {
		let free = this.seats - this.seatsSpokenFor(at);
		const last = group.findIndex((v) => (free -= v.heads) < 0);
		if (last >= 0) group.splice(last);
	}

	checkCall(events, said) {
		const { desk } = events[0];
		const called = events.map((e) => this.visits.get(e.visit));
		assert.ok(!this.hold, `${said}: while the site was on hold`);
		for (const v of called) {
			assert.ok(v, `${said}: it does not wait: it has not come`);
			assert.equal(v.state, 'queued', `${said}: it does not wait`);
			assert.ok(this.inRoom(v), `${said}: it is in the hall`);
		}
		const { stage } = called[0];
		const first = this.firstCallable(stage, desk);
		const wanted = this.groupOf(first);
		if (stage === 'injection' && first.party && !this.isSmall(first.party)) this.seated(wanted, time(events[0].at));
		assert.deepEqual(called.map((v) => v.id).sort(), wanted.map((v) => v.id).sort(), `${said}: those first in line`);
		this.calls++;
	}

	// --- the hall

	// The first in the hall that could use a place, and how many come with it.
	nextInHall(stage) {
		let first;
		for (const v of this.queued[stage]) {
			if (!this.inRoom(v) && (!first || before(v, first)) && this.isReady(v)) first = v;
		}
		if (!first?.party || !this.isSmall(first.party)) return first && { first, heads: first.heads };
		const unit = first.party.members.filter((m) => m.state === 'queued' && m.stage === stage && !this.inRoom(m));
		const heads = unit.reduce((n, m) => n + m.heads, 0);
		return { first, heads: heads <= this.rooms[stage] ? heads : first.heads };
	}

	checkAdmission(v, event, said) {
		assert.ok(!this.hold, `${said}: while the site was on hold`);
		assert.equal(v.state, 'queued', said);
		assert.ok(!this.inRoom(v), `${said}: it is in the room already`);
		const { command } = this.lastAdmitted ?? {};
		const together = v.party && this.lastAdmitted?.party === v.party && command === event.command;
		if (!together) {
			const { first } = this.nextInHall(v.stage);
			assert.ok(v === first || (v.party && v.party === first.party), `${said}: ${first.id} is before it`);
		}
		this.lastAdmitted = { party: v.party, command: event.command };
		this.admissions++;
	}

	// Between two commands: nobody stands in the hall for whom there is a place.
	checkNoPlaceIdle(said) {
		for (const stage of QUEUES) {
			if (this.hold || !this.rooms[stage]) continue;
			const next = this.nextInHall(stage);
			if (next) assert.ok(this.people[stage] + next.heads > this.rooms[stage], `${said}: ${next.first.id} waits in the hall of ${stage}`);
		}
	}

	// How long calls to the needle were stopped by seats.
	noteStopped(at) {
		const first = this.hold ? undefined : this.firstCallable('injection');
		const whole = first && !(first.party && !this.isSmall(first.party));
		const heads = whole ? this.groupOf(first).reduce((n, v) => n + v.heads, 0) : first?.heads;
		const full = first && this.seatsSpokenFor(at) + heads > this.seats;
		if (full && !this.stopped.since) this.stopped.since = at;
		if (!full && this.stopped.since) {
			this.stopped.times.push([this.stopped.since, at]);
			this.stopped.since = 0;
		}
	}

	// --- applying

	visit(event) {
		if (!this.visits.has(event.visit)) {
			this.visits.set(event.visit, { id: event.visit, number: Number(event.visit.slice(1)), heads: 1, state: 'none' });
		}
		return this.visits.get(event.visit);
	}

	step(v, { type, at, desk, data }) {
		this.count(v, -1);
		if (type === 'checked_in') {
			v.heads = 1 + (data.companions ?? 0);
			v.party = data.party && this.party(data.party);
			v.party?.members.push(v);
		}
		const stays = v.admitted && STAYS.includes(type);
		Object.assign(v, { state: data.state, stage: data.stage ?? null });
		v.desk = AT_DESK.includes(v.state) ? desk : null;
		if (v.state === 'queued') v.reached = QUEUES.indexOf(v.stage);
		for (const name of ['key', 'entered_at']) if (data[name]) v[name] = time(data[name]);
		if (data.injected_at) v.injectedAt = time(data.injected_at);
		if (data.due_at) v.dueAt = time(data.due_at);
		v.admitted = type === 'undone' ? data.admitted === 1 : v.desk !== null || stays;
		this.count(v, 1);
		this.placeParty(v);
		if (['called', 'started'].includes(data.undoes)) this.unbindParty(v);
		this.partyIsWhole(v, `${type} ${v.id} at ${at}`);
	}

	dose(v, vaccine, lot) {
		const { doses } = this.sums;
		if (v.dose) doses[v.dose]--;
		v.vaccine = vaccine ?? v.vaccine;
		v.lot = lot ?? v.lot;
		v.dose = `${v.vaccine} ${v.lot}`;
		doses[v.dose] = (doses[v.dose] ?? 0) + 1;
	}

	amend(v, { type, data }) {
		this.count(v, -1);
		if (type === 'admitted') v.admitted = true;
		if (type === 'corrected' && data.count) v.heads = data.count;
		if (type === 'corrected' && (data.vaccine || data.lot)) this.dose(v, data.vaccine, data.lot);
		this.count(v, 1);
	}

	alarm({ type, data }) {
		const kinds = (this.sums.alarms[data.kind] ??= {});
		kinds[type] = (kinds[type] ?? 0) + 1;
		const { open } = this.sums;
		if (type === 'alert_raised') {
			if (data.kind === 'seats_full') this.sums.full.push(time(data.raised_at));
			assert.ok(!open.has(data.alert), `${data.alert} is raised twice`);
			open.add(data.alert);
		} else {
			assert.ok(open.has(data.alert), `${type} of ${data.alert}, which is not open`);
			if (type === 'alert_settled') open.delete(data.alert);
		}
	}

	apply(event) {
		const { type, data } = event;
		if (type === 'configured') this.configure(data.rules);
		if (type === 'desk_opened') this.shut.delete(event.desk);
		if (type === 'desk_closed') this.shut.add(event.desk);
		if (type === 'site_held') this.hold = true;
		if (type === 'site_resumed') this.hold = false;
		if (type === 'turned_away') this.sums.turnedAway[data.reason] = (this.sums.turnedAway[data.reason] ?? 0) + 1;
		if (type.startsWith('alert_')) return this.alarm(event);
		if (!event.visit || type === 'turned_away' || type === 'command_carried') return;
		const v = this.visit(event);
		if (type === 'admitted') this.checkAdmission(v, event, `admitted ${v.id} at ${event.at}`);
		if (type === 'started') assert.ok(!this.hold, `${v.id} was started at ${event.at}, while the site was on hold`);
		if (data.state) this.step(v, event);
		else this.amend(v, event);
		if (type === 'injected') {
			this.sums.injections++;
			this.dose(v, data.vaccine, data.lot);
		}
	}

	checkPlaces(event) {
		const said = `after ${event.type} ${event.id} of ${event.visit} at ${event.at}`;
		const { most } = this;
		for (const stage of QUEUES) {
			most[stage] = Math.max(most[stage], this.people[stage]);
			if (this.rooms?.[stage]) assert.ok(this.people[stage] <= this.rooms[stage], `${said}: ${this.people[stage]} in the room of ${stage}`);
		}
		const spokenFor = this.seatsSpokenFor(time(event.at));
		most.observation = Math.max(most.observation, this.observing);
		most.committed = Math.max(most.committed, spokenFor);
		assert.ok(this.observing <= this.seats, `${said}: ${this.observing} on ${this.seats} seats`);
		assert.ok(spokenFor <= this.seats, `${said}: ${spokenFor} for ${this.seats} seats`);
	}

	summary() {
		const states = {};
		for (const v of this.visits.values()) states[v.state] = (states[v.state] ?? 0) + 1;
		const { doses, injections, turnedAway, alarms, open, full } = this.sums;
		const lasting = this.stopped.times.filter(([from, to]) => to - from >= FULL_MS).map(([from]) => from + FULL_MS);
		assert.deepEqual(full, lasting, 'seats_full, wherever calls were stopped for two minutes');
		const given = Object.fromEntries(Object.entries(doses).filter(([, n]) => n > 0));
		return {
			states, doses: given, injections, turnedAway, alarms, open: [...open], most: this.most,
			calls: this.calls, admissions: this.admissions, stoppedBySeats: this.stopped.times.reduce((n, [from, to]) => n + to - from, 0),
		};
	}
}

export function checkFlow(events) {
	const flow = new Flow();
	let last;
	events.forEach((event, index) => {
		const goesOn = last && last.command === event.command && last.at === event.at;
		if (last && !goesOn) flow.checkNoPlaceIdle(`after ${last.id} at ${last.at}`);
		if (event.type === 'called' && !(goesOn && last.type === 'called')) {
			let end = index;
			while (events[end]?.type === 'called' && events[end].command === event.command) end++;
			flow.checkCall(events.slice(index, end), `the call ${event.id} of ${event.visit} to ${event.desk} at ${event.at}`);
		}
		flow.apply(event);
		if (flow.seats) {
			flow.checkPlaces(event);
			flow.noteStopped(time(event.at));
		}
		last = event;
	});
	return flow.summary();
}

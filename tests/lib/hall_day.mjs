// A whole day of a large site: the roster of 2,000 people, played under the manual clock with every device of the hall.
//
//   07:30  the roster is loaded                   11:00  the site is on hold for ten minutes
//   09:00  a school class, parties come           12:00  everything is stopped and started again
//   09:45  half the consent desks have a break    12:30  the shift changes: handhelds go to other desks
//   10:00- the seats are full for an hour         13:00  the second class      14:00  a roll call finds a seat empty
//
// Five kills each of server and Redis fall anywhere in it. What everybody is and what was given is counted beside.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { generator } from './hours.mjs';
import { Count } from './count.mjs';
import { MINUTE, SAMPLE, SECOND, uuid } from './ground.mjs';
import { HallIncidents } from './hall_incidents.mjs';
import { heads } from './hall_people.mjs';
import { compareBoard, compareMetrics, compareRoster, metrics } from './hall_shown.mjs';
import { ROSTER, readRoster } from './roster.mjs';

const PLANS = {
	never_comes: 60, turned_away: 6, turned_back: 6,
	early_stopped: 6, early_back: 10, early_gone: 10, walked_out: 4, arrives_late: 4, only_exits: 2,
	unwell_queue: 1, unwell_called: 1, unwell_injected: 1, unwell_observing: 1, unwell_hospital: 1,
	parked: 20, parked_for_good: 4, deferred: 40, declined: 20, no_show: 40, no_show_thrice: 5, comes_late: 6, leaves: 8,
	overstays: 6, sent_back: 12, extended: 6, reused: 4,
};
const WALK_INS = 20;
const FAMILIES = 60;
const CLASS_SIZE = 40;
export const SEATS = 165;
const sample = JSON.parse(fs.readFileSync(SAMPLE, 'utf8'));
export const CONFIG = { observation: { seats: SEATS }, rooms: sample.rooms, alerts: sample.alerts };
const WATCHED = 'injection-20'; // its view tells whether calls to the needle are stopped

export class HallDay extends HallIncidents {
	desksOf = { registration: 8, consent: 12, injection: 20 };
	alarmsOfPlaces = ['storage_down', 'wait_long', 'seats_full', 'device_silent'];

	constructor(site, options) {
		super(site, { grid: 10, ...options });
		this.heldUntil = undefined;
		this.turned = {}; // at the door, by entry check
		this.undone = {}; // by code
		this.stopped = false; // calls to the needle, by seats
		this.resumed = []; // how long it took to be shown that they go on, ms
	}

	// --- who comes

	async open() {
		await super.open();
		this.size = this.people.length;
		await this.loadRoster();
		this.watched = this.desks.find((d) => d.id === WATCHED);
		for (const desk of this.desks) desk.parties = new Set(); // that were called to it
		this.needle = await this.hall.board.stream(`desk:${WATCHED}`, { again: true });
		this.screens.push(this.needle);
	}

	async loadRoster() {
		const { board } = this.hall;
		const id = uuid();
		const answer = await board.send('POST', `/api/roster?id=${id}`, fs.readFileSync(ROSTER), { 'content-type': 'text/csv' });
		this.issued.set(id, { target: 'roster', marked: true, answered: true });
		assert.equal(answer.status, 200, answer.text);
		const { accepted, duplicates, rejected } = answer.body;
		assert.deepEqual([accepted, duplicates, rejected], [2000, 0, []]);
		const { body: { rows } } = await board.get('/api/roster');
		const byNumber = new Map(rows.map((row) => [row.person.id_number, row]));
		for (const person of this.people) {
			if (!person.row) continue;
			const { appointment, visit, state } = byNumber.get(person.row.idNumber);
			assert.equal(state, 'expected');
			Object.assign(person, { code: appointment, id: visit });
			this.byId.set(visit, person);
		}
	}

	person(row) {
		const index = this.people.length;
		const random = generator(this.seed * 1009 + index, this.grid);
		const person = { index, row, random, plan: 'normal', absent: 0 };
		const [from, to] = row ? [row.from - 10 * MINUTE, row.from + 25 * MINUTE] : [this.clockIs('08:00'), this.clockIs('15:00')];
		person.arrives = Math.max(this.onGrid(from + random.below(to - from)), this.start0 + 5 * MINUTE);
		person.count = new Count();
		person.count.state = row ? 'expected' : undefined;
		person.way = random.pick([undefined, 'code', 'id', row?.phone ? 'phone' : 'id']);
		person.checked = random.chance(0.3);
		this.people.push(person);
		return person;
	}

	onGrid(time) {
		return time - (time % (this.grid * SECOND));
	}

	plan() {
		for (const row of readRoster()) this.person(row);
		for (const person of this.people) {
			const { phone, birth } = person.row;
			person.twins = this.people.filter((p) => p.row.phone === phone && p.row.birth === birth);
		}
		const free = this.random.shuffle(this.people.slice());
		this.classes(free);
		this.families(free);
		for (const [plan, n] of Object.entries(PLANS)) {
			for (let i = 0; i < n; i++) this.giveTo(free, plan);
		}
		const come = this.people.filter((p) => p.plan !== 'never_comes');
		for (const person of come) {
			if (person.random.chance(0.05)) person.assisted = true;
			if (person.random.chance(0.06)) person.companions = person.random.chance(0.2) ? 2 : 1;
		}
		for (let i = 0; i < WALK_INS; i++) this.person(undefined);
		this.planKills((this.clockIs('15:30') - this.start0) / SECOND);
	}

	giveTo(free, plan) {
		const person = free.pop();
		person.plan = plan;
		if (plan.startsWith('turned')) person.way = 'code';
	}

	together(party, arrives) {
		const id = uuid();
		for (const person of party) Object.assign(person, { party: id, arrives });
	}

	take(free, fits, n) {
		const taken = [];
		for (let i = free.length - 1; i >= 0 && taken.length < n; i--) {
			if (fits(free[i])) taken.push(...free.splice(i, 1));
		}
		assert.equal(taken.length, n);
		return taken;
	}

	// Two classes of a school; two of each are deferred.
	classes(free) {
		for (const [school, clock] of [['县第一小学', '09:00'], ['县职业中专', '13:00']]) {
			const party = this.take(free, (p) => p.row.community === school, CLASS_SIZE);
			this.together(party, this.clockIs(clock));
			for (const person of party.slice(0, 2)) person.plan = 'deferred';
		}
	}

	// Families of two to five come at one time; not all of them go one way.
	families(free) {
		for (let i = 0; i < FAMILIES; i++) {
			const [first] = this.take(free, () => true, 1);
			const rest = this.take(free, (p) => p.row.from === first.row.from, 1 + this.random.below(4));
			this.together([first, ...rest], first.arrives);
			if (i % 6 === 0) rest[0].plan = this.random.pick(['deferred', 'no_show', 'sent_back', 'early_stopped', 'parked']);
		}
	}

	// --- calls

	committed() {
		const seat = ({ count }) => ['injected', 'observing'].includes(count.state)
			|| (['called', 'serving'].includes(count.state) && count.stage === 'injection')
			|| (count.state === 'unwell' && count.injectedAt)
			|| (count.state === 'left_early' && count.dueAt > this.now);
		return this.people.filter(seat).reduce((n, p) => n + heads(p), 0);
	}

	// How many come with each one who waits.
	groups(waiting) {
		const sizes = new Map();
		for (const p of waiting) {
			const key = p.party ?? p.id;
			sizes.set(key, (sizes.get(key) ?? 0) + heads(p));
		}
		return [...sizes.values()].sort((a, b) => a - b);
	}

	async stageCalls(stage) {
		const waiting = this.waiting(stage);
		const free = this.desks.filter((d) => d.stage === stage && d.open && d.people.size === 0);
		if (waiting.length === 0 || free.length === 0) return [];
		if (this.heldUntil) {
			await this.call(free[0], 'hold');
			return [];
		}
		const bound = free.filter((desk) => waiting.some((p) => p.party && desk.parties.has(p.party)));
		const others = free.filter((desk) => !bound.includes(desk));
		const wasStopped = stage === 'injection' && this.stopped;
		if (wasStopped) await this.goOn(waiting);
		const first = await this.tries([...bound, ...(wasStopped ? others.splice(0, 1) : [])], waiting);
		if (stage === 'injection' && this.stopped) return first;
		// Now and then all of them try, whoever they think is theirs.
		const n = this.times % 6 === 0 ? others.length : waiting.length - first.length;
		return [...first, ...(await this.tries(others.slice(0, Math.max(n, 0)), waiting))];
	}

	async tries(desks, waiting) {
		const answers = await Promise.all(desks.map(async (desk) => {
			const answer = await this.call(desk, 'nobody_waiting', 'paused');
			for (const { party } of answer.called ?? []) if (party) desk.parties.add(party);
			return { desk, ...answer };
		}));
		for (const { code, why, until, desk } of answers) {
			const left = waiting.filter((p) => p.count.state === 'queued');
			if (code === 'nobody_waiting') assert.ok(left.every((p) => p.party), `${desk.id} calls nobody`);
			if (code === 'paused' && why === 'seats_full') await this.seatsAreFull(desk, left, until);
		}
		return answers.flatMap((a) => a.called ?? []);
	}

	// Rightly so; and every screen that looks at it says so.
	async seatsAreFull(desk, left, until) {
		const most = this.groups(left).at(-1);
		assert.ok(this.committed() + most > SEATS, `${this.committed()} seats of ${SEATS} are spoken for, ${most} wait`);
		const due = Math.min(...this.people.filter((p) => p.count.state === 'observing').map((p) => p.count.dueAt));
		assert.equal(Date.parse(until), Math.max(due, this.now), 'until the next seat frees');
		const theirs = (d) => left.some((p) => p.party && d.parties.has(p.party));
		if (theirs(desk) || theirs(this.watched)) return; // others may still go on
		if (!this.stopped) await this.needle.until((s) => s.last[`desk:${WATCHED}`]?.paused?.why === 'seats_full', 'calls shown as stopped');
		this.stopped = true;
	}

	// A seat has come free for whoever is next: it is shown within a second that calls go on, and the next one is taken.
	async goOn(waiting) {
		if (this.committed() + this.groups(waiting).at(-1) > SEATS) return;
		const from = Date.now();
		await this.needle.until((s) => s.last[`desk:${WATCHED}`].paused === null, 'calls shown as going on', 10 * SECOND);
		this.resumed.push(Date.now() - from);
		this.stopped = false;
		const view = await this.hall.board.view(`desk:${WATCHED}`);
		assert.equal(view.paused, null);
	}

	// --- what is shown

	// Counts the answers of a quiet time, to hold them against the server's own count.
	async meter(time) {
		await this.sleepers.until(time, 2);
		assert.equal(this.kills.length, 0);
		this.verdicts = {};
		this.metered = await this.measured();
		this.answered = (answers) => {
			for (const { status, body } of answers) {
				const code = status === 409 || body.outcome === 'noted' ? body.code : 'accepted';
				this.verdicts[code] = (this.verdicts[code] ?? 0) + 1;
			}
		};
	}

	async compareShown() {
		await super.compareShown();
		await compareBoard(this);
		await compareMetrics(this);
	}

	async close() {
		await this.compareVerdicts();
		await super.close();
		await compareRoster(this);
	}

	// The metrics, and how long the log is.
	async measured() {
		const { body: { position } } = await this.site.nobody().get('/readyz');
		return { ...(await metrics(this.site)), position: Number(position.split('-')[1]) };
	}

	async compareVerdicts() {
		const name = (code) => `vaxline_commands_total{verdict="${code}"}`;
		const now = await this.measured();
		for (const [code, n] of Object.entries(this.verdicts)) {
			assert.equal(now[name(code)] - (this.metered[name(code)] ?? 0), n, `commands ${code}`);
		}
		assert.equal(now.vaxline_events_total - this.metered.vaxline_events_total, now.position - this.metered.position, 'events');
		assert.ok(this.verdicts.accepted > 500, JSON.stringify(this.verdicts));
	}

	summary() {
		const { turned, undone, resumed } = this;
		return { ...super.summary(), turned, undone, resumed: { times: resumed.length, most_ms: Math.max(0, ...resumed) } };
	}
}

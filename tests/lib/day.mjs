// A day of a site: 300 people, each with a plan, and every device of the hall, under the manual clock.
//
// People are written as straight scripts that sleep in simulated time. At each time all who are due act at once (0), then
// free desks call (1), then come the incidents (2); in between nothing is under way, and what the site shows is compared
// with the count kept here, which knows nothing of the server but its contract:
//
//   sleep until T ──► clock to T ──► people act ──► desks call ──► incidents ──► next T
//                          ^              ^
//                          └── kill -9 ───┘      at random points, server and Redis
//
// The plans and every choice come from one seed, a generator a person; what a kill hits does not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Count, ENDED } from './count.mjs';
import { Sleepers, generator } from './hours.mjs';
import { DAY, MINUTE, SECOND, pause, uuid, waitFor } from './site.mjs';

// --- the people's plans

const PLANS = {
	early_stopped: 8, early_back: 8, early_gone: 6, early_gone_unwell: 3, walked_out: 4, early_unarrived: 2,
	arrives_late: 4, never_arrives: 4, only_exits: 4,
	unwell_queue: 6, unwell_called: 3, unwell_serving: 4, unwell_injected: 3, unwell_observing: 8, unwell_completed: 4,
	parked: 6, parked_for_good: 3, deferred: 6, declined: 5, no_show: 8, no_show_thrice: 2, comes_late: 4, leaves: 5,
	overstays: 5, sent_back: 4, extended: 4, reused: 4,
};
const STAGES = ['registration', 'consent', 'injection'];
const DESKS = { registration: 4, consent: 6, injection: 8 };
const SERVING_SECONDS = { registration: [25, 50], consent: [40, 80], injection: [45, 90] };
const SHOWN_EVERY = 40; // times between comparisons of what the site shows with the count

export class Day {
	constructor(site, { seed, people = 300, kills = 5 }) {
		this.site = site;
		this.seed = seed;
		this.random = generator(seed);
		this.sleepers = new Sleepers();
		this.issued = new Map(); // command id -> what became of it
		this.people = [];
		this.size = people;
		this.kills = [];
		this.wantedKills = kills;
		this.times = 0;
		this.askedAgain = 0; // commands that a kill hit while they were under way
	}

	// --- acting

	// One command, asked until it is answered for good; sometimes by two connections at once.
	async post(client, target, body, { status = 200, code, marked = true } = {}) {
		const sent = { id: uuid(), ...body };
		const issued = { target, marked: marked && status < 500, answered: false };
		this.issued.set(sent.id, issued);
		const copies = sent.id[0] === '0' && marked ? 2 : 1;
		const answers = await Promise.all(Array.from({ length: copies }, () => client.post(target, sent, { retry: true })));
		const [answer] = answers;
		issued.answered = true;
		if (answer.attempt > 1) this.askedAgain++;
		const said = `${target} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`;
		assert.equal(answer.status, status, said);
		if (code) assert.equal(answer.body.code, code, said);
		for (const other of answers) assert.equal(other.text, answer.text, 'the same id, the same answer');
		return answer.body;
	}

	act(person, client, action, body = {}, expected = {}) {
		return this.post(client, `/api/visits/${person.token}/${action}`, body, { code: action, ...expected });
	}

	scan(person, client, expected) {
		return this.post(client, '/api/scan', { code: person.token }, expected);
	}

	sleep(ms, phase) {
		return this.sleepers.until(this.now + ms, phase);
	}

	// --- the people

	async checkIn(person) {
		const { visit, ticket } = await this.post(person.random.pick(this.hall.kiosks), '/api/visits', {
			person: { name: `人${person.index}`, birth_date: '1960-01-01' }, language: 'zh-Hans',
		}, { status: 201, code: undefined });
		Object.assign(person, { id: visit.id, number: ticket.number, token: ticket.token });
		person.count = new Count();
		this.queues(person, 'registration', 'check_in', this.now);
	}

	queues(person, stage, by, key = this.now) {
		person.count.becomes('queued', by, { stage, key });
	}

	// Waits to be called at its stage and is served there; false when the person's way ends in between.
	async served(person, stage) {
		const { count, plan } = person;
		for (;;) {
			if (count.state !== 'called') await this.sleepers.held((call) => (person.call = call));
			await this.sleep(person.random.seconds(10, 25));
			if (count.state !== 'called') continue; // the desk closed
			const desk = count.desk;
			if (person.absent > 0) {
				await this.sleep(person.random.seconds(40, 60));
				if (count.state !== 'called' || count.desk !== desk) continue;
				await this.noShow(person, desk);
				if (count.state === 'parked') return false;
				continue;
			}
			if (plan === 'comes_late' && stage === 'consent' && !person.late) {
				person.late = true;
				await this.sleep(4 * MINUTE);
				if (count.state !== 'called') continue;
			}
			if (plan === 'unwell_called' && stage === 'consent' && !person.cried) {
				person.cried = true;
				this.free(person);
				if (!(await this.unwell(person))) return false;
				continue;
			}
			await this.start(person, count.desk);
			return true;
		}
	}

	async start(person, desk) {
		await this.scan(person, desk.handheld, { code: 'start' });
		person.count.becomes('serving', 'start', { desk });
		await this.sleep(person.random.seconds(...SERVING_SECONDS[person.count.stage]));
	}

	async noShow(person, desk) {
		person.absent--;
		person.noShows = (person.noShows ?? 0) + 1;
		await this.act(person, desk.handheld, 'no_show');
		this.free(person);
		if (person.noShows === 3) person.count.becomes('parked', 'no_show');
		else this.queues(person, person.count.stage, 'no_show', NaN); // behind the fifth: not looked at here
	}

	free(person) {
		const { desk } = person.count;
		if (desk) desk.person = undefined;
	}

	// Leaves the desk by an act of it.
	async done(person, action, state, body = {}, stage = undefined) {
		const { desk } = person.count;
		await this.act(person, desk.handheld, action, body);
		this.free(person);
		if (state === 'queued') this.queues(person, stage, action);
		else person.count.becomes(state, action, { stage: state === 'injected' ? 'observation' : person.count.stage });
	}

	// Reports unwell, and what the treatment room makes of it; false when sent to hospital.
	async unwell(person) {
		const { count } = person;
		const { hall } = this;
		const { random } = person;
		const devices = [hall.board, hall.kiosks[0], hall.exits[0], hall.display, hall.observers[1], hall.screen];
		const before = count.state;
		let alert;
		if (random.chance(0.5)) ({ alert } = await this.post(random.pick(devices), '/api/unwell', { code: person.token }, { code: 'unwell' }));
		else ({ alert } = await this.act(person, random.pick(devices), 'unwell'));
		count.becomes('unwell', 'unwell');
		count.cry('unwell', this.now);
		await this.sleep(random.seconds(5, 100));
		if (random.chance(0.8)) {
			await this.post(random.pick([hall.board, hall.treatment, hall.exits[1]]), `/api/alerts/${alert.id}/acknowledge`, {});
			count.acknowledge('unwell');
		}
		if (random.chance(0.3)) {
			await this.sleep(random.seconds(5, 40));
			await this.post(random.pick(devices), '/api/unwell', { code: person.token, place: 'row 3' }, { code: 'unwell' });
			count.cry('unwell', this.now);
		}
		await this.sleep(random.seconds(30, 90));
		await this.act(person, hall.treatment, 'assess', { note: 'seen' });
		await this.sleep(random.seconds(30, 120));
		if (random.chance(0.3)) {
			await this.act(person, hall.treatment, 'transfer');
			count.becomes('transferred', 'transfer');
			return false;
		}
		if (count.injectedAt) {
			await this.act(person, hall.treatment, 'clear', { minutes: 20 });
			count.becomes('observing', 'clear', { dueAt: this.now + 20 * MINUTE });
		} else {
			await this.act(person, hall.treatment, 'clear');
			count.becomes(ENDED.includes(before) ? before : 'queued', 'clear');
		}
		return true;
	}

	async script(person) {
		const { plan } = person;
		await this.sleepers.until(person.arrives);
		await this.checkIn(person);
		const { count } = person;
		if (!(await this.beforeRegistration(person))) return;
		for (const stage of STAGES) {
			if (!(await this.served(person, stage))) return;
			if (stage === 'injection') break;
			if (stage === 'consent' && plan === 'deferred') {
				await this.done(person, 'defer', 'deferred', { reason: 'fever' });
				return this.freeToGo(person);
			}
			if (stage === 'consent' && plan === 'declined') {
				await this.done(person, 'decline', 'declined');
				return this.freeToGo(person);
			}
			if (stage === 'consent' && plan === 'sent_back') {
				await this.done(person, 'return_to', 'queued', { stage: 'registration' }, 'registration');
				if (!(await this.served(person, 'registration'))) return;
				await this.done(person, 'finish', 'queued', {}, 'consent');
				if (!(await this.served(person, 'consent'))) return;
			}
			await this.done(person, 'finish', 'queued', {}, STAGES[STAGES.indexOf(stage) + 1]);
		}
		if (plan === 'unwell_serving') {
			this.free(person);
			if (!(await this.unwell(person))) return;
			if (!(await this.served(person, 'injection'))) return;
		}
		count.injectedAt = this.now;
		count.dueAt = this.now + 30 * MINUTE;
		await this.done(person, 'inject', 'injected', { vaccine: 'inactivated', lot: `L${person.index % 7}`, dose: 1, checks: true });
		if (await this.toObservation(person)) await this.afterArrival(person);
	}

	async beforeRegistration(person) {
		const { plan, count } = person;
		const { board, exits } = this.hall;
		if (plan === 'no_show') person.absent = 1;
		if (plan === 'no_show_thrice') person.absent = 3;
		if (plan === 'leaves') {
			await this.scan(person, exits[1], { status: 409, code: 'not_injected', marked: false });
			await this.act(person, exits[1], 'leave');
			count.becomes('left', 'leave');
			return false;
		}
		if (plan === 'parked' || plan === 'parked_for_good') {
			await this.act(person, board, 'park');
			count.becomes('parked', 'park');
			if (plan === 'parked_for_good') return false;
			await this.sleep(person.random.seconds(120, 900));
			await this.act(person, board, 'resume');
			count.becomes('queued', 'resume');
		}
		return plan !== 'unwell_queue' || this.unwell(person);
	}

	async freeToGo(person) {
		await this.sleep(person.random.seconds(30, 60));
		await this.scan(person, person.random.pick(this.hall.exits), { code: 'free_to_go' });
	}

	observer(person) {
		return person.random.pick(this.hall.observers);
	}

	async arrives(person) {
		await this.scan(person, this.observer(person), { code: 'arrive' });
		person.count.becomes('observing', 'arrive');
	}

	// From the needle to the chair; false when the way ends before.
	async toObservation(person) {
		const { plan, count } = person;
		await this.sleep(person.random.seconds(40, 200));
		if (plan === 'unwell_injected') {
			if (!(await this.unwell(person))) return false;
			return true;
		}
		if (plan === 'early_unarrived') {
			await this.refusedAtExit(person);
			await this.sleep(person.random.seconds(15, 30));
			await this.act(person, this.hall.exits[1], 'returned');
			count.becomes('injected', 'returned');
		}
		if (plan === 'arrives_late') await this.sleep(count.injectedAt + person.random.seconds(360, 540) - this.now);
		if (plan === 'never_arrives') {
			await this.sleep(8 * MINUTE);
			await this.act(person, this.observer(person), 'walked_out');
			count.becomes('left_early', 'walked_out');
			return false;
		}
		if (plan === 'only_exits') {
			await this.sleep(count.dueAt + person.random.seconds(5, 120) - this.now);
			await this.scan(person, this.hall.exits[0], { status: 409, code: 'not_observed', marked: false });
			await this.sleep(person.random.seconds(20, 60));
			await this.act(person, this.observer(person), 'release', { reason: 'looked at' });
			count.becomes('completed', 'release');
			return false;
		}
		await this.arrives(person);
		return true;
	}

	async refusedAtExit(person) {
		await this.scan(person, person.random.pick(this.hall.exits), { status: 409, code: 'not_due' });
		person.count.cry('early_exit', this.now);
	}

	async afterArrival(person) {
		const { plan, count } = person;
		const { hall } = this;
		const { random } = person;
		const early = ['early_stopped', 'early_back', 'early_gone', 'early_gone_unwell'];
		if (early.includes(plan)) {
			await this.sleep(random.seconds(240, 900));
			await this.refusedAtExit(person);
		}
		if (plan === 'early_stopped') {
			await this.sleep(random.seconds(20, 60));
			if (random.chance(0.5)) await this.refusedAtExit(person); // once more, with the guard before him
			await this.sleep(random.seconds(20, 90));
			await this.act(person, hall.exits[0], 'returned');
			count.becomes('observing', 'returned');
		}
		if (plan === 'early_back') {
			await this.sleep(random.seconds(200, 420));
			assert.equal(count.state, 'left_early');
			await this.scan(person, this.observer(person), { code: 'returned' });
			count.becomes('observing', 'returned');
		}
		if (plan === 'early_gone') return;
		if (plan === 'early_gone_unwell') {
			await this.sleep(random.seconds(240, 600));
			if (!(await this.unwell(person))) return;
		}
		if (plan === 'walked_out') {
			await this.sleep(random.seconds(240, 900));
			await this.act(person, this.observer(person), 'walked_out');
			count.becomes('left_early', 'walked_out');
			if (person.index % 2) return;
		}
		if (plan === 'unwell_observing') {
			await this.sleep(random.seconds(60, 900));
			if (!(await this.unwell(person))) return;
		}
		if (plan === 'extended') {
			await this.sleep(random.seconds(60, 600));
			await this.act(person, this.observer(person), 'extend', { minutes: 15, reason: 'allergy' });
			const old = count.dueAt;
			count.becomes('observing', 'extend', { dueAt: old + 15 * MINUTE });
			await this.sleep(old - this.now);
			await this.refusedAtExit(person);
			await this.sleep(random.seconds(20, 60));
			await this.act(person, hall.exits[1], 'returned');
			count.becomes('observing', 'returned');
		}
		await this.leavesInTime(person);
	}

	async leavesInTime(person) {
		const { plan, count } = person;
		const { hall } = this;
		const { random } = person;
		await this.sleep(count.dueAt - this.now + (plan === 'overstays' ? random.seconds(905, 1200) : random.below(25) * 5 * SECOND));
		await this.scan(person, random.pick(hall.exits), { code: 'release' });
		count.becomes('completed', 'release');
		if (plan === 'reused') {
			await this.sleep(random.seconds(60, 120));
			await this.scan(person, random.pick(hall.exits), { status: 409, code: 'ticket_ended' });
			count.cry('ticket_reused', this.now);
		}
		if (plan === 'unwell_completed') {
			await this.sleep(random.seconds(60, 300));
			if (!(await this.unwell(person))) return;
			await this.sleep(count.dueAt - this.now);
			await this.scan(person, random.pick(hall.exits), { code: 'release' });
			count.becomes('completed', 'release');
		}
	}

	// --- the desks

	waiting(stage) {
		return this.people.filter((p) => p.count?.state === 'queued' && p.count.stage === stage);
	}

	async desksCall() {
		await Promise.all(STAGES.map(async (stage) => {
			const free = this.desks.filter((d) => d.stage === stage && d.open && !d.person);
			const waiting = this.waiting(stage);
			const calling = free.slice(0, waiting.length);
			const called = await Promise.all(calling.map(async (desk) => {
				const { visit } = await this.post(desk.handheld, `/api/desks/${desk.id}/call`, {});
				const person = waiting.find((p) => p.id === visit.id);
				assert.ok(person, `${desk.id} called ${visit.number}, which does not wait at ${stage}`);
				assert.equal(desk.person, undefined);
				desk.person = person;
				person.count.becomes('called', 'call', { desk, calledAt: this.now });
				return person;
			}));
			assert.equal(new Set(called).size, called.length, 'nobody is called twice');
			const rest = waiting.filter((p) => !called.includes(p));
			const latest = Math.max(...called.map((p) => p.count.key).filter((k) => !Number.isNaN(k)), 0);
			const jumped = rest.filter((p) => p.count.key < latest);
			assert.deepEqual(jumped.map((p) => p.number), [], `first come first called at ${stage}`);
			for (const person of called) {
				const { call } = person;
				person.call = undefined;
				call?.();
			}
		}));
		await this.sleepers.quiet();
	}

	// A desk closes with somebody called to it, and opens again.
	async incident(time) {
		await this.sleepers.until(time, 2);
		for (;;) {
			const desk = this.desks.find((d) => d.open && d.person?.count.state === 'called');
			if (desk) {
				const { count } = desk.person;
				await this.post(this.hall.board, `/api/desks/${desk.id}/close`, {});
				desk.open = false;
				this.free(desk.person);
				count.becomes('queued', 'give_back');
				await this.sleep(5 * MINUTE, 2);
				await this.post(desk.handheld, `/api/desks/${desk.id}/open`, {});
				desk.open = true;
				return;
			}
			await this.sleep(5 * SECOND, 2);
		}
	}

	async tooSoonToClose(time) {
		await this.sleepers.until(time, 2);
		const problem = await this.post(this.hall.board, '/api/day/close', {}, { status: 409, code: 'day_not_clear', marked: false });
		const inside = this.people.filter((p) => ['serving', 'injected', 'observing', 'unwell'].includes(p.count?.state));
		assert.ok(inside.length > 0 && problem.what.length > 0);
	}

	// --- the whole

	async open() {
		const { site } = this;
		const board = site.board;
		this.start0 = (await site.clock()).now;
		this.now = this.start0;
		const one = (kind, name, desk) => site.device(kind, name, desk);
		this.hall = {
			board,
			kiosks: [await one('kiosk', 'k1'), await one('kiosk', 'k2')],
			exits: [await one('exit', 'e1'), await one('exit', 'e2')],
			observers: [await one('handheld', 'o1', 'observation'), await one('handheld', 'o2', 'observation')],
			treatment: await one('handheld', 't1', 'treatment'),
			display: await one('display', 'd1'),
			screen: await one('observation', 's1'),
		};
		this.desks = [];
		for (const stage of STAGES) {
			for (let i = 1; i <= DESKS[stage]; i++) {
				const id = `${stage}-${i}`;
				this.desks.push({ id, stage, open: true, handheld: await one('handheld', id, id) });
			}
		}
		this.stream = await board.stream('alerts', { again: true });
		this.plan();
	}

	plan() {
		const plans = Object.entries(PLANS).flatMap(([plan, n]) => Array(Math.ceil((n * this.size) / 300)).fill(plan));
		while (plans.length < this.size) plans.push('normal');
		plans.splice(this.size);
		this.random.shuffle(plans);
		const arrivals = 50 * 60 * (this.size / 300);
		plans.forEach((plan, index) => {
			const random = generator(this.seed * 1009 + index);
			this.people.push({ index, plan, random, arrives: this.start0 + random.seconds(5, arrivals), absent: 0 });
		});
		const span = arrivals + 45 * 60;
		for (const what of ['server', 'redis']) {
			for (let i = 0; i < this.wantedKills; i++) {
				const time = this.start0 + this.random.seconds(60, span);
				this.kills.push({ what, time, during: this.random.chance(0.3) ? 'clock' : 'acts' });
			}
		}
		this.kills.sort((a, b) => a.time - b.time);
	}

	async run() {
		await this.open();
		for (const person of this.people) this.sleepers.spawn(() => this.script(person));
		for (const minute of [10, 20, 30]) this.sleepers.spawn(() => this.incident(this.start0 + minute * MINUTE * (this.size / 300)));
		this.sleepers.spawn(() => this.tooSoonToClose(this.start0 + 40 * MINUTE));
		await this.sleepers.quiet();
		for (let time; (time = this.sleepers.next()) < Infinity;) await this.at(time);
		assert.equal(this.kills.length, 0, 'every kill has happened');
		await this.compareShown();
	}

	async at(time) {
		const { sleepers } = this;
		this.now = time;
		this.times++;
		const people = sleepers.take(time, 0);
		let killing = this.kill('clock');
		await this.moveClock(time);
		await killing;
		for (const person of this.people) person.count?.advance(time);
		sleepers.wake(people);
		killing = people.length > 0 ? this.kill('acts') : undefined;
		await sleepers.quiet();
		await this.desksCall();
		await killing;
		const incidents = sleepers.take(time, 2);
		sleepers.wake(incidents);
		await sleepers.quiet();
		if (killing || this.times % SHOWN_EVERY === 0) await this.compareShown();
	}

	async moveClock(time) {
		const now = this.clock ?? this.start0;
		try {
			if (time > now) assert.equal(await this.site.advance(time - now), time);
		} catch {
			await this.site.gate;
			await this.site.advanceTo(time);
		}
		this.clock = time;
	}

	// The next kill whose time has come, if it is of this sort.
	kill(during) {
		const at = this.kills.findIndex((k) => k.time <= this.now && k.during === during);
		if (at < 0) return undefined;
		const [{ what }] = this.kills.splice(at, 1);
		const running = this.killNow(what, this.random.below(4));
		running.catch(() => {});
		return running;
	}

	async killNow(what, delay) {
		const { site } = this;
		await pause(delay);
		if (what === 'redis') return site.killRedis9();
		let openGate;
		site.gate = new Promise((resolve) => (openGate = resolve));
		try {
			await site.kill9();
			await site.start();
			await site.ready();
			await site.advanceTo(this.now);
		} finally {
			openGate();
			site.gate = undefined;
		}
	}

	states() {
		const states = {};
		for (const { count } of this.people) if (count) states[count.state] = (states[count.state] ?? 0) + 1;
		return states;
	}

	openAlarms() {
		const open = [];
		for (const { count, id } of this.people) {
			for (const [kind, alarm] of Object.entries(count?.alarms ?? {})) {
				if (alarm.state !== 'settled') open.push(`${kind} ${id} ${alarm.state} ${alarm.count} ${alarm.level}`);
			}
		}
		return open.sort();
	}

	// The board's totals, the alarms, and the alarms on the stream that has been open all day, against the count.
	async compareShown() {
		const read = (target) => waitFor(async () => {
			const answer = await this.hall.board.get(target).catch(() => undefined);
			return answer?.status === 200 && answer.body;
		}, target);
		const { totals } = await read('/api/day');
		const nonZero = Object.fromEntries(Object.entries(totals.by_state).filter(([, n]) => n > 0));
		assert.deepEqual(nonZero, this.states());
		assert.equal(totals.injected, this.people.filter((p) => p.count?.injectedAt && p.count.state !== 'serving').length);
		const shown = (picture) => picture.alerts
			.filter((a) => a.visit)
			.map((a) => `${a.kind} ${a.visit} ${a.state} ${a.count} ${a.escalated}`).sort();
		const wanted = this.openAlarms();
		assert.deepEqual(shown(await read('/api/views/alerts')), wanted);
		await this.stream.until(
			(s) => s.last.alerts && JSON.stringify(shown(s.last.alerts)) === JSON.stringify(wanted),
			`the alarms ${JSON.stringify(wanted)}`);
	}

	async close() {
		for (const person of this.people) {
			const visit = await this.hall.board.visit(person.token);
			assert.equal(visit.state, person.count.state, `${person.number} ${person.plan}`);
		}
		await this.post(this.hall.board, '/api/day/close', { reason: 'evening' });
		for (const { count } of this.people) {
			if (['queued', 'called', 'parked'].includes(count.state)) count.becomes('left', 'leave');
			for (const kind of Object.keys(count.alarms)) count.settle(kind);
		}
	}

	// --- afterwards: board, log, export and replay say the same

	async verify() {
		const events = await this.site.log();
		this.verifyOrder(events);
		this.verifyFinalStates(events);
		this.verifyCommands(events);
		this.verifyAlarms(events);
		await this.compareShown();
		await this.verifyExport(events);
		await this.verifyReplay(events);
		return events;
	}

	verifyOrder(events) {
		let last;
		for (const { id } of events) {
			const [epoch, n] = id.split('-').map(Number);
			if (last) assert.ok(epoch === last[0] ? n === last[1] + 1 : epoch > last[0] && n === 1, `${id} after ${last}`);
			last = [epoch, n];
		}
		const times = events.map((e) => e.at);
		assert.deepEqual(times, [...times].sort());
	}

	verifyFinalStates(events) {
		const last = new Map();
		for (const { visit, data } of events) if (visit && data.state) last.set(visit, data.state);
		assert.equal(last.size, this.size);
		for (const { id, number, plan, count } of this.people) {
			assert.equal(last.get(id), count.state, `${number} ${plan}`);
			assert.ok(ENDED.includes(count.state) || count.state === 'left_early', `${number} ${plan} ends ${count.state}`);
		}
	}

	// Every acknowledged command is in the log as the cause of its events exactly once; no other is there.
	verifyCommands(events) {
		const caused = new Map();
		for (const event of events) {
			if (!event.command) continue;
			assert.ok(this.issued.has(event.command), `a command nobody sent: ${event.command}`);
			if (!caused.has(event.command)) caused.set(event.command, []);
			caused.get(event.command).push(event);
		}
		for (const [id, { target, marked, answered }] of this.issued) {
			assert.ok(answered, target);
			const list = caused.get(id) ?? [];
			if (!marked) {
				assert.equal(list.length, 0, `${target} was refused and changed nothing`);
				continue;
			}
			assert.equal(list.filter((e) => e.data.reply_as).length, 1, `${target} ${id} ${JSON.stringify(list)}`);
			const whole = events.slice(events.indexOf(list[0]), events.indexOf(list.at(-1)) + 1);
			assert.deepEqual(whole, list, `${target}: its events stand together`);
		}
	}

	verifyAlarms(events) {
		const seen = new Map();
		const ids = new Set();
		for (const event of events) {
			if (!event.type.startsWith('alert_')) continue;
			if (event.type === 'alert_raised') {
				assert.ok(!ids.has(event.data.alert), `raised twice: ${event.data.alert}`);
				ids.add(event.data.alert);
			}
			if (!event.visit) {
				assert.equal(event.data.kind, 'storage_down');
				continue;
			}
			const key = `${event.type} ${event.data.kind}`;
			if (!seen.has(event.visit)) seen.set(event.visit, {});
			const counts = seen.get(event.visit);
			counts[key] = (counts[key] ?? 0) + 1;
		}
		for (const { id, number, plan, count } of this.people) {
			assert.deepEqual(seen.get(id) ?? {}, count.seen, `the alarms of ${number} ${plan}`);
		}
	}

	async verifyExport(events) {
		const file = path.join(this.site.dir, 'days', `${DAY}.ndjson`);
		await waitFor(() => fs.existsSync(`${file}.sha256`), 'the export');
		const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
		assert.deepEqual(lines, events);
	}

	async verifyReplay(events) {
		const said = await this.site.replay();
		const nonZero = Object.fromEntries(Object.entries(said.states).filter(([, n]) => n > 0));
		assert.deepEqual(nonZero, this.states(), said.text);
		assert.equal(said.visits, this.size);
		assert.equal(said.alerts, events.filter((e) => e.type === 'alert_raised').length, said.text);
		assert.equal(said.position, events.at(-1).id);
		assert.equal(said.hash, (await this.site.clock()).hash);
	}

	// How many went each way, for the report.
	summary() {
		return { seed: this.seed, states: this.states(), commands: this.issued.size, askedAgain: this.askedAgain, times: this.times };
	}
}

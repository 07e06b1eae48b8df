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
import { Sleepers, generator } from './hours.mjs';
import { People, STAGES, refusal } from './people.mjs';
import { MINUTE, SECOND, pause, waitFor } from './site.mjs';

// --- the people's plans

const PLANS = {
	early_stopped: 8, early_back: 8, early_gone: 6, early_gone_unwell: 3, walked_out: 4, early_unarrived: 2,
	arrives_late: 4, never_arrives: 4, only_exits: 4,
	unwell_queue: 6, unwell_called: 3, unwell_serving: 4, unwell_injected: 3, unwell_observing: 8, unwell_completed: 4,
	parked: 6, parked_for_good: 3, deferred: 6, declined: 5, no_show: 8, no_show_thrice: 2, comes_late: 4, leaves: 5,
	overstays: 5, sent_back: 4, extended: 4, reused: 4,
};
const SHOWN_EVERY = 40; // times between comparisons of what the site shows with the count

export class Day extends People {
	plans = PLANS;
	desksOf = { registration: 4, consent: 6, injection: 8 };
	alarmsOfPlaces = ['storage_down']; // that may come up beside those of people

	// `grid`: seconds between two times
	constructor(site, { seed, people = 300, kills = 5, grid = 5 }) {
		super();
		this.site = site;
		this.seed = seed;
		this.grid = grid;
		this.random = generator(seed, this.grid);
		this.byId = new Map();
		this.finished = { registration: 0, consent: 0, injection: 0 };
		this.sleepers = new Sleepers();
		this.issued = new Map(); // command id -> what became of it
		this.people = [];
		this.size = people;
		this.kills = [];
		this.wantedKills = kills;
		this.times = 0;
		this.askedAgain = 0; // commands that a kill hit while they were under way
	}

	// --- the desks

	waiting(stage) {
		return this.people.filter((p) => p.count?.state === 'queued' && p.count.stage === stage);
	}

	// A free desk calls: those who were called, or the code of the refusal.
	async call(desk, ...refusals) {
		const answer = await this.post(desk.handheld, `/api/desks/${desk.id}/call`, {}, {}, ...refusals.map(refusal));
		if (answer.status === 409) return answer;
		const called = answer.party.map((v) => this.byId.get(v.id));
		assert.equal(answer.visit.id, called[0].id);
		for (const person of called) {
			const said = `${person.number}, called to ${desk.id}`;
			assert.equal(person.count.state, 'queued', said);
			assert.equal(person.count.stage, desk.stage, said);
			desk.people.add(person);
			person.count.becomes('called', 'call', { desk, calledAt: this.now });
		}
		return { called };
	}

	// Free desks call while somebody waits.
	async stageCalls(stage) {
		const free = this.desks.filter((d) => d.stage === stage && d.open && d.people.size === 0);
		const answers = await Promise.all(free.slice(0, this.waiting(stage).length).map((desk) => this.call(desk)));
		return answers.flatMap((a) => a.called ?? []);
	}

	async desksCall() {
		await Promise.all(STAGES.map(async (stage) => {
			for (const person of await this.stageCalls(stage)) {
				const { call } = person;
				person.call = undefined;
				call?.();
			}
		}));
		await this.sleepers.quiet();
	}

	// The desk closes, and whoever was called to it has the old place again.
	async closeDesk(desk) {
		await this.post(this.hall.board, `/api/desks/${desk.id}/close`, {});
		desk.open = false;
		for (const person of [...desk.people]) {
			if (person.count.state !== 'called') continue;
			this.free(person);
			person.count.becomes('queued', 'give_back');
		}
	}

	async openDesk(desk) {
		await this.post(desk.handheld, `/api/desks/${desk.id}/open`, {});
		desk.open = true;
	}

	// A desk closes with somebody called to it, and opens again.
	async incident(time) {
		await this.sleepers.until(time, 2);
		for (;;) {
			const desk = this.desks.find((d) => d.open && [...d.people].some((p) => p.count.state === 'called'));
			if (desk) {
				await this.closeDesk(desk);
				await this.sleep(5 * MINUTE, 2);
				return this.openDesk(desk);
			}
			await this.sleep(this.grid * SECOND, 2);
		}
	}

	async tooSoonToClose(time) {
		await this.sleepers.until(time, 2);
		const problem = await this.post(this.hall.board, '/api/day/close', {}, refusal('day_not_clear'));
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
			for (let i = 1; i <= this.desksOf[stage]; i++) {
				const id = `${stage}-${i}`;
				this.desks.push({ id, stage, open: true, people: new Set(), handheld: await one('handheld', id, id) });
			}
		}
		this.stream = await board.stream('alerts', { again: true });
		await this.watch();
		this.plan();
	}

	// Every screen and handheld of the hall is on, so that none is silent.
	async watch() {
		const { kiosks, exits, observers, treatment, display, screen } = this.hall;
		const open = (client, view) => client.stream(view, { again: true });
		this.screens = await Promise.all([
			...kiosks.map((k) => open(k, 'display:registration')),
			...[...exits, ...observers, treatment, ...this.desks.map((d) => d.handheld)].map((d) => open(d, 'alerts')),
			open(display, 'display:all'),
			open(screen, 'observation'),
		]);
	}

	// All streams are open anew, after they were cut.
	async screensBack(cut, connections) {
		for (const [i, screen] of cut.entries()) await screen.until((s) => s.connections > connections[i], 'a stream opened again');
	}

	plan() {
		const plans = Object.entries(this.plans).flatMap(([plan, n]) => Array(Math.ceil((n * this.size) / 300)).fill(plan));
		while (plans.length < this.size) plans.push('normal');
		plans.splice(this.size);
		this.random.shuffle(plans);
		const arrivals = 50 * 60 * (this.size / 300);
		plans.forEach((plan, index) => {
			const random = generator(this.seed * 1009 + index, this.grid);
			this.people.push({ index, plan, random, arrives: this.start0 + random.seconds(5, arrivals), absent: 0 });
		});
		this.planKills(arrivals + 45 * 60);
	}

	planKills(span) {
		for (const what of ['server', 'redis']) {
			for (let i = 0; i < this.wantedKills; i++) {
				const time = this.start0 + this.random.seconds(60, span);
				this.kills.push({ what, time, during: this.random.chance(0.3) ? 'clock' : 'acts' });
			}
		}
		this.kills.sort((a, b) => a.time - b.time);
	}

	incidents() {
		const at = (minute) => this.start0 + minute * MINUTE * (this.size / 300);
		return [...[10, 20, 30].map((minute) => () => this.incident(at(minute))), () => this.tooSoonToClose(this.start0 + 40 * MINUTE)];
	}

	async run() {
		await this.open();
		for (const person of this.people) this.sleepers.spawn(() => this.script(person));
		for (const incident of this.incidents()) this.sleepers.spawn(incident);
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
		killing = people.length > 0 ? this.kill('acts', people.length) : undefined;
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

	// The next kill whose time has come, if it is of this sort; amid acts, where enough of them are under way to be hit.
	kill(during, acts = this.size) {
		const busy = (k) => acts >= 4 || k.time + 10 * MINUTE <= this.now;
		const at = this.kills.findIndex((k) => k.time <= this.now && k.during === during && busy(k));
		if (at < 0) return undefined;
		const [{ what }] = this.kills.splice(at, 1);
		const running = this.killNow(what, this.random.below(4));
		running.catch(() => {});
		return running;
	}

	async killNow(what, delay) {
		await pause(delay);
		return what === 'redis' ? this.site.killRedis9() : this.outage(() => this.site.kill9());
	}

	// The server ends in one way or another and is started again; what is under way asks again.
	async outage(end) {
		const { site } = this;
		let openGate;
		site.gate = new Promise((resolve) => (openGate = resolve));
		const connections = this.screens.map((s) => s.connections);
		try {
			await end();
			await site.start();
			await site.ready();
			await this.screensBack(this.screens, connections);
			await site.advanceTo(this.now);
		} finally {
			openGate();
			site.gate = undefined;
		}
	}

	states() {
		const states = {};
		for (const { count } of this.people) if (count?.state) states[count.state] = (states[count.state] ?? 0) + 1;
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
			if (!person.token) continue;
			const visit = await this.hall.board.visit(person.token);
			assert.equal(visit.state, person.count.state, `${person.number} ${person.plan}`);
		}
		await this.post(this.hall.board, '/api/day/close', { reason: 'evening' });
		for (const { count } of this.people) {
			if (['queued', 'called', 'parked'].includes(count.state)) count.becomes('left', 'leave');
			if (count.state === 'expected') count.becomes('no_show', 'day_end');
			for (const kind of Object.keys(count.alarms)) count.settle(kind);
		}
	}

	// Injections given of each vaccine and lot.
	doses() {
		const doses = {};
		for (const { dose } of this.people) {
			if (dose) doses[`${dose.vaccine} ${dose.lot}`] = (doses[`${dose.vaccine} ${dose.lot}`] ?? 0) + 1;
		}
		return doses;
	}

	// How many went each way, for the report.
	summary() {
		return { seed: this.seed, states: this.states(), commands: this.issued.size, askedAgain: this.askedAgain, times: this.times };
	}
}

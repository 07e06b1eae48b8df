// 50 desks calling at once, 1,000 tickets: never the same ticket twice, never a party split, nobody passed over.
//
// Every desk is a loop of its own: call, start, finish, call again. Who is called when is decided by the race; whether
// it was right is read from the log, where a call stands among all that happened before it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { generator } from '../lib/hours.mjs';
import { checkFlow } from '../lib/flow_check.mjs';
import { DOSE } from '../lib/hall.mjs';
import { MANUAL, SECOND, startSite, uuid } from '../lib/site.mjs';

const TICKETS = 1000;
const DOORS = 10;
const DESKS = { registration: 16, consent: 16, injection: 18 };
const STAGES = Object.keys(DESKS);
const ROOMS = { registration: 60, consent: 40, injection: 30 };
const WAITED = ['nobody_waiting', 'paused'];

const config = {
	rooms: ROOMS,
	observation: { seats: 2000 },
	desks: STAGES.flatMap((stage) => Array.from({ length: DESKS[stage] }, (_, i) => ({ id: `${stage}-${i + 1}`, stage, open: true }))),
};

// What each door lets in, one after another while the desks are at work: singles, families, and two classes.
function arrivals(random) {
	const doors = Array.from({ length: DOORS }, () => []);
	const classes = [40, 25];
	let n = 0;
	const come = (size) => {
		const party = size > 1 ? uuid() : undefined;
		const door = doors.reduce((least, d) => (d.length < least.length ? d : least));
		for (let i = 0; i < size && n < TICKETS; i++, n++) {
			door.push({
				person: { name: `人${n}`, birth_date: random.chance(0.3) ? '1950-03-01' : '1985-03-01' },
				language: 'zh-Hans',
				...(party && { party }),
				...(random.chance(0.1) && { assisted: true }),
				...(random.chance(0.1) && { companions: 1 }),
			});
		}
	};
	while (n < TICKETS) {
		if (n > 300 && classes.length > 0) come(classes.pop());
		else come(random.chance(0.15) ? 2 + random.below(4) : 1);
	}
	return doors;
}

class Callers {
	constructor(site, random) {
		this.site = site;
		this.random = random;
		this.calls = new Map(); // "visit stage" -> how often called
		this.left = TICKETS; // not injected yet
		this.tokens = new Map();
		this.served = 0;
	}

	ok(answer, status = 200) {
		assert.equal(answer.status, status, answer.text);
		return answer.body;
	}

	async door(kiosk, people) {
		for (const person of people) {
			const { visit, ticket } = this.ok(await kiosk.post('/api/visits', person), 201);
			this.tokens.set(visit.id, ticket.token);
		}
	}

	async serve(desk, handheld, stage, visit) {
		const token = this.tokens.get(visit.id) ?? visit.number; // the ticket may still be on its way to whoever holds it
		this.ok(await handheld.act(token, 'start'));
		this.ok(await handheld.act(token, stage === 'injection' ? 'inject' : 'finish', stage === 'injection' ? DOSE : {}));
		if (stage === 'injection') this.left--;
	}

	// One desk, until everybody has had the needle. Now and then it closes with somebody called to it.
	async desk(id, stage, handheld, random) {
		while (this.left > 0) {
			const answer = await handheld.desk(id, 'call');
			if (answer.status === 409) {
				assert.ok(WAITED.includes(answer.body.code), answer.text);
				continue;
			}
			const { visit, party } = this.ok(answer);
			assert.equal(party[0].id, visit.id);
			for (const { desk, state, stage: at } of party) assert.deepEqual([desk, state, at], [id, 'called', stage]);
			if (random.chance(0.01)) {
				this.ok(await handheld.desk(id, 'close'));
				this.ok(await handheld.desk(id, 'open'));
				continue;
			}
			for (const one of party) {
				const key = `${one.id} ${stage}`;
				assert.ok(!this.calls.has(key), `${one.number} is served twice at ${stage}`);
				this.calls.set(key, id);
			}
			await Promise.all(party.map((one) => this.serve(id, handheld, stage, one)));
		}
	}

	// Time goes on, so that keys and waits differ.
	async clock() {
		while (this.left > 0) await this.site.advance(SECOND);
	}
}

// The checker must see a log that tells one thing otherwise.
function checkerSees(events) {
	const late = (type) => (e, i) => i > events.length / 2 && e.type === type;
	const sees = (find, change, what) => {
		const at = events.findIndex(find);
		assert.ok(at >= 0);
		const copy = events.slice();
		copy.splice(at, 1, ...change(events[at]));
		assert.throws(() => checkFlow(copy), what);
	};
	// Two singles of one stage take each other's turn.
	const exchanged = (type) => {
		const parties = new Set(events.filter((e) => e.data.party).map((e) => e.visit));
		const stageOf = (e) => e.data.stage;
		const one = events.findIndex((e, i) => late(type)(e, i) && !parties.has(e.visit));
		const two = events.findIndex((e, i) => i > one && e.type === type && stageOf(e) === stageOf(events[one]) && !parties.has(e.visit));
		const copy = events.slice();
		copy[one] = { ...events[one], visit: events[two].visit };
		copy[two] = { ...events[two], visit: events[one].visit };
		return copy;
	};
	assert.throws(() => checkFlow(exchanged('called')), /those first in line|does not wait|is in the hall/);
	assert.throws(() => checkFlow(exchanged('admitted')), /is before it|admitted/);
	const second = (e, i) => late('called')(e, i) && events[i - 1].type === 'called' && events[i - 1].command === e.command;
	const first = (e, i) => late('called')(e, i) && !second(e, i);
	const held = { at: events[0].at, type: 'site_held', command: null, data: {} };
	sees(second, (e) => [{ ...e, desk: 'injection-99' }], /of its party is at/);
	sees(first, (e) => [held, e], /on hold/);
	sees(late('admitted'), () => [], /waits in the hall|is in the hall|is before it/);
	sees((e) => e.type === 'checked_in', (e) => [{ ...e, data: { ...e.data, companions: 60 } }], /in the room of/);
}

test('50 callers, 1,000 tickets', async (t) => {
	const seed = Number(process.env.VAXLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
	t.diagnostic(`seed ${seed}`);
	const random = generator(seed);
	const site = await startSite({ clock: MANUAL, config }, t);
	const callers = new Callers(site, random);
	const desks = [];
	for (const stage of STAGES) {
		for (let i = 1; i <= DESKS[stage]; i++) {
			const id = `${stage}-${i}`;
			desks.push([id, stage, await site.device('handheld', id, id), generator(seed + desks.length)]);
		}
	}
	assert.equal(desks.length, 50);
	const doors = arrivals(random);
	const kiosk = await site.device('kiosk', 'k1');
	await Promise.all([
		...doors.map((people) => callers.door(kiosk, people)),
		callers.clock(),
		...desks.map((desk) => callers.desk(...desk)),
	].map((work) => work.catch((error) => {
		callers.left = 0;
		error.message = `VAXLINE_SEED=${seed}: ${error.message}`;
		throw error;
	})));

	assert.equal(callers.calls.size, 3 * TICKETS);
	const events = await site.log();
	const said = checkFlow(events);
	checkerSees(events);
	assert.deepEqual(said.states, { injected: TICKETS });
	assert.equal(said.injections, TICKETS);
	for (const stage of STAGES) assert.ok(said.most[stage] > ROOMS[stage] * 0.8, `the room of ${stage} was in use: ${said.most[stage]}`);
	t.diagnostic(JSON.stringify({ calls: said.calls, admissions: said.admissions, most: said.most }));
});

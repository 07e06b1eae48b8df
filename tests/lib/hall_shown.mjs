// What the board, the roster and the metrics show of a hall, held against the count kept beside.
import assert from 'node:assert/strict';
import { waitFor } from './ground.mjs';
import { heads } from './hall_people.mjs';
import { STAGES } from './people.mjs';

const INSIDE = ['queued', 'called', 'serving', 'parked', 'injected', 'observing', 'unwell'];
const sum = (people) => people.reduce((n, p) => n + heads(p), 0);
const numbers = (people) => people.map((p) => p.number).sort();

// The answer of a target, asked until there is one.
async function read(client, target) {
	return waitFor(async () => {
		const answer = await client.get(target).catch(() => undefined);
		return answer?.status === 200 && answer;
	}, target);
}

export async function compareBoard(day) {
	const { body: board } = await read(day.hall.board, '/api/views/board');
	const are = (state, stage) => day.people.filter((p) => p.count.state === state && (!stage || p.count.stage === stage));
	for (const stage of STAGES) {
		const { waiting, called, serving, done, people, capacity, hall } = board.stages[stage];
		assert.deepEqual([waiting, called, serving, done],
			[are('queued', stage).length, are('called', stage).length, are('serving', stage).length, day.finished[stage]], stage);
		assert.ok(people <= capacity && hall <= waiting, `${stage}: ${JSON.stringify(board.stages[stage])}`);
		const there = sum([...are('queued', stage), ...are('called', stage), ...are('serving', stage)]);
		assert.ok(hall > 0 ? people < there : people === there, `${people} people of ${there} in the room of ${stage}`);
	}
	const { in_it: inIt, on_the_way: onTheWay } = board.stages.observation;
	assert.deepEqual([inIt, onTheWay], [are('observing').length, are('injected').length]);
	const { total, taken, free, committed } = board.seats;
	assert.deepEqual([taken, free, committed], [sum(are('observing')), total - taken, day.committed()]);
	for (const desk of day.desks) {
		const shown = board.desks.find((d) => d.id === desk.id);
		const at = (state) => numbers([...desk.people].filter((p) => p.count.state === state));
		assert.equal(shown.open, desk.open, desk.id);
		assert.deepEqual([shown.called_all.sort(), shown.serving_all.sort()], [at('called'), at('serving')], desk.id);
		assert.deepEqual(shown.devices.map((d) => d.id), [desk.handheld.device.id], desk.id);
	}
	assert.deepEqual(Object.fromEntries(board.not_today.map(({ check, count }) => [check, count])), day.turned);
	assert.equal(board.totals.not_today, Object.values(day.turned).reduce((a, b) => a + b, 0));
	const stock = board.stock.filter((s) => s.given > 0).map((s) => [`${s.vaccine} ${s.lot}`, s.given]);
	assert.deepEqual(Object.fromEntries(stock), day.doses());
	assert.deepEqual(board.follow_up.map((f) => f.number).sort(), numbers(are('left_early')));
	assert.equal(board.hold.on, Boolean(day.heldUntil));
	const inside = day.people.filter((p) => INSIDE.includes(p.count.state));
	assert.deepEqual(board.inside && board.inside.map((i) => i.number).sort(), day.heldUntil ? numbers(inside) : null);
}

// {"name{labels}": value}
export async function metrics(site) {
	const { text } = await read(site.nobody(), '/metrics');
	const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
	return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

export async function compareMetrics(day) {
	const { body: { alerts } } = await read(day.hall.board, '/api/views/alerts');
	const shown = await metrics(day.site);
	const states = day.states();
	for (const [name, value] of Object.entries(shown)) {
		const [, state] = /^vaxline_visits\{state="(.*)"\}$/.exec(name) ?? [];
		if (state) assert.equal(value, states[state] ?? 0, name);
	}
	for (const stage of STAGES) assert.equal(shown[`vaxline_queue_length{stage="${stage}"}`], day.waiting(stage).length);
	assert.equal(shown.vaxline_seats_taken, sum(day.people.filter((p) => p.count.state === 'observing')));
	for (const [name, value] of Object.entries(shown)) {
		const [, kind] = /^vaxline_alerts_open\{kind="(.*)"\}$/.exec(name) ?? [];
		if (kind) assert.equal(value, alerts.filter((a) => a.kind === kind).length, name);
	}
}

export async function compareRoster(day) {
	const { body: roster } = await read(day.hall.board, '/api/roster');
	const expected = day.people.filter((p) => p.row);
	assert.equal(roster.expected, expected.length);
	assert.equal(roster.arrived, expected.filter((p) => p.token).length);
	const states = new Map(roster.rows.map((row) => [row.visit, row.state]));
	for (const { id, count, number } of expected) assert.equal(states.get(id), count.state, number);
}

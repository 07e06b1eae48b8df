// What a day must have left behind: board, log, export and replay say the same as the count that was kept beside them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ENDED } from './count.mjs';
import { checkFlow } from './flow_check.mjs';
import { DAY, waitFor } from './site.mjs';

export async function verify(day) {
	const events = await day.site.log();
	inOrder(events);
	oneFinalState(day, events);
	everyCommandOnce(day, events);
	everyAlarmOnce(day, events);
	await day.compareShown();
	await exportAgrees(day, events);
	await replayAgrees(day, events);
	return countFromFile(day);
}

// A second count, made from the file of the closed day alone: nobody was wronged, and it comes to the same.
function countFromFile(day) {
	const said = checkFlow(fileOf(day));
	assert.deepEqual(said.states, day.states());
	assert.equal(said.injections, day.people.filter((p) => p.dose).length);
	assert.deepEqual(said.doses, day.doses());
	assert.deepEqual(said.open, [], 'alarms that nothing has settled');
	return said;
}

const exported = (day) => path.join(day.site.dir, 'days', `${DAY}.ndjson`);

function fileOf(day) {
	return fs.readFileSync(exported(day), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
}

function inOrder(events) {
	let last;
	for (const { id } of events) {
		const [epoch, n] = id.split('-').map(Number);
		if (last) assert.ok(epoch === last[0] ? n === last[1] + 1 : epoch > last[0] && n === 1, `${id} after ${last}`);
		last = [epoch, n];
	}
	const times = events.map((e) => e.at);
	assert.deepEqual(times, [...times].sort());
}

function oneFinalState(day, events) {
	const last = new Map();
	for (const { visit, data } of events) if (visit && data.state) last.set(visit, data.state);
	assert.equal(last.size, day.size);
	for (const { id, number, plan, count } of day.people) {
		assert.equal(last.get(id), count.state, `${number} ${plan}`);
		assert.ok(ENDED.includes(count.state) || count.state === 'left_early', `${number} ${plan} ends ${count.state}`);
	}
}

// Every acknowledged command is in the log as the cause of its events exactly once; no other is there.
function everyCommandOnce(day, events) {
	const caused = new Map();
	for (const event of events) {
		if (!event.command) continue;
		assert.ok(day.issued.has(event.command), `a command nobody sent: ${event.command}`);
		if (!caused.has(event.command)) caused.set(event.command, []);
		caused.get(event.command).push(event);
	}
	for (const [id, { target, marked, answered }] of day.issued) {
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

function everyAlarmOnce(day, events) {
	const seen = new Map();
	const ids = new Set();
	for (const event of events) {
		if (!event.type.startsWith('alert_')) continue;
		if (event.type === 'alert_raised') {
			assert.ok(!ids.has(event.data.alert), `raised twice: ${event.data.alert}`);
			ids.add(event.data.alert);
		}
		if (!event.visit) {
			assert.ok(day.alarmsOfPlaces.includes(event.data.kind), `an alarm ${event.data.kind}`);
			continue;
		}
		const key = `${event.type} ${event.data.kind}`;
		if (!seen.has(event.visit)) seen.set(event.visit, {});
		const counts = seen.get(event.visit);
		counts[key] = (counts[key] ?? 0) + 1;
	}
	for (const { id, number, plan, count } of day.people) {
		assert.deepEqual(seen.get(id) ?? {}, count.seen, `the alarms of ${number} ${plan}`);
	}
}

async function exportAgrees(day, events) {
	await waitFor(() => fs.existsSync(`${exported(day)}.sha256`), 'the export');
	assert.deepEqual(fileOf(day), events);
}

async function replayAgrees(day, events) {
	const said = await day.site.replay();
	const nonZero = Object.fromEntries(Object.entries(said.states).filter(([, n]) => n > 0));
	assert.deepEqual(nonZero, day.states(), said.text);
	assert.equal(said.visits, day.size);
	assert.equal(said.alerts, events.filter((e) => e.type === 'alert_raised').length, said.text);
	assert.equal(said.position, events.at(-1).id);
	assert.equal(said.hash, (await day.site.clock()).hash);
}

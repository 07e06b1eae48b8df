// Ends and starts at the worst moment: while starting, while closing the day, while answering.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, pause, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const body = () => ({ id: uuid(), person: { name: '蒋', birth_date: '1970-01-01' }, language: 'en' });
const checkedIn = async (site) => (await site.log()).filter((e) => e.type === 'checked_in').map((e) => e.command);

test('killed while starting, again and again', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await new Hall(site).bring('left');
	const { hash } = await site.clock();
	const before = await site.log();
	for (let i = 0; i < 12; i++) {
		await site.kill9();
		if (i % 3 === 2 && site.redisPid()) await site.killRedis9();
		const starting = site.start();
		starting.catch(() => {});
		await pause(i * 4);
	}
	await site.kill9();
	await site.start();
	await site.ready();
	assert.equal((await site.clock()).hash, hash);
	assert.deepEqual(await site.log(), before);
	assert.ok((await site.board.walkIn()).ticket);
});

test('killed while closing the day: closed or not, and the export is whole', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const file = (day) => path.join(site.dir, 'days', `${day}.ndjson`);
	let day = DAY;
	for (let i = 0; i < 4; i++) {
		for (let n = 0; n < 30; n++) await hall.waiting();
		const id = uuid();
		const closing = site.board.send('POST', '/api/day/close', { id }).catch(() => undefined);
		await pause(i);
		await site.kill9();
		await closing;
		await site.start();
		await site.ready();
		const answer = await site.board.send('POST', '/api/day/close', { id });
		assert.equal(answer.status, 200, answer.text);
		await waitFor(() => fs.existsSync(`${file(day)}.sha256`), 'the export');
		const events = await site.log(`day=${day}`);
		const lines = fs.readFileSync(file(day), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
		assert.deepEqual(lines, events);
		assert.equal(events.filter((e) => e.type === 'day_closed').length, 1);
		assert.equal(events.filter((e) => e.type === 'left').length, 30);
		day = new Date(Date.parse(day) + 24 * 3600_000).toISOString().slice(0, 10);
		await site.advanceTo(Date.parse(`${day}T00:00:00.000Z`));
	}
});

test('SIGTERM under load: what was answered is there, what was not happened once at most', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const asked = new Map();
	for (let i = 0; i < 5; i++) {
		const sent = Array.from({ length: 40 }, body);
		const answers = sent.map((b) => site.board.send('POST', '/api/visits', b).catch(() => undefined));
		await Promise.race(answers);
		assert.deepEqual(await site.stop(), { code: 0, signal: null });
		assert.equal(site.redisPid(), undefined);
		for (const [n, answer] of (await Promise.all(answers)).entries()) {
			assert.ok(!answer || [201, 503].includes(answer.status), answer?.text);
			asked.set(sent[n].id, { body: sent[n], text: answer?.status === 201 ? answer.text : undefined });
		}
		await site.start();
		await site.ready();
	}
	const commands = await checkedIn(site);
	assert.equal(new Set(commands).size, commands.length);
	for (const [id, { text }] of asked) if (text) assert.ok(commands.includes(id));
	for (const { body: sent, text } of asked.values()) {
		const again = await site.board.send('POST', '/api/visits', sent);
		assert.equal(again.status, 201, again.text);
		if (text) assert.equal(again.text, text);
	}
	assert.equal((await checkedIn(site)).length, asked.size);
});

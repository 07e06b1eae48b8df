// The day: opened by its first command, closed by the supervisor with nobody inside, exported with a digest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, MINUTE, run, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall, REACHABLE, accepted, refused } from '../lib/hall.mjs';

test('the day opens with its first command', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const none = await site.board.get('/api/day');
	assert.equal(none.status, 200, none.text);
	assert.equal(none.body.state, 'none');
	await new Hall(site).waiting();
	const { body } = await site.board.get('/api/day');
	assert.equal(body.state, 'open');
	assert.equal(body.day, DAY);
	assert.equal(body.totals.arrived, 1);
	assert.equal(body.totals.by_state.queued, 1);
	assert.deepEqual(body.in_the_way, []);
});

test('it is not closed while anybody is inside', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const close = (more) => site.board.post('/api/day/close', more);

	for (const [state, away] of [
		['serving', (p) => hall.do(p, 'leave')],
		['injected', (p) => hall.do(p, 'walked_out')],
		['observing', (p) => hall.do(p, 'walked_out')],
		['unwell', (p) => hall.do(p, 'transfer')],
	]) {
		await t.test(state, async () => {
			const someone = await hall.bring(state);
			const id = uuid();
			const problem = refused(await close({ id }), 'day_not_clear');
			assert.equal(problem.what.length, 1, JSON.stringify(problem));
			assert.match(JSON.stringify(problem.what), new RegExp(someone.number));
			assert.ok(!(await site.log()).some((e) => e.command === id));
			const { body } = await site.board.get('/api/day');
			assert.equal(body.in_the_way.length, 1);
			await away(someone);
		});
	}

	await t.test('nor with a cry for help from a place unanswered', async () => {
		const cry = await site.board.unwell({ place: 'row 7' });
		assert.equal(cry.status, 200, cry.text);
		const problem = refused(await close(), 'day_not_clear');
		assert.equal(problem.what.length, 1, JSON.stringify(problem));
		const { alerts } = await site.board.view('alerts');
		assert.equal((await site.board.post(`/api/alerts/${alerts[0].id}/settle`, { outcome: 'found' })).status, 200);
	});

	await t.test('then it is', async () => {
		assert.equal((await close()).status, 200);
	});
});

test('closing the day', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const people = {};
	for (const state of ['completed', ...REACHABLE]) {
		if (['serving', 'injected', 'observing', 'unwell'].includes(state)) continue;
		people[state] ??= await hall.bring(state);
	}
	const id = uuid();
	const answer = await site.board.post('/api/day/close', { id, reason: 'evening' });
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.outcome, 'accepted');

	await t.test('whoever waits has left, whoever has ended stays so', async () => {
		for (const [state, someone] of Object.entries(people)) {
			const expected = ['queued', 'called', 'parked'].includes(state) ? 'left' : state;
			assert.equal((await site.board.visit(someone.token)).state, expected, state);
		}
		const { body } = await site.board.get('/api/day');
		assert.equal(body.state, 'closed');
		const total = Object.values(body.totals.by_state).reduce((a, b) => a + b, 0);
		assert.equal(total, Object.keys(people).length);
		assert.deepEqual((await site.board.view('alerts')).alerts, []);
	});

	await t.test('the export is the log of the day, with its digest', async () => {
		const file = path.join(site.dir, 'days', `${DAY}.ndjson`);
		await waitFor(() => fs.existsSync(`${file}.sha256`), 'the digest');
		const events = await site.log(`day=${DAY}`);
		const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
		assert.deepEqual(lines, events);
		assert.equal(lines.at(-1).type, 'day_closed');
		const said = fs.readFileSync(`${file}.sha256`, 'utf8');
		assert.match(said, new RegExp(`^[0-9a-f]{64}  ${DAY}\\.ndjson\n$`));
		const checked = await run(['-c', `cd '${path.dirname(file)}' && sha256sum -c ${DAY}.ndjson.sha256`], { program: '/bin/sh' });
		assert.equal(checked.code, 0, checked.stdout + checked.stderr);
	});

	await t.test('after it nothing of that day moves', async () => {
		const { client } = hall;
		refused(await client.post('/api/visits', { person: { name: '晚', birth_date: '1980-01-01' }, language: 'en' }), 'day_closed');
		refused(await client.desk('registration-1', 'call'), 'day_closed');
		refused(await client.scan(people.completed.token), 'day_closed');
		refused(await client.act(people.queued.token, 'start', { desk: 'registration-1' }), 'day_closed');
		refused(await client.post('/api/day/close'), 'day_closed');
	});

	await t.test('a restart leaves it closed and the export as it was', async () => {
		const file = path.join(site.dir, 'days', `${DAY}.ndjson`);
		const before = fs.readFileSync(file);
		await site.restart();
		await site.ready();
		assert.equal((await site.board.get('/api/day')).body.state, 'closed');
		assert.ok(fs.readFileSync(file).equals(before));
		const again = await site.board.post('/api/day/close', { id, reason: 'evening' });
		assert.equal(again.text, answer.text);
	});

	await t.test('the next date opens the next day; yesterday is closed to all but unwell', async () => {
		await site.advanceTo(Date.parse('2026-11-20T16:00:00.000Z'));
		const someone = await hall.waiting();
		assert.equal(someone.number, 'W001');
		assert.notEqual(someone.id, people.completed.id);
		assert.equal((await site.board.get('/api/day')).body.day, '2026-11-21');
		refused(await site.board.scan(people.queued.token), 'day_closed');
		refused(await site.board.act(people.left.token, 'start', { desk: 'registration-1' }), 'day_closed');
		const cry = await site.board.unwell({ code: people.completed.token, place: 'gate' });
		assert.equal(cry.status, 200, cry.text);
		const today = await site.log();
		assert.equal(today[0].type, 'day_opened');
		assert.equal(today.filter((e) => e.type === 'checked_in').length, 1);
		assert.equal((await site.log(`day=${DAY}`)).at(-1).type, 'day_closed');
	});
});

test('the date turns by the time zone of the site, and an open day with people inside goes on', async (t) => {
	const site = await startSite({ clock: 'manual:2026-11-20T15:00:00.000Z' }, t); // 23:00 in Shanghai
	const hall = new Hall(site);
	const inside = await hall.observing();
	await site.advance(61 * MINUTE);
	const midnight = await hall.waiting();
	assert.equal((await site.board.get('/api/day')).body.day, '2026-11-20');
	assert.equal(midnight.number, 'W002');
	accepted(await site.board.act(inside.token, 'release'), 'release', 'completed');
	await hall.do(midnight, 'leave');
	const next = await hall.waiting();
	assert.equal(next.number, 'W001');
	assert.equal((await site.board.get('/api/day')).body.day, '2026-11-21');
	const files = path.join(site.dir, 'days');
	await waitFor(() => fs.existsSync(path.join(files, `${DAY}.ndjson.sha256`)), 'the export of a day that closed by itself');
});

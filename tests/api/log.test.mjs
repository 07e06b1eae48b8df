// The record: one JSON a line, in order, all of it or from a place on; and what tells whether the server lives.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, MANUAL, startSite } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

test('the log', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	await hall.observing();
	await hall.bring('left');
	const events = await site.log();

	await t.test('every line is an event, in order, without a gap', async () => {
		const answer = await site.board.get('/api/log');
		assert.match(answer.headers['content-type'], /^application\/x-ndjson/);
		assert.ok(events.length > 10);
		let last = -1;
		for (const event of events) {
			assert.deepEqual(Object.keys(event).sort(), ['at', 'command', 'data', 'desk', 'device', 'id', 'staff', 'type', 'visit']);
			const [, epoch, n] = /^(\d+)-(\d+)$/.exec(event.id);
			assert.ok(Number(epoch) >= 1);
			if (last >= 0) assert.equal(Number(n), last + 1);
			last = Number(n);
			assert.match(event.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
			assert.notEqual(event.type, 'fence');
		}
		const times = events.map((e) => e.at);
		assert.deepEqual(times, [...times].sort());
	});

	await t.test('from a place on, and so many', async () => {
		assert.deepEqual(await site.log(`after=${events[4].id}`), events.slice(5));
		assert.deepEqual(await site.log('limit=3'), events.slice(0, 3));
		assert.deepEqual(await site.log(`after=${events[2].id}&limit=2`), events.slice(3, 5));
		assert.deepEqual(await site.log(`after=${events.at(-1).id}`), []);
		assert.deepEqual(await site.log(`day=${DAY}`), events);
		let walked = [];
		for (let page; (page = await site.log(`limit=7${walked.length ? `&after=${walked.at(-1).id}` : ''}`)).length;) walked = walked.concat(page);
		assert.deepEqual(walked, events);
	});

	await t.test('a day that was not has none; nonsense is refused', async () => {
		const never = await site.board.get('/api/log?day=2020-01-01');
		assert.ok((never.status === 200 && never.text === '') || never.status === 404, `${never.status} ${never.text}`);
		for (const query of ['after=yesterday', 'limit=-1', 'limit=many', 'day=today', 'day=2026-13-40']) {
			const answer = await site.board.get(`/api/log?${query}`);
			assert.ok([400, 404, 422].includes(answer.status), `${query}: ${answer.status}`);
		}
	});

	await t.test('a value that is too long is not taken for none', async () => {
		const long = '9'.repeat(70);
		for (const query of ['day=2026-11-20T00:00:00Z', `day=${DAY}%20`, `day=${long}`, `limit=x${long}`, `after=${long}`, `after=${long}-`]) {
			const answer = await site.board.get(`/api/log?${query}`);
			assert.equal(answer.status, 422, `${query}: ${answer.status}`);
			assert.equal(answer.body.code, 'invalid', answer.text);
		}
	});

	await t.test('a program reads it', async () => {
		const answer = await staff.program.get('/api/log');
		assert.equal(answer.status, 200);
		assert.equal(answer.text, (await site.board.get('/api/log')).text);
	});

	await t.test('a restart adds no line, also kill -9; what follows comes under a new epoch', async () => {
		const before = (await site.board.get('/api/log')).text;
		const { hash } = await site.clock();
		await site.restart();
		await site.ready();
		assert.equal((await site.board.get('/api/log')).text, before);
		await site.kill9();
		await site.start();
		await site.ready();
		assert.equal((await site.board.get('/api/log')).text, before);
		assert.equal((await site.clock()).hash, hash, 'the state after replay is the state before');
		await hall.waiting();
		const added = (await site.log(`after=${events.at(-1).id}`)).map((e) => e.id.split('-').map(Number));
		assert.equal(added.length, 1);
		assert.ok(added[0][0] > Number(events.at(-1).id.split('-')[0]));
		assert.equal(added[0][1], 1);
	});

	await t.test('replay tells what the log adds up to', async () => {
		const said = await site.replay();
		const { hash } = await site.clock();
		assert.equal(said.visits, 3, said.text);
		assert.equal(said.states.observing, 1, said.text);
		assert.equal(said.states.left, 1, said.text);
		assert.equal(said.states.queued, 1, said.text);
		assert.equal(said.position, (await site.log()).at(-1).id);
		assert.equal(said.hash, hash);
	});

	await t.test('replay of a site that nobody serves', async () => {
		const { hash } = await site.clock();
		assert.deepEqual(await site.stop(), { code: 0, signal: null });
		assert.equal(site.redisPid(), undefined, 'the private redis-server has gone with it');
		const said = await site.replay();
		assert.equal(said.hash, hash);
		assert.equal(said.visits, 3);
		assert.equal(site.redisPid(), undefined);
		await site.start();
	});
});

test('health and readiness need no device', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await new Hall(site).waiting();
	const nobody = site.nobody();
	const health = await nobody.get('/healthz');
	assert.equal(health.status, 200);
	assert.deepEqual(health.body, { status: 'ok' });
	const ready = await nobody.get('/readyz');
	assert.equal(ready.status, 200);
	assert.equal(ready.body.ready, true);
	assert.equal(ready.body.position, (await site.log()).at(-1).id);

	const head = await nobody.send('HEAD', '/healthz');
	assert.equal(head.status, 200);
	assert.equal(head.text, '');
	assert.equal(head.headers['content-length'], health.headers['content-length']);
	const wrong = await nobody.send('DELETE', '/healthz');
	assert.equal(wrong.status, 405);
	assert.match(wrong.headers.allow, /GET/);
	const post = await site.board.send('PUT', '/api/scan', {});
	assert.equal(post.status, 405);
	assert.equal(post.headers.allow.includes('POST'), true);
	assert.equal((await site.board.get('/api/nothing')).status, 404);
});

test('SIGTERM ends it with 0, and its redis-server', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const stream = await site.board.stream('alerts');
	await site.board.unwell({ place: 'x' });
	assert.ok(site.redisPid());
	assert.deepEqual(await site.stop(), { code: 0, signal: null });
	await stream.untilCut();
	assert.equal(site.redisPid(), undefined);
});

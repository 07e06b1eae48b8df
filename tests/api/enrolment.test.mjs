// A device comes to a site by a one-time code, and goes at once when it is revoked.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, MANUAL, MINUTE, startSite } from '../lib/site.mjs';
import { Hall, accepted, refused } from '../lib/hall.mjs';
import { Raw } from '../lib/net.mjs';

test('enrolment', async (t) => {
	const site = await startSite({ clock: MANUAL, enrol: false }, t);

	await t.test('the setup code makes the first board, once', async () => {
		const code = site.setupCode;
		assert.ok(code.length >= 8);
		const answer = await site.nobody().post('/api/enrol', { id: null, code, name: 'Leitstand' });
		assert.equal(answer.status, 201, answer.text);
		assert.match(answer.body.token, /^[A-Za-z0-9_-]{43}$/);
		assert.equal(answer.body.device.kind, 'board');
		assert.equal(answer.body.device.name, 'Leitstand');
		assert.match(answer.body.device.id, /^d\d+$/);
		const cookie = answer.headers['set-cookie'].join();
		for (const part of [`vaxline=${answer.body.token}`, 'HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=34560000']) {
			assert.ok(cookie.includes(part), `${part} in ${cookie}`);
		}
		site.board = new Client(site, answer.body.token, answer.body.device);
		const again = await site.nobody().post('/api/enrol', { id: null, code, name: 'thief' });
		assert.ok([404, 409].includes(again.status), again.text);
		assert.ok(['code_used', 'code_unknown'].includes(again.body.code), again.text);
	});

	await t.test('a board invites; the code is good once', async () => {
		const invited = await site.board.post('/api/devices', { id: null, kind: 'exit', name: 'south gate' });
		assert.equal(invited.status, 201, invited.text);
		assert.equal(invited.body.url, `http://127.0.0.1:${site.port}/enrol#${invited.body.code}`);
		assert.ok(Date.parse(invited.body.expires_at) === (await site.clock()).now + 15 * MINUTE, invited.text);
		const device = await site.enrol(invited.body.code, 'south gate');
		assert.equal(device.device.kind, 'exit');
		assert.notEqual(device.token, site.board.token);
		refused(await site.nobody().post('/api/enrol', { id: null, code: invited.body.code, name: 'x' }), 'code_used', 409);
	});

	await t.test('an unknown code and an expired one are not found', async () => {
		refused(await site.nobody().post('/api/enrol', { id: null, code: 'AAAAAAAAAA', name: 'x' }), 'code_unknown', 404);
		const { code } = (await site.board.post('/api/devices', { id: null, kind: 'kiosk', name: 'k' })).body;
		await site.advance(15 * MINUTE + 1);
		refused(await site.nobody().post('/api/enrol', { id: null, code, name: 'k' }), 'code_unknown', 404);
	});

	await t.test('a cookie is as good as a bearer token', async () => {
		const answer = await site.nobody().send('GET', '/api/day', undefined, { cookie: `a=b; vaxline=${site.board.token}` });
		assert.equal(answer.status, 200, answer.text);
	});

	await t.test('the list tells of every device, and no secret', async () => {
		const kiosk = await site.device('kiosk', 'door');
		const answer = await site.board.get('/api/devices');
		assert.equal(answer.status, 200, answer.text);
		const row = answer.body.devices.find((d) => d.id === kiosk.device.id);
		assert.equal(row.kind, 'kiosk');
		assert.equal(row.name, 'door');
		assert.equal(row.state, 'enrolled');
		assert.ok('last_contact' in row);
		assert.ok(answer.body.devices.find((d) => d.id === site.board.device.id).last_contact);
		assert.ok(!answer.text.includes(kiosk.token));
		assert.doesNotMatch(answer.text, /hash/);
	});

	await t.test('what cannot be invited', async () => {
		for (const [body, field] of [
			[{ kind: 'toaster', name: 'x' }, 'kind'],
			[{ name: 'x' }, 'kind'],
			[{ kind: 'exit', name: 7 }, 'name'],
			[{ kind: 'exit', name: 'x', colour: 'red' }, 'colour'],
		]) {
			const problem = refused(await site.board.post('/api/devices', { id: null, ...body }), 'invalid', 422);
			assert.equal(problem.errors[0].field, field, JSON.stringify(problem));
			assert.ok(problem.errors[0].detail);
		}
		const nowhere = await site.board.post('/api/devices', { id: null, kind: 'handheld', name: 'x', desk: 'cellar-1' });
		assert.ok([404, 422].includes(nowhere.status), nowhere.text);
	});

	await t.test('a handheld moves to another desk', async () => {
		const handheld = await site.device('handheld', 'h', 'registration-1');
		const hall = new Hall(site);
		const stream = await handheld.stream('desk:registration-1');
		await stream.until((s) => s.last['desk:registration-1'], 'its desk');
		const answer = await site.board.put(`/api/devices/${handheld.device.id}`, { desk: 'registration-2' });
		assert.equal(answer.status, 200, answer.text);
		await stream.untilCut();
		refused(await handheld.get('/api/stream?views=desk:registration-1'), 'forbidden', 403);
		assert.equal((await handheld.view('desk:registration-2')).desk.id, 'registration-2');
		const someone = await hall.waiting();
		const started = accepted(await handheld.scan(someone.token), 'start', 'serving');
		assert.equal(started.visit.desk, 'registration-2');
		refused(await site.board.put('/api/devices/d9999', { desk: 'registration-2' }), 'device_unknown', 404);
	});

	await t.test('a revoked device is nobody at once, and its streams are cut', async () => {
		const exit = await site.device('exit', 'north gate');
		const stream = await exit.stream('alerts');
		await stream.until((s) => s.last.alerts, 'the first picture');
		const answer = await site.board.delete(`/api/devices/${exit.device.id}`);
		assert.ok([200, 204].includes(answer.status), answer.text);
		await stream.untilCut();
		refused(await exit.scan('x'), 'unauthorized', 401);
		refused(await exit.get('/api/views/alerts'), 'unauthorized', 401);
		refused(await site.board.delete('/api/devices/d9999'), 'device_unknown', 404);
	});

	await t.test('one board is always left, and the setup code stays used', async () => {
		const own = `/api/devices/${site.board.device.id}`;
		refused(await site.board.delete(own), 'last_board');
		const { code } = (await site.board.post('/api/devices', { id: null, kind: 'board', name: 'second' })).body;
		refused(await site.board.delete(own), 'last_board'); // an invitation is nobody yet
		const second = await site.enrol(code, 'second');
		assert.equal((await site.board.get('/api/devices')).status, 200);
		assert.equal((await second.delete(own)).status, 200);
		refused(await site.board.get('/api/devices'), 'unauthorized', 401);
		site.board = second;
		refused(await second.delete(`/api/devices/${second.device.id}`), 'last_board');
		const again = await site.nobody().post('/api/enrol', { id: null, code: site.setupCode, name: 'thief' });
		assert.ok([404, 409].includes(again.status), again.text);
	});

	await t.test('an invitation asked for by HTTP/1.0 without a host leads here all the same', async () => {
		const body = JSON.stringify({ kind: 'exit', name: 'x' });
		const raw = await Raw.open(site.port);
		t.after(() => raw.destroy());
		raw.send(`POST /api/devices HTTP/1.0\r\nAuthorization: Bearer ${site.board.token}\r\nContent-Type: application/json\r\n`
			+ `Content-Length: ${body.length}\r\n\r\n${body}`);
		const answer = await raw.response();
		assert.equal(answer.status, 201, answer.body);
		const { url, code } = JSON.parse(answer.body);
		assert.equal(url, `http://127.0.0.1:${site.port}/enrol#${code}`);
	});

	await t.test('a restart keeps devices and asks for no setup', async () => {
		await site.restart({ setup: false });
		await site.ready();
		assert.equal((await site.board.get('/api/devices')).status, 200);
		assert.equal((site.stdout.match(/^setup /gm) ?? []).length, 1);
	});
});

test('the pages of enrolment are served to anybody', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	for (const page of ['/setup', '/enrol']) {
		const answer = await site.nobody().get(page);
		assert.equal(answer.status, 200, page);
		assert.match(answer.headers['content-type'], /^text\/html/);
	}
});

test('who lost the last board gets another by --setup', async (t) => {
	const site = await startSite({ clock: MANUAL, args: ['--setup'] }, t);
	await site.restart({ setup: true });
	const lost = site.board;
	const code = site.setupCode;
	assert.ok(code);
	await site.enrolBoard();
	assert.equal(site.board.device.kind, 'board');
	refused(await site.nobody().post('/api/enrol', { id: null, code, name: 'thief' }), 'code_used', 409);
	assert.equal((await site.board.delete(`/api/devices/${lost.device.id}`)).status, 200);
	assert.equal((await lost.get('/api/day')).status, 401);
});

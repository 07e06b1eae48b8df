// The clock of a test: it stands still between calls, and what falls due on the way happens in order.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, MORNING, startSite } from '../lib/site.mjs';
import { Hall, accepted, alarms, refused } from '../lib/hall.mjs';

test('the manual clock', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);

	await t.test('starts at its time and stands', async () => {
		const { now, hash } = await site.clock();
		assert.equal(now, Date.parse(MORNING));
		assert.match(hash, /^[0-9a-f]{16}$/);
	});

	await t.test('any device moves it, nobody else', async () => {
		for (const client of [staff.display, staff.kiosk, staff.program]) {
			const answer = await client.send('POST', '/api/clock', { advance_ms: 1 });
			assert.equal(answer.status, 200, answer.text);
		}
		assert.equal((await site.clock()).now, Date.parse(MORNING) + 3);
		refused(await site.nobody().send('POST', '/api/clock', { advance_ms: 1 }), 'unauthorized', 401);
		for (const advance_ms of [-1, 1.5, '1', 1e13]) {
			refused(await site.board.send('POST', '/api/clock', { advance_ms }), 'invalid', 422);
		}
	});

	await t.test('one long step does what many short ones would', async () => {
		const someone = await hall.injected();
		const cry = await hall.bring('queued');
		await staff.kiosk.unwell({ code: cry.token });
		await site.advance(10 * MINUTE);
		const events = (await site.log()).filter((e) => e.command === null && e.type.startsWith('alert_'));
		const at = Date.parse(someone.visit.injected_at);
		assert.deepEqual(events.map((e) => [e.type, e.data.kind, Date.parse(e.at) - at]), [
			['alert_escalated', 'unwell', 30_000],
			['alert_escalated', 'unwell', 60_000],
			['alert_raised', 'never_arrived', 5 * MINUTE],
		]);
		assert.equal(events[2].data.alert, `never_arrived-${someone.id}-${at + 5 * MINUTE}`);
		accepted(await staff.observation.scan(someone.token), 'arrive');
		accepted(await staff.treatment.act(cry.token, 'clear'), 'clear');
	});

	await t.test('after a restart it is the later of its time and the last event', async () => {
		await hall.waiting();
		const { now } = await site.clock();
		await site.advance(MINUTE);
		await site.restart();
		await site.ready();
		assert.equal((await site.clock()).now, now);
	});

	await t.test('while the time is in doubt nobody is released', async () => {
		const someone = await hall.observing();
		await site.advance(30 * MINUTE);
		const stream = await site.board.stream('alerts');
		t.after(() => stream.close());
		assert.equal((await site.board.send('POST', '/api/clock', { doubt: true })).status, 200);
		const alert = await stream.until((s) => s.alert('clock_doubt'), 'clock_doubt');
		assert.equal(alert.urgency, 2);
		refused(await staff.exit.scan(someone.token), 'clock_doubt');
		refused(await site.board.act(someone.token, 'release'), 'clock_doubt');
		assert.equal((await site.board.visit(someone.token)).state, 'observing');
		const settled = await site.board.post(`/api/alerts/${alert.id}/settle`, { outcome: 'confirmed' });
		assert.equal(settled.status, 200, settled.text);
		await stream.untilNoAlert('clock_doubt');
		accepted(await staff.exit.scan(someone.token), 'release', 'completed');
	});
});

test('what fell due while nobody served is raised at the start, once', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.injected();
	await site.kill9();
	site.options.clock = 'manual:2026-11-20T00:20:00.000Z';
	await site.start();
	await site.ready();
	assert.equal((await alarms(site.board, 'never_arrived', someone.id)).length, 1);
	await site.restart();
	await site.ready();
	assert.equal((await site.log()).filter((e) => e.type === 'alert_raised').length, 1);
});

test('without the manual clock there is no such call, and time runs', async (t) => {
	const site = await startSite({}, t);
	for (const answer of [await site.board.get('/api/clock'), await site.board.send('POST', '/api/clock', { advance_ms: 1 })]) {
		assert.equal(answer.status, 404, answer.text);
	}
	const before = Date.now();
	const { visit } = await site.board.walkIn();
	assert.ok(Math.abs(Date.parse(visit.arrived_at) - before) < 60_000, visit.arrived_at);
	assert.deepEqual(await alarms(site.board, 'clock_doubt'), []);
});

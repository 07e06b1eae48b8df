// device_silent: who should be there and is not heard for 30 seconds, by the event clock.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite, waitFor } from '../lib/site.mjs';
import { Hall, alarms, refused } from '../lib/hall.mjs';

const config = { alerts: { device_silent_seconds: 30 } };
const LIMIT = 30 * SECOND;
const heard = (device) => device.get('/api/site');
const silent = async (site) => (await alarms(site.board, 'device_silent')).map((a) => a.device).sort();

// Everybody is heard at the same moment.
async function all(devices) {
	for (const device of Object.values(devices)) await heard(device);
}

test('at the edge', async (t) => {
	const site = await startSite({ clock: MANUAL, config }, t);
	const kiosk = await site.device('kiosk');
	const { now } = await site.clock();
	await site.board.walkIn(); // opens the day
	await heard(kiosk);
	await site.advance(LIMIT - 1);
	assert.deepEqual(await silent(site), [], 'a millisecond before');
	await site.advance(1);
	const [alarm, ...more] = await alarms(site.board, 'device_silent');
	assert.deepEqual(more, []);
	assert.equal(alarm.device, kiosk.device.id);
	assert.equal(alarm.id, `device_silent-${kiosk.device.id}-${now + LIMIT}`);
	assert.deepEqual([alarm.raised_at, alarm.urgency, alarm.state], [new Date(now + LIMIT).toISOString(), 1, 'open']);

	await site.advance(10 * MINUTE);
	assert.equal((await silent(site)).length, 1, 'told once');
	assert.equal((await site.log()).filter((e) => e.data?.kind === 'device_silent' && e.type === 'alert_raised').length, 1);

	await heard(kiosk);
	assert.deepEqual(await silent(site), [], 'heard again');
	const settled = (await site.log()).filter((e) => e.type === 'alert_settled').pop();
	assert.equal(settled.data.alert, alarm.id);

	await site.advance(LIMIT);
	assert.equal((await silent(site)).length, 1, 'and silent again');
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('in order with all else that falls due on the way', async (t) => {
	const site = await startSite({ clock: MANUAL, config }, t);
	const first = await site.device('kiosk', 'first');
	const second = await site.device('display', 'second');
	const hall = new Hall(site);
	const cry = await hall.waiting();
	await heard(first);
	await heard(second);
	await site.advance(5 * SECOND);
	await heard(second);
	await site.board.unwell({ code: cry.token }); // escalates 30 s later, with the second
	await site.advance(10 * MINUTE);
	const events = (await site.log()).filter((e) => e.type === 'alert_escalated' || e.data?.kind === 'device_silent');
	assert.deepEqual(events.map((e) => [e.type, e.data.kind, Date.parse(e.at) - Date.parse(events[0].at)]), [
		['alert_raised', 'device_silent', 0], ['alert_escalated', 'unwell', 5 * SECOND],
		['alert_raised', 'device_silent', 5 * SECOND], ['alert_escalated', 'unwell', 35 * SECOND],
	]);
	assert.equal(events[0].data.alert.split('-')[1], first.device.id);
});

test('who should be there', async (t) => {
	const site = await startSite({ clock: MANUAL, config }, t);
	const staff = await site.staff();
	const id = (who) => staff[who].device.id;
	const always = ['kiosk', 'display', 'screen', 'exit'].map(id).sort();
	const hall = new Hall(site);
	const quiet = async (more = []) => {
		await all(staff);
		await site.advance(LIMIT);
		assert.deepEqual(await silent(site), [...always, ...more.map(id)].sort());
	};

	await t.test('nobody before there is a day', async () => {
		await site.advance(10 * MINUTE);
		assert.deepEqual(await silent(site), []);
	});

	await t.test('kiosks, displays, screens and exits while it is open', async () => {
		await hall.waiting();
		await quiet();
	});

	await t.test('a handheld while somebody is called or served at its desk', async () => {
		const someone = await hall.waiting('consent');
		const call = await site.board.desk('consent-1', 'call');
		assert.equal(call.body.visit.id, someone.id);
		await quiet(['consent']);
		await hall.do(someone, 'start', { desk: 'consent-1' });
		await quiet(['consent']);
		await hall.do(someone, 'finish', { desk: 'consent-1' });
		await quiet();
	});

	await t.test('at observation while somebody is observed, at treatment while somebody is unwell', async () => {
		const someone = await hall.observing();
		await quiet(['observation']);
		await hall.do(someone, 'unwell');
		await quiet(['treatment']);
		await hall.do(someone, 'transfer');
		await quiet();
	});

	await t.test('counted from when it began to be needed', async () => {
		await all(staff);
		await site.advance(LIMIT);
		const someone = await hall.waiting('injection');
		await hall.do(someone, 'start', { desk: 'injection-1' });
		await site.advance(LIMIT - 1);
		assert.ok(!(await silent(site)).includes(id('injection')));
		await site.advance(1);
		assert.ok((await silent(site)).includes(id('injection')));
		await heard(staff.injection);
		await hall.do(someone, 'decline');
	});

	await t.test('not one that is revoked', async () => {
		const kiosk = await site.device('kiosk', 'another');
		await site.advance(LIMIT);
		assert.ok((await silent(site)).includes(kiosk.device.id));
		const answer = await site.board.delete(`/api/devices/${kiosk.device.id}`);
		assert.equal(answer.status, 200, answer.text);
		assert.ok(!(await silent(site)).includes(kiosk.device.id));
		await site.advance(LIMIT);
		assert.ok(!(await silent(site)).includes(kiosk.device.id));
		refused(await heard(kiosk), 'unauthorized', 401);
	});

	await t.test('nobody once it is closed', async () => {
		await all(staff);
		assert.deepEqual(await silent(site), []);
		const { body } = await site.board.post('/api/day/close', { reason: 'test' });
		assert.equal(body.outcome, 'accepted', JSON.stringify(body));
		await site.advance(10 * MINUTE);
		assert.deepEqual(await silent(site), []);
	});
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('an open stream is heard', async (t) => {
	const site = await startSite({ clock: MANUAL, config }, t);
	const display = await site.device('display');
	await site.board.walkIn();
	const stream = await display.stream('observation');
	await site.advance(MINUTE);
	assert.deepEqual(await silent(site), []);
	stream.close();
	await waitFor(async () => /^vaxline_streams 0$/m.test((await site.nobody().get('/metrics')).text), 'the end of the stream');
	await site.advance(LIMIT - 1);
	assert.deepEqual(await silent(site), []);
	await site.advance(1);
	assert.deepEqual(await silent(site), [display.device.id]);
});

test('across a restart: then all were heard, and what is open stays open', async (t) => {
	const site = await startSite({ clock: MANUAL, config }, t);
	const kiosk = await site.device('kiosk');
	const exit = await site.device('exit');
	await site.board.walkIn();
	await heard(kiosk);
	await site.advance(20 * SECOND);
	await heard(exit);
	await site.advance(10 * SECOND);
	assert.deepEqual(await silent(site), [kiosk.device.id]);
	await site.restart();
	await site.ready();
	assert.deepEqual(await silent(site), [kiosk.device.id]);
	await site.advance(LIMIT - 1);
	assert.deepEqual(await silent(site), [kiosk.device.id]);
	await site.advance(1);
	assert.deepEqual(await silent(site), [kiosk.device.id, exit.device.id].sort());
	await heard(kiosk);
	await heard(exit);
	assert.deepEqual(await silent(site), []);
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('by the clock on the wall', async (t) => {
	const site = await startSite({ config: { alerts: { device_silent_seconds: 5 } } }, t);
	const kiosk = await site.device('kiosk');
	await site.board.walkIn();
	await waitFor(async () => (await silent(site)).includes(kiosk.device.id), 'the kiosk to be missed');
	await heard(kiosk);
	assert.deepEqual(await silent(site), []);
});

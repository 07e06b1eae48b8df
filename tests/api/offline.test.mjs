// An act kept offline: made at `at`, sent at `sent_at`, both by the device's clock, which may be wrong by hours.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite } from '../lib/site.mjs';
import { DOSE, Hall, accepted, alarms, refused } from '../lib/hall.mjs';

const iso = (ms) => new Date(ms).toISOString();

test('acts kept offline', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	// Who acts somewhere is on duty there before the network goes.
	const onDuty = async (device) => {
		const answer = await device.signOn();
		assert.equal(answer.status, 200, answer.text);
		return device;
	};
	await onDuty(staff.injection);
	const HOURS_WRONG = 5 * 60 * MINUTE + 7;

	await t.test('an injection counts from when it was made, whatever the clock of the device', async () => {
		const someone = await hall.waiting('injection');
		await hall.do(someone, 'start', { desk: 'injection-1' });
		await site.advance(10 * MINUTE);
		const { now } = await site.clock();
		const answer = await staff.injection.act(someone.token, 'inject', {
			...DOSE, at: iso(now - 4 * MINUTE + HOURS_WRONG), sent_at: iso(now + HOURS_WRONG),
		});
		const { visit } = accepted(answer, 'inject', 'injected');
		assert.equal(Date.parse(visit.injected_at), now - 4 * MINUTE);
		assert.equal(Date.parse(visit.due_at), now + 26 * MINUTE);
		const event = (await site.log()).find((e) => e.type === 'injected' && e.visit === someone.id);
		assert.equal(event.data.device_at, iso(now - 4 * MINUTE + HOURS_WRONG));
		assert.equal(event.data.device_sent_at, iso(now + HOURS_WRONG));
		assert.equal(event.data.acted_at, iso(now - 4 * MINUTE));
		await site.advance(MINUTE - 1);
		assert.equal((await alarms(site.board, 'never_arrived', someone.id)).length, 0);
		await site.advance(1);
		assert.equal((await alarms(site.board, 'never_arrived', someone.id)).length, 1);
	});

	await t.test('never before the last command of that device', async () => {
		const someone = await hall.waiting('injection');
		await site.advance(10 * MINUTE);
		accepted(await staff.injection.scan(someone.token), 'start');
		const started = (await site.clock()).now;
		await site.advance(MINUTE);
		const { now } = await site.clock();
		const { visit } = accepted(await staff.injection.act(someone.token, 'inject', {
			...DOSE, at: iso(now - 60 * MINUTE), sent_at: iso(now),
		}), 'inject');
		assert.equal(Date.parse(visit.injected_at), started);
	});

	await t.test('the exit judges by when the person stood there', async () => {
		const someone = await hall.observing();
		await site.advanceTo(Date.parse(someone.visit.due_at) + MINUTE);
		const { now } = await site.clock();
		refused(await staff.exit.scan(someone.token, { at: iso(now - 2 * MINUTE), sent_at: iso(now) }), 'not_due');
		accepted(await staff.exit.scan(someone.token, { at: iso(now - MINUTE), sent_at: iso(now) }), 'release', 'completed');
	});

	await t.test('a time in the future of its sending is not believed', async () => {
		const someone = await hall.observing();
		const { now } = await site.clock();
		const answer = await staff.exit.scan(someone.token, { at: iso(now + 60 * MINUTE), sent_at: iso(now) });
		assert.ok([409, 422].includes(answer.status), answer.text);
		assert.equal((await site.board.visit(someone.token)).state, 'observing');
	});

	// Five hours ago, says a device without an act on record that could be held against it.
	const hoursAgo = async () => {
		const { now } = await site.clock();
		return { at: iso(now - 300 * MINUTE), sent_at: iso(now) };
	};

	await t.test('a clock hours off shortens no observation', async () => {
		const fresh = await onDuty(await site.device('handheld', 'fresh', 'injection-3'));
		await site.advance(360 * MINUTE);
		const someone = await hall.waiting('injection');
		const came = (await site.clock()).now;
		await site.advance(MINUTE);
		await hall.do(someone, 'start', { desk: 'injection-3' });
		const { visit } = accepted(await fresh.act(someone.token, 'inject', { ...DOSE, ...await hoursAgo() }), 'inject', 'injected');
		assert.ok(Date.parse(visit.arrived_at) <= Date.parse(visit.injected_at), JSON.stringify(visit));
		assert.ok(Date.parse(visit.due_at) >= came + 30 * MINUTE, JSON.stringify(visit));
		accepted(await staff.observation.scan(someone.token), 'arrive');
		refused(await staff.exit.scan(someone.token), 'not_due');
		await site.advanceTo(Date.parse(visit.due_at));
		accepted(await staff.exit.scan(someone.token), 'release', 'completed');
	});

	await t.test('... and clears nobody who has to stay', async () => {
		const someone = await hall.bring('unwell');
		const doctor = await onDuty(await site.device('handheld', 'doctor', 'treatment'));
		await site.advance(360 * MINUTE);
		const { now } = await site.clock();
		const { visit } = accepted(await doctor.act(someone.token, 'clear', { minutes: 20, ...await hoursAgo() }), 'clear', 'observing');
		assert.equal(Date.parse(visit.due_at), now + 20 * MINUTE);
		refused(await staff.exit.scan(someone.token), 'not_due');
		accepted(await staff.observation.scan(someone.token), undefined, 'observing');
		await site.advance(20 * MINUTE);
		accepted(await staff.exit.scan(someone.token), 'release', 'completed');
	});

	await t.test('... and gets nobody ahead of others', async () => {
		const first = await hall.waiting('consent');
		await site.advance(MINUTE);
		const clerk = await site.device('handheld', 'clerk', 'registration-3');
		const second = await hall.newcomer();
		await hall.do(second, 'start', { desk: 'registration-3' });
		accepted(await clerk.act(second.token, 'finish', await hoursAgo()), 'finish', 'queued');
		for (const [desk, someone] of [['consent-4', first], ['consent-5', second]]) {
			const called = await site.board.desk(desk, 'call');
			assert.equal(called.status, 200, called.text);
			assert.equal(called.body.visit.number, someone.number, called.text);
		}
	});

	await t.test('the log runs forward all the same', async () => {
		const times = (await site.log()).map((e) => e.at);
		assert.deepEqual(times, [...times].sort());
	});
});

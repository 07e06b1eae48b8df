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

	await t.test('the log runs forward all the same', async () => {
		const times = (await site.log()).map((e) => e.at);
		assert.deepEqual(times, [...times].sort());
	});
});

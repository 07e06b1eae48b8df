// The exit: what a scan there means in every state, and the edges of the observation.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite } from '../lib/site.mjs';
import { Hall, accepted, alarms, noted, refused } from '../lib/hall.mjs';

async function start(t) {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	return { site, staff, hall: new Hall(site), exit: staff.exit };
}

test('observation ends at 30:00.000 and not before', async (t) => {
	const { site, staff, hall, exit } = await start(t);
	const someone = await hall.observing();
	const due = Date.parse(someone.visit.due_at);
	assert.equal(due - Date.parse(someone.visit.injected_at), 30 * MINUTE);
	const stream = await staff.exit.stream('alerts');
	t.after(() => stream.close());

	await site.advanceTo(due - 1);
	assert.equal(stream.alert('early_exit'), undefined);
	const problem = refused(await exit.scan(someone.token), 'not_due');
	assert.match(JSON.stringify(problem), /00:30:00\.000Z/);
	const alert = await stream.untilAlert('early_exit', someone.id);
	assert.equal(alert.urgency, 3);
	assert.equal(alert.state, 'open');
	assert.equal(alert.count, 1);
	assert.equal(alert.number, someone.number);
	assert.equal(alert.visit, someone.id);
	assert.equal(Date.parse(alert.raised_at), due - 1);
	assert.equal((await site.board.visit(someone.token)).state, 'observing');

	await site.advance(1);
	accepted(await exit.scan(someone.token), 'release', 'completed');
	await stream.untilNoAlert('early_exit', someone.id);
});

test('extended, it ends at the new time and not before', async (t) => {
	const { site, staff, hall, exit } = await start(t);
	const someone = await hall.observing();
	const { visit } = accepted(
		await staff.observation.act(someone.token, 'extend', { minutes: 15, reason: 'allergy' }), 'extend', 'observing');
	const due = Date.parse(someone.visit.due_at) + 15 * MINUTE;
	assert.equal(Date.parse(visit.due_at), due);
	assert.ok(visit.flags.includes('extended'), JSON.stringify(visit.flags));
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	for (const time of [due - 15 * MINUTE, due - 1]) {
		await site.advanceTo(time);
		refused(await exit.scan(someone.token), 'not_due');
		await stream.untilAlert('early_exit', someone.id);
		accepted(await exit.act(someone.token, 'returned'), 'returned', 'observing');
		await stream.untilNoAlert('early_exit', someone.id);
	}
	await site.advanceTo(due);
	accepted(await exit.scan(someone.token), 'release', 'completed');
	refused(await staff.observation.act(someone.token, 'extend', { minutes: 5, reason: 'x' }), 'ticket_ended');
});

test('a long observation asked for at consent is the due time', async (t) => {
	const { site, hall, exit } = await start(t);
	const someone = await hall.passing('consent');
	await hall.do(someone, 'finish', { observation: 'long' });
	await hall.do(someone, 'start', { desk: 'injection-1' });
	await hall.do(someone, 'inject', { vaccine: 'inactivated', lot: 'L', dose: 1, checks: true });
	assert.equal(Date.parse(someone.visit.due_at) - Date.parse(someone.visit.injected_at), 60 * MINUTE);
	await hall.do(someone, 'arrive');
	await site.advance(60 * MINUTE - 1);
	refused(await exit.scan(someone.token), 'not_due');
	await site.advance(1);
	accepted(await exit.scan(someone.token), 'release', 'completed');
});

test('the exit in every state', async (t) => {
	const { site, hall, exit } = await start(t);

	await t.test('before the needle: not_injected; the guard ends it', async () => {
		for (const state of ['called', 'queued', 'serving', 'parked']) {
			const someone = await hall.bring(state);
			refused(await exit.scan(someone.token), 'not_injected');
			assert.equal((await site.board.visit(someone.token)).state, state);
			accepted(await exit.act(someone.token, 'leave'), 'leave', 'left');
		}
	});

	await t.test('injected, before due: not_due and the alarm; at due: not_observed', async () => {
		const someone = await hall.injected();
		await site.advance(MINUTE);
		refused(await exit.scan(someone.token), 'not_due');
		assert.equal((await alarms(exit, 'early_exit', someone.id)).length, 1);
		accepted(await exit.act(someone.token, 'returned'), 'returned', 'injected');
		assert.equal((await alarms(exit, 'early_exit', someone.id)).length, 0);
		await site.advanceTo(Date.parse(someone.visit.due_at));
		refused(await exit.scan(someone.token), 'not_observed');
		refused(await site.board.act(someone.token, 'release'), 'not_observed');
		accepted(await site.board.act(someone.token, 'release', { reason: 'seen by the observer' }), 'release', 'completed');
		assert.equal((await alarms(site.board, 'never_arrived', someone.id)).length, 0);
	});

	await t.test('left early: returned, then judged as observing', async () => {
		const someone = await hall.bring('left_early');
		await site.advance(MINUTE);
		const problem = refused(await exit.scan(someone.token), 'not_due');
		assert.ok(problem);
		assert.equal((await site.board.visit(someone.token)).state, 'observing');
		assert.equal((await alarms(exit, 'early_exit', someone.id)).length, 1);
		accepted(await exit.act(someone.token, 'returned'), 'returned', 'observing');

		const late = await hall.bring('left_early');
		await site.advanceTo(Date.parse(late.visit.due_at));
		accepted(await exit.scan(late.token), 'release', 'completed');
	});

	await t.test('unwell: nobody but a clinician', async () => {
		const someone = await hall.bring('unwell');
		await site.advance(31 * MINUTE);
		refused(await exit.scan(someone.token), 'unwell');
		assert.equal((await site.board.visit(someone.token)).state, 'unwell');
	});

	await t.test('deferred and declined: free to go, as often as they like', async () => {
		for (const state of ['deferred', 'declined']) {
			const someone = await hall.bring(state);
			noted(await exit.scan(someone.token), 'free_to_go', state);
			noted(await exit.scan(someone.token), 'free_to_go', state);
			assert.equal((await alarms(exit, 'ticket_reused', someone.id)).length, 0);
		}
	});

	await t.test('ended: refused, and flagged', async () => {
		for (const state of ['left', 'transferred', 'completed']) {
			const someone = await hall.bring(state);
			refused(await exit.scan(someone.token), 'ticket_ended');
			refused(await exit.scan(someone.token), 'ticket_ended');
			const [alert] = await alarms(exit, 'ticket_reused', someone.id);
			assert.equal(alert.count, 2);
			assert.equal((await site.board.visit(someone.token)).state, state);
		}
	});

	await t.test('an unknown code', async () => {
		refused(await exit.scan('AAAAAAAAAAAAAAAAAAAAAAAA'), 'ticket_unknown');
	});
});

test('an early exit unsettled for 3 minutes has left early, and may come back', async (t) => {
	const { site, staff, hall, exit } = await start(t);
	const someone = await hall.observing();
	await site.advance(10 * MINUTE);
	refused(await exit.scan(someone.token), 'not_due');
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	await site.advance(3 * MINUTE - 1);
	assert.equal((await site.board.visit(someone.token)).state, 'observing');
	await site.advance(1);
	assert.equal((await site.board.visit(someone.token)).state, 'left_early');
	assert.equal((await alarms(exit, 'early_exit', someone.id)).length, 1);

	accepted(await staff.observation.scan(someone.token), 'returned', 'observing');
	await stream.untilNoAlert('early_exit', someone.id);
	await site.advance(30 * SECOND);
	refused(await exit.scan(someone.token), 'not_due');
	await stream.untilAlert('early_exit', someone.id);
});

test('walked out: said by the guard, at once', async (t) => {
	const { site, hall, exit } = await start(t);
	const someone = await hall.observing();
	refused(await exit.scan(someone.token), 'not_due');
	accepted(await exit.act(someone.token, 'walked_out'), 'walked_out', 'left_early');
	assert.equal((await alarms(exit, 'early_exit', someone.id)).length, 0);
	refused(await exit.act(someone.token, 'walked_out'), 'not_observing');
	accepted(await exit.act(someone.token, 'returned'), 'returned', 'observing');
	refused(await exit.act(someone.token, 'returned'), 'not_left');
	await site.advanceTo(Date.parse(someone.visit.due_at));
	accepted(await exit.scan(someone.token), 'release', 'completed');
});

test('one ticket at two places within 10 seconds is reused, and judged as always', async (t) => {
	const { site, staff, hall } = await start(t);
	const someone = await hall.waiting();
	noted(await staff.kiosk.scan(someone.token), 'where_to_go');
	await site.advance(9 * SECOND);
	refused(await staff.exit.scan(someone.token), 'not_injected');
	assert.equal((await alarms(site.board, 'ticket_reused', someone.id)).length, 1);

	const other = await hall.waiting();
	noted(await staff.kiosk.scan(other.token), 'where_to_go');
	noted(await staff.kiosk.scan(other.token), 'where_to_go');
	await site.advance(11 * SECOND);
	refused(await staff.exit.scan(other.token), 'not_injected');
	assert.equal((await alarms(site.board, 'ticket_reused', other.id)).length, 0);
});

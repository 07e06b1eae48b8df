// The alarms that time raises, the cry for help from everywhere, and how an alarm ends.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite } from '../lib/site.mjs';
import { Hall, REACHABLE, accepted, alarms, refused } from '../lib/hall.mjs';

async function start(t) {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	await stream.until((s) => s.last.alerts, 'the first picture');
	return { site, staff, stream, hall: new Hall(site) };
}

test('never_arrived at 5:00.000 after the injection', async (t) => {
	const { site, staff, stream, hall } = await start(t);
	const [lost, found] = [await hall.injected(), await hall.injected()];
	await site.advance(5 * MINUTE - 1);
	accepted(await staff.observation.scan(found.token), 'arrive', 'observing');
	assert.equal(stream.alert('never_arrived'), undefined);
	await site.advance(1);
	const alert = await stream.untilAlert('never_arrived', lost.id);
	assert.equal(Date.parse(alert.raised_at), Date.parse(lost.visit.injected_at) + 5 * MINUTE);
	assert.equal(alert.urgency, 2);
	assert.equal(alert.number, lost.number);
	assert.equal(stream.alert('never_arrived', found.id), undefined);
	assert.deepEqual((await site.board.visit(lost.token)).flags, ['never_arrived']);
	accepted(await staff.observation.scan(lost.token), 'arrive', 'observing');
	await stream.untilNoAlert('never_arrived', lost.id);
	const raised = (await site.log()).filter((e) => e.type === 'alert_raised' && e.data.kind === 'never_arrived');
	assert.equal(raised.length, 1);
	assert.equal(raised[0].visit, lost.id);
	assert.equal(raised[0].command, null);
});

test('overstay 15:00.000 past due, settled by the release', async (t) => {
	const { site, staff, stream, hall } = await start(t);
	const someone = await hall.observing();
	await site.advance(45 * MINUTE - 1);
	assert.equal(stream.alert('overstay'), undefined);
	await site.advance(1);
	const alert = await stream.untilAlert('overstay', someone.id);
	assert.equal(alert.urgency, 1);
	accepted(await staff.exit.scan(someone.token), 'release', 'completed');
	await stream.untilNoAlert('overstay', someone.id);
});

test('call_expired 3:00.000 after the call, settled by the start', async (t) => {
	const { site, staff, stream, hall } = await start(t);
	const someone = await hall.waiting();
	assert.equal((await staff.registration.desk('registration-1', 'call')).body.visit.id, someone.id);
	await site.advance(3 * MINUTE - 1);
	assert.equal(stream.alert('call_expired'), undefined);
	await site.advance(1);
	const alert = await stream.untilAlert('call_expired', someone.id);
	assert.equal(alert.desk, 'registration-1');
	accepted(await staff.registration.scan(someone.token), 'start', 'serving');
	await stream.untilNoAlert('call_expired', someone.id);
});

test('unwell escalates at 30 and 60 seconds until somebody acknowledges', async (t) => {
	const { site, staff, stream, hall } = await start(t);
	const someone = await hall.observing();
	accepted(await staff.observation.act(someone.token, 'unwell'), 'unwell', 'unwell');
	const alert = await stream.untilAlert('unwell', someone.id);
	assert.equal(alert.urgency, 3);
	assert.equal(alert.escalated, 0);
	await site.advance(30 * SECOND - 1);
	assert.equal((await alarms(site.board, 'unwell', someone.id))[0].escalated, 0);
	await site.advance(1);
	await stream.untilAlert('unwell', someone.id, (a) => a.escalated === 1);
	await site.advance(30 * SECOND - 1);
	assert.equal((await alarms(site.board, 'unwell', someone.id))[0].escalated, 1);
	await site.advance(1);
	await stream.untilAlert('unwell', someone.id, (a) => a.escalated === 2);

	await t.test('acknowledged it stays, and is quiet', async () => {
		const answer = await staff.exit.post(`/api/alerts/${alert.id}/acknowledge`);
		assert.equal(answer.status, 200, answer.text);
		assert.equal(answer.body.outcome, 'accepted');
		assert.equal(answer.body.alert.state, 'acknowledged');
		assert.equal(answer.body.alert.by, staff.exit.device.id);
		await stream.untilAlert('unwell', someone.id, (a) => a.state === 'acknowledged');
	});

	await t.test('a second cry counts up, opens it again, and escalates again', async () => {
		const again = await staff.kiosk.unwell({ code: someone.token });
		assert.equal(again.status, 200, again.text);
		const cried = await stream.untilAlert('unwell', someone.id, (a) => a.count === 2);
		assert.equal(cried.id, alert.id);
		assert.equal(cried.state, 'open');
		assert.equal(cried.escalated, 0);
		await site.advance(30 * SECOND);
		await stream.untilAlert('unwell', someone.id, (a) => a.escalated === 1);
		assert.equal((await site.board.visit(someone.token)).state, 'unwell');
	});

	await t.test('it ends with the clinician, not by hand', async () => {
		const byHand = await staff.observation.post(`/api/alerts/${alert.id}/settle`, { outcome: 'fine again' });
		assert.equal(byHand.status, 409, byHand.text);
		accepted(await staff.treatment.act(someone.token, 'assess', { note: 'pulse 120' }), 'assess', 'unwell');
		const { visit } = accepted(await staff.treatment.act(someone.token, 'clear', { minutes: 20 }), 'clear', 'observing');
		assert.equal(Date.parse(visit.due_at), (await site.clock()).now + 20 * MINUTE);
		await stream.untilNoAlert('unwell', someone.id);
		refused(await site.board.post(`/api/alerts/${alert.id}/settle`, { outcome: 'late' }), 'alert_settled');
		refused(await site.board.post(`/api/alerts/${alert.id}/acknowledge`), 'alert_settled');
	});

	await t.test('acknowledged in time it never escalates', async () => {
		const quiet = await hall.bring('unwell');
		const [open] = await alarms(site.board, 'unwell', quiet.id);
		assert.equal((await staff.treatment.post(`/api/alerts/${open.id}/acknowledge`)).status, 200);
		await site.advance(5 * MINUTE);
		assert.equal((await alarms(site.board, 'unwell', quiet.id))[0].escalated, 0);
	});
});

test('unwell is never refused', async (t) => {
	const { site, staff, stream, hall } = await start(t);
	for (const state of ['completed', ...REACHABLE.filter((s) => s !== 'completed')]) {
		await t.test(`from ${state}`, async () => {
			const someone = await hall.bring(state);
			const answer = await staff.kiosk.unwell({ code: someone.token });
			accepted(answer, 'unwell', 'unwell');
			const count = state === 'unwell' ? 2 : 1;
			await stream.untilAlert('unwell', someone.id, (a) => a.count === count);
			accepted(await staff.exit.unwell({ code: someone.token }), 'unwell', 'unwell');
			await stream.untilAlert('unwell', someone.id, (a) => a.count === count + 1);
			assert.equal((await alarms(site.board, 'unwell', someone.id)).length, 1);
		});
	}

	await t.test('by either path and by number', async () => {
		const someone = await hall.waiting();
		accepted(await staff.display.act(someone.token, 'unwell'), 'unwell', 'unwell');
		const other = await hall.waiting();
		accepted(await staff.registration.act(other.number, 'unwell'), 'unwell', 'unwell');
	});

	await t.test('with an unknown, a forged, an empty and no code: then the place', async () => {
		const forged = (await hall.waiting()).token.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
		for (const [code, place] of [['rubbish', 'row 1'], [forged, 'row 2'], ['', 'row 3'], [undefined, 'row 4']]) {
			const answer = await staff.screen.unwell({ code, place });
			assert.equal(answer.status, 200, answer.text);
			assert.equal(answer.body.outcome, 'accepted', answer.text);
			await stream.until((s) => s.last.alerts.alerts.some((a) => a.kind === 'unwell' && a.place === place && !a.visit),
				`the alarm from ${place}`);
		}
	});

	await t.test('an alarm without a visit escalates too and is settled by hand', async () => {
		const find = () => stream.last.alerts.alerts.find((a) => a.place === 'row 4');
		const { id } = find();
		await site.advance(MINUTE);
		await stream.until(() => find()?.escalated === 2, 'its escalation');
		const settled = await staff.treatment.post(`/api/alerts/${id}/settle`, { outcome: 'nobody there', note: 'looked' });
		assert.equal(settled.status, 200, settled.text);
		await stream.until(() => !find(), 'its end');
		refused(await site.board.post(`/api/alerts/${id}/settle`, { outcome: 'again' }), 'alert_settled');
	});
});

test('an unwell person comes back to where it was', async (t) => {
	const { site, staff, hall } = await start(t);
	const first = await hall.waiting();
	const second = await hall.waiting();
	await staff.kiosk.unwell({ code: first.token });
	await site.advance(MINUTE);
	const { visit } = accepted(await staff.treatment.act(first.token, 'clear'), 'clear', 'queued');
	assert.equal(visit.stage, 'registration');
	const called = await site.board.desk('registration-1', 'call');
	assert.equal(called.body.visit.id, first.id, 'it keeps its place before the second');
	assert.notEqual(called.body.visit.id, second.id);

	const declined = await hall.bring('declined');
	await staff.kiosk.unwell({ code: declined.token });
	accepted(await staff.treatment.act(declined.token, 'clear'), 'clear', 'declined');

	const seated = await hall.observing();
	await staff.kiosk.unwell({ code: seated.token });
	const back = accepted(await staff.treatment.act(seated.token, 'clear'), 'clear', 'observing');
	assert.equal(back.visit.due_at, seated.visit.due_at);
	refused(await staff.treatment.act(seated.token, 'clear'), 'not_unwell');
	refused(await staff.treatment.act(seated.token, 'transfer'), 'not_unwell');

	await staff.kiosk.unwell({ code: seated.token });
	accepted(await staff.treatment.act(seated.token, 'transfer'), 'transfer', 'transferred');
	assert.equal((await alarms(site.board, 'unwell')).length, 0);
});

test('acknowledge and settle', async (t) => {
	const { site, staff, hall } = await start(t);
	refused(await site.board.post('/api/alerts/nothing/acknowledge'), 'alert_unknown', 404);
	refused(await site.board.post('/api/alerts/nothing/settle', { outcome: 'x' }), 'alert_unknown', 404);
	const someone = await hall.observing();
	refused(await staff.exit.scan(someone.token), 'not_due');
	const [alert] = await alarms(site.board, 'early_exit', someone.id);
	refused(await site.board.post(`/api/alerts/${alert.id}/settle`), 'invalid', 422);
	const settled = await staff.observation.post(`/api/alerts/${alert.id}/settle`, { outcome: 'stayed' });
	assert.equal(settled.status, 200, settled.text);
	assert.equal(settled.body.alert.state, 'settled');
	await site.advance(5 * MINUTE);
	assert.equal((await site.board.visit(someone.token)).state, 'observing', 'a settled early exit does not lapse');
});

// The site as a whole: what its devices need to know, hold and resume, roll calls.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, configuration, startSite, uuid } from '../lib/site.mjs';
import { Hall, accepted, alarms, refused } from '../lib/hall.mjs';

const act = (client, action, body = {}) => client.post(`/api/site/${action}`, body);

function done(answer) {
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.outcome, 'accepted');
	return answer.body;
}

test('what devices need to know of the site', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 80, consent: 0, injection: 60 } } }, t);
	const staff = await site.staff();
	const config = configuration();
	for (const [who, device] of Object.entries(staff)) {
		const answer = await device.get('/api/site');
		assert.equal(answer.status, 200, who);
		const { body } = answer;
		assert.deepEqual([body.id, body.name, body.time_zone], [config.site, config.name, config.time_zone]);
		assert.deepEqual(body.entry_checks, config.entry_checks);
		for (const list of ['vaccines', 'id_types']) assert.deepEqual(body[list], config[list].map(({ id, name }) => ({ id, name })));
		assert.deepEqual(body.desks, config.desks.map(({ id, stage }) => ({ id, stage })));
		assert.deepEqual(body.rooms, { registration: 80, consent: null, injection: 60 }, 'null: no limit');
		assert.equal(body.seats, 150);
	}
	refused(await site.nobody().get('/api/site'), 'unauthorized', 401);
});

test('a hold stops all calls and starts', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const waiting = await hall.waiting();
	const served = await hall.served('consent');
	const arriving = await hall.injected();

	refused(await act(staff.board, 'resume'), 'not_held');
	for (const reason of [undefined, '', '   ', 7]) refused(await act(staff.board, 'hold', { reason }), 'invalid', 422);
	const id = uuid();
	const held = await act(staff.board, 'hold', { id, reason: 'no clinician' });
	assert.deepEqual(done(held).hold, { on: true, reason: 'no clinician', since: '2026-11-20T00:00:00.000Z', by: staff.board.device.id });
	assert.equal((await act(staff.board, 'hold', { id, reason: 'no clinician' })).text, held.text, 'once');
	refused(await act(staff.board, 'hold', { reason: 'again' }), 'hold');

	await t.test('nobody is called or started', async () => {
		const call = refused(await staff.registration.desk('registration-1', 'call'), 'hold');
		assert.equal(call.reason, 'no clinician');
		refused(await staff.registration.scan(waiting.token), 'hold');
		assert.equal((await site.board.visit(waiting.token)).state, 'queued');
	});

	await t.test('all else goes on, also after a restart', async () => {
		await site.restart();
		await site.ready();
		refused(await act(staff.board, 'hold', { reason: 'again' }), 'hold');
		assert.equal((await act(staff.board, 'hold', { id, reason: 'no clinician' })).text, held.text);
		await hall.newcomer();
		accepted(await site.board.act(served.token, 'finish'), 'finish', 'queued');
		accepted(await staff.observation.scan(arriving.token), 'arrive', 'observing');
		await site.advance(30 * MINUTE);
		accepted(await staff.exit.scan(arriving.token), 'release', 'completed');
	});

	await t.test('until it is resumed', async () => {
		assert.deepEqual(done(await act(staff.board, 'resume', { reason: 'she is back' })).hold, { on: false, reason: null, since: null, by: null });
		accepted(await staff.registration.scan(waiting.token), 'start', 'serving');
	});
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('a roll call finds an empty seat', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const [scanned, said, gone, late] = [await hall.observing(), await hall.observing(), await hall.observing(), await hall.injected()];

	await site.advance(MINUTE);
	refused(await act(staff.observation, 'roll_call_end'), 'no_roll_call');
	const start = done(await act(staff.observation, 'roll_call_start'));
	assert.deepEqual(start.roll_call, { on: true, started_at: '2026-11-20T00:01:00.000Z', ended_at: null, missing: 0 });
	refused(await act(staff.board, 'roll_call_start'), 'roll_call_on');
	accepted(await staff.observation.scan(scanned.token), 'seen', 'observing');
	accepted(await staff.observation.act(said.token, 'seen'), 'seen', 'observing');
	accepted(await staff.observation.scan(late.token), 'arrive', 'observing');
	await site.advance(MINUTE);
	const end = done(await act(staff.board, 'roll_call_end'));
	assert.deepEqual([end.roll_call.on, end.roll_call.missing, end.roll_call.ended_at], [false, 1, '2026-11-20T00:02:00.000Z']);
	assert.deepEqual((await alarms(site.board, 'missing')).map((a) => a.visit), [gone.id]);
	accepted(await staff.observation.act(gone.token, 'seen'), 'seen', 'observing');
	assert.deepEqual(await alarms(site.board, 'missing'), []);
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('who may', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const may = { hold: ['board'], resume: ['board'], roll_call_start: ['board', 'observation'], roll_call_end: ['board', 'observation'] };
	await new Hall(site).waiting();
	for (const [action, allowed] of Object.entries(may)) {
		for (const [who, device] of Object.entries(staff)) {
			if (allowed.includes(who)) continue;
			refused(await act(device, action, { reason: 'x' }), 'forbidden', 403);
		}
		refused(await act(site.nobody(), action, { reason: 'x' }), 'unauthorized', 401);
	}
	assert.equal((await act(staff.board, 'dance')).status, 404);
	const id = uuid();
	const first = await act(staff.observation, 'roll_call_start', { id });
	done(first);
	await site.board.put(`/api/devices/${staff.observation.device.id}`, { desk: 'registration-2' });
	assert.equal((await act(staff.observation, 'roll_call_start', { id })).text, first.text, 'a repeat may be asked about from anywhere');
	refused(await act(staff.observation, 'roll_call_end'), 'forbidden', 403);
});

// Desks call from one line, first come first served; nobody is called twice, and a closing desk gives back whom it called.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite } from '../lib/site.mjs';
import { Hall, accepted, refused } from '../lib/hall.mjs';

async function start(t) {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const line = async (n) => {
		const people = [];
		for (let i = 0; i < n; i++) {
			people.push(await hall.waiting());
			await site.advance(SECOND);
		}
		return people;
	};
	const call = async (desk) => {
		const answer = await site.board.desk(desk, 'call');
		assert.equal(answer.status, 200, answer.text);
		return answer.body.visit.id;
	};
	return { site, hall, line, call, board: site.board };
}

test('first come, first called; the other refusals of a call', async (t) => {
	const { line, call, board, site } = await start(t);
	refused(await board.desk('registration-1', 'call'), 'nobody_waiting');
	const [a, b, c] = await line(3);
	assert.equal(await call('registration-1'), a.id);
	refused(await board.desk('registration-1', 'call'), 'desk_busy');
	assert.equal(await call('registration-2'), b.id);
	refused(await board.desk('consent-1', 'call'), 'nobody_waiting');
	accepted(await board.act(a.token, 'start', { desk: 'registration-1' }), 'start', 'serving');
	refused(await board.desk('registration-1', 'call'), 'desk_busy');
	accepted(await board.act(a.token, 'finish', { desk: 'registration-1' }), 'finish', 'queued');
	assert.equal(await call('registration-1'), c.id);
	refused(await board.desk('cellar-1', 'call'), 'desk_unknown', 404);
	const visit = await site.board.visit(c.token);
	assert.equal(visit.state, 'called');
	assert.equal(visit.desk, 'registration-1');
});

test('twenty desks call at once: nobody is called twice, the first are called', async (t) => {
	const { site, hall, line } = await start(t);
	const people = await line(10);
	for (const person of people) {
		for (const stage of ['registration', 'consent']) {
			await hall.do(person, 'start', { desk: `${stage}-1` });
			await hall.do(person, 'finish');
		}
	}
	const desks = Array.from({ length: 20 }, (_, i) => `injection-${i + 1}`);
	const answers = await Promise.all(desks.map((desk) => site.board.desk(desk, 'call')));
	const called = answers.filter((a) => a.status === 200).map((a) => a.body.visit.id);
	assert.equal(called.length, 10);
	assert.deepEqual([...called].sort(), people.map((p) => p.id).sort());
	for (const answer of answers.filter((a) => a.status !== 200)) refused(answer, 'nobody_waiting');
});

test('closing gives back the called one to its place, and opening takes up again', async (t) => {
	const { line, call, board, site } = await start(t);
	const [a, b] = await line(2);
	assert.equal(await call('registration-1'), a.id);
	const closed = await board.desk('registration-1', 'close');
	assert.equal(closed.status, 200, closed.text);
	assert.equal((await board.visit(a.token)).state, 'queued');
	refused(await board.desk('registration-1', 'close'), 'desk_closed');
	refused(await board.desk('registration-1', 'call'), 'desk_closed');
	refused(await board.act(a.token, 'start', { desk: 'registration-1' }), 'desk_closed');
	assert.equal(await call('registration-2'), a.id, 'a is before b still');
	assert.equal((await board.desk('registration-1', 'open')).status, 200);
	refused(await board.desk('registration-1', 'open'), 'desk_open');
	assert.equal(await call('registration-1'), b.id);

	await t.test('whoever is served is finished there', async () => {
		accepted(await board.act(b.token, 'start', { desk: 'registration-1' }), 'start', 'serving');
		assert.equal((await board.desk('registration-1', 'close')).status, 200);
		assert.equal((await board.visit(b.token)).state, 'serving');
		accepted(await board.act(b.token, 'finish', { desk: 'registration-1' }), 'finish', 'queued');
	});

	await t.test('a restart keeps it closed', async () => {
		await site.restart();
		await site.ready();
		refused(await board.desk('registration-1', 'call'), 'desk_closed');
	});
});

test('recall shows the called one again', async (t) => {
	const { line, call, board } = await start(t);
	refused(await board.desk('registration-1', 'recall'), 'nobody_called');
	const [a] = await line(1);
	assert.equal(await call('registration-1'), a.id);
	assert.equal((await board.desk('registration-1', 'recall')).status, 200);
	assert.equal((await board.visit(a.token)).state, 'called');
});

test('a no-show goes behind the fifth, and the third time is parked', async (t) => {
	const { line, call, board } = await start(t);
	const [late, ...others] = await line(8);
	refused(await board.act(late.token, 'no_show'), 'not_called');
	assert.equal(await call('registration-1'), late.id);
	accepted(await board.act(late.token, 'no_show'), 'no_show', 'queued');
	const order = [];
	for (let i = 1; i <= 8; i++) order.push(await call(`registration-${i}`));
	assert.deepEqual(order, [...others.slice(0, 5), late, ...others.slice(5)].map((p) => p.id));
	accepted(await board.act(late.token, 'no_show'), 'no_show', 'queued');
	assert.equal(await call('registration-6'), late.id, 'it is the only one left');
	const { visit } = accepted(await board.act(late.token, 'no_show'), 'no_show', 'parked');
	assert.equal(visit.desk, null);
	refused(await board.desk('registration-6', 'call'), 'nobody_waiting');
	refused(await board.act(late.token, 'start', { desk: 'registration-6' }), 'parked');
	accepted(await board.act(late.token, 'resume'), 'resume', 'queued');
	refused(await board.act(late.token, 'resume'), 'not_parked');
	assert.equal(await call('registration-6'), late.id);
});

test('parked and resumed keeps the place', async (t) => {
	const { line, call, board } = await start(t);
	const [a, b] = await line(2);
	accepted(await board.act(a.token, 'park'), 'park', 'parked');
	refused(await board.act(a.token, 'park'), 'parked');
	assert.equal(await call('registration-1'), b.id);
	accepted(await board.act(a.token, 'resume'), 'resume', 'queued');
	const [c] = await line(1);
	assert.equal(await call('registration-2'), a.id);
	assert.equal(await call('registration-3'), c.id);
});

test('a call that is started at another desk frees the first', async (t) => {
	const { site, line, call, board } = await start(t);
	const [a, b] = await line(2);
	assert.equal(await call('registration-1'), a.id);
	accepted(await board.act(a.token, 'start', { desk: 'registration-2' }), 'start', 'serving');
	assert.equal((await board.visit(a.token)).desk, 'registration-2');
	assert.equal(await call('registration-1'), b.id);
	await site.advance(10 * MINUTE);
	const { alerts } = await board.view('alerts');
	assert.deepEqual(alerts.filter((x) => x.kind === 'call_expired').map((x) => x.visit), [b.id]);
});

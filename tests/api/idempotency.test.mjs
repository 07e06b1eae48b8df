// The same id is the same act: once, and the same answer to whoever asks again - at once, after a restart, after a kill.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite, uuid } from '../lib/site.mjs';
import { DOSE, Hall, accepted, alarms, refused } from '../lib/hall.mjs';

const COPIES = 20;
const person = { name: '赵一', birth_date: '1955-05-05' };

// Each act once, as {client, target, body}, in an order that leads one person through.
async function acts(site, staff, hall) {
	const done = [];
	const twenty = async (client, target, body, status = 200) => {
		const sent = { id: uuid(), ...body };
		const answers = await Promise.all(Array.from({ length: COPIES }, () => client.send('POST', target, sent)));
		for (const answer of answers) {
			assert.equal(answer.status, status, `${target}: ${answer.text}`);
			assert.equal(answer.text, answers[0].text, target);
		}
		done.push({ client, target, sent, answer: answers[0] });
		return answers[0].body;
	};
	const { ticket, visit } = await twenty(staff.kiosk, '/api/visits', { person, language: 'en' }, 201);
	const at = (action) => `/api/visits/${ticket.token}/${action}`;
	await twenty(staff.kiosk, '/api/scan', { code: ticket.token });
	await twenty(staff.registration, '/api/desks/registration-1/call', {});
	await twenty(staff.registration, '/api/scan', { code: ticket.token });
	await twenty(staff.registration, at('finish'), {});
	await hall.do({ token: ticket.token }, 'start', { desk: 'consent-1' });
	await twenty(staff.consent, at('finish'), {});
	await hall.do({ token: ticket.token }, 'start', { desk: 'injection-1' });
	await twenty(staff.injection, at('inject'), DOSE);
	await twenty(staff.observation, '/api/scan', { code: ticket.token });
	await site.advance(MINUTE);
	await twenty(staff.exit, '/api/scan', { code: ticket.token }, 409);
	const [early] = await alarms(site.board, 'early_exit', visit.id);
	assert.equal(early.count, 1, 'twenty copies of one scan are one cry');
	await twenty(staff.exit, `/api/alerts/${early.id}/acknowledge`, {});
	await twenty(staff.observation, `/api/alerts/${early.id}/settle`, { outcome: 'back' });
	await twenty(staff.kiosk, '/api/unwell', { code: ticket.token });
	const [cry] = await alarms(site.board, 'unwell', visit.id);
	assert.equal(cry.count, 1);
	await twenty(staff.treatment, at('clear'), { minutes: 1 });
	await twenty(site.board, '/api/desks/consent-3/close', {});
	return { done, visit, ticket };
}

async function sameAgain(done) {
	for (const { client, target, sent, answer } of done) {
		const again = await client.send('POST', target, sent);
		assert.equal(again.status, answer.status, `${target}: ${again.text}`);
		assert.equal(again.text, answer.text, target);
	}
}

test('the same id 20 times at once, again after a restart, again after kill -9', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const { done, visit, ticket } = await acts(site, staff, hall);
	const before = await site.log();

	await t.test('each is in the log once', () => {
		for (const { sent, target } of done) {
			const caused = before.filter((e) => e.command === sent.id);
			assert.ok(caused.length > 0, target);
			assert.equal(caused.filter((e) => e.data.reply_as).length, 1, target);
			assert.equal(new Set(caused.map((e) => `${e.type} ${e.data.alert ?? ''}`)).size, caused.length, target);
		}
		assert.equal(before.filter((e) => e.type === 'checked_in').length, 1);
		assert.equal(before.filter((e) => e.type === 'injected').length, 1);
	});

	await t.test('later, in another state, the answer is still that one', () => sameAgain(done));

	await t.test('after a restart', async () => {
		await site.restart();
		await site.ready();
		await sameAgain(done);
		assert.deepEqual(await site.log(), before);
	});

	await t.test('after kill -9', async () => {
		await site.kill9();
		await site.start();
		await site.ready();
		await sameAgain(done);
		assert.deepEqual(await site.log(), before);
	});

	await t.test('a refused early exit stays refused under its id, also when due', async () => {
		const refusedScan = done.find(({ answer }) => answer.status === 409);
		const { due_at } = await site.board.visit(ticket.token);
		await site.advanceTo(Date.parse(due_at));
		const again = await staff.exit.send('POST', refusedScan.target, refusedScan.sent);
		assert.equal(again.text, refusedScan.answer.text);
		refused(again, 'not_due');
		assert.equal((await site.board.visit(ticket.token)).state, 'observing');
		accepted(await staff.exit.scan(ticket.token), 'release', 'completed');
		refused(await staff.exit.send('POST', refusedScan.target, refusedScan.sent), 'not_due');
		assert.equal((await site.board.visit(ticket.token)).id, visit.id);
	});

	await t.test('the closing of the day', async () => {
		const id = uuid();
		const answers = await Promise.all(Array.from({ length: COPIES }, () => site.board.send('POST', '/api/day/close', { id })));
		for (const answer of answers) {
			assert.equal(answer.status, 200, answer.text);
			assert.equal(answer.text, answers[0].text);
		}
		await site.restart();
		await site.ready();
		assert.equal((await site.board.send('POST', '/api/day/close', { id })).text, answers[0].text);
		await sameAgain(done);
	});
});

test('an id is one act of one device', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const someone = await hall.waiting();
	const other = await hall.waiting();
	const id = uuid();
	accepted(await staff.registration.post('/api/scan', { id, code: someone.token }), 'start');

	await t.test('another body: 422 id_reused', async () => {
		refused(await staff.registration.post('/api/scan', { id, code: other.token }), 'id_reused', 422);
		refused(await staff.registration.act(other.token, 'start', { id }), 'id_reused', 422);
		refused(await staff.registration.act(someone.token, 'finish', { id }), 'id_reused', 422);
	});

	await t.test('another device: 409 id_taken', async () => {
		refused(await staff.kiosk.post('/api/scan', { id, code: someone.token }), 'id_taken');
		assert.equal((await site.board.visit(someone.token)).state, 'serving');
	});

	await t.test('the order of the members, white space, the case of the id and sent_at are not the act', async () => {
		const first = await staff.registration.post('/api/scan', { id, code: someone.token });
		accepted(first, 'start');
		const late = uuid();
		const now = new Date((await site.clock()).now).toISOString();
		const scan = (more) => staff.kiosk.send('POST', '/api/scan', { code: other.token, ...more });
		const once = await scan({ id: late, at: now, sent_at: now });
		assert.equal(once.status, 200, once.text);
		const twice = await scan({ sent_at: new Date(Date.parse(now) + MINUTE).toISOString(), at: now, id: late });
		assert.equal(twice.text, once.text);
		const raw = `{ "at" : "${now}",\n "id":"${late.toUpperCase()}", "sent_at": "${now}", "code": "${other.token}"}`;
		assert.equal((await staff.kiosk.send('POST', '/api/scan', raw)).text, once.text);
	});

	await t.test('a refusal without a mark is judged again', async () => {
		const again = uuid();
		refused(await site.board.act(other.token, 'finish', { id: again }), 'not_serving');
		assert.ok(!(await site.log()).some((e) => e.command === again));
		await hall.do(other, 'start', { desk: 'registration-2' });
		accepted(await site.board.act(other.token, 'finish', { id: again }), 'finish', 'queued');
		accepted(await site.board.act(other.token, 'finish', { id: again }), 'finish', 'queued');
	});
});

test('ids of yesterday are still known', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const id = uuid();
	const first = await site.board.post('/api/visits', { id, person, language: 'en' });
	assert.equal(first.status, 201);
	assert.equal((await site.board.post('/api/day/close')).status, 200);
	await site.advance(24 * 60 * MINUTE);
	await hall.waiting();
	const again = await site.board.post('/api/visits', { id, person, language: 'en' });
	assert.equal(again.status, 201, again.text);
	assert.equal(again.text, first.text);
	refused(await site.board.post('/api/visits', { id, person: { ...person, name: '钱二' }, language: 'en' }), 'id_reused', 422);
	await site.restart();
	await site.ready();
	assert.equal((await site.board.post('/api/visits', { id, person, language: 'en' })).text, first.text);
	assert.equal((await site.log()).filter((e) => e.type === 'checked_in').length, 1, 'today has one');
});

test('a device that was moved meanwhile still gets the answer to what it has done', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const someone = await hall.waiting('injection');
	await hall.do(someone, 'start', { desk: 'injection-1' });
	await hall.waiting();
	const sent = [
		[staff.injection, `/api/visits/${someone.token}/inject`, { id: uuid(), ...DOSE }],
		[staff.registration, '/api/desks/registration-1/call', { id: uuid() }],
		[staff.observation, '/api/scan', { id: uuid(), code: someone.token, desk: 'observation' }],
	];
	const first = [];
	for (const [client, target, body] of sent) first.push(await client.send('POST', target, body));
	for (const answer of first) assert.equal(answer.status, 200, answer.text);
	for (const [device, desk] of [[staff.injection, 'observation'], [staff.registration, 'registration-2'], [staff.observation, 'treatment']]) {
		assert.equal((await site.board.put(`/api/devices/${device.device.id}`, { desk })).status, 200);
	}
	for (const [i, [client, target, body]] of sent.entries()) {
		const again = await client.send('POST', target, body);
		assert.equal(again.status, 200, `${target}: ${again.text}`);
		assert.equal(again.text, first[i].text, target);
		refused(await client.send('POST', target, { ...body, id: uuid() }), 'forbidden', 403);
	}
	const [, inject, injected] = sent[0];
	refused(await staff.exit.send('POST', inject, injected), 'forbidden', 403); // not its own
	refused(await staff.injection.send('POST', inject, { ...injected, lot: 'another' }), 'id_reused', 422);
});

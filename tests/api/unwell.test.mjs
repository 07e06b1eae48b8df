// "Somebody is unwell" is never refused: not for an odd field, an unknown code, a desk that is another's, or no id.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, startSite, uuid } from '../lib/site.mjs';
import { Hall, accepted, alarms } from '../lib/hall.mjs';

test('unwell is not refused', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	await hall.waiting(); // opens the day

	await t.test('for a field that is odd', async () => {
		const now = new Date((await site.clock()).now).toISOString();
		for (const odd of [
			{ colour: 'red' }, { code: 123 }, { code: '' }, { code: null }, { code: 'nonsense' }, { place: 'x'.repeat(600) },
			{ place: 'a\u0001b' }, { place: 7 }, { at: now }, { at: 'noon', sent_at: now }, { at: now, sent_at: '2020-01-01T00:00:00.000Z' },
			{ note: {} }, { desk: 'nowhere' }, { desk: 5 }, { id: null }, { id: 'one' }, { id: 5 }, {},
		]) {
			const answer = await staff.kiosk.unwell(odd);
			assert.equal(answer.status, 200, `${JSON.stringify(odd).slice(0, 60)}: ${answer.text}`);
			assert.equal(answer.body.outcome, 'accepted', answer.text);
		}
		assert.ok((await alarms(site.board, 'unwell')).length > 0);
	});

	await t.test('and what can be read beside it is kept', async () => {
		const someone = await hall.waiting();
		accepted(await staff.kiosk.unwell({ code: someone.token, colour: 'red' }), 'unwell', 'unwell');
		const other = await hall.waiting();
		accepted(await staff.kiosk.act(other.token, 'unwell', { place: 5 }), 'unwell', 'unwell');
		accepted(await staff.kiosk.unwell({ place: 'row 7', code: 5 }), 'unwell');
		assert.ok((await alarms(site.board, 'unwell')).some((a) => a.place === 'row 7'), 'where somebody lies');
	});

	await t.test('without an id: the server makes one', async () => {
		const before = (await site.log()).length;
		assert.equal((await staff.kiosk.unwell({ id: null, place: 'row 8' })).status, 200);
		const [cry] = (await site.log()).slice(before).filter((e) => e.type === 'alert_raised');
		assert.match(cry.command, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	});

	await t.test('an odd one under its id is one all the same', async () => {
		const sent = { id: uuid(), place: 'row 9', colour: 'red' };
		const first = await staff.kiosk.send('POST', '/api/unwell', sent);
		assert.equal(first.status, 200, first.text);
		assert.equal((await staff.kiosk.send('POST', '/api/unwell', sent)).text, first.text);
		assert.equal((await site.log()).filter((e) => e.command === sent.id && e.data.kind === 'unwell').length, 1);
	});

	await t.test('at the desk of another', async () => {
		for (const client of [staff.registration, staff.kiosk, staff.exit, staff.display]) {
			accepted(await client.unwell({ desk: 'injection-3' }), 'unwell');
		}
		assert.ok((await alarms(site.board, 'unwell')).some((a) => a.place === 'injection-3'));
	});

	await t.test('but a body that is no object says nothing', async () => {
		for (const body of ['[]', '{', '"row 3"']) {
			assert.equal((await staff.kiosk.send('POST', '/api/unwell', body)).status, 400, body);
		}
	});
});

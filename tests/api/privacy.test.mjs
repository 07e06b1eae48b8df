// Personal data stands in `person` and nowhere else: a person is planted, led through everything, and searched for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, MINUTE, startSite, uuid, waitFor } from '../lib/site.mjs';
import { DOSE, Hall, accepted, refused } from '../lib/hall.mjs';

const PLANTED = {
	name: '欧阳秘密Zyxwv', birth_date: '1949-10-13', sex: 'female', phone: '13987654321', id_type: 'passport', id_number: 'QX7654321Z',
	address: '密路77号', guardian: '秘密监护Abcde',
};
const SECRETS = ['欧阳秘密', 'Zyxwv', '1949-10-13', '13987654321', 'QX7654321Z', '密路77号', '秘密监护'];

function clean(text, where) {
	for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} in ${where}: ${text.slice(0, 400)}`);
}

// The event without what stands in any member `person`.
const withoutPerson = (event) => JSON.stringify(event, (key, value) => (key === 'person' ? undefined : value));

test('personal data stands in person and nowhere else', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const answers = []; // [where, text] of everybody who must not see a person
	const see = (where, answer) => {
		answers.push([where, `${JSON.stringify(answer.headers)} ${answer.text}`]);
		return answer;
	};

	const stream = await staff.exit.stream('alerts');
	const board = await site.board.stream('board');
	t.after(() => [stream, board].forEach((s) => s.close()));
	const body = { id: uuid(), person: PLANTED, language: 'zh-Hans' };
	const born = see('kiosk check-in', await staff.kiosk.post('/api/visits', body));
	assert.equal(born.status, 201);
	const { ticket, visit } = born.body;
	see('kiosk repeat', await staff.kiosk.post('/api/visits', body));
	const someone = { token: ticket.token, id: visit.id };
	see('kiosk scan', await staff.kiosk.scan(ticket.token));
	await site.advance(MINUTE);
	accepted(await staff.registration.scan(ticket.token), 'start');
	await hall.do(someone, 'finish');
	await hall.do(someone, 'start', { desk: 'consent-1' });
	await hall.do(someone, 'finish');
	await hall.do(someone, 'start', { desk: 'injection-1' });
	await hall.do(someone, 'inject', DOSE);
	await hall.do(someone, 'arrive');
	see('exit scan', refused(await staff.exit.scan(ticket.token), 'not_due') && (await staff.exit.scan(ticket.token)));
	see('exit returned', await staff.exit.act(ticket.token, 'returned'));
	see('kiosk unwell', await staff.kiosk.unwell({ code: ticket.token, place: 'row 5' }));
	see('display unwell', await staff.display.unwell({ code: ticket.token }));
	see('attendee unwell', await site.nobody().unwell({ code: ticket.token }));
	for (const [who, view] of [
		['exit', 'alerts'], ['screen', 'observation'], ['display', 'observation'], ['board', 'board'], ['board', 'alerts'],
		['program', 'alerts'], ['display', 'display:all'], ['display', 'display:registration'], ['display', 'display:injection'],
	]) see(`${who} view ${view}`, await staff[who].get(`/api/views/${view}`));
	see('kiosk site', await staff.kiosk.get('/api/site'));
	see('program roster', await staff.program.get('/api/roster'));
	see('ticket view', await site.nobody().get(`/api/views/ticket:${ticket.token}`));
	see('QR', await site.nobody().get(`/api/tickets/${ticket.token}.svg`));
	await hall.do(someone, 'clear', { minutes: 1 });
	await site.advance(MINUTE);
	see('exit release', await staff.exit.scan(ticket.token));
	see('exit again', await staff.exit.scan(ticket.token));

	// What is refused must not come back in the error or the server's log either.
	for (const bad of [
		{ ...PLANTED, sex: PLANTED.phone }, { ...PLANTED, [PLANTED.name]: 1 }, { ...PLANTED, birth_date: PLANTED.name },
	]) see('refused check-in', await staff.kiosk.post('/api/visits', { person: bad, language: 'en' }));
	see('refused language', await staff.kiosk.post('/api/visits', { person: PLANTED, language: PLANTED.name }));
	see('scan of a name', await staff.kiosk.scan(PLANTED.name));
	see('bad JSON', await staff.kiosk.send('POST', '/api/visits', `{"person": {"name": "${PLANTED.name}"`));
	const find = (client, text) => client.post('/api/visits/find', { id: null, text });
	for (const text of [PLANTED.name, PLANTED.phone, PLANTED.id_number]) {
		see('kiosk find', refused(await find(staff.kiosk, text), 'forbidden', 403) && (await find(staff.kiosk, text)));
		assert.equal((await find(site.board, text)).body.visits[0].number, ticket.number);
	}
	see('refused find', await find(site.board, { [PLANTED.name]: PLANTED.phone }));
	see('refused find', await find(site.board, `${PLANTED.name}\n`));
	see('unknown visit', await staff.kiosk.get(`/api/visits/${encodeURIComponent(PLANTED.id_number)}`));
	see('unknown view', await site.board.get(`/api/views/${encodeURIComponent(PLANTED.name)}`));
	see('unknown page', await site.nobody().get(`/${encodeURIComponent(PLANTED.name)}`));
	assert.equal((await site.board.visit(ticket.token)).person.name, PLANTED.name, 'the board does see it');

	await t.test('in no answer to a kiosk, exit, screen, attendee or board view', () => {
		for (const [where, text] of answers) clean(text, where);
	});

	await t.test('in no stream', () => {
		for (const s of [stream, board]) clean(JSON.stringify(s.messages), s.path);
	});

	await t.test('in no event but in person, and in few types of event', async () => {
		assert.equal((await site.board.post('/api/day/close')).status, 200);
		await site.advance(24 * 60 * MINUTE);
		await hall.waiting(); // the next day, with what is carried over
		const events = [...(await site.log(`day=${DAY}`)), ...(await site.log())];
		const holders = new Set();
		for (const event of events) {
			clean(withoutPerson(event), `the event ${event.type}`);
			if (JSON.stringify(event).includes(PLANTED.phone)) holders.add(event.type);
		}
		assert.ok(holders.has('checked_in'));
		assert.ok(holders.size <= 2, [...holders].join());
	});

	await t.test('in no metric', async () => clean((await site.nobody().get('/metrics')).text, 'metrics'));

	await t.test('in no line that the server wrote, nor the ticket codes', async () => {
		await site.restart();
		await site.ready();
		await waitFor(() => site.stderr.length > 0, 'a log line');
		clean(site.stderr, 'standard error');
		clean(site.stdout, 'standard output');
		assert.ok(!site.stderr.includes(ticket.token), 'a ticket code is a key');
		assert.ok(!site.stderr.includes(staff.kiosk.token) && !site.stdout.includes(staff.kiosk.token));
		for (const line of site.stderr.trimEnd().split('\n')) assert.match(line, /^[\x20-\x7e]+$/, 'one printable line each');
	});

	await t.test('tokens and enrolment codes are nowhere in the record', async () => {
		const text = JSON.stringify(await site.log(`day=${DAY}`)) + JSON.stringify(await site.log());
		for (const { token } of Object.values(staff)) assert.ok(!text.includes(token));
		assert.ok(!text.includes(site.setupCode));
		const names = [...fs.readdirSync(site.dir), ...fs.readdirSync(path.join(site.dir, "redis"), { recursive: true })].map(String);
		for (const name of names) clean(name, 'a file name');
		assert.equal(fs.statSync(path.join(site.dir, 'ticket.key')).mode & 0o777, 0o600);
	});
});

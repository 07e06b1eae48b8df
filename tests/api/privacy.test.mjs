// Personal data stands in `person` and nowhere else: a person is planted, led through everything, and searched for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, MINUTE, run, startSite, uuid, waitFor } from '../lib/site.mjs';
import { member } from '../lib/duty.mjs';
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

// A nurse of an imported list and a supervisor of the configuration, each with a PIN.
const NURSE = '慕容护士Qwert';
const SUPERVISOR = '司马主管Yuiop';
const PINS = ['80351624', '94762180'];

test('names of the staff stand in person, and PINs nowhere', async (t) => {
	const config = {
		staff: [member('M77', ['supervisor', 'vaccinator'], { name: SUPERVISOR })],
		roles: { vaccinator: { pin: true }, supervisor: { pin: true } },
	};
	const site = await startSite({ clock: MANUAL, config, unstaffed: true }, t);
	const list = path.join(site.dir, 'list.csv');
	const command = (args, input) => run(['staff', ...args, '--config', site.configFile, '--data', site.dir], { input });
	const printed = [];
	fs.writeFileSync(list, `工号,姓名,岗位,上岗证有效期,密码\nV77,${NURSE},接种,2099-12-31,${PINS[0]}\n`);
	for (const [args, input] of [[['import', list]], [['pin', 'M77'], `${PINS[1]}\n`], [['list']]]) {
		const out = await command(args, input);
		assert.equal(out.code, 0, out.stderr);
		printed.push(out.stdout, out.stderr);
	}
	fs.rmSync(list);
	const known = async () => (await site.board.get('/api/staff')).body.staff.filter((one) => one.pin).length === 2;
	await waitFor(known, 'the list, with its PINs');
	const badges = Object.fromEntries((await command(['badges'])).stdout.trimEnd().split('\n').map((line) => line.split(' ')));
	const staff = await site.staff();
	const board = await site.board.stream('board');
	const hall = new Hall(site);
	t.after(() => board.close());
	await hall.waiting(); // so that the day is open
	for (const [device, id, pin] of [[staff.injection, 'V77', PINS[0]], [site.board, 'M77', PINS[1]]]) {
		const wrong = await device.once('POST', '/api/session', { badge: badges[id], pin: '11117222' });
		assert.equal(wrong.body.code, 'sign_on_refused', wrong.text);
		const right = await device.once('POST', '/api/session', { badge: badges[id], pin });
		assert.equal(right.status, 200, right.text);
		printed.push(wrong.text, right.text);
	}
	const someone = await hall.injected();
	assert.equal((await site.board.post('/api/site/hold', { reason: 'fridge' })).status, 200);
	await site.board.post('/api/site/resume', { reason: 'fridge' });

	const secretless = (text, where) => {
		for (const pin of [...PINS, '11117222']) assert.ok(!new RegExp(`\\b${pin}\\b`).test(text), `a PIN in ${where}: ${text.slice(0, 400)}`);
	};
	const nameless = (text, where) => {
		for (const name of [NURSE, SUPERVISOR, 'Qwert', 'Yuiop']) assert.ok(!text.includes(name), `${name} in ${where}: ${text.slice(0, 400)}`);
		secretless(text, where);
	};

	await t.test('in the record', async () => {
		const events = await site.log();
		const holders = new Set();
		for (const event of events) {
			nameless(withoutPerson(event), `the event ${event.type}`);
			if (JSON.stringify(event).includes('Qwert')) holders.add(event.type);
			secretless(JSON.stringify(event), `the event ${event.type}`);
			assert.ok(!JSON.stringify(event).includes('argon2'));
		}
		assert.deepEqual([...holders], ['staff_listed']);
		assert.ok(events.some((e) => e.type === 'signed_on' && e.data.member === 'V77'));
	});

	await t.test('in what others than the staff see', async () => {
		const seen = [
			['kiosk', '/api/site'], ['kiosk', '/api/views/display:all'], ['display', '/api/views/display:all'],
			['screen', '/api/views/observation'], ['program', '/api/views/observation'],
		];
		for (const [who, target] of seen) nameless((await staff[who].get(target)).text, `${who} ${target}`);
		for (const target of [`/api/views/ticket:${someone.token}`, '/metrics', '/healthz']) {
			nameless((await site.nobody().get(target)).text, target);
		}
	});

	await t.test('PINs in no answer, view or word of a command, and in no file', async () => {
		const views = ['board', 'alerts', 'desk:injection-1', `session:${staff.injection.device.id}`];
		for (const view of views) secretless((await site.board.get(`/api/views/${view}`)).text, view);
		secretless((await site.board.get('/api/staff?badges=1')).text, '/api/staff');
		secretless(JSON.stringify(board.messages), 'a stream');
		for (const text of printed) secretless(text, 'what was printed or answered');
		// Not readdir's own recursion: older Node would look into the socket.
		const look = (dir) => {
			for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
				const file = path.join(dir, entry.name);
				if (entry.isDirectory()) look(file);
				else if (entry.isFile()) secretless(fs.readFileSync(file, 'latin1'), file);
			}
		};
		look(site.dir);
		assert.equal(fs.statSync(path.join(site.dir, 'staff.json')).mode & 0o777, 0o600);
		assert.equal(fs.statSync(path.join(site.dir, 'pin.key')).mode & 0o777, 0o600);
	});

	await t.test('in no line that the server wrote', async () => {
		await site.restart();
		await site.ready();
		nameless(site.stderr, 'standard error');
		nameless(site.stdout, 'standard output');
		for (const badge of Object.values(badges)) assert.ok(!site.stderr.includes(badge), 'the code of a badge is a key');
	});
});

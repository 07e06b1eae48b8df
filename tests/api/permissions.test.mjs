// Who may do what: the table of the contract, kind by kind. 401 without a device, 403 for the wrong one, and neither
// leaves a trace in the log.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, startSite, uuid } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';

const NOBODY = 'W999'; // a visit that is not there: whoever may act learns so, whoever may not is told that

const visit = (action, body = {}) => ['POST', `/api/visits/${NOBODY}/${action}`, body];
const CALLS = {
	'check in': ['POST', '/api/visits', { person: { name: '王', birth_date: '1950-01-01' }, language: 'zh-Hans' }],
	'find somebody': ['POST', '/api/visits/find', { text: '王小明' }],
	scan: ['POST', '/api/scan', { code: 'no code' }],
	unwell: ['POST', '/api/unwell', { place: 'hall' }],
	'unwell by visit': visit('unwell'),
	start: visit('start', { desk: 'registration-1' }),
	finish: visit('finish'),
	inject: visit('inject'),
	defer: visit('defer', { reason: 'fever' }),
	arrive: visit('arrive'),
	release: visit('release'),
	extend: visit('extend', { minutes: 5, reason: 'allergy' }),
	walked_out: visit('walked_out'),
	returned: visit('returned'),
	leave: visit('leave'),
	assess: visit('assess'),
	clear: visit('clear'),
	transfer: visit('transfer'),
	seen: visit('seen'),
	undo: visit('undo'),
	reissue: visit('reissue'),
	move: visit('move', { stage: 'consent' }),
	correct: visit('correct', { reason: 'misread', what: { language: 'en' } }),
	'call at registration-1': ['POST', '/api/desks/registration-1/call', {}],
	'close registration-2': ['POST', '/api/desks/registration-2/close', {}],
	acknowledge: ['POST', '/api/alerts/none/acknowledge', {}],
	settle: ['POST', '/api/alerts/none/settle', { outcome: 'done' }],
	hold: ['POST', '/api/site/hold', { reason: 'no clinician' }],
	resume: ['POST', '/api/site/resume', {}],
	'start a roll call': ['POST', '/api/site/roll_call_start', {}],
	'end a roll call': ['POST', '/api/site/roll_call_end', {}],
	'load a roster': ['POST', `/api/roster?id=${uuid()}`, '', { 'content-type': 'text/csv' }],
	'read the roster': ['GET', '/api/roster'],
	'read the site': ['GET', '/api/site'],
	'close the day': ['POST', '/api/day/close', {}],
	'invite a device': ['POST', '/api/devices', { id: null, kind: 'exit', name: 'x' }],
	'list devices': ['GET', '/api/devices'],
	'read the log': ['GET', '/api/log'],
	'view board': ['GET', '/api/views/board'],
	'view alerts': ['GET', '/api/views/alerts'],
	'view observation': ['GET', '/api/views/observation'],
	'view display:registration': ['GET', '/api/views/display:registration'],
	'view display:all': ['GET', '/api/views/display:all'],
	'view desk:registration-1': ['GET', '/api/views/desk:registration-1'],
	'view desk:registration-2': ['GET', '/api/views/desk:registration-2'],
};
const EVERYBODY_BUT_PROGRAM = ['unwell', 'unwell by visit', 'read the site'];
const DISPLAYS = ['view display:registration', 'view display:all'];
const HANDHELD = [...EVERYBODY_BUT_PROGRAM, 'scan', 'acknowledge', 'settle', 'view alerts'];
const MAY = {
	kiosk: [...EVERYBODY_BUT_PROGRAM, ...DISPLAYS, 'check in', 'scan'],
	display: [...EVERYBODY_BUT_PROGRAM, ...DISPLAYS, 'view observation'],
	screen: [...EVERYBODY_BUT_PROGRAM, 'view observation'],
	exit: [...EVERYBODY_BUT_PROGRAM, 'scan', 'walked_out', 'returned', 'leave', 'acknowledge', 'view alerts'],
	registration: [...HANDHELD, 'start', 'finish', 'defer', 'undo', 'reissue', 'call at registration-1', 'view desk:registration-1'],
	observation: [...HANDHELD, 'arrive', 'seen', 'undo', 'release', 'extend', 'walked_out', 'returned', 'start a roll call', 'end a roll call'],
	treatment: [...HANDHELD, 'assess', 'clear', 'transfer'],
	program: [...DISPLAYS, 'read the site', 'read the roster', 'read the log', 'view board', 'view alerts', 'view observation'],
	board: Object.keys(CALLS),
};
// Not said by the contract, so not held against anybody.
const OPEN = {
	program: ['view desk:registration-1', 'view desk:registration-2'],
	registration: ['check in', 'leave', 'inject', 'view observation', 'view board'],
	observation: ['check in', 'leave', 'start', 'finish', 'inject', 'defer', 'view observation', 'view board'],
	treatment: ['check in', 'leave', 'start', 'finish', 'inject', 'defer', 'view observation', 'view board'],
};

async function call(client, [method, target, body, headers]) {
	if (headers) return client.send(method, target, body, headers);
	return method === 'POST' ? client.post(target, body) : client.send(method, target, body);
}

test('who may do what', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	await new Hall(site).waiting(); // opens the day

	await t.test('a handheld acts for its own desk only', async () => {
		for (const action of ['open', 'close', 'call', 'recall']) {
			refused(await staff.registration.desk('registration-2', action), 'forbidden', 403);
			refused(await staff.observation.desk('registration-1', action), 'forbidden', 403);
		}
		const someone = await new Hall(site).waiting();
		refused(await staff.registration.act(someone.token, 'start', { desk: 'registration-2' }), 'forbidden', 403);
		refused(await staff.registration.scan(someone.token, { desk: 'registration-2' }), 'forbidden', 403);
		assert.equal((await site.board.visit(someone.token)).state, 'queued');
	});

	for (const [who, may] of Object.entries(MAY)) {
		await t.test(who, async () => {
			for (const [what, request] of Object.entries(CALLS)) {
				if (OPEN[who]?.includes(what)) continue;
				const answer = await call(staff[who], request);
				if (may.includes(what)) {
					assert.ok(![401, 403, 500].includes(answer.status), `${who} may ${what}: ${answer.status} ${answer.text}`);
				} else {
					assert.equal(answer.status, 403, `${who} must not ${what}: ${answer.status} ${answer.text}`);
					refused(answer, 'forbidden', 403);
				}
			}
		});
	}

	await t.test('a refusal for want of a right is not in the log', async () => {
		const id = uuid();
		refused(await staff.display.post('/api/scan', { id, code: 'x' }), 'forbidden', 403);
		assert.ok(!(await site.log()).some((e) => e.command === id));
	});

	await t.test('streams follow the views', async () => {
		for (const [who, views] of [['display', 'board'], ['screen', 'alerts'], ['exit', 'alerts,board'], ['kiosk', 'board']]) {
			refused(await staff[who].get(`/api/stream?views=${views}`), 'forbidden', 403);
		}
		for (const views of ['', 'nothing', 'board,nothing', 'desk:nowhere']) {
			const answer = await staff.board.get(`/api/stream?views=${views}`);
			assert.ok(answer.status >= 400 && answer.status < 500, `${views}: ${answer.status}`);
		}
	});

	await t.test('without a device, or with a wrong token', async () => {
		const wrong = [
			{}, { authorization: 'Bearer AAAA' }, { authorization: `Basic ${staff.board.token}` }, { authorization: 'Bearer ' },
			{ cookie: 'vaxline=x' }, { authorization: `Bearer ${staff.board.token}x` },
		];
		for (const [what, [method, target, body, type]] of Object.entries(CALLS)) {
			const headers = wrong[Object.keys(CALLS).indexOf(what) % wrong.length];
			const answer = await site.nobody().send(method, target, type ? body : body && { id: uuid(), ...body }, { ...type, ...headers });
			refused(answer, 'unauthorized', 401);
		}
		for (const target of ['/healthz', '/readyz', '/metrics', '/board']) {
			assert.equal((await site.nobody().get(target)).status, 200, target);
		}
	});
});

test('a ticket opens its own view, stream, QR and cry for help, and nothing else', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const one = await hall.waiting();
	const other = await hall.waiting();
	const nobody = site.nobody();

	const view = await nobody.get(`/api/views/ticket:${other.token}`);
	assert.equal(view.status, 200, view.text);
	assert.equal(view.body.state, 'queued');
	assert.equal(view.body.ahead ?? view.body.people_ahead, 1, view.text);
	const stream = await nobody.stream(`ticket:${one.token}`);
	t.after(() => stream.close());
	await stream.until((s) => s.last[`ticket:${one.token}`] ?? s.last.ticket, 'its picture');
	for (const [ending, type] of [['svg', /^image\/svg\+xml/], ['png', /^image\/png/]]) {
		const qr = await nobody.get(`/api/tickets/${one.token}.${ending}`);
		assert.equal(qr.status, 200, ending);
		assert.match(qr.headers['content-type'], type);
	}
	const forged = one.token.slice(0, -1) + (one.token.endsWith('A') ? 'B' : 'A');
	for (const target of [`/api/views/ticket:${forged}`, `/api/tickets/${forged}.svg`, `/api/stream?views=ticket:${forged}`]) {
		const answer = await nobody.get(target);
		assert.ok([401, 404, 409].includes(answer.status), `${target}: ${answer.status}`);
	}
	for (const target of ['/api/views/board', '/api/views/alerts', `/api/visits/${one.number}`, '/api/stream?views=alerts']) {
		assert.equal((await nobody.get(target)).status, 401, target);
	}
	refused(await nobody.post(`/api/visits/${one.token}/leave`), 'unauthorized', 401);
	const cry = await nobody.unwell({ code: one.token });
	assert.equal(cry.status, 200, cry.text);
	assert.equal((await site.board.visit(one.token)).state, 'unwell');
	refused(await nobody.unwell({ place: 'toilet' }), 'unauthorized', 401);
});

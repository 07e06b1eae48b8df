// Who may do what: the table of tests/golden/permissions.txt, which was written by hand, against what the program prints,
// what the README says, and what a server answers: each thing asked from each place, by nobody and by each of the staff.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, ROOT, run, startSite, uuid } from '../lib/site.mjs';
import { ROLES, member } from '../lib/duty.mjs';
import { Hall, refused } from '../lib/hall.mjs';

const rows = (text) => text.split('\n').filter((line) => line.startsWith('|'));
const golden = rows(fs.readFileSync(path.join(ROOT, 'tests/golden/permissions.txt'), 'utf8'));

// {thing: {place: cell}}
function parse(lines) {
	const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());
	const places = cells(lines[0]).slice(1);
	const table = {};
	for (const [things, ...may] of lines.slice(2).map(cells)) {
		assert.equal(may.length, places.length, things);
		for (const thing of things.split(', ')) {
			assert.ok(!table[thing], `${thing} stands twice`);
			table[thing] = Object.fromEntries(places.map((place, i) => [place, may[i]]));
		}
	}
	return table;
}
const TABLE = parse(golden);

test('the program prints the table that was written by hand', async () => {
	const out = await run(['permissions']);
	assert.equal(out.code, 0, out.stderr);
	assert.deepEqual(out.stdout.split('\n').filter(Boolean), golden);
});

test('the README shows it', () => {
	const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
	const [, section] = /^## Who may do what\n(.*?)^## /ms.exec(readme);
	assert.deepEqual(rows(section), golden);
});

// --- how each thing is asked: whoever may do it learns that there is no such visit, that a field is missing, ...

const NOBODY = 'W999';
const visit = (action, body = {}) => ({ [action]: () => ['POST', `/api/visits/${NOBODY}/${action}`, body] });
const post = (target, body = {}) => () => ['POST', target, body];
const get = (target) => () => ['GET', target];
const desk = (action) => ({ [`desk ${action}`]: ({ stand }) => ['POST', `/api/desks/${stand ?? 'registration-8'}/${action}`, {}] });
const ofSite = (action, body = {}) => ({ [`site ${action}`]: post(`/api/site/${action}`, body) });

// from: {stand, id, token, alert}
const CALLS = {
	unwell: ({ token }) => ['POST', '/api/unwell', token ? { code: token } : { place: 'hall' }],
	check_in: post('/api/visits', { person: { name: '王' } }),
	scan: post('/api/scan', { code: 'no code' }),
	...visit('start'), ...visit('finish'), ...visit('inject', { vaccine: 'inactivated', lot: 'L1', dose: 1, checks: true }),
	...visit('defer', { reason: 'fever' }), ...visit('decline'), ...visit('return_to', { stage: 'registration', reason: 'form' }),
	...visit('park'), ...visit('resume'), ...visit('no_show'), ...visit('reissue'), ...visit('leave'), ...visit('undo'),
	...visit('arrive'), ...visit('release'), ...visit('extend', { minutes: 5, reason: 'allergy' }), ...visit('seen'),
	...visit('walked_out'), ...visit('returned'), ...visit('assess'), ...visit('clear'), ...visit('transfer'),
	...visit('move', { stage: 'consent' }), ...visit('correct', { reason: 'misread', what: { language: 'en' } }),
	...desk('open'), ...desk('close'), ...desk('call'), ...desk('recall'),
	'view desk': ({ stand }) => ['GET', `/api/views/desk:${stand ?? 'registration-8'}`],
	...ofSite('roll_call_start'), ...ofSite('roll_call_end'), ...ofSite('hold', { reason: 'no clinician' }), ...ofSite('resume'),
	'settle clock_doubt': ({ alert }) => ['POST', `/api/alerts/${alert}/settle`, { outcome: 'time confirmed' }],
	'day close': post('/api/day/close'),
	'staff badges': get('/api/staff?badges=1'),
	find: post('/api/visits/find', { text: '王小明' }),
	'devices list': get('/api/devices'),
	'devices invite': post('/api/devices', { id: null, kind: 'no kind', name: 'x' }),
	'devices move': () => ['PUT', '/api/devices/d999999', { desk: 'registration-1' }],
	'devices revoke': () => ['DELETE', '/api/devices/d999999'],
	'roster load': () => ['POST', `/api/roster?id=${uuid()}`, '', { 'content-type': 'text/csv' }],
	'staff list': get('/api/staff'),
	tls: get('/api/tls'),
	roster: get('/api/roster'),
	day: get('/api/day'),
	log: get('/api/log?limit=1'),
	'view board': get('/api/views/board'),
	visit: get(`/api/visits/${NOBODY}`),
	'alert settle': post('/api/alerts/none/settle', { outcome: 'done' }),
	'alert acknowledge': post('/api/alerts/none/acknowledge'),
	'view alerts': get('/api/views/alerts'),
	'view display': get('/api/views/display:registration'),
	'view observation': get('/api/views/observation'),
	site: get('/api/site'),
	clock: post('/api/clock', { id: null, advance_ms: 0 }),
	session: get('/api/session'),
	'view session': ({ id }) => ['GET', `/api/views/session:${id}`],
	'view ticket': ({ code }) => ['GET', `/api/views/ticket:${code}`],
	'ticket QR': ({ code }) => ['GET', `/api/tickets/${code}.svg`],
	'sign on': post('/api/session', { id: null, badge: 'no badge' }),
	'sign off': () => ['DELETE', '/api/session'], // the last: nobody is there afterwards
};
const CODES = new Set(['view ticket', 'ticket QR']); // for whoever has a code

// Another way to ask for the same.
const ALSO = {
	unwell: ({ token }) => ['POST', `/api/visits/${token ?? NOBODY}/unwell`, {}],
	clock: get('/api/clock'),
	'staff list': get('/api/badges/none.svg'),
};
// Asked by whoever comes, device or not; and streams, of which each view is judged as if it were read.
const FOR_ALL = [
	'POST /api/enrol', 'GET /api/enrol/{file}', 'GET /api/ca', 'GET /api/ca.svg', 'GET /api/openapi.json', 'GET /api/stream',
];

async function call(client, [method, target, body, headers]) {
	if (headers) return client.send(method, target, body, headers);
	return method === 'POST' ? client.post(target, body) : client.send(method, target, body);
}

test('each route of the API is asked for', async () => {
	const asked = [...Object.values(CALLS), ...Object.values(ALSO)].map((way) => way({ code: 'CODE', alert: 'ALERT' }));
	const reached = ([method, target], route) => {
		const pattern = route.replace(/\{[^}]+\}/g, '[^/]+');
		return new RegExp(`^${pattern}$`).test(`${method} ${target.split('?')[0]}`);
	};
	const { stdout } = await run(['routes']);
	const routes = stdout.split('\n').filter((route) => / \/api\//.test(route));
	assert.ok(routes.length > 30);
	assert.deepEqual(routes.filter((route) => !asked.some((call) => reached(call, route))).sort(), [...FOR_ALL].sort());
});

// --- who asks from where

const STANDS = {
	kiosk: ['kiosk', undefined, 'registration-2'],
	'kiosk, observation': ['kiosk', 'observation'],
	'handheld, desk': ['handheld', 'registration-1', 'consent-1', 'injection-1'],
	'handheld, observation': ['handheld', 'observation'],
	'handheld, treatment': ['handheld', 'treatment'],
	exit: ['exit', undefined],
	board: ['board', undefined],
	display: ['display', undefined],
	observation: ['observation', undefined],
	agent: ['agent', undefined],
	program: ['program', undefined],
};
const YESTERDAY = '2026-11-19';
const QUALIFIED = ['screener', 'vaccinator', 'clinician']; // by default

// Who is signed on: {role, until}. Roles that ask for no qualification have none.
const PEOPLE = [
	...ROLES.map((role) => ({ role, until: QUALIFIED.includes(role) ? '2027-06-30' : undefined })),
	...QUALIFIED.flatMap((role) => [YESTERDAY, DAY, undefined].map((until) => ({ role, until }))),
];

// The status and code with which the table answers; undefined: neither 401 nor 403.
function expected(cell, who) {
	if (cell === '') return [403, 'forbidden'];
	if (cell === 'yes') return undefined;
	if (!who) return [403, 'not_signed_on'];
	if (!cell.split(', ').includes(who.role)) return [403, 'not_qualified'];
	if (!QUALIFIED.includes(who.role)) return undefined;
	if (!who.until) return [403, 'not_qualified'];
	return who.until < DAY ? [403, 'qualification_expired'] : undefined;
}

const NO_ROUTE = 'There is nothing under this path.';
const agrees = ({ status, body }, wanted) =>
	(wanted ? status === wanted[0] && body?.code === wanted[1] :
		![401, 403].includes(status) && status < 500 && body?.detail !== NO_ROUTE);

test('a server answers by it, thing by thing, place by place, person by person', async (t) => {
	const staffed = Object.entries(STANDS).filter(([place]) => TABLE['sign on'][place] === 'yes')
		.flatMap(([place, [kind, ...stands]]) => stands.map((stand) => ({ place, kind, stand })));
	const unstaffed = Object.entries(STANDS).flatMap(([place, [kind, ...stands]]) => stands.map((stand) => ({ place, kind, stand })));
	const posts = [...unstaffed, ...staffed.flatMap((post) => PEOPLE.map((who) => ({ ...post, who })))];
	const people = posts.filter(({ who }) => who).map((post, i) => {
		post.member = `M${i}`;
		return member(post.member, [post.who.role], { qualifications: post.who.until ? { [post.who.role]: post.who.until } : {} });
	});
	const site = await startSite({ clock: MANUAL, config: { staff: people }, unstaffed: true }, t);
	const { token: code } = await new Hall(site).served(); // so that the day is open, and may not close
	const doubt = await site.board.send('POST', '/api/clock', { doubt: true });
	assert.equal(doubt.status, 200, doubt.text);
	const [{ id: alert }] = (await site.board.view('alerts')).alerts;
	const wrong = [];
	let asked = 0;

	assert.deepEqual(Object.keys(CALLS).sort(), Object.keys(TABLE).sort(), 'each thing is asked');
	assert.deepEqual([...Object.keys(STANDS), 'ticket'].sort(), Object.keys(TABLE.unwell).sort(), 'from each place');

	async function ask(client, from, wanted, what) {
		for (const [thing, ways] of Object.entries(CALLS)) {
			for (const way of [ways, ALSO[thing]].filter(Boolean)) {
				const answer = await call(client, way({ code, alert, ...from }));
				const should = wanted(TABLE[thing]);
				if (!agrees(answer, should)) wrong.push(`${thing} by ${what}: ${answer.status} ${answer.text}, not ${should ?? 'that'}`);
				asked++;
			}
		}
	}

	async function stand({ place, kind, stand: at, who, member: id }) {
		const client = await site.device(kind, kind, at);
		const what = `${who ? `${who.role} until ${who.until}` : 'nobody'} at ${kind} ${at ?? ''}`;
		if (id) {
			const answer = await client.signOn(id);
			assert.equal(answer.status, 200, `${what}: ${answer.text}`);
		}
		await ask(client, { stand: at, id: client.device.id }, (cells) => expected(cells[place], who), what);
	}

	await Promise.all([
		...posts.map(stand),
		ask(site.nobody(), { token: code, id: 'd1' }, ({ ticket }) => (ticket === 'yes' ? undefined : [401, 'unauthorized']), 'a ticket'),
	]);
	t.diagnostic(`${asked} asked`);
	assert.deepEqual(wrong.slice(0, 20), []);
	assert.ok(asked > 7000, `${asked}`);
});

test('what the table does not say', async (t) => {
	const site = await startSite({ clock: MANUAL, unstaffed: true }, t);
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

	await t.test('a handheld sees its own desk only, any device its own session only', async () => {
		const own = `session:${staff.registration.device.id}`;
		for (const view of ['desk:registration-1', own]) {
			assert.equal((await staff.registration.get(`/api/views/${view}`)).status, 200, view);
			assert.equal((await site.board.get(`/api/views/${view}`)).status, 200, view);
			for (const who of ['consent', 'observation', 'treatment', 'exit', 'display', 'program']) {
				refused(await staff[who].get(`/api/views/${view}`), 'forbidden', 403);
			}
		}
	});

	await t.test('a refusal for want of a right is not in the log', async () => {
		const ids = [uuid(), uuid(), uuid()];
		refused(await staff.display.post('/api/scan', { id: ids[0], code: 'x' }), 'forbidden', 403);
		refused(await site.board.post('/api/site/hold', { id: ids[1], reason: 'x' }), 'not_signed_on', 403);
		refused(await staff.treatment.act(NOBODY, 'clear', { id: ids[2] }), 'not_signed_on', 403);
		assert.ok(!(await site.log()).some((e) => ids.includes(e.command)));
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
		const things = Object.entries(CALLS).filter(([thing]) => !CODES.has(thing));
		for (const [i, [, way]] of things.entries()) {
			const [method, target, body, type] = way({ id: 'd1', alert: 'none' });
			const sent = type ? body : body && { id: uuid(), ...body };
			refused(await site.nobody().send(method, target, sent, { ...type, ...wrong[i % wrong.length] }), 'unauthorized', 401);
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

// The cookie counts for this site's own pages alone; a bearer token, which no browser sends by itself, for anybody.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, startSite, uuid } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';

const cookieOf = (answer) => answer.headers['set-cookie'].join();

// Calls that a browser makes with the site's cookie.
function browser(site, cookie) {
	const host = `127.0.0.1:${site.port}`;
	const own = `${site.ca ? 'https' : 'http'}://${host}`;
	return {
		own,
		get: (target, headers = {}) => site.nobody().send('GET', target, undefined, { cookie, ...headers }),
		send: (method, target, body, headers = {}) => site.nobody().send(method, target, body, { cookie, ...headers }),
	};
}

function strangers(own, site) {
	const { port } = site;
	return [
		'http://evil.example', 'null', '', `${own}/`, `${own}.evil.example`, own.replace('127.0.0.1', 'localhost'),
		own.replace(`:${port}`, `:${port + 1}`), own.replace(`:${port}`, ''),
		own.startsWith('https') ? own.replace('https', 'http') : own.replace('http', 'https'),
	];
}

async function holdsForCookies(site, cookie) {
	const page = browser(site, cookie);
	const act = () => ['POST', '/api/desks/registration-1/close', { id: uuid() }];
	const opened = ['POST', '/api/desks/registration-1/open'];

	// What changes something must come from our own page.
	for (const origin of strangers(page.own, site)) {
		refused(await page.send(...act(), { origin }), 'origin_mismatch', 403);
		for (const target of ['/api/site', '/api/views/board', '/api/stream?views=board', '/api/log']) {
			refused(await page.get(target, { origin }), 'origin_mismatch', 403);
		}
	}
	refused(await page.send(...act()), 'origin_mismatch', 403);
	refused(await page.send('PUT', '/api/devices/d1', { desk: 'observation' }), 'origin_mismatch', 403);
	refused(await page.send('DELETE', '/api/devices/d1'), 'origin_mismatch', 403);
	assert.equal((await site.board.view('desk:registration-1')).open, true);

	for (const [target, headers] of [['/api/site', {}], ['/api/views/board', { origin: page.own }]]) {
		assert.equal((await page.get(target, headers)).status, 200, target);
	}
	for (const origin of [page.own, page.own.toUpperCase()]) {
		const closed = await page.send(...act(), { origin });
		assert.equal(closed.status, 200, closed.text);
		assert.equal((await page.send(...opened, { id: uuid() }, { origin })).status, 200);
	}
	// The pages themselves may be come to from anywhere.
	for (const target of ['/board', '/enrol', '/healthz']) {
		assert.equal((await page.get(target, { origin: 'http://evil.example' })).status, 200, target);
	}
}

test('over plain HTTP on loopback', async (t) => {
	const site = await startSite({ clock: MANUAL, enrol: false }, t);
	const answer = await site.nobody().post('/api/enrol', { id: null, code: site.setupCode, name: 'board' });
	assert.equal(answer.status, 201, answer.text);
	const { token } = answer.body;
	site.board = Object.assign(site.nobody(), { token });

	await t.test('the cookie', () => {
		assert.equal(cookieOf(answer), `vaxline=${token}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict`);
	});

	await t.test('counts for our own pages', () => holdsForCookies(site, `a=b; vaxline=${token}`));

	await t.test('a bearer token needs no origin, and minds none', async () => {
		for (const origin of [undefined, 'http://evil.example']) {
			const closed = await site.board.send('POST', '/api/desks/registration-1/close', { id: uuid() }, origin ? { origin } : {});
			assert.equal(closed.status, 200, closed.text);
			assert.equal((await site.board.desk('registration-1', 'open')).status, 200);
		}
		const both = await site.board.send('GET', '/api/site', undefined, { origin: 'http://evil.example', cookie: `vaxline=${token}` });
		assert.equal(both.status, 200, both.text);
	});

	await t.test('an unknown cookie is nobody, and the cookie of TLS counts only there', async () => {
		for (const cookie of ['vaxline=x', `vaxline=${'A'.repeat(43)}`, `__Host-vaxline=${token}`, `vaxline=${token}A`, '']) {
			refused(await browser(site, cookie).get('/api/site'), 'unauthorized', 401);
			refused(await browser(site, cookie).send('POST', '/api/desks/registration-1/close', { id: uuid() }), 'unauthorized', 401);
		}
	});

	await t.test('who is nobody here may still cry for help with a ticket', async () => {
		const one = await new Hall(site).waiting();
		const page = browser(site, `vaxline=${token}`);
		const cry = await page.send('POST', '/api/unwell', { id: uuid(), code: one.token }, { origin: 'http://evil.example' });
		assert.equal(cry.status, 200, cry.text);
		refused(await page.send('POST', '/api/unwell', { id: uuid(), place: 'hall' }, { origin: 'http://evil.example' }), 'origin_mismatch', 403);
	});
});

test('over TLS', async (t) => {
	const site = await startSite({ clock: MANUAL, enrol: false, tls: true }, t);
	const answer = await site.nobody().post('/api/enrol', { id: null, code: site.setupCode, name: 'board' });
	assert.equal(answer.status, 201, answer.text);
	const { token } = answer.body;
	site.board = Object.assign(site.nobody(), { token });

	await t.test('the cookie is the host\'s own', () => {
		assert.equal(cookieOf(answer), `__Host-vaxline=${token}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict`);
	});

	await t.test('counts for our own pages', () => holdsForCookies(site, `__Host-vaxline=${token}`));

	await t.test('one of plain HTTP is nobody here', async () => {
		refused(await browser(site, `vaxline=${token}`).get('/api/site'), 'unauthorized', 401);
	});

	await t.test('invitations lead to the https address', async () => {
		const invited = await site.board.post('/api/devices', { id: null, kind: 'exit', name: 'gate' });
		assert.ok(invited.body.url.startsWith(`https://127.0.0.1:${site.port}/enrol#`), invited.text);
	});
});

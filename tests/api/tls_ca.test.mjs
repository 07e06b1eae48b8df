// How the site hands out its CA, and what is heard where nothing is encrypted.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import tls from 'node:tls';
import test from 'node:test';
import { ROOT, bounded, exchange, run, startSite, tempDir, uuid, waitFor } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';
import { metricsOf } from '../lib/metrics.mjs';
import { makeAuthority, makeCertificate } from '../lib/tls.mjs';

const NAMES = ['vaxline.test', '127.0.0.1'];

async function startSecured(t, { names = NAMES, plain = true, made } = {}) {
	const dir = tempDir(); // the server's too: gone when this process ends
	const own = made ?? (await makeAuthority(dir, ...names));
	const site = await startSite({ dir, tls: own, args: plain ? ['--listen-plain', '127.0.0.1:0'] : [] }, t);
	if (plain) site.plain = await waitFor(() => /listening_plain port="(\d+)/.exec(site.stderr)?.[1], 'the plain port');
	site.inTheOpen = (method, target, body, headers = {}) => exchange(site.plain, {
		method, path: target, headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
		body: body && JSON.stringify(body),
	});
	return { site, dir, own };
}

// The answer to a board that wrote another Host than the one it reached.
const askAs = (site, host, target) => bounded(new Promise((resolve, reject) => {
	const headers = { host, authorization: `Bearer ${site.board.token}` };
	https.get({
		host: '127.0.0.1', port: site.port, path: target, headers, ca: site.ca, agent: false, servername: '', checkServerIdentity: () => undefined,
	}, async (response) => resolve(JSON.parse(Buffer.concat(await response.toArray()).toString()))).on('error', reject);
}), 'an answer');

// What the server shows to who connects now.
const shown = (site) => bounded(new Promise((resolve, reject) => {
	const socket = tls.connect({ port: site.port, host: '127.0.0.1', ca: site.ca }, () => {
		resolve(socket.getPeerX509Certificate());
		socket.destroy();
	});
	socket.on('error', reject);
}), 'a handshake');

test('the CA is handed out', async (t) => {
	const { site, own } = await startSecured(t);
	const ca = new X509Certificate(own.ca);
	const leaf = new X509Certificate(fs.readFileSync(own.cert));

	await t.test('as a file that devices take, with and without TLS', async () => {
		for (const answer of [await site.nobody().get('/ca.crt'), await site.inTheOpen('GET', '/ca.crt')]) {
			assert.equal(answer.status, 200);
			assert.equal(answer.headers['content-type'], 'application/x-x509-ca-cert');
			assert.equal(answer.headers['content-disposition'], 'attachment; filename="vaxline-ca.crt"');
			assert.deepEqual(answer.bytes, ca.raw, 'DER');
		}
	});

	await t.test('with what a person compares', async () => {
		for (const answer of [await site.nobody().get('/api/ca'), await site.inTheOpen('GET', '/api/ca')]) {
			assert.deepEqual(answer.body, { ca: {
				fingerprint: ca.fingerprint256, not_after: new Date(ca.validTo).toISOString(), name: /CN=(.*)/.exec(ca.subject)[1],
				names: NAMES, try_url: `https://vaxline.test:${site.port}/`,
			} });
		}
	});

	await t.test('by a page, to which the plain door leads', async () => {
		const file = fs.readFileSync(path.join(ROOT, 'kiosk/pages/ca.html'), 'utf8');
		assert.equal((await site.inTheOpen('GET', '/ca')).text, file);
		assert.equal((await site.nobody().get('/ca')).text, file);
		assert.equal((await site.inTheOpen('GET', '/')).headers.location, '/ca');
		assert.equal((await site.nobody().get('/')).headers.location, '/board');
	});

	await t.test('a board is told where, by the name it uses itself if others can use it', async () => {
		const ask = async (host) => askAs(site, host, '/api/tls');
		const said = await ask(`127.0.0.1:${site.port}`);
		assert.deepEqual(said, {
			secure: true,
			certificate: { names: NAMES, not_after: new Date(leaf.validTo).toISOString(), issuer: /CN=(.*)/.exec(leaf.issuer)[1] },
			ca: {
				fingerprint: ca.fingerprint256, not_after: new Date(ca.validTo).toISOString(),
				url: `http://vaxline.test:${site.plain}/ca`, qr_svg: '/api/ca.svg',
			},
		});
		for (const host of [`VAXLINE.test:${site.port}`, 'vaxline.test', 'other.test:1', '[::1]:8443', 'localhost']) {
			assert.equal((await ask(host)).ca.url, said.ca.url, host);
		}
		const picture = await site.nobody().get('/api/ca.svg');
		assert.equal(picture.headers['content-type'], 'image/svg+xml');
	});

	await t.test('to boards alone', async () => {
		assert.equal((await site.nobody().get('/api/tls')).status, 401);
		const kiosk = await site.device('kiosk');
		refused(await kiosk.get('/api/tls'), 'forbidden', 403);
	});

	await t.test('its end and the certificate\'s stand in the metrics', async () => {
		const metrics = await metricsOf(site);
		const name = 'vaxline_tls_certificate_not_after_seconds';
		assert.equal(metrics.get(name, { of: 'server' }), Date.parse(leaf.validTo) / 1000);
		assert.equal(metrics.get(name, { of: 'ca' }), Date.parse(ca.validTo) / 1000);
	});
});

test('without a plain door the CA is fetched over TLS', async (t) => {
	const { site } = await startSecured(t, { plain: false, names: ['a.test', '10.0.0.5', 'fd00::5', '127.0.0.1'] });
	const url = async (host) => (await askAs(site, host, '/api/tls')).ca.url;
	assert.equal(await url('a.test'), `https://a.test:${site.port}/ca`);
	assert.equal(await url(`10.0.0.5:${site.port}`), `https://10.0.0.5:${site.port}/ca`);
	assert.equal(await url('[FD00:0::5]:1'), `https://[fd00::5]:${site.port}/ca`);
	assert.equal(await url(`127.0.0.1:${site.port}`), `https://a.test:${site.port}/ca`);
});

test('a site without a CA of its own says so', async (t) => {
	const none = async (site) => {
		assert.deepEqual((await site.nobody().get('/api/ca')).body, { ca: null });
		refused(await site.nobody().get('/ca.crt'), 'not_found', 404);
		refused(await site.nobody().get('/api/ca.svg'), 'not_found', 404);
		return (await site.board.get('/api/tls')).body;
	};
	await t.test('one that speaks no TLS', async (tt) => {
		const site = await startSite({}, tt);
		assert.deepEqual(await none(site), { secure: false, certificate: null, ca: null });
		assert.equal((await site.nobody().get('/ca')).status, 200);
	});
	await t.test('one whose certificate is from elsewhere', async (tt) => {
		const dir = tempDir(tt);
		const { site } = await startSecured(tt, { made: makeCertificate(dir, { name: 'bought' }) });
		const said = await none(site);
		assert.equal(said.ca, null);
		assert.equal(said.certificate.issuer, 'bought');
		assert.ok(said.certificate.names.includes('localhost'));
	});
	await t.test('one with a CA beside the certificate that did not issue it', async (tt) => {
		const dir = tempDir(tt);
		const { folder } = await makeAuthority(dir, 'vaxline.test');
		const { site } = await startSecured(tt, { made: makeCertificate(folder, { name: 'bought' }) });
		assert.equal((await none(site)).ca, null);
		assert.match(site.stderr, /ca_not_used folder=".*tls" why="it did not issue the certificate of the server"/);
	});
});

test('renew: new connections get the new certificate, an open stream lives on', async (t) => {
	const { site, dir } = await startSecured(t);
	const before = await shown(site);
	const stream = await site.board.stream('board');
	const out = await run(['tls', 'renew', '--data', dir]);
	assert.equal(out.code, 0, out.stderr);
	assert.ok(out.stdout.includes(`told the running server (process ${site.child.pid})`), out.stdout);
	await waitFor(async () => (await shown(site)).serialNumber !== before.serialNumber, 'the new certificate');
	const after = await shown(site);
	assert.equal(after.subjectAltName, before.subjectAltName);
	assert.ok(after.verify(new X509Certificate(site.ca).publicKey));
	const said = (await site.board.get('/api/tls')).body;
	assert.equal(said.certificate.not_after, new Date(after.validTo).toISOString());
	assert.equal(said.ca.fingerprint, new X509Certificate(site.ca).fingerprint256);
	const beats = () => stream.messages.filter(({ event }) => event === 'beat').length;
	const heard = beats();
	await waitFor(() => beats() > heard, 'a beat on the stream of before');
	assert.equal(stream.connections, 1);

	await site.stop();
	assert.match((await run(['tls', 'renew', '--data', dir])).stdout, /no server runs on/);
	await site.start({ setup: false });
	await site.kill9();
	assert.match((await run(['tls', 'renew', '--data', dir])).stdout, /no server runs on/, 'a killed one is none');
});

test('in the open only displays are heard, and tickets', async (t) => {
	const { site } = await startSecured(t);
	const someone = await new Hall(site).waiting();
	const bearer = (client) => ({ authorization: `Bearer ${client.token}` });
	const invite = async (kind, desk) => (await site.board.post('/api/devices', { id: null, kind, name: kind, desk })).body.code;
	const enrol = (code) => site.inTheOpen('POST', '/api/enrol', { code, name: 'x' });

	await t.test('a code of another kind is refused and stays good', async () => {
		for (const [kind, desk] of [['kiosk'], ['handheld', 'injection-1'], ['exit'], ['board'], ['agent'], ['program']]) {
			const code = await invite(kind, desk);
			refused(await enrol(code), 'tls_required', 403);
			assert.equal((await site.enrol(code, kind)).device.kind, kind);
			refused(await enrol(code), 'code_used', 409);
		}
		refused(await enrol('AAAAAAAAAA'), 'code_unknown', 404);
	});

	await t.test('displays enrol and see what they show', async () => {
		for (const [kind, view] of [['display', 'display:registration'], ['observation', 'observation']]) {
			const answer = await enrol(await invite(kind));
			assert.equal(answer.status, 201, answer.text);
			assert.match(answer.headers['set-cookie'].join(), /^vaxline=/);
			const headers = { authorization: `Bearer ${answer.body.token}` };
			assert.equal((await site.inTheOpen('GET', `/api/views/${view}`, undefined, headers)).status, 200);
			refused(await site.inTheOpen('GET', '/api/views/board', undefined, headers), 'forbidden', 403);
		}
	});

	await t.test('a token of another kind is worth nothing there', async () => {
		for (const target of ['/api/views/board', '/api/stream?views=board', '/api/views/display:registration']) {
			refused(await site.inTheOpen('GET', target, undefined, bearer(site.board)), 'tls_required', 403);
		}
		for (const target of ['/api/devices', '/api/log', '/api/tls', '/api/staff', '/board', '/setup', '/metrics', '/healthz']) {
			assert.equal((await site.inTheOpen('GET', target, undefined, bearer(site.board))).status, 404, target);
		}
		for (const target of ['/api/visits', '/api/scan', '/api/session', '/api/devices']) {
			assert.equal((await site.inTheOpen('POST', target, { id: null }, bearer(site.board))).status, 404, target);
		}
	});

	await t.test('a ticket opens what it opens, and a cry is heard', async () => {
		for (const target of [`/t/${someone.token}`, `/api/views/ticket:${someone.token}`, `/api/tickets/${someone.token}.svg`]) {
			assert.equal((await site.inTheOpen('GET', target)).status, 200, target);
		}
		const cry = await site.inTheOpen('POST', '/api/unwell', { id: uuid(), code: someone.token });
		assert.equal(cry.status, 200, cry.text);
	});
});

// By hand, beside the table in routes.c.
const BOTH = ['POST /api/visits/{ref}/{action}', 'POST /api/unwell', 'GET /api/stream', 'GET /api/views/{view}', 'GET /api/tickets/{file}',
	'GET /t/{code}', 'GET /T/{code}', 'GET /pages/{file...}'];
const PLAIN_ONLY = ['POST /api/enrol', 'GET /api/ca', 'GET /api/ca.svg', 'GET /', 'GET /enrol', 'GET /ca', 'GET /ca.crt'];

test('what each door has, of all routes and methods', async (t) => {
	const own = await makeAuthority(tempDir(t), ...NAMES);
	const site = await startSite({ tls: own, args: ['--listen-plain', '127.0.0.1:0', '--listen-public', '127.0.0.1:0'] }, t);
	const port = async (door) => Number(await waitFor(() => new RegExp(`listening_${door} port="(\\d+)`).exec(site.stderr)?.[1], door));
	const routes = (await run(['routes'])).stdout.trim().split('\n').map((line) => line.split(' '));
	const patterns = [...new Set(routes.map(([, pattern]) => pattern))];
	const headers = { authorization: `Bearer ${site.board.token}`, 'content-type': 'application/json' };
	for (const [door, open, ca] of [['plain', [...BOTH, ...PLAIN_ONLY]], ['public', BOTH, site.ca]]) {
		const at = await port(door);
		const has = [];
		for (const pattern of patterns) {
			for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
				const path = pattern.replace('{file...}', 'icon.svg').replace('{file}', 'x.svg').replace('{view}', 'board').replaceAll(/\{\w+\}/g, 'x');
				const { status, body } = await exchange(at, { method, path, headers, ca });
				if (status !== 405 && body?.detail !== 'There is nothing under this path.') has.push(`${method} ${pattern}`);
			}
		}
		assert.deepEqual(has.sort(), [...open].sort(), door);
	}
});

test('the setup code makes no board in the open', async (t) => {
	const own = await makeAuthority(tempDir(t), ...NAMES);
	const site = await startSite({ tls: own, enrol: false, args: ['--listen-plain', '127.0.0.1:0'] }, t);
	const port = await waitFor(() => /listening_plain port="(\d+)/.exec(site.stderr)?.[1], 'the plain port');
	const body = JSON.stringify({ code: site.setupCode, name: 'thief' });
	const headers = { 'content-type': 'application/json' };
	refused(await exchange(port, { method: 'POST', path: '/api/enrol', headers, body }), 'tls_required', 403);
	assert.equal((await site.enrolBoard()).device.kind, 'board');
});

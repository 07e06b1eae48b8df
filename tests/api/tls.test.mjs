// A site over TLS: where it may listen, what every answer carries, long bodies, and a certificate that changes while
// everybody stays.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import tls from 'node:tls';
import { MANUAL, SAMPLE, exchange, run, startSite, tempDir, waitFor } from '../lib/site.mjs';
import { makeCertificate } from '../lib/tls.mjs';

const MIB = 1024 * 1024;
const ROSTER_BYTES = 8 * MIB;

test('what can be reached from other machines speaks TLS, or nothing is served', async (t) => {
	const dir = tempDir(t);
	const { cert, key } = makeCertificate(dir);
	const serve = (...args) => run(['serve', '--config', SAMPLE, '--data', `${dir}/data`, ...args]);
	for (const [at, args] of [
		['0.0.0.0:0', ['--listen', '0.0.0.0:0']],
		['[::]:0', ['--listen', '[::]:0']],
		['0.0.0.0:0', ['--listen', '127.0.0.1:0', '--listen-public', '0.0.0.0:0']],
	]) {
		const out = await serve(...args);
		assert.equal(out.code, 1, out.stdout);
		assert.ok(out.stderr.startsWith(`vaxline: ${at} can be reached from other machines`), out.stderr);
		for (const word of ['--tls-cert', '--tls-key', 'vaxline tls init']) assert.ok(out.stderr.includes(word), out.stderr);
		assert.equal(out.stdout, '');
	}
	for (const half of [['--tls-cert', cert], ['--tls-key', key]]) {
		const out = await serve(...half);
		assert.equal(out.code, 2);
		assert.match(out.stderr, /^vaxline: --tls-cert and --tls-key go together\n/);
	}
	const other = makeCertificate(dir, { name: 'other' });
	const out = await serve('--listen', '127.0.0.1:0', '--tls-cert', cert, '--tls-key', other.key);
	assert.equal(out.code, 1);
	assert.equal(out.stderr, `vaxline: the key ${other.key} does not belong to the certificate ${cert}\n`);
});

test('by TLS everywhere, and in clear at the plain door alone', async (t) => {
	const args = ['--listen', '0.0.0.0:0', '--listen-public', '0.0.0.0:0', '--listen-plain', '0.0.0.0:0'];
	const site = await startSite({ clock: MANUAL, tls: true, args }, t);
	const { ca } = site;
	const port = async (name) => Number(await waitFor(() => new RegExp(`${name} port="(\\d+)"`).exec(site.stderr)?.[1], name));
	const plain = await port('listening_plain');
	assert.match(site.stdout, /^listening https:\/\/0\.0\.0\.0:\d+$/m);
	assert.match(site.stdout, /^setup https:\/\/localhost:\d+\/setup#/m);

	for (const [at, path] of [[site.port, '/healthz'], [site.port, '/nowhere'], [site.port, '/board'], [await port('listening_public'), '/pages/none']]) {
		const { headers } = await exchange(at, { path, ca });
		assert.equal(headers['strict-transport-security'], 'max-age=31536000', path);
		assert.equal(headers['x-content-type-options'], 'nosniff', path);
		const clear = await exchange(at, { path });
		assert.equal(clear.status, 400);
		assert.equal(clear.body.code, 'tls_required');
	}
	const { status, headers } = await exchange(plain, { path: '/ca' });
	assert.equal(status, 200);
	assert.equal(headers['strict-transport-security'], undefined, 'it would shut the plain door for a year');
	assert.equal(headers['x-content-type-options'], 'nosniff');

	const invited = await site.board.post('/api/devices', { id: null, kind: 'kiosk', name: 'kiosk' });
	assert.equal(invited.status, 201, invited.text);
	assert.ok(invited.body.url.startsWith(`https://127.0.0.1:${site.port}/enrol#`), invited.body.url);
});

test('pages say what they may load, and who may have them', async (t) => {
	const site = await startSite({ clock: MANUAL, enrol: false }, t);
	for (const path of ['/board', '/setup', '/ca']) {
		const { status, headers } = await site.nobody().get(path);
		assert.equal(status, 200, path);
		const policy = new Map(headers['content-security-policy'].split('; ').map((part) => [part.split(' ')[0], part]));
		assert.deepEqual([...policy.values()], [
			"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'", "object-src 'none'",
			"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
		]);
		assert.equal(headers['referrer-policy'], 'no-referrer');
		assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
		assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
		assert.equal(headers['permissions-policy'], 'camera=(self)');
		assert.equal(headers['x-frame-options'], 'DENY');
		assert.equal(headers['x-content-type-options'], 'nosniff');
	}
});

// As many rows as make the largest file that is taken.
function largestRoster() {
	const rows = ['name,id_type,id_number,birth_date,date,slot,notes'];
	const note = 'n'.repeat(190);
	let bytes = rows[0].length + 1;
	for (let i = 0; i < 20_000; i++) {
		const row = `某${i},passport,E${String(i).padStart(8, '0')},1980-05-17,2026-11-20,08:00-08:30,${note}`;
		bytes += Buffer.byteLength(row) + 1;
		rows.push(row);
	}
	return Buffer.from(`${rows.join('\n')}\n${'\n'.repeat(Math.max(0, ROSTER_BYTES - bytes))}`).subarray(0, ROSTER_BYTES);
}

test('8 MiB up and a long log down', async (t) => {
	const site = await startSite({ clock: MANUAL, tls: true }, t);
	const csv = largestRoster();
	assert.equal(csv.length, ROSTER_BYTES);
	const answer = await site.board.roster(csv, { query: '&partial=1' });
	assert.equal(answer.status, 200, answer.text.slice(0, 300));
	assert.equal(answer.body.accepted, 20_000);
	const log = await site.log();
	assert.ok(log.length > 20_000);
	const first = Number(log[0].id.split('-')[1]);
	assert.deepEqual(log.map(({ id }) => id), log.map((_, i) => `1-${first + i}`));
});

test('SIGHUP: new connections get the new certificate, a stream lives on; a broken one is refused', async (t) => {
	const dir = tempDir(t);
	const shown = makeCertificate(dir, { name: 'shown' });
	const next = makeCertificate(dir, { name: 'next' });
	const site = await startSite({ clock: MANUAL, tls: { ...shown, ca: [shown.ca, next.ca] } }, t);
	const put = (from) => {
		fs.copyFileSync(from.cert, shown.cert);
		fs.copyFileSync(from.key, shown.key);
	};
	let session;
	const connect = (options) => new Promise((resolve, reject) => {
		const socket = tls.connect({ port: site.port, host: '127.0.0.1', ca: site.ca, ...options });
		socket.on('session', (ticket) => (session = ticket));
		socket.on('error', reject);
		socket.on('secureConnect', () => {
			socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
			socket.once('data', () => resolve(socket));
		});
	});
	const name = async (options) => {
		const socket = await connect(options);
		const { CN } = socket.getPeerCertificate().subject;
		socket.destroy();
		return CN;
	};
	const said = (pattern, times) => waitFor(() => site.stderr.split(pattern).length > times, pattern);
	const kiosk = await site.device('kiosk');
	const stream = await site.board.stream('board');
	await stream.until((s) => s.last.board, 'the board');
	const waiting = () => JSON.stringify(stream.last.board);

	assert.equal(await name(), 'shown');
	const kept = await connect();
	await waitFor(() => session, 'a ticket');
	const ticket = session;
	const resumed = await connect({ session: ticket });
	assert.equal(resumed.isSessionReused(), true);
	resumed.destroy();

	put(next);
	site.child.kill('SIGHUP');
	await said('certificate_loaded', 1);
	assert.equal(await name(), 'next');
	const anew = await connect({ session: ticket });
	assert.equal(anew.isSessionReused(), false, 'a ticket would hide the new certificate');
	anew.destroy();

	for (const [i, broken] of [
		() => fs.writeFileSync(shown.cert, 'nonsense'),
		() => fs.rmSync(shown.cert),
		() => fs.writeFileSync(shown.cert, shown.ca),
		() => fs.truncateSync(shown.key, 40),
	].entries()) {
		put(next);
		broken();
		site.child.kill('SIGHUP');
		await said('reload_refused what="certificate" why="the ', i + 1);
		assert.equal(await name(), 'next');
	}

	// What was there before all that is there still, and hears of what happens.
	const before = waiting();
	await kiosk.walkIn();
	await stream.until(() => waiting() !== before, 'a picture with the walk-in');
	assert.equal(stream.connections, 1);
	kept.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
	const [answer] = await new Promise((resolve) => kept.once('data', (bytes) => resolve([bytes.toString()])));
	assert.match(answer, /^HTTP\/1\.1 200 OK/);
	kept.destroy();
});

test('SIGHUP without TLS ends nothing', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	site.child.kill('SIGHUP');
	await site.device('kiosk');
	assert.equal((await site.board.get('/api/site')).status, 200);
	assert.doesNotMatch(site.stderr, /reload_refused/);
});

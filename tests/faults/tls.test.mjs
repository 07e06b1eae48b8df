// TLS as strangers meet it: openssl(1), curl, half handshakes, and clients that go without a word. What is asked over it
// once hands are shaken is in http_hostile.test.mjs.
// Needs VAXLINE_HTTP_PROBE, the path of the program made from http_probe.c.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';

import { run, tempDir } from '../lib/ground.mjs';
import { cleanUp, cpuSeconds, Program, Raw, waitFor } from '../lib/net.mjs';
import { makeCertificate } from '../lib/tls.mjs';

const PROBE = process.env.VAXLINE_HTTP_PROBE;
assert.ok(PROBE, 'VAXLINE_HTTP_PROBE names the probe');

const HOST = 'Host: a\r\n';
const HELLO = `GET /hello HTTP/1.1\r\n${HOST}\r\n`;
const LAST = `GET /hello HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const MIB = 1024 * 1024;

const dir = tempDir({ after });
const certificate = makeCertificate(dir);
const rsa = makeCertificate(dir, { name: 'rsa', algorithm: ['rsa:2048'] });

after(cleanUp);

async function start(options = [], { cert, key } = certificate) {
	const program = new Program(PROBE, [...options, '--tls-cert', cert, '--tls-key', key, dir]);
	program.port = Number((await program.line(/^listening https:.*:(\d+)$/))[1]);
	program.plainPort = Number((await program.line(/^plain http:.*:(\d+)$/))[1]);
	return program;
}

const secure = (port, options) => Raw.open(port, { ca: certificate.ca, ...options });

async function hello(port, options) {
	const raw = (await secure(port, options)).send(HELLO);
	const { body } = await raw.response();
	assert.equal(body, 'hello\n');
	return raw;
}

async function state(probe) {
	const raw = (await secure(probe.port)).send(`GET /state HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
	const { body } = await raw.response();
	raw.destroy();
	return JSON.parse(body);
}

// openssl s_client, and what it printed. What it is to send comes at once, and it stays until the server ends.
function client(probe, options = [], input = LAST, { ca = certificate.cert } = {}) {
	return run(['s_client', '-connect', `127.0.0.1:${probe.port}`, '-CAfile', ca, '-verify_return_error', '-ign_eof', ...options],
		{ program: 'openssl', input });
}

// An end that the client was told of before.
function assertClean({ code, stdout, stderr }) {
	assert.doesNotMatch(stdout + stderr, /unexpected eof|errno=|error:/);
	assert.equal(code, 0, stderr);
}

async function assertRefused(answer, alert) {
	const { code, stdout, stderr } = await answer;
	assert.notEqual(code, 0, stdout);
	assert.match(stderr, alert);
}

describe('what is agreed upon', () => {
	let probe;
	before(async () => { probe = await start(); });
	after(() => probe.stop());

	test('1.2 and 1.3, and nothing older', async () => {
		for (const [version, name] of [['-tls1_2', 'TLSv1.2'], ['-tls1_3', 'TLSv1.3']]) {
			const answer = await client(probe, [version]);
			assertClean(answer);
			assert.match(answer.stdout, new RegExp(`^New, ${name}, Cipher is `, 'm'));
			assert.match(answer.stdout, /Verify return code: 0 \(ok\)/);
			assert.match(answer.stdout, /\nhello\n/);
			assert.match(answer.stdout, /\r?\nStrict-Transport-Security: max-age=31536000\r?\n/);
		}
		for (const version of ['-tls1_1', '-tls1']) {
			await assertRefused(client(probe, [version, '-cipher', 'DEFAULT@SECLEVEL=0']), /alert protocol version|no protocols available/);
		}
	});

	test('TLS for a year is asked of every name but localhost, which is not ours alone', async () => {
		const raw = await secure(probe.port);
		const asked = async (host) => {
			raw.send(`GET /hello HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
			return (await raw.response()).headers['strict-transport-security'];
		};
		for (const host of ['vaxline.lan', 'vaxline.lan:8443', 'notlocalhost', 'localhost.lan:1', '127.0.0.1', '[::1]:8443', 'a']) {
			assert.equal(await asked(host), 'max-age=31536000', host);
			assert.equal(await asked('localhost:8443'), undefined);
		}
		for (const host of ['localhost', 'LOCALHOST', 'dev.localhost:8443']) assert.equal(await asked(host), undefined, host);
		raw.destroy();
	});

	test('forward secrecy and authenticated encryption, or nothing', async () => {
		const strong = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'];
		for (const cipher of strong) {
			const answer = await client(probe, ['-tls1_2', '-cipher', `ECDHE-ECDSA-${cipher}`]);
			assertClean(answer);
			assert.match(answer.stdout, new RegExp(`Cipher is ECDHE-ECDSA-${cipher}`));
		}
		const weak = ['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256',
			'ECDHE-ECDSA-AES128-CCM8', 'DHE-RSA-AES128-GCM-SHA256', 'AECDH-AES128-SHA', 'ECDHE-ECDSA-NULL-SHA'];
		for (const cipher of weak) {
			await assertRefused(client(probe, ['-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`]), /alert handshake failure/);
		}
		for (const suite of ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']) {
			assertClean(await client(probe, ['-tls1_3', '-ciphersuites', suite]));
		}
		await assertRefused(client(probe, ['-tls1_3', '-ciphersuites', 'TLS_AES_128_CCM_SHA256']), /alert handshake failure/);
	});

	test('who has no AES in hardware gets ChaCha20', async () => {
		const order = 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
		assert.match((await client(probe, ['-ciphersuites', order])).stdout, /Cipher is TLS_CHACHA20_POLY1305_SHA256/);
		assert.match((await client(probe)).stdout, /Cipher is TLS_AES_128_GCM_SHA256/);
	});

	test('X25519 and P-256', async () => {
		for (const [group, said] of [['X25519', /Server Temp Key: X25519/], ['P-256', /Server Temp Key: ECDH, prime256v1/]]) {
			const answer = await client(probe, ['-groups', group]);
			assertClean(answer);
			assert.match(answer.stdout, said);
		}
		await assertRefused(client(probe, ['-groups', 'P-521']), /alert handshake failure/);
	});

	test('http/1.1 where protocols are named', async () => {
		assert.match((await client(probe, ['-alpn', 'h2,http/1.1'])).stdout, /^ALPN protocol: http\/1\.1$/m);
		assert.match((await client(probe, ['-alpn', 'http/1.0'])).stdout, /^ALPN protocol: http\/1\.0$/m);
		assert.match((await client(probe)).stdout, /^No ALPN negotiated$/m);
		await assertRefused(client(probe, ['-alpn', 'h2']), /alert no application protocol/);
	});

	test('a ticket carries a session on, without the certificate being shown again', async () => {
		for (const version of ['-tls1_2', '-tls1_3']) {
			const file = path.join(dir, `session${version}`);
			assert.match((await client(probe, [version, '-sess_out', file])).stdout, /^New, /m);
			const again = await client(probe, [version, '-sess_in', file]);
			assertClean(again);
			assert.match(again.stdout, /^Reused, /m);
			assert.match(again.stdout, /\nhello\n/);
		}
	});

	test('a certificate with an RSA key', async () => {
		const other = await start([], rsa);
		assertClean(await client(other, ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'], LAST, { ca: rsa.cert }));
		assertClean(await client(other, ['-tls1_3'], LAST, { ca: rsa.cert }));
		await assertRefused(client(other, ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], LAST, { ca: rsa.cert }), /alert handshake failure/);
		await other.stop();
	});

	test('no renegotiation; the others are served on', async () => {
		const good = await hello(probe.port);
		await run(['s_client', '-connect', `127.0.0.1:${probe.port}`, '-CAfile', certificate.cert, '-tls1_2'], { program: 'openssl', input: 'R\n' })
			.then(({ stdout, stderr }) => assert.match(stdout + stderr, /RENEGOTIATING[^]*no renegotiation/));
		good.send(HELLO);
		await good.response();
		good.destroy();
	});
});

// s_client as somebody types at it.
class Typist {
	constructor(probe, options) {
		this.text = '';
		this.child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${probe.port}`, '-CAfile', certificate.cert, ...options]);
		for (const from of [this.child.stdout, this.child.stderr]) from.setEncoding('latin1').on('data', (text) => (this.text += text));
		this.ended = new Promise((resolve) => this.child.on('close', resolve));
	}

	async type(text, answer) {
		const before = this.text.length;
		this.child.stdin.write(text);
		await waitFor(`${answer}; have ${this.text.slice(-300)}`, () => answer.test(this.text.slice(before)));
	}
}

describe('how it goes on', () => {
	let probe;
	before(async () => { probe = await start(); });
	after(() => probe.stop());

	test('a client may change its keys, and ask for ours to be changed, between requests', async () => {
		const typist = new Typist(probe, ['-tls1_3']);
		for (const key of ['k', 'K', 'K']) {
			await typist.type(`${key}\n`, /KEYUPDATE/);
			await typist.type(HELLO, /\nhello\n/);
		}
		typist.child.stdin.end('Q\n');
		await typist.ended;
	});

	test('records of 512 bytes', async () => {
		for (const version of ['-tls1_2', '-tls1_3']) {
			const answer = await client(probe, [version, '-maxfraglen', '512', '-quiet'], `GET /big?bytes=${MIB} HTTP/1.0\r\n\r\n`);
			assert.equal(answer.code, 0);
			assert.equal(answer.stdout.split('\0').length - 1, MIB);
			assert.doesNotMatch(answer.stderr, /error/);
		}
	});

	test('a body of 8 MiB comes back', async () => {
		const body = Buffer.alloc(8 * MIB, 'abcdefg');
		const raw = (await secure(probe.port)).send(`PUT /echo HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n`).send(body);
		assert.ok((await raw.response()).body === body.toString());
		raw.send(HELLO);
		await raw.response();
		raw.destroy();
	});

	// More than is kept while a handler has the first of them, and than is read in one go.
	test('requests by the hundred in one record, and one in a hundred', async () => {
		const raw = await secure(probe.port);
		const slow = `GET /slow HTTP/1.1\r\n${HOST}\r\n`;
		raw.send(slow + HELLO.repeat(4000) + slow);
		assert.equal((await raw.response()).body, 'later\n');
		for (let i = 0; i < 4000; i++) assert.equal((await raw.response()).body, 'hello\n');
		assert.equal((await raw.response()).body, 'later\n');
		// Each byte in a record of its own, and all of them there at once.
		probe.child.kill('SIGSTOP');
		for (const byte of slow + HELLO.repeat(8)) await new Promise((done) => raw.socket.write(byte, done));
		probe.child.kill('SIGCONT');
		assert.equal((await raw.response()).body, 'later\n');
		for (let i = 0; i < 8; i++) assert.equal((await raw.response()).body, 'hello\n');
		raw.destroy();
	});

	test('a stream goes on beside eight uploads', async () => {
		const stream = (await secure(probe.port)).send(`GET /stream HTTP/1.1\r\n${HOST}\r\n`);
		const beats = () => stream.bytes.toString().split('event: beat').length - 1;
		await stream.until('a beat', () => beats() > 0);
		const up = Buffer.alloc(8 * MIB);
		const crowd = await Promise.all(Array.from({ length: 8 }, () => secure(probe.port)));
		const had = beats();
		for (const raw of crowd) raw.send(`PUT /echo HTTP/1.1\r\n${HOST}Content-Length: ${up.length}\r\n\r\n`).send(up);
		await Promise.all(crowd.map(async (raw) => {
			raw.keep = false;
			await raw.until('its answer', () => raw.received > up.length);
			raw.destroy();
		}));
		assert.ok(beats() > had);
		stream.destroy();
	});

	test('a broken record ends the connection with an alert, and hurts nobody else', async () => {
		const good = await hello(probe.port);
		const wire = net.connect({ port: probe.port, host: '127.0.0.1' });
		const socket = tls.connect({ socket: wire, ca: certificate.ca, host: '127.0.0.1' });
		const ended = new Promise((done) => socket.on('error', done));
		await new Promise((done) => socket.once('secureConnect', done));
		wire.write(Buffer.concat([Buffer.from('1703030020', 'hex'), Buffer.alloc(32, 7)]));
		assert.match((await ended).message, /alert bad record mac/);
		good.send(HELLO);
		await good.response();
		good.destroy();
	});

	test('a client that ends without a word gets what it asked for', async () => {
		const wire = net.connect({ port: probe.port, host: '127.0.0.1', allowHalfOpen: true });
		const socket = tls.connect({ socket: wire, ca: certificate.ca, host: '127.0.0.1' });
		let text = '';
		let ended = false;
		socket.setEncoding('utf8').on('data', (piece) => (text += piece)).on('end', () => (ended = true)).on('error', () => {});
		await new Promise((done) => socket.once('secureConnect', done));
		await new Promise((done) => socket.write(`GET /slow HTTP/1.1\r\n${HOST}\r\n`, done));
		wire.end(); // FIN, and no close_notify
		await waitFor('the answer', () => text.endsWith('later\n'));
		await waitFor('the end', () => ended);
		socket.destroy();
	});
});

describe('how it ends', () => {
	let probe;
	before(async () => { probe = await start(['--idle-timeout', '700', '--header-timeout', '500']); });
	after(() => probe.stop());

	test('the client is told: after the last answer, a refusal, idle time, a time-out', async () => {
		for (const version of ['-tls1_2', '-tls1_3']) {
			for (const text of [LAST, 'GET /hello HTTP/1.0\r\n\r\n', 'nonsense\r\n\r\n', HELLO, '', 'GET /hel']) {
				assertClean(await client(probe, [version], text));
			}
		}
	});

	test('the client is told when the server ends: idle ones and streams', async () => {
		const other = await start();
		const idle = client(other, [], HELLO);
		const stream = client(other, [], `GET /stream HTTP/1.1\r\n${HOST}\r\n`);
		await waitFor('the stream', async () => (await state(other)).streams === 1);
		await waitFor('both', async () => (await state(other)).connections === 3);
		await other.stop();
		assertClean(await idle);
		assertClean(await stream);
	});

	test('the client sees it when the server dies', async () => {
		const other = await start();
		const idle = client(other, [], HELLO);
		await waitFor('the client', async () => (await state(other)).connections === 2);
		other.child.kill('SIGKILL');
		const { stdout, stderr } = await idle;
		assert.match(stdout + stderr, /unexpected eof|errno=104/);
	});

	test('a body broken off is seen to be', async () => {
		const broken = client(probe, [], `GET /big?bytes=${1000 * MIB} HTTP/1.0\r\n\r\n`).catch((error) => error);
		await waitFor('the body', async () => (await state(probe)).unanswered === 2);
		const raw = (await secure(probe.port)).send(`DELETE /big HTTP/1.1\r\n${HOST}\r\n`);
		await raw.response();
		raw.destroy();
		const { stdout, stderr } = await broken;
		assert.match(stdout.slice(-500) + stderr, /unexpected eof|errno=104/);
	});

	test('curl has nothing to complain of', async () => {
		const curl = (...args) => run(['-sS', '--cacert', certificate.cert, ...args], { program: 'curl' });
		const address = `https://localhost:${probe.port}`;
		for (const args of [['--tlsv1.3'], ['--tls-max', '1.2'], ['--http1.0'], ['-H', 'Connection: close']]) {
			const answer = await curl(...args, `${address}/hello`, `${address}/hello`);
			assert.deepEqual({ ...answer, signal: null }, { code: 0, signal: null, stdout: 'hello\nhello\n', stderr: '' });
		}
		// Its end is the end of the connection: without close_notify curl would call that a truncation.
		const long = await curl('--http1.0', '-o', '/dev/null', '-w', '%{size_download}', `${address}/big?bytes=${3 * MIB}`);
		assert.deepEqual([long.code, long.stdout, long.stderr], [0, String(3 * MIB), '']);
	});
});

describe('without TLS where it is spoken', () => {
	let probe;
	before(async () => { probe = await start(); });
	after(() => probe.stop());

	test('a request in clear is told of https, in clear', async () => {
		for (const method of ['GET', 'POST', 'HEAD', 'PUT', 'CONNECT']) {
			const raw = (await Raw.open(probe.port)).send(`${method} /hello HTTP/1.1\r\n${HOST}Content-Length: 70000\r\n\r\n`);
			raw.send('x'.repeat(70000));
			const { status, headers, body } = await raw.response();
			assert.equal(status, 400, method);
			assert.equal(headers['content-type'], 'application/problem+json');
			assert.equal(headers['strict-transport-security'], undefined);
			assert.equal(JSON.parse(body).code, 'tls_required');
			await raw.until('the end', () => raw.gone());
			assert.equal(raw.broken, null);
			raw.destroy();
		}
	});

	test('what is neither ends after an alert, or without a word', async () => {
		for (const text of ['SSH-2.0-OpenSSH_9.2\r\n', '\r\n\r\n', Buffer.alloc(64), Buffer.from('16030100ff', 'hex').fill(255, 5), Buffer.alloc(70000, 255)]) {
			const raw = (await Raw.open(probe.port)).send(text).half();
			await raw.until('the end', () => raw.gone());
			assert.equal(raw.broken, null);
			assert.ok(raw.bytes.length === 0 || raw.bytes[0] === 0x15, raw.bytes.toString('latin1'));
			raw.destroy();
		}
		await waitFor('all of them to be gone', async () => (await state(probe)).connections === 1);
	});

	test('the plain door speaks no TLS, and says so to handlers', async () => {
		const raw = (await Raw.open(probe.plainPort)).send(`GET /show/x HTTP/1.1\r\n${HOST}\r\n`);
		const { body, headers } = await raw.response();
		assert.match(body, /\nsecure=0\n/);
		assert.equal(headers['strict-transport-security'], undefined);
		assert.equal(headers['x-content-type-options'], 'nosniff');
		raw.destroy();
	});
});

describe('half handshakes', () => {
	const TIMEOUT = 2000;
	const CROWD = 300;

	// What a client says first.
	function clientHello() {
		return new Promise((resolve) => {
			const server = net.createServer((socket) => socket.once('data', (bytes) => {
				socket.destroy();
				server.close();
				resolve(bytes);
			}));
			server.listen(0, '127.0.0.1', () => {
				tls.connect({ port: server.address().port, host: '127.0.0.1', servername: 'localhost' }).on('error', () => {});
			});
		});
	}

	test('300 that never finish are gone at the deadline, and others are served meanwhile', async () => {
		const probe = await start(['--handshake-timeout', `${TIMEOUT}`, '--connections', `${CROWD + 2}`]);
		const first = await clientHello();
		const good = await hello(probe.port);
		const says = [Buffer.alloc(0), first.subarray(0, first.length >> 1), first];
		const from = Date.now();
		const crowd = await Promise.all(Array.from({ length: CROWD }, async (_, i) => {
			const raw = await Raw.open(probe.port);
			const opened = Date.now();
			raw.send(says[i % says.length]);
			raw.until('its end', () => raw.gone()).then(() => (raw.took = Date.now() - opened));
			return raw;
		}));
		const cpu = cpuSeconds(probe.pid);
		let slowest = 0;
		while (crowd.some((raw) => !raw.gone())) {
			assert.ok(Date.now() - from < TIMEOUT + 20_000, 'some were not ended');
			const asked = Date.now();
			good.send(HELLO);
			assert.equal((await good.response()).status, 200);
			(await hello(probe.port)).destroy();
			slowest = Math.max(slowest, Date.now() - asked);
			await new Promise((done) => setTimeout(done, 20));
		}
		assert.ok(slowest < 2000, `a good client waited ${slowest} ms`);
		assert.ok(cpuSeconds(probe.pid) - cpu < 0.5 * ((Date.now() - from) / 1000), 'the server was busy with them');
		await waitFor('the last', () => crowd.every((raw) => raw.took !== undefined));
		crowd.forEach((raw, i) => {
			assert.ok(raw.took >= TIMEOUT - 100, `ended after ${raw.took} ms`);
			assert.equal(raw.broken, null);
			if (i % says.length < 2) assert.equal(raw.bytes.length, 0);
			else assert.equal(raw.bytes[0], 0x16); // its hello was answered
			raw.destroy();
		});
		await waitFor('all places to be free', async () => (await state(probe)).connections === 2);
		const next = await Promise.all(Array.from({ length: CROWD }, () => hello(probe.port)));
		next.forEach((raw) => raw.destroy());
		good.destroy();
		assert.equal(await probe.stop(), 0);
	});

	test('a handshake byte by byte succeeds within the time, and not after it', async () => {
		const probe = await start(['--handshake-timeout', '5000']);
		const drip = async (pauseMs) => {
			const wire = net.connect({ port: probe.port, host: '127.0.0.1' });
			const pipe = net.createServer({ allowHalfOpen: false });
			await new Promise((done) => pipe.listen(0, '127.0.0.1', done));
			const inner = new Promise((done) => pipe.once('connection', done));
			const socket = tls.connect({ port: pipe.address().port, host: '127.0.0.1', ca: certificate.ca });
			const between = await inner;
			let sending = Promise.resolve();
			between.on('data', (bytes) => {
				sending = sending.then(async () => {
					for (const byte of bytes) {
						if (wire.destroyed) return;
						wire.write(Buffer.of(byte));
						await new Promise((done) => setTimeout(done, pauseMs));
					}
				});
			});
			wire.setNoDelay(true).on('data', (bytes) => between.write(bytes)).on('error', () => {});
			wire.on('close', () => between.destroy());
			between.on('close', () => wire.destroy()).on('error', () => {});
			return new Promise((done) => {
				const end = (how) => {
					socket.destroy();
					pipe.close();
					done(how);
				};
				socket.on('secureConnect', () => socket.write(HELLO));
				socket.on('data', (text) => end(/hello/.test(text)));
				socket.on('error', () => end(false)).on('close', () => end(false));
			});
		};
		assert.equal(await drip(0), true);
		assert.equal(await drip(100), false);
		await waitFor('all of them to be gone', async () => (await state(probe)).connections === 1);
		await probe.stop();
	});

	test('who leaves in the middle frees its place', async () => {
		const probe = await start();
		const first = await clientHello();
		for (let i = 0; i < 60; i++) {
			const raw = (await Raw.open(probe.port)).send(first.subarray(0, (first.length * (i % 4)) / 3));
			if (i % 2) raw.half();
			else if (i % 4) raw.socket.resetAndDestroy();
			else raw.destroy();
			if (i % 2) {
				await raw.until('the end', () => raw.gone());
				raw.destroy();
			}
		}
		await waitFor('all of them to be gone', async () => (await state(probe)).connections === 1);
		assert.equal(await probe.stop(), 0);
	});
});

describe('certificates', () => {
	const refusal = async (cert, key) => {
		const out = await run(['--tls-cert', cert, '--tls-key', key, dir], { program: PROBE });
		assert.equal(out.code, 1);
		return out.stdout.split('\n')[0];
	};

	test('what cannot be used is named, with the reason', async () => {
		const place = (name, text) => {
			fs.writeFileSync(path.join(dir, name), text);
			return path.join(dir, name);
		};
		const { cert, key } = certificate;
		const none = path.join(dir, 'none');
		assert.equal(await refusal(none, key), `the certificate ${none} cannot be used: No such file or directory`);
		assert.equal(await refusal(cert, none), `the key ${none} cannot be used: No such file or directory`);
		assert.match(await refusal(place('empty', ''), key), /^the certificate .*empty cannot be used: no start line$/);
		const half = fs.readFileSync(cert).subarray(0, 300);
		assert.match(await refusal(place('half', half), key), /^the certificate .*half cannot be used: /);
		assert.match(await refusal(cert, cert), /^the key .* cannot be used: /);
		assert.match(await refusal(key, key), /^the certificate .* cannot be used: no start line$/);
		const other = makeCertificate(dir, { name: 'other' });
		assert.equal(await refusal(cert, other.key), `the key ${other.key} does not belong to the certificate ${cert}`);
		assert.equal(await refusal(cert, rsa.key), `the key ${rsa.key} does not belong to the certificate ${cert}`);
		const locked = path.join(dir, 'locked');
		await run(['ec', '-in', key, '-aes128', '-passout', 'pass:secret', '-out', locked], { program: 'openssl' });
		assert.match(await refusal(cert, locked), /^the key .*locked cannot be used: /);
	});
});

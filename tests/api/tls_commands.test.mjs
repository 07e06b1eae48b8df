// `vaxline tls init`, `renew` and `show`: a CA that is held to its names, as openssl reads it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { SAMPLE, run, startSite, tempDir } from '../lib/site.mjs';
import { forge, openssl } from '../lib/tls.mjs';

const DAY_MS = 86_400_000;
const NAMES = ['Vaxline.Test', '10.0.0.5', 'FD00::5'];

const tls = (dir, ...words) => run(['tls', words[0], '--config', SAMPLE, '--data', dir, ...words.slice(1)]);
const file = (dir, name) => path.join(dir, 'tls', name);
const certificate = (dir, name) => new X509Certificate(fs.readFileSync(file(dir, name)));
const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
const verify = (dir, leaf, ...more) =>
	openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file(dir, 'ca.crt'), ...more, leaf);

async function made(t, ...names) {
	const dir = tempDir(t);
	const out = await tls(dir, 'init', ...names);
	assert.equal(out.code, 0, out.stderr);
	return { dir, out };
}

test('init makes a CA and a certificate', async (t) => {
	const { dir, out } = await made(t, ...NAMES);
	const ca = certificate(dir, 'ca.crt');
	const leaf = certificate(dir, 'server.crt');

	await t.test('in files that are for their owner alone', () => {
		assert.deepEqual(fs.readdirSync(dir), ['tls']);
		assert.equal(fs.statSync(path.join(dir, 'tls')).mode & 0o777, 0o700);
		assert.deepEqual(fs.readdirSync(path.join(dir, 'tls')).sort(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
		for (const name of ['ca.key', 'server.key', 'ca.crt', 'server.crt']) {
			assert.equal(fs.statSync(file(dir, name)).mode & 0o777, 0o600, name);
		}
		assert.equal(fs.readFileSync(file(dir, 'server.crt'), 'utf8').match(/BEGIN CERTIFICATE/g).length, 1, 'the leaf alone');
	});

	await t.test('and what root makes belongs to whom the data belong', async (tt) => {
		const other = tempDir(tt);
		const owner = process.getuid() === 0 ? 12345 : process.getuid();
		fs.chownSync(other, owner, process.getgid());
		for (const words of [['init', 'vaxline.test'], ['renew']]) {
			assert.equal((await tls(other, ...words)).code, 0);
			for (const name of ['', 'ca.crt', 'ca.key', 'server.crt', 'server.key']) {
				assert.equal(fs.statSync(file(other, name)).uid, owner, name);
			}
		}
	});

	await t.test('says the fingerprint of the CA and how to serve with it', () => {
		assert.ok(out.stdout.includes(ca.fingerprint256), out.stdout);
		assert.match(out.stdout, /^names +vaxline\.test, 10\.0\.0\.5, fd00::5$/m);
		assert.ok(out.stdout.includes(`--tls-cert ${file(dir, 'server.crt')} --tls-key ${file(dir, 'server.key')}`), out.stdout);
		assert.match(out.stdout, /--listen-plain 0\.0\.0\.0:8080 /);
		assert.ok(out.stdout.endsWith('The CA can vouch for these names, for those below them, and for no others.\n'
			+ 'Devices come to trust it by http://vaxline.test:8080/ca of that plain door, whose fingerprint must be the one above.\n'), out.stdout);
		assert.equal(out.stderr, '');
	});

	await t.test('the CA may issue servers, is held to its names, and lasts ten years', async () => {
		const said = (await openssl('x509', '-noout', '-text', '-in', file(dir, 'ca.crt'))).stdout;
		assert.match(said, /NIST CURVE: P-256/);
		assert.match(said, /Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
		assert.match(said, /X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
		assert.match(said, /Extended Key Usage:\s+TLS Web Server Authentication\n/);
		const constraints = /Name Constraints: critical\s+([\s\S]*?)\n +Signature Algorithm/.exec(said)[1].replace(/\s+/g, ' ');
		assert.equal(constraints, 'Permitted: DNS:vaxline.test IP:10.0.0.5/255.255.255.255 ' +
			'IP:FD00:0:0:0:0:0:0:5/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF');
		assert.match(ca.subject, /^O=vaxline sample\nCN=vaxline sample CA \d{4}-\d\d-\d\d$/);
		assert.equal(days(ca.validFrom, ca.validTo), 3652);
	});

	await t.test('the certificate is for these names and 397 days', async () => {
		const said = (await openssl('x509', '-noout', '-text', '-in', file(dir, 'server.crt'))).stdout;
		assert.match(said, /NIST CURVE: P-256/);
		assert.match(said, /Basic Constraints: critical\s+CA:FALSE\n/);
		assert.match(said, /X509v3 Key Usage: critical\s+Digital Signature\n/);
		assert.match(said, /Extended Key Usage:\s+TLS Web Server Authentication\n/);
		assert.equal(leaf.subjectAltName, 'DNS:vaxline.test, IP Address:10.0.0.5, IP Address:FD00:0:0:0:0:0:0:5');
		assert.equal(leaf.subject, 'O=vaxline sample\nCN=vaxline sample');
		assert.equal(days(leaf.validFrom, leaf.validTo), 397);
		assert.ok(Date.parse(leaf.validFrom) < Date.now() - 3_600_000, 'good for a clock that is late');
		assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
		for (const serial of [ca.serialNumber, leaf.serialNumber]) assert.ok(serial.length > 24 && serial.length <= 32, serial);
		assert.notEqual(ca.serialNumber, leaf.serialNumber);
		for (const name of NAMES) {
			const option = /[:\d]$/.test(name) ? '-verify_ip' : '-verify_hostname';
			const answer = await verify(dir, file(dir, 'server.crt'), option, name);
			assert.equal(answer.code, 0, answer.stderr);
		}
	});

	await t.test('a second init changes nothing and names the way', async () => {
		const before = fs.readFileSync(file(dir, 'ca.crt'));
		const again = await tls(dir, 'init', 'vaxline.test');
		assert.equal(again.code, 1);
		assert.match(again.stderr, /is there already.*vaxline tls renew/);
		assert.deepEqual(fs.readFileSync(file(dir, 'ca.crt')), before);
		assert.deepEqual(fs.readdirSync(dir), ['tls']);
	});
});

test('openssl refuses what the CA may not speak for', async (t) => {
	const { dir } = await made(t, 'vaxline.test', '10.0.0.5');
	const named = await made(t, 'vaxline.test');
	const numbered = await made(t, '10.0.0.5');
	const six = await made(t, 'fd00::5');
	const cases = [
		[dir, 'DNS:vaxline.test', true],
		[dir, 'IP:10.0.0.5', true],
		[dir, 'DNS:bank.example', false],
		[dir, 'DNS:vaxline.test,DNS:bank.example', false],
		[dir, 'IP:10.0.0.6', false],
		[dir, 'IP:fd00::5', false],
		[named.dir, 'DNS:vaxline.test', true],
		[named.dir, 'DNS:below.vaxline.test', true], // RFC 5280: a name permits those below it
		[named.dir, 'DNS:evil-vaxline.test', false],
		[named.dir, 'DNS:test', false],
		[named.dir, 'IP:10.0.0.5', false],
		[named.dir, 'IP:fd00::5', false],
		[numbered.dir, 'IP:10.0.0.5', true],
		[numbered.dir, 'DNS:vaxline.test', false],
		[numbered.dir, 'DNS:10.0.0.5', false],
		[numbered.dir, 'IP:::ffff:10.0.0.5', false],
		[numbered.dir, 'IP:fd00::5', false],
		[six.dir, 'IP:fd00::5', true],
		[six.dir, 'IP:fd00::6', false],
		[six.dir, 'IP:10.0.0.5', false],
		[six.dir, 'DNS:vaxline.test', false],
	];
	for (const [where, names, good] of cases) {
		const leaf = await forge(path.join(where, 'tls'), tempDir(t), names);
		const answer = await verify(where, leaf.cert);
		assert.equal(answer.code === 0, good, `${names}: ${answer.stderr}`);
		if (!good) assert.match(answer.stderr, /permitted subtree violation|excluded subtree violation/, names);
	}
	const mail = await forge(path.join(dir, 'tls'), tempDir(t), 'DNS:vaxline.test', 'emailProtection');
	assert.notEqual((await openssl('verify', '-purpose', 'smimesign', '-CAfile', file(dir, 'ca.crt'), mail.cert)).code, 0);
	for (const one of [numbered, six, named]) {
		assert.equal((await verify(one.dir, file(one.dir, 'server.crt'))).code, 0, 'its own stays good');
	}
});

test('bad names are refused, each with its reason, and nothing is made', async (t) => {
	const dir = tempDir(t);
	const long = 'a'.repeat(64);
	const cases = {
		'': /a name is empty/,
		'*.vaxline.test': /is a wildcard/,
		'two words': /character ' '/,
		'under_score': /character '_'/,
		'https://vaxline.test': /no scheme, no port/,
		'vaxline.test:8443': /no scheme, no port/,
		'[fd00::5]': /no brackets/,
		'fe80::1%eth0': /no scheme, no port|character '%'/,
		'vaxline..test': /a dot too many/,
		'vaxline.test.': /a dot too many/,
		'a.-vaxline.test': /hyphen/,
		'vaxline-.test': /hyphen/,
		[`${long}.test`]: /longer than 63 characters/,
		[`${'abcdefghi.'.repeat(26)}test`]: /longer than 253 characters/,
		'10.0.0': /no address of a host/,
		'10.0.0.256': /no address of a host/,
		'0.0.0.0': /no address of one host/,
		'224.0.0.1': /no address of one host/,
		'::': /no address of one host/,
		'接种.example': /beyond ASCII/,
		'a\nb': /control character/,
	};
	for (const [name, why] of Object.entries(cases)) {
		const out = await tls(dir, 'init', 'vaxline.test', name);
		assert.equal(out.code, 1, name);
		assert.match(out.stderr, why);
		assert.equal(out.stderr.trim().split('\n').length, 1, out.stderr);
	}
	const many = await tls(dir, 'init', ...Array.from({ length: 33 }, (_, i) => `h${i}.test`));
	assert.match(many.stderr, /more than 32 names/);
	assert.deepEqual(fs.readdirSync(dir), []);
	assert.equal((await tls(dir, 'init', 'a.test', 'A.test', ...Array(40).fill('a.test'))).code, 0, 'once is enough');
	assert.equal(certificate(dir, 'server.crt').subjectAltName, 'DNS:a.test');
});

test('without names it is for those of the machine, or it says what is missing', async (t) => {
	const dir = tempDir(t);
	const out = await tls(dir, 'init');
	if (out.code === 0) assert.doesNotMatch(certificate(dir, 'server.crt').subjectAltName, /127\.0\.0\.1|localhost|FE80/);
	else assert.match(out.stderr, /neither a name nor an address/);
});

test('words that are no command of tls are refused', async (t) => {
	const dir = tempDir(t);
	for (const words of [['break'], ['renew', 'x'], ['show', 'x']]) {
		const out = await tls(dir, ...words);
		assert.equal(out.code, 2, out.stderr);
		assert.match(out.stderr, /vaxline help/);
	}
	assert.equal((await run(['tls'])).code, 2);
	for (const word of ['renew', 'show']) {
		const out = await tls(dir, word);
		assert.equal(out.code, 1);
		assert.match(out.stderr, /there is no .*tls: 'vaxline tls init'/);
	}
});

test('renew makes a new certificate of the same CA, with a new key', async (t) => {
	const { dir } = await made(t, ...NAMES);
	const before = { ca: certificate(dir, 'ca.crt'), leaf: certificate(dir, 'server.crt') };
	const out = await tls(dir, 'renew');
	assert.equal(out.code, 0, out.stderr);
	assert.match(out.stdout, /no server runs on .*; its next start reads the certificate/);
	const leaf = certificate(dir, 'server.crt');
	assert.equal(certificate(dir, 'ca.crt').fingerprint256, before.ca.fingerprint256);
	assert.equal(leaf.subjectAltName, before.leaf.subjectAltName);
	assert.notEqual(leaf.serialNumber, before.leaf.serialNumber);
	assert.notDeepEqual(leaf.publicKey.export({ type: 'spki', format: 'der' }), before.leaf.publicKey.export({ type: 'spki', format: 'der' }));
	assert.equal((await verify(dir, file(dir, 'server.crt'))).code, 0);
	const key = fs.readFileSync(file(dir, 'server.key'));
	assert.ok(leaf.checkPrivateKey(createPrivateKey(key)));
	assert.deepEqual(fs.readdirSync(path.join(dir, 'tls')).sort(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
	assert.equal(fs.statSync(file(dir, 'server.key')).mode & 0o777, 0o600);

	const refusedFor = async (why, spoil) => {
		const kept = fs.mkdtempSync(path.join(dir, 'kept-'));
		fs.cpSync(path.join(dir, 'tls'), kept, { recursive: true });
		await spoil();
		const was = fs.readFileSync(file(dir, 'server.crt'));
		const answer = await tls(dir, 'renew');
		assert.equal(answer.code, 1, answer.stdout);
		assert.match(answer.stderr, why);
		assert.deepEqual(fs.readFileSync(file(dir, 'server.crt')), was, 'what was there stays');
		fs.cpSync(kept, path.join(dir, 'tls'), { recursive: true });
	};
	await refusedFor(/cannot read .*ca\.key/, () => fs.rmSync(file(dir, 'ca.key')));
	await refusedFor(/the key is not its own/, () => fs.copyFileSync(file(dir, 'server.key'), file(dir, 'ca.key')));
	await refusedFor(/no certificate in PEM form/, () => fs.writeFileSync(file(dir, 'ca.crt'), 'nothing'));
	await refusedFor(/without a passphrase/, async () => {
		const locked = await openssl('pkcs8', '-topk8', '-in', file(dir, 'ca.key'), '-passout', 'pass:secret');
		fs.writeFileSync(file(dir, 'ca.key'), locked.stdout);
	});
	await refusedFor(/certificate of no CA/, () => fs.copyFileSync(file(dir, 'server.crt'), file(dir, 'ca.crt')));
	assert.equal((await tls(dir, 'renew')).code, 0);
});

const pairs = (dir) => certificate(dir, 'server.crt').checkPrivateKey(createPrivateKey(fs.readFileSync(file(dir, 'server.key'))));

test('whose process stands in the lock and is not of the lock\'s owner is not told', async (t) => {
	const { dir } = await made(t, 'vaxline.test');
	const lock = path.join(dir, 'server.lock');
	// Holds the lock; a signal would end it.
	const holder = spawn('flock', ['-F', lock, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
	t.after(() => holder.stdin.end());
	holder.stdin.write('held\n');
	await once(holder.stdout, 'data');
	const root = process.getuid() === 0;
	if (root) fs.chownSync(lock, 12345, 12345);
	const pid = root ? holder.pid : 1;
	fs.writeFileSync(lock, `${pid}\n`);
	const out = await tls(dir, 'renew');
	assert.equal(out.code, 1, out.stdout);
	assert.equal(out.stderr, `vaxline: ${lock} names process ${pid}, which is not of the user whose file that is: `
		+ 'it was not told; send SIGHUP to the server, or restart it\n');
	holder.stdin.write('still there\n');
	assert.match(String(await once(holder.stdout, 'data')), /^still there/);
});

test('a renewal that stops half way leaves a certificate and its key', async (t) => {
	const { dir } = await made(t, '127.0.0.1');
	const before = fs.readFileSync(file(dir, 'server.crt'));
	fs.mkdirSync(path.join(file(dir, 'server.crt.new'), 'in-its-way'), { recursive: true });
	const out = await tls(dir, 'renew');
	assert.equal(out.code, 1);
	assert.match(out.stderr, /cannot write in /);
	assert.deepEqual(fs.readFileSync(file(dir, 'server.crt')), before);
	assert.equal(fs.readFileSync(file(dir, 'server.key'), 'utf8').match(/BEGIN PRIVATE KEY/g).length, 2, 'the next one, and its own');

	const own = { cert: file(dir, 'server.crt'), key: file(dir, 'server.key'), ca: fs.readFileSync(file(dir, 'ca.crt')) };
	await (await startSite({ tls: own }, t)).stop();

	fs.rmSync(file(dir, 'server.crt.new'), { recursive: true });
	assert.equal((await tls(dir, 'renew')).code, 0);
	assert.ok(pairs(dir));
	assert.equal(fs.readFileSync(file(dir, 'server.key'), 'utf8').match(/BEGIN PRIVATE KEY/g).length, 1, 'and nothing of the one before');
	assert.deepEqual(fs.readdirSync(path.join(dir, 'tls')).sort(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
});

test('renewals at the same time do not mix', async (t) => {
	const { dir } = await made(t, 'vaxline.test');
	for (let i = 0; i < 5; i++) {
		const all = await Promise.all(Array.from({ length: 6 }, () => tls(dir, 'renew')));
		for (const out of all) assert.equal(out.code, 0, out.stderr);
		assert.ok(pairs(dir));
	}
});

test('show says for whom and until when', async (t) => {
	const { dir } = await made(t, ...NAMES);
	const out = await tls(dir, 'show');
	assert.equal(out.code, 0, out.stderr);
	assert.match(out.stdout, /^names +vaxline\.test, 10\.0\.0\.5, fd00::5$/m);
	assert.match(out.stdout, /^until +\d{4}-\d\d-\d\d, 39[56] days left$/m);
	assert.ok(out.stdout.includes(certificate(dir, 'ca.crt').fingerprint256));
	const soon = await forge(path.join(dir, 'tls'), tempDir(t), 'DNS:vaxline.test', 'serverAuth', 10);
	fs.copyFileSync(soon.cert, file(dir, 'server.crt'));
	assert.match((await tls(dir, 'show')).stdout, /, (9|10) days left: vaxline tls renew$/m);
	const other = await made(t, 'vaxline.test');
	fs.copyFileSync(file(other.dir, 'server.crt'), file(dir, 'server.crt'));
	const wrong = await tls(dir, 'show');
	assert.equal(wrong.code, 1);
	assert.match(wrong.stderr, /was not issued by ca\.crt/);
});

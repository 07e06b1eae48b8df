// Certificates for tests, made by openssl(1) and by the program itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SAMPLE, run } from './ground.mjs';

const LOCAL = ['localhost', '127.0.0.1', '::1'];

// A certificate that vouches for itself, and its key: {cert, key}, names of files in dir, and ca, what a client must trust.
export function makeCertificate(dir, { name = 'tls', names = LOCAL, algorithm = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] } = {}) {
	const cert = path.join(dir, `${name}.crt`);
	const key = path.join(dir, `${name}.key`);
	const alternatives = names.map((it) => `${/^[\d.]+$|:/.test(it) ? 'IP' : 'DNS'}:${it}`).join(',');
	execFileSync('openssl', [
		'req', '-x509', '-newkey', ...algorithm, '-nodes', '-keyout', key, '-out', cert, '-days', '30',
		'-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`,
	], { stdio: ['ignore', 'ignore', 'pipe'] });
	return { cert, key, ca: fs.readFileSync(cert) };
}

let shared;
// One for this process, for whoever does not care which.
export function sharedCertificate() {
	if (shared) return shared;
	const dir = fs.mkdtempSync(path.join(process.env.TMPDIR ?? '/dev/shm', 'vaxline-tls-'));
	process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
	const own = Object.values(os.networkInterfaces()).flat().map(({ address }) => address.replace(/%.*/, ''));
	shared = makeCertificate(dir, { names: [...new Set([...LOCAL, ...own])] });
	return shared;
}

// --- the site's own CA

// `vaxline tls init` in the data directory: {cert, key, ca}, as a site takes them, and folder.
export async function makeAuthority(dir, ...names) {
	const out = await run(['tls', 'init', '--config', SAMPLE, '--data', dir, ...names]);
	assert.equal(out.code, 0, out.stderr);
	const folder = path.join(dir, 'tls');
	const file = (name) => path.join(folder, name);
	return { cert: file('server.crt'), key: file('server.key'), ca: fs.readFileSync(file('ca.crt')), folder };
}

// --- leaves that a stolen key of the CA would make

export const openssl = (...args) => run(args, { program: 'openssl' });

// {cert, key}: a leaf for these names ("DNS:a,IP:b"), signed by the CA in the folder.
export async function forge(ca, out, names, purpose = 'serverAuth', days = 30) {
	const place = (name) => path.join(out, name);
	const done = async (...args) => {
		const answer = await openssl(...args);
		assert.equal(answer.code, 0, answer.stderr);
	};
	fs.writeFileSync(place('leaf.ext'), [
		'basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', `extendedKeyUsage=${purpose}`,
		'subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid', `subjectAltName=${names}`, '',
	].join('\n'));
	await done('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/O=forged/CN=forged leaf',
		'-keyout', place('leaf.key'), '-out', place('leaf.csr'));
	await done('x509', '-req', '-in', place('leaf.csr'), '-CA', path.join(ca, 'ca.crt'), '-CAkey', path.join(ca, 'ca.key'),
		'-days', String(days), '-extfile', place('leaf.ext'), '-out', place('leaf.crt'));
	return { cert: place('leaf.crt'), key: place('leaf.key') };
}

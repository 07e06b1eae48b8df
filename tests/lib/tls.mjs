// Certificates for tests, made by openssl(1).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

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

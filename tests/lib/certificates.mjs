// Certificates by the openssl command, beside those of the program: leaves that a stolen key of the CA would make.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { run } from './ground.mjs';

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

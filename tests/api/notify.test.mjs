// What the service manager is told: when the site is served, that the loop turns, and when it stops.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { MANUAL, Site, bounded, startSite, tempDir, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

// {address, messages, keys(name)} of a socket that listens until the test ends.
async function manager(t, name) {
	const child = spawn(process.env.VAXLINE_NOTIFY_SOCKET, [name], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = new Promise((resolve) => child.on('close', resolve));
	t.after(async () => {
		child.stdin.end();
		await bounded(ended, 'the end of the listener');
	});
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
	const lines = () => text.split('\n').slice(0, -1);
	await waitFor(() => lines()[0] === 'bound', 'the socket');
	const messages = () => lines().slice(1).map((line) => Object.fromEntries(line.split('|').filter(Boolean).map((one) => {
		const found = /^([A-Z_]+)=(.*)$/.exec(one);
		assert.ok(found, JSON.stringify(line));
		return [found[1], found[2]];
	})));
	return { address: name, messages, having: (key) => messages().filter((m) => key in m) };
}

for (const kind of ['a path', 'an abstract address']) {
	test(`READY, STATUS, WATCHDOG and STOPPING by ${kind}`, async (t) => {
		const dir = tempDir(t);
		const name = kind === 'a path' ? path.join(dir, 'notify') : `@${dir}/notify`;
		const told = await manager(t, name);
		const site = await startSite({ clock: MANUAL, env: { NOTIFY_SOCKET: name, WATCHDOG_USEC: '400000' } }, t);
		await waitFor(() => told.having('READY').length, 'READY=1');
		const ready = told.having('READY');
		assert.equal(ready.length, 1);
		assert.equal(ready[0].READY, '1');
		assert.match(ready[0].STATUS, /^Serving, position 1-\d+, 0 visits today$/);
		await new Hall(site).waiting();
		const { position } = (await site.nobody().get('/readyz')).body;
		await waitFor(() => told.having('STATUS').at(-1).STATUS === `Serving, position ${position}, 1 visits today`, 'the position');
		const pings = told.having('WATCHDOG').length;
		await waitFor(() => told.having('WATCHDOG').length >= pings + 3, 'pings');
		assert.ok(told.having('WATCHDOG').every((m) => m.WATCHDOG === '1'));
		assert.equal(told.having('STOPPING').length, 0);

		const environ = fs.readFileSync(`/proc/${site.redisPid()}/environ`, 'utf8');
		assert.ok(!/^(NOTIFY_SOCKET|WATCHDOG_USEC)=/m.test(environ.replaceAll('\0', '\n')), 'what Redis would say is not ours to say');

		assert.deepEqual(await site.stop(), { code: 0, signal: null });
		await waitFor(() => told.having('STOPPING').length, 'STOPPING=1');
		assert.equal(told.having('STOPPING').length, 1);
		assert.equal(told.having('READY').length, 1);
	});
}

test('READY comes when the log is read and not before', async (t) => {
	const dir = tempDir(t);
	const told = await manager(t, path.join(dir, 'notify'));
	const site = new Site({ clock: MANUAL, env: { NOTIFY_SOCKET: told.address }, redis: `unix://${dir}/nobody.sock` });
	t.after(() => site.destroy());
	const started = site.start({ bound: 60_000 }).catch((error) => error);
	await waitFor(() => told.having('EXTEND_TIMEOUT_USEC').length, 'more time to start');
	assert.match(told.messages()[0].STATUS, /^Reading the log, 0 events so far$/);
	assert.equal(told.having('READY').length, 0);
	assert.equal(told.having('WATCHDOG').length, 0, 'nobody asked for pings');
	site.child.kill('SIGKILL');
	assert.match((await started).message, /ended/);
});

test('pings are for the process they are asked of; an address that is none harms nothing', async (t) => {
	const dir = tempDir(t);
	const told = await manager(t, path.join(dir, 'notify'));
	await startSite({ clock: MANUAL, env: { NOTIFY_SOCKET: told.address, WATCHDOG_USEC: '100000', WATCHDOG_PID: '1' } }, t);
	await waitFor(() => told.having('READY').length, 'READY=1');
	assert.equal(told.having('WATCHDOG').length, 0);
	for (const NOTIFY_SOCKET of ['vsock:2:1234', '', `/${'x'.repeat(200)}`, `${dir}/nobody`]) {
		const site = await startSite({ clock: MANUAL, env: { NOTIFY_SOCKET } }, t);
		await waitFor(() => / warn notify_failed why="/.test(site.stderr), `a line about ${NOTIFY_SOCKET}`);
		await new Hall(site).waiting();
		assert.deepEqual(await site.stop(), { code: 0, signal: null });
	}
});

// What every test stands on: places, waiting with a bound, running a program, and leaving nothing behind.
//
// What was started is in `alive` until it is gone. It is ended when the test ends, when this process ends, and when this
// process is told to end; a redis-server that lost its parent is found by the directory it works in.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const VAXLINE = process.env.VAXLINE ?? path.join(ROOT, 'build/vaxline');
export const SAMPLE = path.join(ROOT, 'config/site.json');
export const MORNING = '2026-11-20T00:00:00.000Z'; // 08:00 in Shanghai
export const DAY = '2026-11-20';
export const SECOND = 1000;
export const MINUTE = 60_000;
export const BOUND_MS = 30_000; // of every wait that does not say otherwise
export const uuid = () => randomUUID();
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// --- what must not be left behind

export const alive = new Set(); // {pids(), dir?}

export function end(thing) {
	for (const pid of thing.pids()) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// gone already
		}
	}
}

function endAll() {
	for (const thing of alive) {
		end(thing);
		end(thing); // a server that died may have started a redis-server on its last turn
		if (thing.dir) fs.rmSync(thing.dir, { recursive: true, force: true });
	}
	alive.clear();
}

process.on('exit', endAll);
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
	process.on(signal, () => process.exit(code));
}

export function tempDir(t) {
	const base = process.env.TMPDIR ?? (fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir());
	const dir = fs.mkdtempSync(path.join(base, 'vaxline-'));
	const thing = { dir, pids: () => redisPids(dir) };
	alive.add(thing);
	t?.after(() => {
		end(thing);
		fs.rmSync(dir, { recursive: true, force: true });
		alive.delete(thing);
	});
	return dir;
}

// redis-servers that work below the directory, also those that lost their parent.
export function redisPids(dir) {
	const real = fs.existsSync(dir) ? fs.realpathSync(dir) : dir;
	const found = [];
	for (const name of fs.readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			if (!fs.readFileSync(`/proc/${name}/comm`, 'utf8').startsWith('redis')) continue;
			const cwd = fs.readlinkSync(`/proc/${name}/cwd`);
			if (`${cwd}/`.startsWith(`${real}/`) || cwd === `${real} (deleted)`) found.push(Number(name));
		} catch {
			// it ended meanwhile
		}
	}
	return found;
}

// --- waiting

// The first truthy value of the condition; fails with `what` when there is none within the bound.
export async function waitFor(condition, what = 'a condition', bound = BOUND_MS) {
	const until = Date.now() + bound;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > until) throw new Error(`waited ${bound} ms in vain for ${what}`);
		await pause(15);
	}
}

export function bounded(promise, what, bound = BOUND_MS) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`waited ${bound} ms in vain for ${what}`)), bound);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// --- running the program

// Runs it to its end: {code, signal, stdout, stderr}.
export function run(args, { bound = BOUND_MS, program = VAXLINE, env = {}, input } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
		const thing = { pids: () => (child.exitCode === null && child.pid ? [child.pid] : []) };
		const out = { stdout: '', stderr: '' };
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`${program} ${args.join(' ')}: no end within ${bound} ms\n${out.stdout}${out.stderr}`));
		}, bound);
		alive.add(thing);
		for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (s) => (out[name] += s));
		child.stdin.on('error', () => {}).end(input);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			alive.delete(thing);
			resolve({ code, signal, ...out });
		});
	});
}

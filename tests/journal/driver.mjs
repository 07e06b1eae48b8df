// A journal in a process of its own, and the truth about a log.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS, scratch, until } from '../lib/redis.mjs';

export const SITE = 'hall';
export const KEY = `vaxline:{${SITE}}:log`;

const PROGRAM = process.env.VAXLINE_JOURNAL_DRIVER ??
	fileURLToPath(new URL('../../build/tests/journal_driver', import.meta.url));

export class Driver {
	// options: dir, url (none: a private redis-server), env, wrap (a command that runs it)
	constructor(t, options = {}) {
		this.t = t;
		this.dir = options.dir ?? scratch(t);
		this.lines = [];
		this.log = '';
		this.durable = 0;
		const args = [PROGRAM, this.dir, SITE, ...(options.url ? [options.url] : [])];
		const [file, ...rest] = [...(options.wrap ?? []), ...args];
		this.process = spawn(file, rest, { env: { ...process.env, ...options.env } });
		this.pid = this.process.pid;
		this.process.stdin.on('error', () => {});
		this.process.stderr.on('data', (chunk) => (this.log += chunk));
		let rest_ = '';
		this.process.stdout.on('data', (chunk) => {
			const parts = (rest_ + chunk).split('\n');
			rest_ = parts.pop();
			parts.forEach((line) => this.receive(line));
		});
		this.exit = new Promise((resolve) => this.process.on('close', (code, signal) => {
			this.exited = true;
			resolve(signal ?? code);
		}));
		t.after(() => this.clean());
	}

	receive(line) {
		this.lines.push(line);
		const [word, value] = line.split(' ');
		if (word === 'durable') this.durable = Number(value);
	}

	async clean() {
		if (!this.exited) this.process.kill('SIGKILL');
		await this.exit;
		for (const pid of redisPids(this.dir)) process.kill(pid, 'SIGKILL');
		await until('the end of redis-server', () => !redisPids(this.dir).length);
	}

	say(line) {
		this.process.stdin.write(`${line}\n`);
	}

	signal(name) {
		this.process.kill(name);
	}

	// The first line from number `from` on that matches.
	async line(pattern, from = 0, ms = PATIENCE_MS) {
		const found = () => this.lines.slice(from).find((line) => pattern.test(line));
		try {
			await until(String(pattern), () => found() ?? this.exited, ms);
			return found() ?? assert.fail(`ended without ${pattern}`);
		} catch (error) {
			error.message += `\n${this.lines.slice(-5).join('\n')}\n${this.log.slice(-2000)}`;
			throw error;
		}
	}

	async ready() {
		const [, epoch, events, hash] = (await this.line(/^ready/)).split(' ');
		return { epoch: Number(epoch), events: Number(events), hash };
	}

	async ended() {
		return (await this.line(/^ended|^refused/)).replace(/^ended /, '');
	}

	async append(n, bytes = 60, commands = 1, ms = PATIENCE_MS) {
		this.appended = (this.appended ?? 0) + n;
		this.say(`append ${n} ${bytes} ${commands}`);
		await this.line(new RegExp(`^durable ${this.appended}$`), 0, ms);
	}

	async ask(question, answer) {
		const from = this.lines.length;
		this.say(question);
		return this.line(answer, from);
	}

	async quit() {
		if (!this.exited) this.say('quit');
		return this.exit;
	}

	async kill9() {
		this.signal('SIGKILL');
		await this.exit;
	}
}

export async function owner(t, options) {
	const driver = new Driver(t, options);
	await driver.ready();
	return driver;
}

// What journal_replay finds: {events, hash}, or the sentence of its refusal.
export async function replay(t, dir, url) {
	const driver = new Driver(t, { dir, url, env: { REPLAY: '1' } });
	await driver.exit;
	const line = driver.lines.findLast((l) => /^replayed|^refused/.test(l));
	assert.ok(line, `${driver.process.exitCode} ${driver.process.signalCode} ${driver.log}`);
	if (line.startsWith('refused')) return line;
	const [, events, hash] = line.split(' ');
	return { events: Number(events), hash };
}

// redis-servers that work in the directory.
export function redisPids(dir) {
	return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
		try {
			const cwd = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
			return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('redis-server') && cwd === dir &&
				!/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
		} catch {
			return false;
		}
	}).map(Number);
}

const FNV_PRIME = 1099511628211n;
const MASK = (1n << 64n) - 1n;

// Reads the whole log and proves that it has no gap and that every event stands at its number. Returns events, commits
// and their bytes in all, `epochs`: epoch -> last number, and `before`: epoch -> {events, hash} of what lies before its fence.
export async function truth(redis, { hashes = false } = {}) {
	const epochs = new Map(), before = new Map();
	let from = '-', last = [0, 0], events = 0, commits = 0, bytes = 0, hash = 14695981039346656037n;
	for (;;) {
		const page = await redis.command('XRANGE', KEY, from, '+', 'COUNT', 500);
		for (const [id, [, body]] of page) {
			const [epoch, number] = id.split('-').map(Number);
			if (number === 0) {
				assert.ok(epoch > last[0], `fence ${id} after ${last.join('-')}`);
				before.set(epoch, { events, hash: hash.toString(16).padStart(16, '0') });
			} else {
				const lines = body.split('\n').slice(0, -1);
				assert.equal(epoch, last[0], `${id} follows ${last.join('-')}`);
				assert.equal(number - lines.length, last[1], `${id} has ${lines.length} events after ${last.join('-')}`);
				lines.forEach((line, i) => {
					assert.ok(line.startsWith(`{"k":"${epoch}-${last[1] + 1 + i}",`), `${line} at ${epoch}-${last[1] + 1 + i}`);
					for (let c = 0; hashes && c < line.length; c++)
						hash = ((hash ^ BigInt(line.charCodeAt(c))) * FNV_PRIME) & MASK;
				});
				events += lines.length;
				commits++;
				bytes += Buffer.byteLength(body);
			}
			last = [epoch, number];
			epochs.set(epoch, number);
		}
		if (page.length < 500) return { events, commits, bytes, epochs, before, last };
		from = `(${page.at(-1)[0]}`;
	}
}

export const exists = existsSync;

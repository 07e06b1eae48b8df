// A real Redis for a test, on a unix socket in a directory of its own, and a small client for it.
//
//   const redis = await Redis.start(t, ['--appendonly', 'yes']);
//   await redis.command('XADD', 'key', '1-1', 'e', '{}');
//   redis.url       unix:///...
//
// The server is killed and its directory removed when the test ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, existsSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PATIENCE_MS = 60_000;

export function scratch(t) {
	const base = process.env.TMPDIR || (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
	const dir = mkdtempSync(join(base, 'vaxline-journal-'));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return dir;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until fn gives something true, and returns it.
export async function until(what, fn, ms = PATIENCE_MS) {
	const end = Date.now() + ms;
	for (;;) {
		const value = await fn();
		if (value) return value;
		if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
		await pause(5);
	}
}

// RESP2, as far as a test needs it: one reply at `at`, or null where it is not whole yet.
function parse(data, at) {
	const end = data.indexOf('\r\n', at);
	if (end < 0) return null;
	const line = data.toString('latin1', at + 1, end);
	let next = end + 2;
	switch (data[at]) {
	case 0x2b: return { value: line, next };
	case 0x2d: return { value: new Error(line), next };
	case 0x3a: return { value: Number(line), next };
	case 0x24: {
		const len = Number(line);
		if (len < 0) return { value: null, next };
		if (data.length < next + len + 2) return null;
		return { value: data.subarray(next, next + len), next: next + len + 2 };
	}
	case 0x2a: {
		const value = Number(line) < 0 ? null : [];
		for (let i = 0; i < Number(line); i++) {
			const item = parse(data, next);
			if (!item) return null;
			value.push(item.value);
			next = item.next;
		}
		return { value, next };
	}
	default: throw new Error(`not RESP: ${data.toString('latin1', at, at + 20)}`);
	}
}

const text = (value) => (Array.isArray(value) ? value.map(text) : Buffer.isBuffer(value) ? value.toString() : value);

export class Client {
	constructor(path) {
		this.waiting = [];
		this.data = Buffer.alloc(0);
		this.socket = net.connect(path);
		this.socket.on('data', (chunk) => this.receive(chunk));
		const fail = () => this.waiting.splice(0).forEach((w) => w.reject(new Error('Redis closed the connection')));
		this.socket.on('error', fail);
		this.socket.on('close', fail);
	}

	receive(chunk) {
		this.data = Buffer.concat([this.data, chunk]);
		let at = 0;
		for (let reply; at < this.data.length && (reply = parse(this.data, at)); at = reply.next) {
			const { resolve, reject } = this.waiting.shift();
			if (reply.value instanceof Error) reject(reply.value);
			else resolve(reply.value);
		}
		this.data = this.data.subarray(at);
	}

	// Bulk replies come as Buffers.
	raw(...words) {
		const parts = [Buffer.from(`*${words.length}\r\n`)];
		for (const word of words) {
			const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
			parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
		}
		return new Promise((resolve, reject) => {
			if (this.socket.destroyed) return reject(new Error('Redis closed the connection'));
			this.waiting.push({ resolve, reject });
			this.socket.write(Buffer.concat(parts));
		});
	}

	async command(...words) {
		return text(await this.raw(...words));
	}

	close() {
		this.socket.destroy();
	}
}

export class Redis {
	static async start(t, args = [], dir = scratch(t)) {
		const redis = new Redis();
		redis.socket = join(dir, 'redis.sock');
		redis.url = `unix://${redis.socket}`;
		redis.process = spawn('redis-server', ['--port', '0', '--unixsocket', redis.socket, '--dir', dir, '--save', '',
			'--appendonly', 'yes', '--appendfsync', 'always', ...args], { stdio: 'ignore' });
		redis.pid = redis.process.pid;
		t.after(() => redis.end());
		await until('a redis-server', async () => {
			try {
				redis.client?.close();
				redis.client = new Client(redis.socket);
				return await redis.client.command('PING');
			} catch {
				return false;
			}
		});
		return redis;
	}

	command(...words) {
		return this.client.command(...words);
	}

	raw(...words) {
		return this.client.raw(...words);
	}

	signal(name) {
		process.kill(this.pid, name);
	}

	end() {
		this.client?.close();
		this.process.kill('SIGKILL');
	}
}

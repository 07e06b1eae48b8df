// A whole site for a test: the real server, its real Redis, and the devices of the hall.
//
//   startSite(options, t) ── vaxline serve ──┬── redis-server (private, or the test's own by options.redis)
//        │                                   └── data directory below /dev/shm
//        ├── site.board, site.device(kind, name, desk) ── Client: get, post, scan, act, unwell, stream
//        └── kill9, killRedis9, restart, stop, replay, log, advance
//
// Nothing outlives a test: what was started is in `alive` until it is gone, and is ended when the test ends, when the
// process ends, and when it is told to.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
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

const alive = new Set(); // {pids(), dir?}

function end(thing) {
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
			if (cwd === real || cwd.startsWith(`${real}/`)) found.push(Number(name));
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

// --- HTTP

const TRANSPORT_BOUND_MS = 60_000;

// One request, one answer; rejects when the connection is lost.
export function exchange(port, { method = 'GET', path: target, headers = {}, body, agent, host = '127.0.0.1' }) {
	return new Promise((resolve, reject) => {
		const payload = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(body);
		const request = http.request({
			host, port, method, path: target, agent,
			headers: payload === undefined ? headers : { 'content-length': payload.length, ...headers },
		});
		request.setTimeout(TRANSPORT_BOUND_MS, () => request.destroy(new Error(`no answer to ${method} ${target}`)));
		request.on('error', reject);
		request.on('response', (response) => {
			const pieces = [];
			response.on('data', (piece) => pieces.push(piece));
			response.on('error', reject);
			response.on('end', () => {
				const bytes = Buffer.concat(pieces);
				const answer = { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') };
				if (/json/.test(response.headers['content-type'] ?? '') && !/ndjson/.test(response.headers['content-type'])) {
					answer.body = answer.text === '' ? undefined : JSON.parse(answer.text);
				}
				resolve(answer);
			});
		});
		request.end(payload);
	});
}

// A device (or, without a token, anybody).
export class Client {
	constructor(site, token, device = {}) {
		this.site = site;
		this.token = token;
		this.device = device;
	}

	// One attempt. A body that is a string or Buffer is sent as it is.
	async send(method, target, body, headers = {}) {
		const raw = typeof body === 'string' || Buffer.isBuffer(body);
		return exchange(this.site.port, {
			method,
			path: target,
			agent: this.site.agent,
			headers: {
				...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			body: body === undefined || raw ? body : JSON.stringify(body),
		});
	}

	get(target) {
		return this.send('GET', target);
	}

	delete(target) {
		return this.send('DELETE', target);
	}

	put(target, body) {
		return this.send('PUT', target, body);
	}

	// A command under a random id (or the given one). With retry, a lost connection, a 503 and a 202 are asked again under
	// the same id until there is a final answer.
	async post(target, body = {}, { retry = this.site.retry, bound = BOUND_MS } = {}) {
		const sent = { id: uuid(), ...body };
		if (sent.id === null) delete sent.id;
		if (!retry) return this.send('POST', target, sent);
		const until = Date.now() + bound;
		let last;
		for (let attempt = 1; Date.now() < until; attempt++) {
			await this.site.gate;
			try {
				const answer = await this.send('POST', target, sent);
				if (answer.status !== 503 && answer.status !== 202) return Object.assign(answer, { id: sent.id, attempt });
				last = `${answer.status} ${answer.text}`;
			} catch (error) {
				last = error.message;
			}
			await pause(20);
		}
		throw new Error(`no final answer to POST ${target} ${sent.id} within ${bound} ms: ${last}`);
	}

	scan(code, more = {}, options) {
		return this.post('/api/scan', { code, ...more }, options);
	}

	act(ref, action, more = {}, options) {
		return this.post(`/api/visits/${ref}/${action}`, more, options);
	}

	unwell(more = {}, options) {
		return this.post('/api/unwell', more, options);
	}

	desk(desk, action, more = {}, options) {
		return this.post(`/api/desks/${desk}/${action}`, more, options);
	}

	// {visit, ticket} of a new walk-in.
	async walkIn(person = {}, more = {}, options) {
		const answer = await this.post('/api/visits', { person: somebody(person), language: 'zh-Hans', ...more }, options);
		if (answer.status !== 201) throw new Error(`walk-in: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	// The one view, or an error with what came instead.
	async view(name) {
		const answer = await this.get(`/api/views/${name}`);
		if (answer.status !== 200) throw new Error(`view ${name}: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	async visit(ref) {
		const answer = await this.get(`/api/visits/${ref}`);
		if (answer.status !== 200) throw new Error(`visit: ${answer.status} ${answer.text}`);
		return answer.body.visit;
	}

	// An open stream, once its first bytes are here.
	async stream(views, options = {}) {
		const stream = new Stream(this, views, options);
		this.site.streams.add(stream);
		await stream.opened;
		return stream;
	}
}

let people = 0;
export function somebody(person = {}) {
	people++;
	return { name: `测试者${people}`, birth_date: '1970-05-17', sex: 'female', ...person };
}

// An event stream that keeps the last picture of each view. With `again`, it connects again when it is cut.
export class Stream {
	constructor(client, views, { again = false } = {}) {
		this.client = client;
		this.path = `/api/stream?views=${views}`;
		this.again = again;
		this.last = {}; // view -> picture
		this.messages = []; // {event, id, data, received}
		this.connections = 0;
		this.ended = false; // cut, and not to be opened again
		this.waiting = new Set();
		this.opened = new Promise((resolve, reject) => {
			this.open = { resolve, reject };
		});
		this.opened.catch(() => {});
		this.connect();
	}

	connect() {
		const { client } = this;
		const headers = client.token ? { authorization: `Bearer ${client.token}` } : {};
		this.request = http.get({ host: '127.0.0.1', port: client.site.port, path: this.path, headers, agent: false });
		this.request.on('error', (error) => this.cut(error));
		this.request.on('response', (response) => {
			this.status = response.statusCode;
			this.headers = response.headers;
			if (response.statusCode !== 200) {
				response.resume();
				return this.cut(new Error(`stream ${this.path}: ${response.statusCode}`));
			}
			this.connections++;
			this.open.resolve(this);
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (piece) => {
				text += piece;
				for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
					this.take(text.slice(0, at));
					text = text.slice(at + 2);
				}
			});
			response.on('error', (error) => this.cut(error));
			response.on('close', () => this.cut(new Error('stream closed')));
		});
	}

	take(block) {
		const message = { event: 'message', data: '', received: Date.now() };
		for (const line of block.split('\n')) {
			const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
			if (name === 'data') message.data += value;
			else if (name) message[name] = value;
		}
		if (message.data === '') return;
		message.data = JSON.parse(message.data);
		this.messages.push(message);
		this.last[message.event] = message.data;
		this.check();
	}

	check() {
		for (const wait of [...this.waiting]) wait();
	}

	cut(error) {
		if (this.ended) return;
		if (this.again && !this.closing && this.client.site.open) {
			if (!this.reconnecting) {
				this.reconnecting = setTimeout(() => {
					this.reconnecting = undefined;
					this.connect();
				}, 30);
			}
			return;
		}
		this.ended = true;
		this.open.reject(error);
		this.check();
	}

	// The first truthy value of the condition, looked at after each message.
	until(condition, what = 'a picture', bound = BOUND_MS) {
		return new Promise((resolve, reject) => {
			const done = (settle, value) => {
				clearTimeout(timer);
				this.waiting.delete(look);
				settle(value);
			};
			const look = () => {
				let value;
				try {
					value = condition(this);
				} catch (error) {
					return done(reject, error);
				}
				if (value) return done(resolve, value);
				if (this.ended && !this.ending) done(reject, new Error(`the stream ended while waiting for ${what}`));
			};
			const timer = setTimeout(() => {
				done(reject, new Error(`waited ${bound} ms in vain for ${what}; last: ${JSON.stringify(this.last)}`));
			}, bound);
			this.waiting.add(look);
			look();
		});
	}

	// Resolves when the server cut it.
	async untilCut(bound = BOUND_MS) {
		this.ending = true;
		return this.until((s) => s.ended, 'the end of the stream', bound);
	}

	// The alarm of a kind, as the stream last showed it.
	alert(kind, visit) {
		return this.last.alerts?.alerts.find((a) => a.kind === kind && (!visit || a.visit === visit));
	}

	untilAlert(kind, visit, condition = () => true, bound = BOUND_MS) {
		return this.until((s) => {
			const alert = s.alert(kind, visit);
			return alert && condition(alert) ? alert : undefined;
		}, `an alarm ${kind}`, bound);
	}

	untilNoAlert(kind, visit, bound = BOUND_MS) {
		return this.until((s) => s.last.alerts && !s.alert(kind, visit), `the end of ${kind}`, bound);
	}

	close() {
		this.closing = true;
		clearTimeout(this.reconnecting);
		this.request.destroy();
	}
}

// --- the site

// The sample configuration, small enough for /dev/shm, with what the test changes.
export function configuration(changes = {}) {
	const merge = (a, b) => {
		if (b === undefined) return a;
		if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(b)) return b;
		const out = { ...a };
		for (const key of Object.keys(b)) out[key] = merge(a[key], b[key]);
		return out;
	};
	const small = { disk: { ballast_mib: 0, warn_mib: 2, stop_mib: 1 } };
	return merge(merge(JSON.parse(fs.readFileSync(SAMPLE, 'utf8')), small), changes);
}

export class Site {
	constructor(options = {}) {
		this.options = options;
		this.retry = options.retry ?? false;
		this.dir = options.dir ?? tempDir();
		this.configFile = options.configFile ?? path.join(this.dir, 'site.json');
		if (!options.configFile) this.configure(options.config);
		this.streams = new Set();
		this.gate = undefined; // requests that are repeated wait for this promise
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
		this.stderr = '';
		this.stdout = '';
		this.open = true;
		this.started = 0;
		alive.add(this);
	}

	configure(changes) {
		fs.writeFileSync(this.configFile, JSON.stringify(configuration(changes), null, '\t'));
	}

	pids() {
		const own = this.child && this.child.exitCode === null && this.child.signalCode === null ? [this.child.pid] : [];
		return this.options.dir ? own : [...own, ...redisPids(this.dir)];
	}

	args() {
		const { clock, redis, args = [] } = this.options;
		return [
			'serve', '--config', this.configFile, '--data', this.dir, '--listen', '127.0.0.1:0',
			...(clock ? ['--clock', clock] : []),
			...(redis ? ['--redis', redis] : []),
			...args,
		];
	}

	// Starts the server and waits for its line `listening`, and `setup` where it has no board.
	async start({ bound = BOUND_MS, setup = !this.board && this.options.setup !== false } = {}) {
		const child = spawn(VAXLINE, this.args(), { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
		let stdout = '';
		let stderr = '';
		this.child = child;
		this.exited = new Promise((resolve) => {
			child.on('error', (error) => resolve({ code: null, error }));
			child.on('close', (code, signal) => resolve({ code, signal }));
		});
		child.stderr.setEncoding('utf8').on('data', (piece) => {
			stderr += piece;
			this.stderr += piece;
		});
		const lines = new Promise((resolve, reject) => {
			child.stdout.setEncoding('utf8').on('data', (piece) => {
				stdout += piece;
				this.stdout += piece;
				const listening = /^listening http:\/\/(.*):(\d+)$/m.exec(stdout);
				const code = /^setup http:\/\/.*\/setup#(\S+)$/m.exec(stdout);
				if (listening && (code || !setup)) resolve({ port: Number(listening[2]), setup: code?.[1] });
			});
			this.exited.then((how) => {
				reject(new Error(`vaxline serve ended: ${JSON.stringify(how)}\n${stdout}${stderr}`));
			});
		});
		const { port, setup: code } = await bounded(lines, `vaxline serve: ${stderr}`, bound);
		this.port = port;
		this.setupCode = code;
		this.started++;
	}

	// A client without a token.
	nobody() {
		return new Client(this, '');
	}

	async enrol(code, name) {
		const answer = await this.nobody().post('/api/enrol', { id: null, code, name });
		if (answer.status !== 201) throw new Error(`enrol: ${answer.status} ${answer.text}`);
		return new Client(this, answer.body.token, answer.body.device);
	}

	async enrolBoard() {
		this.board = await this.enrol(this.setupCode, 'board');
		return this.board;
	}

	async device(kind, name = kind, desk = undefined) {
		const answer = await this.board.post('/api/devices', { id: null, kind, name, desk });
		if (answer.status !== 201) throw new Error(`invite: ${answer.status} ${answer.text}`);
		return this.enrol(answer.body.code, name);
	}

	// One device of each kind that a visit meets.
	async staff() {
		const wanted = {
			kiosk: ['kiosk'],
			registration: ['handheld', 'registration-1'],
			consent: ['handheld', 'consent-1'],
			injection: ['handheld', 'injection-1'],
			observation: ['handheld', 'observation'],
			treatment: ['handheld', 'treatment'],
			exit: ['exit'],
			display: ['display'],
			screen: ['observation'],
			program: ['program'],
		};
		const staff = { board: this.board };
		for (const [name, [kind, desk]] of Object.entries(wanted)) staff[name] = await this.device(kind, name, desk);
		this.hall = staff;
		return staff;
	}

	// Moves a manual clock.
	async advance(ms) {
		const answer = await this.board.send('POST', '/api/clock', { advance_ms: ms });
		if (answer.status !== 200) throw new Error(`clock: ${answer.status} ${answer.text}`);
		return Date.parse(answer.body.now);
	}

	// {now, hash} of a manual clock.
	async clock() {
		const answer = await this.board.get('/api/clock');
		if (answer.status !== 200) throw new Error(`clock: ${answer.status} ${answer.text}`);
		return { now: Date.parse(answer.body.now), hash: answer.body.hash };
	}

	// Moves a manual clock to a time, whatever became of earlier moves.
	async advanceTo(time, bound = BOUND_MS) {
		const until = Date.now() + bound;
		for (let last; ; await pause(20)) {
			try {
				const { now } = await this.clock();
				if (now >= time) return;
				await this.advance(time - now);
				continue;
			} catch (error) {
				last = error;
			}
			if (Date.now() > until) throw last;
		}
	}

	async log(query = '') {
		const answer = await this.board.get(`/api/log${query ? `?${query}` : ''}`);
		if (answer.status !== 200) throw new Error(`log: ${answer.status} ${answer.text}`);
		return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
	}

	redisPid() {
		return redisPids(this.dir)[0];
	}

	async kill9() {
		const { child, exited } = this;
		child.kill('SIGKILL');
		await bounded(exited, 'the end of a killed server');
		this.agent.destroy();
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
	}

	async killRedis9() {
		const pid = await waitFor(() => this.redisPid(), 'a redis-server');
		process.kill(pid, 'SIGKILL');
		await waitFor(() => !redisPids(this.dir).includes(pid), 'the end of a killed redis-server');
	}

	// SIGTERM; {code, signal}.
	async stop(bound = BOUND_MS) {
		this.child.kill('SIGTERM');
		const how = await bounded(this.exited, 'the end of a stopped server', bound);
		this.agent.destroy();
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
		return how;
	}

	async restart(options) {
		if (this.child.exitCode === null && this.child.signalCode === null) await this.stop();
		await this.start(options);
	}

	ready() {
		return waitFor(async () => {
			const answer = await this.nobody().get('/readyz').catch(() => undefined);
			return answer?.status === 200;
		}, 'readiness');
	}

	// What `vaxline replay` prints, as {events, visits, alerts, position, hash, states}.
	async replay() {
		const { redis } = this.options;
		const out = await run([
			'replay', '--data', this.dir, '--config', this.configFile, ...(redis ? ['--redis', redis] : []),
		]);
		if (out.code !== 0) throw new Error(`replay: ${out.code} ${out.stderr}`);
		const said = { states: {}, text: out.stdout };
		for (const line of out.stdout.split('\n').filter(Boolean)) {
			const [name, first, second] = line.split(' ');
			if (name === 'state') said.states[first] = Number(second);
			else said[name] = /^\d+$/.test(first) && name !== 'hash' ? Number(first) : first;
		}
		return said;
	}

	// Ends everything at once.
	destroy() {
		this.open = false;
		for (const stream of this.streams) stream.close();
		this.agent.destroy();
		end(this);
		end(this);
		if (!this.options.dir) fs.rmSync(this.dir, { recursive: true, force: true });
		alive.delete(this);
	}
}

/*
 * options: clock ('manual:ISO'), config (changes to the sample), configFile, dir (kept by the caller), redis (URL),
 * args (more of the command line), retry (every post of every client), enrol (false: leave the setup code unused), setup
 * (false: the site has its board already, no setup code is waited for).
 */
export async function startSite(options, t) {
	const site = new Site(options);
	t?.after(() => site.destroy());
	await site.start();
	if (options.enrol !== false && site.setupCode) await site.enrolBoard();
	return site;
}

export const MANUAL = `manual:${MORNING}`;

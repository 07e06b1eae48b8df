// A whole site for a test: the real server, its real Redis, and the devices of the hall.
//
//   startSite(options, t) ── vaxline serve ──┬── redis-server (private, or the test's own by options.redis)
//        │                                   └── data directory below /dev/shm
//        ├── site.board, site.device(kind, name, desk) ── Client: get, post, scan, act, unwell, stream
//        └── kill9, killRedis9, restart, stop, replay, log, advance
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { Client } from './client.mjs';
import { Duty, STAFFED, badges } from './duty.mjs';
import {
	BOUND_MS, MORNING, SAMPLE, VAXLINE, alive, bounded, end, pause, redisPids, run, tempDir, waitFor,
} from './ground.mjs';
import { sharedCertificate } from './tls.mjs';

export * from './ground.mjs';
export * from './client.mjs';
export * from './stream.mjs';

// The sample configuration, small enough for /dev/shm, with what the test changes. Rooms have no limit, devices may be
// silent for an hour and anybody of the staff may do all, unless the test says otherwise. With staff of its own it has the
// sample's rules of signing on.
export function configuration(changes = {}) {
	const merge = (a, b) => {
		if (b === undefined) return a;
		if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(b)) return b;
		const out = { ...a };
		for (const key of Object.keys(b)) out[key] = merge(a[key], b[key]);
		return out;
	};
	const small = {
		disk: { ballast_mib: 0, warn_mib: 2, stop_mib: 1 },
		rooms: { registration: 0, consent: 0, injection: 0 },
		alerts: { device_silent_seconds: 3600 },
		...(changes.staff ? {} : STAFFED),
	};
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
		this.duty = new Duty(this);
		this.gate = undefined; // requests that are repeated wait for this promise
		this.tls = options.tls === true ? sharedCertificate() : options.tls;
		this.ca = this.tls && (this.tls.ca ?? fs.readFileSync(this.tls.cert));
		this.agent = this.newAgent();
		this.stderr = '';
		this.stdout = '';
		this.open = true;
		this.started = 0;
		alive.add(this);
	}

	newAgent() {
		const { Agent } = this.ca ? https : http;
		return new Agent({ keepAlive: true, maxSockets: 256, ca: this.ca });
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
			...(this.tls ? ['--tls-cert', this.tls.cert, '--tls-key', this.tls.key] : []),
			...args,
		];
	}

	// Starts the server and waits for its line `listening`, and `setup` where it has no board.
	async start({ bound = BOUND_MS, setup = !this.board && this.options.setup !== false } = {}) {
		const child = spawn(this.options.program ?? VAXLINE, this.args(), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.options.env } });
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
				const listening = /^listening https?:\/\/(.*):(\d+)$/m.exec(stdout);
				const code = /^setup https?:\/\/.*\/setup#(\S+)$/m.exec(stdout);
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

	// {id: code} of the badges of all staff, as they are now.
	badges() {
		return badges(this);
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
		this.agent = this.newAgent();
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
		this.agent = this.newAgent();
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

	// Ends everything at once. A server may be starting a redis-server as it dies, so there is a second look.
	async destroy() {
		this.open = false;
		for (const stream of this.streams) stream.close();
		this.agent.destroy();
		end(this);
		if (this.exited) await bounded(this.exited, 'the end of a killed server');
		await waitFor(() => {
			end(this);
			return this.pids().length === 0;
		}, 'the end of what the site had started');
		if (!this.options.dir) fs.rmSync(this.dir, { recursive: true, force: true });
		alive.delete(this);
	}
}

/*
 * options: clock ('manual:ISO'), config (changes to the sample), configFile, dir (kept by the caller), redis (URL), args
 * (more of the command line), program (another than was built), env (of the server, beside this process's), retry (every
 * post of every client), enrol (false: leave the setup code unused), unstaffed (nobody signs on by itself where that is needed), setup (false: the site has its board already, no
 * setup code is waited for), tls (true, or {cert, key}, names of files; ca where the certificate is not its own: all
 * clients and streams of the site speak TLS then).
 */
export async function startSite(options, t) {
	const site = new Site(options);
	t?.after(() => site.destroy());
	await site.start();
	if (options.enrol !== false && site.setupCode) await site.enrolBoard();
	return site;
}

export const MANUAL = `manual:${MORNING}`;

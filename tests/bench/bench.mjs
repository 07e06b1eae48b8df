// Measures the server beside its peers on this machine and prints one table.
//
//   node tests/bench/bench.mjs [--rounds 5] [--seconds 3] [--connections 256] [--events 1000000]
//                              [--parts scans,roster,restart]
//
// A durable scan is a kiosk's scan of a waiting ticket: judged, one event, on disk (appendfsync always), answered with
// where to go. The server and its peers are asked in turn, in every round in another order, and what counts is the median
// of the ratios within a round: what else the machine does then touches all of them. For replay and restart a log is
// written by the core itself from the lives of thousands of people (tests/bench/fill.c), once as a busy site commits, 64
// commands an entry, and once as a quiet one does, each on its own. Data lies in $TMPDIR or /var/tmp: on a real disk.
//
// Watchers are streams of the board, whose picture every scan changes: nothing that is shown costs more. Figures have a
// bound, "at least", and an aim; a figure that misses its bound is marked.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, SAMPLE, Site, redisPids, run, startSite, tempDir, uuid, waitFor } from '../lib/site.mjs';
import {
	cpuSeconds, load, redisBenchmark, startNginx, startRedis, startWebdis, stop, watch,
} from './peers.mjs';
import { rosterOf } from './roster.mjs';

const { values: options } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		seconds: { type: 'string', default: '3' },
		connections: { type: 'string', default: '256' },
		events: { type: 'string', default: '1000000' },
		parts: { type: 'string', default: 'scans,roster,restart' },
	},
});
const number = (name) => {
	const value = Number(options[name]);
	if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
	return value;
};
const ROUNDS = number('rounds');
const SECONDS = number('seconds');
const CONNECTIONS = number('connections');
const EVENTS = number('events');
const KIOSKS = 16;
const TICKETS = Math.max(512, CONNECTIONS);
const IDLE_LOAD = 0.5;
const WATCHERS = 200;
const ROSTER_ROWS = 10_000;
const ROSTER_RATE = 1000; // scans a second meanwhile
const ROSTER_SECONDS = 4;
const RESTARTS = 3;
const KEEP_DAYS = 366; // the log is not trimmed: what counts is how long it is
const FILL = path.join(process.env.VAXLINE_TESTS ?? path.join(ROOT, 'build/tests'), 'fill');
const FILL_BOUND_MS = 300_000;
const TMPFS_MAGIC = 0x01021994;
const SYNCS = 300;
const SYNC_BYTES = 512;

process.env.TMPDIR ??= '/var/tmp';

const median = (values) => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const spread = (values) => `${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`;
const whole = (value) => Math.round(value).toLocaleString('en-US');
const rows = [];
// Bound and aim are the largest good values where `most`, else the smallest.
const row = (what, value, note = '', { number, bound, aim, unit = '', most = false } = {}) => {
	const missed = bound !== undefined && (most ? number > bound : number < bound);
	rows.push([what, value, bound === undefined ? '' : `${bound}${unit}`, aim === undefined ? '' : `${aim}${unit}`,
		missed ? '<-' : '', note]);
};

// --- scans

// A line for the load generator a ticket: each is scanned by one kiosk only, so that nothing looks like a copied ticket.
async function prepare(site) {
	const kiosks = [];
	for (let i = 0; i < KIOSKS; i++) kiosks.push(await site.device('kiosk', `kiosk ${i}`));
	const tickets = await Promise.all(Array.from({ length: TICKETS }, (_, i) => kiosks[i % KIOSKS].walkIn()));
	const lines = tickets.map(({ ticket }, i) => {
		return `/api/scan ${kiosks[i % KIOSKS].token} ${JSON.stringify({ id: '@', code: ticket.token })}\n`;
	});
	const requests = path.join(site.dir, 'requests');
	fs.writeFileSync(requests, lines.join(''));
	const answer = await kiosks[0].scan(tickets[0].ticket.token);
	if (answer.status !== 200) throw new Error(`scan: ${answer.status} ${answer.text}`);
	const event = (await site.log()).at(-1);
	if (event.type !== 'scanned') throw new Error(`a scan wrote ${event.type}`);
	return { requests, event: JSON.stringify(event) };
}

// Asks everybody once, beginning with another one each round.
async function askAll(contenders, round) {
	const results = {};
	for (let i = 0; i < contenders.length; i++) {
		const { name, ask } = contenders[(i + round) % contenders.length];
		results[name] = await ask();
		process.stderr.write(`  round ${round + 1} ${name}: ${whole(results[name].per_second)}/s\n`);
	}
	return results;
}

function fdatasyncUs(dir) {
	const file = path.join(dir, 'sync');
	const fd = fs.openSync(file, 'w');
	const times = [];
	for (let i = 0; i < SYNCS; i++) {
		const start = process.hrtime.bigint();
		fs.writeSync(fd, Buffer.alloc(SYNC_BYTES, 'x'));
		fs.fdatasyncSync(fd);
		times.push(Number(process.hrtime.bigint() - start) / 1000);
	}
	fs.closeSync(fd);
	fs.rmSync(file);
	return median(times);
}

function tellScans(rounds, webdisNames) {
	const of = (name, what = 'per_second') => rounds.map((results) => results[name][what]);
	const ms = (what) => (median(of('vaxline', what)) / 1000).toFixed(1);
	const us = (name, what = 'cpu_us') => `${median(of(name, what)).toFixed(1)} us`;
	const ratios = (name, what) => rounds.map((results) => results.vaxline[what] / results[name][what]);
	const toWebdis = rounds.map((results) => {
		return results.vaxline.per_second / Math.max(...webdisNames.map((name) => results[name].per_second));
	});
	const tell = (name, values, goal) => {
		row(name, median(values).toFixed(2), spread(values), { number: median(values), ...goal });
	};

	row('durable scans/s', whole(median(of('vaxline'))),
		`${CONNECTIONS} connections, p50 ${ms('p50_us')} ms, p99 ${ms('p99_us')} ms`);
	tell('  to nginx, return 200', ratios('nginx', 'per_second'), { bound: 0.55, aim: 0.8 });
	tell('  to redis-benchmark XADD -P 1', ratios('redis', 'per_second'), { bound: 0.9, aim: 1.3 });
	tell('  to webdis XADD, the better', toWebdis, { bound: 1.15, aim: 1.6 });
	tell('  kept with 200 stream watchers', ratios('vaxline', 'per_second').map((_, i) => {
		return rounds[i].watched.per_second / rounds[i].vaxline.per_second;
	}), { bound: 0.7, aim: 0.85 });
	tell('  TLS to plain', rounds.map((results) => results.tls.per_second / results.vaxline.per_second),
		{ bound: 0.72, aim: 0.85 });
	tell('server CPU a scan, to nginx a request', ratios('nginx', 'cpu_us'), { bound: 1.8, aim: 1.3, most: true });
	row('  of scan, its Redis; of nginx', us('vaxline'), `Redis ${us('vaxline', 'redis_cpu_us')}; nginx ${us('nginx')}; by TLS ${us('tls')}`);
	row('nginx requests/s', whole(median(of('nginx'))));
	row('redis-benchmark entries/s', whole(median(of('redis'))));
	for (const name of webdisNames) row(`${name}, requests/s`, whole(median(of(name))));
	row('pictures/s to each watcher', median(of('watched', 'pictures')).toFixed(0),
		`${whole(median(of('watched', 'picture_bytes')))} bytes each`);
}

// At a third of what it can do, asked by the clock and not when it has answered.
function tellCalm(calm) {
	const ms = (what) => (median(calm.map((result) => result[what])) / 1000).toFixed(2);
	const ratios = calm.map((result) => result.p99_us / result.sync_us);

	row('p99 at a third of it, to fdatasync', median(ratios).toFixed(1), `${spread(ratios)}; open loop`,
		{ number: median(ratios), bound: 10, aim: 5, most: true });
	row('  p99', `${ms('p99_us')} ms`, `p50 ${ms('p50_us')} ms, p99.9 ${ms('p999_us')} ms, fdatasync ${ms('sync_us')} ms`);
}

async function measureScans() {
	const site = await startSite({ configFile: SAMPLE });
	const secure = await startSite({ configFile: SAMPLE, tls: true });
	const dir = tempDir();
	try {
		const { requests, event } = await prepare(site);
		const { requests: secureRequests } = await prepare(secure);
		const nginx = await startNginx(path.join(dir, 'nginx'));
		const redis = await startRedis(path.join(dir, 'redis'));
		const webdis = [
			['webdis as shipped', await startWebdis(path.join(dir, 'webdis'), redis)],
			['webdis, one thread', await startWebdis(path.join(dir, 'webdis1'), redis, 1)],
		];
		const xadds = path.join(dir, 'xadds');
		const asked = { requests, connections: CONNECTIONS, seconds: SECONDS };
		let redisRequests = 20_000;

		fs.writeFileSync(xadds, `/ - XADD/bench:webdis/*/e/${encodeURIComponent(event)}\n`.repeat(CONNECTIONS));
		const contenders = [
			{ name: 'vaxline', ask: async () => {
				const before = cpuSeconds(site.redisPid());
				const result = await load({ ...asked, port: site.port, pid: site.child.pid });
				return { ...result, redis_cpu_us: ((cpuSeconds(site.redisPid()) - before) / result.asked) * 1e6 };
			} },
			{ name: 'tls', ask: () => {
				const { port, child, tls: { cert } } = secure;
				return load({ ...asked, requests: secureRequests, port, pid: child.pid, trust: cert });
			} },
			{ name: 'watched', ask: async () => {
				const { port, board, child } = site;
				const watchers = await watch({ port, count: WATCHERS, views: 'board', token: board.token });
				const result = await load({ ...asked, port, pid: child.pid });
				const { bytes, pictures } = await watchers.stop();
				return { ...result, pictures: pictures / result.seconds / 1.2, picture_bytes: bytes / WATCHERS / pictures };
			} },
			{ name: 'nginx', ask: () => load({ ...asked, ...nginx }) },
			{ name: 'redis', ask: async () => {
				const result = await redisBenchmark({ ...redis, body: event, connections: CONNECTIONS, requests: redisRequests });
				redisRequests = result.per_second * SECONDS;
				return result;
			} },
			...webdis.map(([name, peer]) => ({ name, ask: () => load({ ...asked, ...peer, requests: xadds }) })),
		];
		await contenders.find(({ name }) => name === 'redis').ask(); // how many a round takes
		const rounds = [];
		const calm = [];
		for (let round = 0; round < ROUNDS; round++) {
			rounds.push(await askAll(contenders, round));
			const rate = median(rounds.map((results) => results.vaxline.per_second)) / 3;
			const result = await load({ ...asked, port: site.port, pid: site.child.pid, rate });
			calm.push({ ...result, sync_us: fdatasyncUs(site.dir) });
		}
		tellScans(rounds, webdis.map(([name]) => name));
		tellCalm(calm);
		for (const peer of [nginx, ...webdis.map(([, it]) => it), redis]) await stop(peer.child, 'SIGKILL');
	} finally {
		secure.destroy();
		site.destroy();
	}
}

// --- a roster

// Scans that come all the time, while the board loads a file; and how long the longest of them takes without it.
async function measureRoster() {
	const site = await startSite({ configFile: SAMPLE });
	try {
		const { requests } = await prepare(site);
		const scans = () => load({
			requests, connections: CONNECTIONS, seconds: ROSTER_SECONDS, port: site.port, pid: site.child.pid, rate: ROSTER_RATE,
		});
		const quiet = [];
		const longest = [];
		const taken = [];
		for (let i = 0; i < RESTARTS; i++) {
			quiet.push((await scans()).longest_us / 1000);
			const scanned = scans();
			await new Promise((resolve) => setTimeout(resolve, (ROSTER_SECONDS * 1000) / 3));
			const start = process.hrtime.bigint();
			const answer = await site.board.send('POST', `/api/roster?id=${uuid()}`, rosterOf(ROSTER_ROWS, i), {
				'content-type': 'text/csv',
			});
			taken.push(msSince(start));
			if (answer.status !== 200 || answer.body.accepted !== ROSTER_ROWS) {
				throw new Error(`roster: ${answer.status} ${answer.text.slice(0, 500)}`);
			}
			longest.push((await scanned).longest_us / 1000);
		}
		row(`longest scan while ${whole(ROSTER_ROWS)} rows load`, `${median(longest).toFixed(1)} ms`,
			`${spread(longest)}; without ${median(quiet).toFixed(1)} ms; the load takes ${(median(taken) / 1000).toFixed(2)} s`,
			{ number: median(longest), bound: 50, unit: ' ms', most: true });
	} finally {
		site.destroy();
	}
}

// --- replay and restart

const msSince = (start) => Number(process.hrtime.bigint() - start) / 1e6;

async function fillLog(dir, configFile, commands) {
	const redis = await startRedis(dir, { fsync: 'no' });
	const args = [redis.socket, configFile, String(EVENTS), String(commands)];
	const out = await run(args, { program: FILL, bound: FILL_BOUND_MS });
	if (out.code !== 0) throw new Error(`fill: ${out.stderr}`);
	await stop(redis.child);
	const filled = JSON.parse(out.stdout);
	fs.writeFileSync(path.join(dir, 'head'), `${filled.last}\n`);
	return filled;
}

async function timedReplay(site) {
	const nothing = process.hrtime.bigint();
	await run(['--version']);
	const startMs = msSince(nothing);
	const start = process.hrtime.bigint();
	const said = await site.replay();
	return { events: said.events, ms: msSince(start) - startMs };
}

// How long the server said that it took from one of its log lines to another.
function between(log, from, to) {
	const [first, last] = [from, to].map((name) => Date.parse(new RegExp(`^(\\S+) info ${name}\\b`, 'm').exec(log)?.[1]));
	return last - first;
}

async function timedRestart(site, withRedis) {
	const said = site.stderr.length;
	const start = process.hrtime.bigint();
	const redis = site.redisPid();
	const killed = site.kill9();
	if (withRedis) process.kill(redis, 'SIGKILL');
	await killed;
	if (withRedis) await waitFor(() => !redisPids(site.dir).includes(redis), 'the end of redis-server');
	await site.start({ setup: false, bound: FILL_BOUND_MS });
	const ms = msSince(start);
	await site.ready();
	const log = site.stderr.slice(said);
	const redisMs = withRedis ? between(log, 'redis_started', 'redis_up') : 0;
	return { ms, redisMs, readMs: between(log, 'site_fenced', 'site_owned') };
}

async function measureLog(commands) {
	const dir = tempDir();
	const configFile = path.join(dir, 'site.json');
	const sample = JSON.parse(fs.readFileSync(SAMPLE, 'utf8'));
	fs.writeFileSync(configFile, JSON.stringify({ ...sample, journal: { ...sample.journal, keep_days: KEEP_DAYS } }));
	const filled = await fillLog(dir, configFile, commands);
	const site = new Site({ dir, configFile });
	const name = `${whole(filled.events)} events in ${whole(filled.entries)} entries`;
	try {
		await site.start({ setup: false, bound: FILL_BOUND_MS });
		await site.ready();
		const replays = [];
		const both = [];
		const server = [];
		for (let i = 0; i < RESTARTS; i++) {
			replays.push(await timedReplay(site));
			both.push(await timedRestart(site, true));
			server.push(await timedRestart(site, false));
		}
		const seconds = (restarts, what) => median(restarts.map((restart) => restart[what])) / 1000;
		const tell = (what, restarts, goal) => row(what, `${seconds(restarts, 'ms').toFixed(2)} s`,
			`Redis's start ${seconds(restarts, 'redisMs').toFixed(2)} s, reading ${seconds(restarts, 'readMs').toFixed(2)} s`,
			{ number: seconds(restarts, 'ms'), ...goal });
		const perSecond = median(replays.map(({ events, ms }) => (events / ms) * 1000));
		row('replay, events/s', `${(perSecond / 1e6).toFixed(2)} M`, name, { number: perSecond / 1e6, bound: 0.7, aim: 1.3, unit: ' M' });
		tell('  kill -9 of server and Redis to serving', both, { bound: 2.5, aim: 1, unit: ' s', most: true });
		tell('  kill -9 of the server alone', server);
	} finally {
		await site.stop();
		site.destroy();
		for (const pid of redisPids(dir)) process.kill(pid, 'SIGKILL');
		fs.rmSync(dir, { recursive: true, force: true });
	}
}

// --- the table

function describeMachine() {
	const cores = `${os.cpus().length} cores, ${os.cpus()[0].model.trim()}`;
	const memory = (os.totalmem() / 2 ** 30).toFixed(0);
	const temporary = fs.statfsSync(process.env.TMPDIR).type === TMPFS_MAGIC ? ', which is no disk: $TMPDIR' : '';
	return `${cores}, ${memory} GiB, Linux ${os.release()}; data in ${process.env.TMPDIR}${temporary}`;
}

const parts = options.parts.split(',');
const busyBefore = os.loadavg()[0];
if (parts.includes('scans')) await measureScans();
if (parts.includes('roster')) await measureRoster();
if (parts.includes('restart')) {
	await measureLog(64);
	await measureLog(1);
}
console.log(describeMachine());
if (busyBefore > IDLE_LOAD) console.log(`Others were at work here: the load was ${busyBefore.toFixed(1)} before. Ratios hold less then.`);
const table = [['what', 'measured', 'at least', 'aim', '', 'rounds, and what is in it'], ...rows];
const widths = table[0].map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
for (const cells of table) {
	const padded = cells.map((cell, i) => (i === 0 || i > 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
	console.log(padded.join('  ').trimEnd());
}
process.exit(0);

// Whom the server is measured beside, and how each is asked. All work in one directory on the same disk.
//
//   nginx             one worker, answers the same POST with `return 200`: what HTTP alone costs
//   redis-benchmark   XADD of an event of the same size, one at a time a client: what the disk's promise alone costs
//   webdis            XADD over HTTP: both, without a thought in between
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { ROOT, run, waitFor } from '../lib/site.mjs';

const TESTS = process.env.VAXLINE_TESTS ?? path.join(ROOT, 'build/tests');
const LOAD = path.join(TESTS, 'load');
const WATCH = path.join(TESTS, 'watch');
const RUN_BOUND_MS = 120_000;
const TICKS_PER_SECOND = 100; // of /proc/PID/stat: USER_HZ, the same on every Linux that node runs on

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

export function start(program, args, cwd, stdout = 'ignore') {
	const child = spawn(program, args, { cwd, stdio: ['ignore', stdout, 'pipe'] });
	child.stderrText = '';
	child.stderr.setEncoding('utf8').on('data', (text) => (child.stderrText += text));
	child.ended = new Promise((resolve) => {
		child.on('error', (error) => {
			child.stderrText += error.message;
			resolve();
		});
		child.on('close', resolve);
	});
	child.ended.then(() => {
		child.gone = true;
		children.delete(child);
	});
	children.add(child);
	return child;
}

export async function stop(child, signal = 'SIGTERM') {
	child.kill(signal);
	await child.ended;
}

// Waits until somebody listens there, and says what the program said if it ends instead.
function listening(child, where) {
	return waitFor(() => {
		if (child.gone) throw new Error(`${child.spawnfile} ended: ${child.stderrText}`);
		return new Promise((resolve) => {
			const socket = net.connect(where);
			socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
			socket.on('connect', () => socket.destroy());
		});
	}, `${child.spawnfile} to listen`);
}

function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

export function cpuSeconds(pid) {
	const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

// --- the programs

export async function startNginx(dir) {
	const port = await freePort();
	fs.mkdirSync(dir);
	fs.writeFileSync(path.join(dir, 'nginx.conf'), `
		daemon off; master_process off; pid nginx.pid; error_log stderr crit;
		events { worker_connections 4096; }
		http {
			access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
			client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;
			server { listen 127.0.0.1:${port} backlog=4096; location / { return 200; } }
		}`);
	const child = start('nginx', ['-p', dir, '-c', path.join(dir, 'nginx.conf')], dir);
	await listening(child, { port, host: '127.0.0.1' });
	return { child, port, pid: child.pid };
}

// Set up as the private redis-server of the site is. fsync 'no' to fill a log quickly.
export async function startRedis(dir, { fsync = 'always', args = [] } = {}) {
	const socket = path.join(dir, 'redis.sock');
	fs.mkdirSync(dir, { recursive: true });
	const child = start('redis-server', [
		'--port', '0', '--unixsocket', socket, '--appendonly', 'yes', '--appendfsync', fsync, '--save', '', '--dir', dir,
		'--appenddirname', 'redis', '--databases', '1', '--logfile', path.join(dir, 'redis.log'),
		'--auto-aof-rewrite-percentage', '0', ...args,
	], dir);
	await listening(child, socket);
	return { child, socket, pid: child.pid };
}

// `threads`: undefined for what it is shipped with.
export async function startWebdis(dir, redis, threads) {
	const port = await freePort();
	fs.mkdirSync(dir);
	fs.writeFileSync(path.join(dir, 'webdis.json'), JSON.stringify({
		...JSON.parse(fs.readFileSync('/etc/webdis/webdis.json', 'utf8')),
		redis_host: redis.socket, http_host: '127.0.0.1', http_port: port, daemonize: false, verbosity: 0,
		logfile: path.join(dir, 'webdis.log'), user: undefined, group: undefined, ...(threads ? { threads } : {}),
	}));
	const child = start('webdis', [path.join(dir, 'webdis.json')], dir);
	await listening(child, { port, host: '127.0.0.1' });
	return { child, port, pid: child.pid };
}

// --- asking them

// {per_second, p50_us, p99_us, asked, cpu_us, ...}: cpu_us of the process asked, a request. trust: by TLS, with the
// certificates of that file.
export async function load({ port, pid, requests, connections, seconds, rate = 0, trust }) {
	const before = cpuSeconds(pid);
	const args = [port, connections, seconds, rate, requests, ...(trust ? [trust] : [])].map(String);
	const out = await run(args, { program: LOAD, bound: RUN_BOUND_MS });
	if (out.code !== 0) throw new Error(`load: ${out.stderr}`);
	const result = JSON.parse(out.stdout);
	if (result.bad || result.lost || result.unanswered) throw new Error(`load: ${out.stdout}${out.stderr}`);
	return { ...result, cpu_us: ((cpuSeconds(pid) - before) / result.asked) * 1e6 };
}

// Streams of views that are read until stop(), which says {bytes, pictures, lost}; each has had its first picture.
export async function watch({ port, count, views, token }) {
	const args = [port, count, `/api/stream?views=${encodeURIComponent(views)}`, token].map(String);
	const child = start(WATCH, args, undefined, 'pipe');
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
	await waitFor(() => {
		if (child.gone) throw new Error(`watch: ${said}${child.stderrText}`);
		return said.includes('watching\n');
	}, `${count} streams`);
	return {
		stop: async () => {
			await stop(child);
			const result = JSON.parse(said.split('\n')[1]);
			if (result.lost) throw new Error(`watch: ${said}${child.stderrText}`);
			return result;
		},
	};
}

export async function redisBenchmark({ socket, pid, body, connections, requests }) {
	const before = cpuSeconds(pid);
	const out = await run([
		'-s', socket, '-c', String(connections), '-P', '1', '-n', String(Math.round(requests)), '-q',
		'XADD', 'bench:{site}:log', '*', 'e', body,
	], { program: 'redis-benchmark', bound: RUN_BOUND_MS });
	const said = [...out.stdout.matchAll(/([\d.]+) requests per second/g)].at(-1);
	if (out.code !== 0 || !said || /error/i.test(out.stdout)) {
		throw new Error(`redis-benchmark: ${out.stdout}${out.stderr}`);
	}
	return { per_second: Number(said[1]), cpu_us: ((cpuSeconds(pid) - before) / requests) * 1e6 };
}

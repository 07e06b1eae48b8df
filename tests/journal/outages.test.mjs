// Redis stopped, killed, out of disk; the server killed: away is said and back is said, and everything is right
// afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redis, scratch, until } from '../lib/redis.mjs';
import { Driver, owner, redisPids, replay, truth } from './driver.mjs';

test('outages: a stopped Redis is away after two seconds, and back with nothing lost', async (t) => {
	const driver = await owner(t);
	const [redis] = redisPids(driver.dir);
	await driver.append(10);
	process.kill(redis, 'SIGSTOP');
	const since = Date.now();
	driver.say('append 100');
	driver.appended = 110;
	await driver.line(/^away$/);
	assert.ok(Date.now() - since > 1900);
	assert.ok(!driver.lines.includes('durable 110'));
	process.kill(redis, 'SIGCONT');
	await driver.line(/^back$/);
	await driver.line(/^durable 110$/);
	await driver.append(5);
	assert.equal(await driver.quit(), 0);
	assert.equal((await replay(t, driver.dir)).events, 115);
});

test('outages: a stopped Redis is noticed by an idle owner too', async (t) => {
	const driver = await owner(t);
	const [redis] = redisPids(driver.dir);
	process.kill(redis, 'SIGSTOP');
	await driver.line(/^away$/);
	process.kill(redis, 'SIGCONT');
	await driver.line(/^back$/);
	await driver.append(1);
});

test('outages: a Redis killed again and again under load loses nothing', async (t) => {
	const driver = await owner(t, { env: { BATCH: '2' } });
	let over = false;
	const work = driver.append(30_000).finally(() => (over = true));
	let kills = 0;
	while (!over && kills < 12) {
		const pids = redisPids(driver.dir);
		const acknowledged = driver.durable;
		if (pids.length) {
			try {
				process.kill(pids[0], 'SIGKILL');
				kills++;
			} catch {
				// it ended between two looks
			}
		}
		await until('progress', () => over || driver.durable > acknowledged);
	}
	await work;
	assert.ok(kills > 3, `${kills}`);
	await driver.quit();
	assert.equal((await replay(t, driver.dir)).events, 30_000);
});

test('outages: the disk is full, then it is not', async (t) => {
	// SIGXFSZ ignored is inherited: a write above the limit then fails as on a full disk.
	const driver = await owner(t, { wrap: ['/bin/sh', '-c', 'trap "" XFSZ; exec "$0" "$@"'] });
	await driver.append(100);
	const name = readFileSync(join(driver.dir, 'redis/appendonly.aof.manifest'), 'utf8').match(/file (\S+) seq \d+ type i/)[1];
	const limit = statSync(join(driver.dir, 'redis', name)).size + 20_000;
	const [redis] = redisPids(driver.dir);
	for (const pid of [driver.pid, redis]) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`]);
	driver.say('append 2000');
	driver.appended = 2100;
	await driver.line(/^away$/);
	assert.ok(driver.durable < 2100);
	assert.ok(!driver.lines.some((line) => line.startsWith('ended')));
	for (const pid of [driver.pid, ...redisPids(driver.dir)]) execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited']);
	await driver.line(/^back$/);
	await driver.line(/^durable 2100$/);
	await driver.append(10);
	await driver.quit();
	assert.equal((await replay(t, driver.dir)).events, 2110);
});

test('outages: a killed server leaves its Redis, which the next one adopts and stops in order', async (t) => {
	const driver = await owner(t);
	await driver.append(10);
	const pids = redisPids(driver.dir);
	await driver.kill9();
	assert.deepEqual(redisPids(driver.dir), pids);
	const next = await owner(t, { dir: driver.dir });
	assert.equal((await next.ready()).events, 10);
	assert.deepEqual(redisPids(driver.dir), pids);
	assert.equal((await replay(t, driver.dir)).events, 10); // beside a server that runs
	await next.append(1);
	assert.equal(await next.quit(), 0);
	assert.deepEqual(redisPids(driver.dir), []);
	assert.match(readFileSync(join(driver.dir, 'redis.log'), 'utf8'), /Redis is now ready to exit/);
});

test('outages: an adopted Redis that dies is started again', async (t) => {
	const driver = await owner(t);
	await driver.append(10);
	await driver.kill9();
	const next = await owner(t, { dir: driver.dir });
	process.kill(redisPids(driver.dir)[0], 'SIGKILL');
	await next.append(10);
	await next.quit();
	assert.equal((await replay(t, driver.dir)).events, 20);
});

test('outages: server and Redis both killed while commits leave', async (t) => {
	const dir = scratch(t);
	let acknowledged = 0, events = 0;
	for (let round = 0; round < 10; round++) {
		const driver = await owner(t, { dir, env: { BATCH: '3' } });
		const ready = await driver.ready();
		assert.ok(ready.events >= events + acknowledged, `${ready.events} of ${events} + ${acknowledged}`);
		events = ready.events;
		driver.say('append 100000');
		await until('some commits', () => driver.durable > 50 * round);
		const pids = redisPids(dir);
		if (round % 2) pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
		await driver.kill9();
		pids.forEach((pid) => round % 3 || round % 2 || process.kill(pid, 'SIGKILL'));
		acknowledged = driver.durable;
	}
	const result = await replay(t, dir);
	assert.ok(result.events >= events + acknowledged);
});

test("outages: redis-server is out of reach of the terminal, and its files are its owner's", async (t) => {
	const driver = await owner(t);
	const [redis] = redisPids(driver.dir);
	const session = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[3];
	assert.equal(session(redis), String(redis));
	assert.notEqual(session(driver.pid), session(redis));
	assert.equal(statSync(join(driver.dir, 'redis')).mode & 0o077, 0);
	assert.equal(statSync(join(driver.dir, 'redis.sock')).mode & 0o077, 0);
});

test('outages: a data directory with a long name', async (t) => {
	const dir = join(scratch(t), 'd'.repeat(120));
	mkdirSync(dir);
	const driver = await owner(t, { dir });
	await driver.append(3);
	await driver.quit();
});

test('outages: an external Redis away and back, with a password and a user', async (t) => {
	const redis = await Redis.start(t);
	await redis.command('ACL', 'SETUSER', 'site', 'on', '>p@ss', '~vaxline:*', '+@all');
	const url = redis.url.replace('unix://', 'unix://site:p%40ss@');
	const driver = await owner(t, { url });
	await driver.append(5);
	redis.signal('SIGSTOP');
	driver.say('append 5');
	await driver.line(/^away$/);
	redis.signal('SIGCONT');
	await driver.line(/^back$/);
	await driver.line(/^durable 10$/);
	await redis.command('ACL', 'SETUSER', 'site', '-xadd');
	driver.say('append 1');
	assert.match(await driver.ended(), /^failed Redis refuses site hall for good: NOPERM/);
	assert.match(await new Driver(t, { url: url.replace('p%40ss', 'wrong') }).ended(), /^starting Redis refuses site hall: WRONGPASS/);
	await redis.command('SET', 'vaxline:{hall}:log', 'x');
	assert.match(await new Driver(t, { url: redis.url }).ended(), /^starting Redis refuses site hall: WRONGTYPE/);
	assert.ok(!driver.log.includes('p@ss') && !driver.log.includes('p%40ss'));
});

test('outages: wrong Redis URLs are told of', async (t) => {
	for (const [url, why] of [['http://x', /must begin with unix:\/\/ or redis:\/\//], ['unix://relative', /must be absolute/],
		[`unix:///${'x'.repeat(107)}`, /at most 107 bytes/], ['redis://host:0', /must end in host or host:port/],
		['redis://host/3', /log lives in database 0/], ['redis://a:%zz@host', /percent-encoded/]]) {
		assert.match(await new Driver(t, { url }).ended(), why);
	}
});

test('outages: an external Redis that promises less is told of', async (t) => {
	const redis = await Redis.start(t, ['--appendfsync', 'everysec']);
	const driver = await owner(t, { url: redis.url });
	await until('the warning', () => /redis_not_durable.*setting="appendfsync" value="everysec"/.test(driver.log));
	assert.ok(!/setting="appendonly"/.test(driver.log));
});

test('outages: with a replica, a commit counts when the replica has it', async (t) => {
	const port = await new Promise((resolve) => {
		const server = net.createServer().listen(0, '127.0.0.1', () => {
			const { port: free } = server.address();
			server.close(() => resolve(free));
		});
	});
	const master = await Redis.start(t, ['--port', String(port), '--bind', '127.0.0.1', '--repl-diskless-sync-delay', '0']);
	const replica = await Redis.start(t, ['--replicaof', '127.0.0.1', String(port)]);
	await until('the replica', async () => /master_link_status:up/.test(await replica.command('INFO', 'replication')));
	const driver = await owner(t, { url: `redis://127.0.0.1:${port}` });
	await driver.append(10);
	assert.equal((await truth(replica)).events, 10);
	replica.signal('SIGSTOP');
	driver.say('append 1');
	await until('the commit on the master', async () => (await truth(master)).events === 11);
	await driver.line(/^away$/);
	assert.equal(driver.durable, 10);
	replica.signal('SIGCONT');
	await driver.line(/^durable 11$/);
	await driver.line(/^back$/);
});

test('outages: parts of the log are read beside the work, with pauses', async (t) => {
	const driver = await owner(t, { env: { BATCH: '5' } });
	await driver.append(3000, 500);
	for (const [range, count] of [['0 0 1 3000', 3000], ['1 7 1 8', 1], ['1 2998 1 3000', 2], ['1 0 1 0', 0], ['0 0 1 18446744073709551615', 3000]]) {
		const answers = [await driver.ask(`read ${range}`, /^read/), await driver.ask(`readall ${range}`, /^read/)].map((a) => a.trim());
		assert.equal(answers[0], answers[1], range);
		assert.ok(answers[0].startsWith(`read 1 ${count} `), answers[0]);
	}
	assert.match(await driver.ask('read 1 0 1 3001', /^read/), /^read 0 3000/);
	assert.match(await driver.ask('readall 1 0 1 3001', /^read/), /^read 0 3000 \S+ the log ends at 1-3000, before 1-3001/);
	await driver.quit();
});

test('outages: the ballast is really on the disk', async (t) => {
	const driver = await owner(t, { env: { BALLAST: '1048576' } });
	assert.ok(statSync(join(driver.dir, 'ballast')).blocks * 512 >= 1048576);
	await driver.quit();
});

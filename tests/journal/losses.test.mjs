// A log that lost something is refilled, or the journal stops with a sentence that says what; it never begins anew, and
// never appends over a gap.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Redis, scratch, until } from '../lib/redis.mjs';
import { Driver, exists, KEY, owner, redisPids, replay, truth } from './driver.mjs';

// An owner whose log was kept at 30 events (dump), and has 60 now.
async function cut(t, options = {}) {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url, ...options });
	for (let i = 0; i < 3; i++) await driver.append(10);
	const dump = await redis.raw('DUMP', KEY);
	for (let i = 0; i < 3; i++) await driver.append(10);
	return { redis, driver, dump, restore: () => redis.raw('RESTORE', KEY, 0, dump, 'REPLACE') };
}

const salvaged = (driver, epoch = 1) =>
	readFileSync(join(driver.dir, `salvage-${epoch}.ndjson`), 'utf8').split('\n').slice(0, -1).map((l) => JSON.parse(l).k);

const keys = (from, to, epoch = 1) => Array.from({ length: to - from + 1 }, (_, i) => `${epoch}-${from + i}`);

test('losses: a tail that is gone is refilled from memory, idle or not', async (t) => {
	const { redis, driver, restore } = await cut(t);
	await restore();
	await until('the refill', async () => (await truth(redis)).events === 60);
	for (let i = 0; i < 5; i++) {
		await restore();
		await driver.append(10);
	}
	assert.equal((await truth(redis)).events, 110);
	assert.match(driver.log, /journal_refill/);
	assert.equal(driver.lines.some((l) => l.startsWith('ended')), false);
});

test('losses: a log that lost our fence too is refilled from where it was taken', async (t) => {
	const redis = await Redis.start(t);
	const first = await owner(t, { url: redis.url });
	await first.append(7);
	await first.quit();
	const dump = await redis.raw('DUMP', KEY);
	const driver = await owner(t, { url: redis.url });
	await driver.append(5);
	await driver.append(5);
	await redis.raw('RESTORE', KEY, 0, dump, 'REPLACE');
	await driver.append(5);
	assert.deepEqual([...(await truth(redis)).epochs], [[1, 7], [2, 15]]);
});

test('losses: what memory does not reach stops the journal, and is kept in a file', async (t) => {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url });
	await driver.append(10);
	const dump = await redis.raw('DUMP', KEY);
	await driver.append(6000, 3800);
	await redis.raw('RESTORE', KEY, 0, dump, 'REPLACE');
	assert.match(await driver.ended(), /^lost storage_lost: site hall: the log ends at 1-10, further back than what is kept in memory, but 1-6010 was acknowledged\. Nothing more is written\. What was acknowledged and is missing from the log is in salvage-1\.ndjson/);
	const kept = salvaged(driver);
	assert.equal(kept.at(-1), '1-6010');
	assert.ok(kept.length > 3000 && kept.length < 6000, `${kept.length}`);
	assert.deepEqual((await truth(redis)).last, [1, 10]);
});

test('losses: entries deleted from the tail stop it, since Redis takes no id below the last', async (t) => {
	const { redis, driver } = await cut(t);
	const ids = (await redis.command('XREVRANGE', KEY, '+', '-', 'COUNT', 2)).map(([id]) => id);
	await redis.command('XDEL', KEY, ...ids);
	const why = await driver.ended();
	assert.match(why, /^lost storage_lost: site hall: the log ends at 1-40 and takes no entry between that and what was removed, but 1-60 was acknowledged/);
	assert.deepEqual(salvaged(driver), keys(41, 60));
	assert.deepEqual((await truth(redis)).last, [1, 40]);
});

test('losses: a trimmed log stops it as soon as it has to ask', async (t) => {
	const { redis, driver } = await cut(t);
	await redis.command('XTRIM', KEY, 'MAXLEN', 1);
	await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
	assert.match(await driver.ended(), /^lost storage_lost: site hall: the log does not hold the fence of this server any more, but 1-60 was acknowledged/);
});

test('losses: a log with the same ids and other bytes is not ours', async (t) => {
	const { redis, driver } = await cut(t);
	const [fence, ...commits] = await redis.command('XRANGE', KEY, '-', '+');
	const multi = [['MULTI'], ['DEL', KEY], ['XADD', KEY, fence[0], ...fence[1]],
		...commits.map(([id, [field, body]]) => ['XADD', KEY, id, field, body.replace('fill', 'swap')]), ['EXEC']];
	await Promise.all(multi.map((words) => redis.command(...words)));
	await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
	assert.match(await driver.ended(), /^lost storage_lost: site hall: the log was rewritten, but 1-60 was acknowledged/);
	assert.deepEqual(salvaged(driver), keys(1, 60));
});

test('losses: a stranger in our epoch', async (t) => {
	const { redis, driver } = await cut(t);
	await redis.command('XADD', KEY, '1-61', 'e', '{"k":"1-61","stranger":1}\n');
	assert.match(await driver.ended(), /^lost storage_lost: site hall: the log ends at 1-61, which this server did not write/);
});

test('losses: another owner after a log lost its tail: deposed, and the rest is kept in a file', async (t) => {
	const { redis, driver, dump } = await cut(t);
	driver.signal('SIGSTOP');
	await redis.raw('RESTORE', KEY, 0, dump, 'REPLACE');
	const next = await owner(t, { url: redis.url });
	driver.signal('SIGCONT');
	assert.match(await driver.ended(), /^deposed .* is in salvage-1\.ndjson/);
	assert.deepEqual(salvaged(driver), keys(31, 60));
	await next.append(1);
});

for (const traffic of [false, true]) {
	test(`losses: FLUSHALL on a live link ${traffic ? 'while commits leave' : 'when idle'}`, async (t) => {
		const { redis, driver } = await cut(t, { env: { ONE: '1' } });
		if (traffic) driver.say('append 50000');
		await redis.command('FLUSHALL');
		assert.match(await driver.ended(), /^lost storage_lost: site hall: the log is not in Redis any more, but 1-\d+ was acknowledged\. Nothing more is written\..*Stop the server, restore/);
		assert.equal(salvaged(driver).at(-1), `1-${/durable (\d+)/.exec(await driver.ask('state', /^state/))[1]}`);
		assert.equal(await redis.command('EXISTS', KEY), 0);
		await driver.quit();
		const again = new Driver(t, { dir: driver.dir, url: redis.url });
		assert.match(await again.ended(), /^starting site hall has no log in Redis \(vaxline:\{hall\}:log\), but 1-\d+ was acknowledged: restore/);
		assert.equal(await redis.command('EXISTS', KEY), 0, 'never a silent new site');
	});
}

test('losses: a start finds less than was acknowledged', async (t) => {
	const { redis, driver, restore } = await cut(t);
	await driver.quit();
	await restore();
	const again = new Driver(t, { dir: driver.dir, url: redis.url });
	assert.match(await again.ended(), /^starting the log of site hall ends at 1-30, but 1-60 was acknowledged: restore Redis's data so that the log holds 1-60 again/);
	assert.deepEqual((await truth(redis)).last, [1, 30]);
});

test('losses: a start finds a log that went another way', async (t) => {
	const { redis, driver, restore } = await cut(t);
	await driver.quit();
	await restore();
	await (await owner(t, { url: redis.url })).append(3);
	const again = new Driver(t, { dir: driver.dir, url: redis.url });
	assert.match(await again.ended(), /^starting the log of site hall does not hold 1-60, which was acknowledged/);
});

test('losses: replay refuses a gap, a foreign entry and another format', async (t) => {
	const redis = await Redis.start(t);
	const fence = ['v', 1, 'owner', 'x', 'after', '0-0', 'boot', 'b', 'boottime', 1, 'wall', 1];
	const line = (n) => `{"k":"1-${n}","a":1}\n`;
	for (const [entries, why] of [
		[[['1-0', ...fence], ['1-2', 'e', line(1) + line(2)], ['1-5', 'e', line(4) + line(5)]],
			/the log has a gap: entry 1-5 has 2 events and must follow 1-3, but follows 1-2/],
		[[['1-0', ...fence], ['1-2', 'e', line(2)]], /the log has a gap: entry 1-2 has 1 events and must follow 1-1, but follows 1-0/],
		[[['1-0', ...fence], ['2-1', 'e', line(1)]], /entry 2-1 follows 1-0 without the fence of its epoch/],
		[[['1-1', 'e', line(1)]], /entry 1-1 follows 0-0 without the fence/],
		[[['1-0', ...fence], ['2-0', ...fence.map((x, i) => (i === 5 ? "1-4" : x))]], /fence 2-0 was set after 1-4, but before it the log ends at 1-0/],
		[[['1-0', ...fence.map((x, i) => (i === 1 ? 2 : x))]], /fence 1-0 of the log has format 2; this program reads format 1/],
		[[['1-0', ...fence], ['1-1', 'x', 'y'], ['1-2', 'e', line(2)]], /entry after 1-0 that is not of this program/],
		[[['1-0', ...fence], ['1-1', 'e', 'no newline']], /entry 1-1 of the log is not made of whole lines/],
		[[['1-0', ...fence], ['1-1', 'e', '{"refuse":1}\n']], /site hall cannot be replayed: a refused event/],
	]) {
		await redis.command('DEL', KEY);
		for (const entry of entries) await redis.command('XADD', KEY, ...entry);
		assert.match(await new Driver(t, { url: redis.url }).ended(), why);
		assert.match(await replay(t, scratch(t), redis.url), /^refused/);
	}
});

// --- the private Redis's files

const aof = (dir) => join(dir, 'redis', readFileSync(join(dir, 'redis/appendonly.aof.manifest'), 'utf8').match(/file (\S+) seq \d+ type i/)[1]);

async function stopped(t) {
	const driver = await owner(t);
	await driver.append(50);
	await driver.append(50);
	await driver.quit();
	return driver.dir;
}

for (const [name, end] of [['a torn command', Buffer.from('*5\r\n$4\r\nXADD\r\n$16\r\nvaxl')],
	['zeros', Buffer.alloc(4096)], ['junk', randomBytes(1000)]]) {
	test(`losses: an append-only file that ends in ${name} is repaired, and a copy kept`, async (t) => {
		const dir = await stopped(t);
		appendFileSync(aof(dir), end);
		const size = statSync(aof(dir)).size;
		const driver = await owner(t, { dir });
		const { events } = await driver.ready();
		assert.equal(events, 100);
		assert.match(driver.log, new RegExp(`redis_repaired how=".*ended in ${end.length} damaged bytes, which were cut off`));
		await driver.append(1);
		const [copy] = readdirSync(dir).filter((file) => file.startsWith('redis.broken-'));
		assert.equal(statSync(join(dir, copy, aof(dir).split('/').at(-1))).size, size);
		await driver.quit();
		assert.equal((await replay(t, dir)).events, 101);
	});
}

test('losses: a damage far before the end is never cut off unasked', async (t) => {
	const dir = await stopped(t);
	appendFileSync(aof(dir), Buffer.alloc(2 * 1024 * 1024));
	const size = statSync(aof(dir)).size;
	const why = await new Driver(t, { dir }).ended();
	assert.match(why, /^starting .*incr\.aof is damaged 2097152 bytes before its end, and more than 1048576 bytes are never dropped unasked: restore/);
	assert.equal(statSync(aof(dir)).size, size);
});

test('losses: an append-only file that lost acknowledged entries is refused', async (t) => {
	const dir = await stopped(t);
	truncateSync(aof(dir), statSync(aof(dir)).size - 20);
	const why = await new Driver(t, { dir }).ended();
	assert.match(why, /^starting the log of site hall ends at 1-\d+, but 1-100 was acknowledged/);
});

test("losses: Redis's files are gone while DIR/head still stands", async (t) => {
	const dir = await stopped(t);
	renameSync(join(dir, 'redis'), join(dir, 'elsewhere'));
	const driver = new Driver(t, { dir });
	assert.match(await driver.ended(), /^starting site hall has no log in .*\/redis, but 1-100 was acknowledged: restore that directory/);
	await driver.quit();
	assert.equal(exists(join(dir, 'redis')), false);
	assert.match(await replay(t, dir), /^refused there is no log of site hall/);
	renameSync(join(dir, 'elsewhere'), join(dir, 'redis'));
	assert.equal((await (await owner(t, { dir })).ready()).events, 100);
});

test("losses: Redis's files vanish and Redis is killed under a running server", async (t) => {
	const driver = await owner(t);
	await driver.append(10);
	rmSync(join(driver.dir, 'redis'), { recursive: true });
	process.kill(redisPids(driver.dir)[0], 'SIGKILL');
	assert.match(await driver.ended(), /^lost storage_lost: site hall: the log is not in Redis any more, but 1-10 was acknowledged/);
	assert.deepEqual(salvaged(driver), keys(1, 10));
});

test('losses: an unreadable DIR/head is not passed over', async (t) => {
	const dir = await stopped(t);
	truncateSync(join(dir, 'head'), 0);
	assert.match(await new Driver(t, { dir }).ended(), /^refused .*\/head cannot be read/);
});

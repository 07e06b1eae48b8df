// The beginning of a log is taken away up to an event that it may begin with, by its owner alone, and what is left is a
// whole log: for a restart, for replay, and in doubt.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pause, Redis, until } from '../lib/redis.mjs';
import { Driver, KEY, owner, redisPids, replay } from './driver.mjs';

const ids = async (redis) => (await redis.command('XRANGE', KEY, '-', '+')).map(([id]) => id);
const first = async (redis) => (await ids(redis))[0];

async function open(driver, word = 'open') {
	driver.say(word);
	driver.appended = (driver.appended ?? 0) + 1;
	await driver.line(new RegExp(`^durable ${driver.appended}$`));
	return driver.appended;
}

const trim = async (driver, epoch, number) => {
	const from = driver.lines.length;
	driver.say(`trim ${epoch} ${number}`);
	return (await driver.line(/^trimmed/, from)).slice('trimmed '.length);
};

// Twenty events, three that a log may begin with, and more.
async function days(t, options = {}) {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url, ...options });
	await driver.append(20);
	const opened = [];
	for (let i = 0; i < 3; i++) {
		opened.push(await open(driver));
		await driver.append(10);
	}
	return { redis, driver, opened };
}

test('trim: what is left is a log for the next owner and for replay', async (t) => {
	const { redis, driver, opened } = await days(t);
	assert.deepEqual(opened, [21, 32, 43]);
	assert.equal(await trim(driver, 1, 32), '1 ');
	assert.equal(await first(redis), '1-32');
	await driver.append(5);
	assert.equal(await driver.quit(), 0);
	const said = await replay(t, driver.dir, redis.url);
	assert.equal(said.events, 27);
	const next = new Driver(t, { url: redis.url, dir: driver.dir });
	assert.deepEqual(await next.ready(), { epoch: 2, events: 27, hash: said.hash });
	assert.ok(next.lines.includes('begin 1 32'));
	await next.append(3);
	assert.equal(await trim(next, 1, 43), '1 ');
	assert.equal(await first(redis), '1-43');
	assert.equal((await replay(t, next.dir, redis.url)).events, 19);
	assert.equal(await trim(next, 1, 43), '1 ', 'again is no harm');
});

test('trim: the clock goes on from a fence that was trimmed', async (t) => {
	const { redis, driver } = await days(t);
	const [, [, ...fields]] = [0, ...(await redis.command('XRANGE', KEY, '1-0', '1-0'))];
	const wall = fields[0][fields[0].indexOf('wall') + 1];
	assert.equal(await trim(driver, 1, 21), '1 ');
	assert.match(readFileSync(join(driver.dir, 'fence'), 'utf8'), new RegExp(`^1 \\S+ \\d+ ${wall}\n$`));
	await driver.kill9();
	const next = await owner(t, { url: redis.url, dir: driver.dir });
	assert.ok(next.lines.includes(`last 1 ${wall}`), next.lines.join('\n'));
	await next.quit();
	// That of another epoch, or none, says nothing.
	await redis.command('XTRIM', KEY, 'MINID', '=', '1-21');
	await redis.command('XDEL', KEY, '2-0');
	writeFileSync(join(driver.dir, 'fence'), '7 boot 1 2\n');
	await redis.command('XADD', KEY, '3-0', 'v', '1', 'owner', 'x', 'after', '1-53', 'boot', 'b', 'boottime', '1', 'wall', '1');
	await redis.command('XDEL', KEY, '3-0');
	rmSync(join(driver.dir, 'head'));
	const last = await owner(t, { url: redis.url, dir: driver.dir });
	assert.ok(last.lines.includes('last 0 0'), last.lines.join('\n'));
});

test('trim: in doubt an owner whose fence is trimmed still knows its log', async (t) => {
	const { redis, driver } = await days(t);
	assert.equal(await trim(driver, 1, 43), '1 ');
	const dump = await redis.raw('DUMP', KEY);
	await driver.append(10);
	for (let i = 0; i < 3; i++) {
		const from = driver.lines.length;
		await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
		await driver.append(10);
		assert.equal(driver.lines.slice(from).some((l) => l.startsWith('ended')), false);
	}
	// A tail that is gone is refilled as ever; with other bytes at its end it is not ours.
	await redis.raw('RESTORE', KEY, 0, dump, 'REPLACE');
	await driver.append(10);
	assert.equal((await ids(redis)).at(-1), '1-103');
	await redis.command('XADD', KEY, '1-104', 'e', '{}\n');
	assert.match(await driver.ended(), /^lost .*the log ends at 1-104, which this server did not write/);
});

test('trim: another owner is found out, though our fence is trimmed', async (t) => {
	const { redis, driver } = await days(t);
	assert.equal(await trim(driver, 1, 43), '1 ');
	driver.signal('SIGSTOP');
	const other = await owner(t, { url: redis.url });
	await other.append(5);
	driver.signal('SIGCONT');
	assert.match(await driver.ended(), /^deposed/);
	assert.equal(await first(redis), '1-43');
});

test('trim: who was deposed takes nothing away', async (t) => {
	const { redis, driver } = await days(t);
	driver.signal('SIGSTOP');
	driver.say('trim 1 43'); // read when it wakes up
	const other = await owner(t, { url: redis.url });
	driver.signal('SIGCONT');
	assert.match(await driver.ended(), /^deposed/);
	assert.equal(await first(redis), '1-0');
	await other.append(3);
	assert.equal((await replay(t, other.dir, redis.url)).events, 56);
});

test('trim: not in the middle of an entry, and not where no event is', async (t) => {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url });
	driver.say('append 5 60 5\nopen 1\nappend 5 60 5'); // in one turn
	driver.appended = 11;
	await driver.line(/^durable 11$/);
	assert.deepEqual(await ids(redis), ['1-0', '1-11']);
	assert.equal(await trim(driver, 1, 6), '0 no entry of the log begins there');
	assert.equal(await trim(driver, 1, 3), '0 no entry of the log begins there');
	assert.equal(await trim(driver, 1, 12), '0 no entry of the log begins there');
	assert.equal(await trim(driver, 2, 1), '0 no entry of the log begins there');
	await driver.append(5);
	assert.equal((await replay(t, driver.dir, redis.url)).events, 16);
});

test('trim: a log that begins anywhere else is refused', async (t) => {
	const { redis, driver } = await days(t);
	await driver.quit();
	const next = await owner(t, { url: redis.url, dir: driver.dir });
	await next.append(4);
	await next.quit();
	for (const [minid, why] of [
		['1-33', /entry 1-42 follows 0-0 without the fence of its epoch/],
		['2-0', /fence 2-0 was set after 1-53, but before it the log ends at 0-0/],
		['2-1', /entry 2-4 follows 0-0 without the fence of its epoch/],
	]) {
		await redis.command('XTRIM', KEY, 'MINID', '=', minid);
		assert.match(await replay(t, driver.dir, redis.url), why);
		const refused = new Driver(t, { url: redis.url, dir: driver.dir });
		assert.match(await refused.ended(), why);
		await refused.quit();
	}
});

test('trim: Redis refuses it, or is not there', async (t) => {
	const { redis, driver } = await days(t);
	await redis.command('ACL', 'SETUSER', 'default', '-xtrim');
	assert.match(await trim(driver, 1, 21), /^0 NOPERM/);
	await driver.append(5);
	await redis.command('ACL', 'SETUSER', 'default', '+@all');
	redis.signal('SIGSTOP');
	driver.say('trim 1 21');
	const from = driver.lines.length;
	await driver.line(/^away/, from);
	redis.signal('SIGCONT');
	assert.match(await driver.line(/^trimmed/, 0), /^trimmed/);
	await driver.append(5);
	assert.equal(await trim(driver, 1, 21), '1 ');
	assert.equal(await first(redis), '1-21');
	assert.equal(driver.lines.some((l) => l.startsWith('ended')), false);
});

test('trim: one that was not answered may have been done, whatever becomes of the next', async (t) => {
	const { redis, driver } = await days(t);
	await redis.command('CLIENT', 'PAUSE', 60_000, 'WRITE');
	assert.equal(await trim(driver, 1, 43), '0 the link to Redis was lost');
	await redis.command('CLIENT', 'UNPAUSE');
	await driver.append(1);
	await redis.command('XTRIM', KEY, 'MINID', '=', '1-43'); // as though it had been
	await driver.append(1);
	await redis.command('ACL', 'SETUSER', 'default', '-xtrim');
	assert.match(await trim(driver, 1, 43), /^0 NOPERM/);
	await driver.append(5);
	assert.equal(driver.lines.some((l) => l.startsWith('ended')), false, driver.lines.join('\n'));
});

test('trim: between commits under load', async (t) => {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url });
	const opened = [];
	let total = 0;
	for (let i = 0; i < 10; i++) {
		driver.say('append 3000 60 1');
		driver.say('open');
		total += 3001;
		opened.push(total);
	}
	driver.appended = total;
	for (const number of opened.slice(0, 8)) {
		await until('the event', () => driver.durable >= number);
		assert.equal(await trim(driver, 1, number), '1 ');
	}
	await driver.line(new RegExp(`^durable ${total}$`));
	assert.equal((await replay(t, driver.dir, redis.url)).events, total - opened[7] + 1);
});

test('mark: a start reads the log from there, replay all of it', async (t) => {
	const { redis, driver, opened } = await days(t);
	assert.equal(await driver.ask(`mark 1 ${opened[1]}`, /^marked/), 'marked 1');
	await driver.append(5);
	await driver.quit();
	const start = async (events, from) => {
		const next = await owner(t, { url: redis.url, dir: driver.dir });
		const ready = await next.ready();
		assert.equal(ready.events, events, next.lines.join('\n'));
		assert.equal(next.lines.includes(`begin 1 ${from}`), from > 0);
		assert.equal(next.lines.includes('fence 1'), !from);
		await next.quit();
		return ready;
	};
	await start(27, 32);
	assert.equal((await replay(t, driver.dir, redis.url)).events, 58);
	const mark = join(driver.dir, 'mark'), head = join(driver.dir, 'head');
	for (const wrong of ['1-33', '1-31', '1-22', '9-1', '1-32', '', 'x\n', '1-33\n', '1-31\n', '7-1\n', '0-0\n']) {
		writeFileSync(mark, wrong); // no event that a log may begin with, or none that begins an entry
		await start(58, 0);
	}
	writeFileSync(mark, '1-32\n');
	await start(27, 32);
	// Without DIR/head nothing vouches for what follows the mark.
	rmSync(head);
	await start(58, 0);
	await start(27, 32);
	writeFileSync(mark, '1-32\n');
	writeFileSync(head, '1-31\n');
	await start(58, 0);
	// Trimmed up to the mark, and past it.
	const last = await owner(t, { url: redis.url, dir: driver.dir });
	assert.equal(await trim(last, 1, 32), '1 ');
	await last.quit();
	await start(27, 32);
	const past = await owner(t, { url: redis.url, dir: driver.dir });
	assert.equal(await trim(past, 1, 43), '1 ');
	await past.quit();
	await start(16, 43);
});

test('mark: a link lost while the log is read from there', async (t) => {
	const redis = await Redis.start(t);
	const first = await owner(t, { url: redis.url });
	await first.append(1000);
	const at = await open(first);
	await first.append(30_000, 1000, 4);
	assert.equal(await first.ask(`mark 1 ${at}`, /^marked/), 'marked 1');
	await first.quit();
	const { events } = await replay(t, first.dir, redis.url);
	for (let i = 0; i < 5; i++) {
		const next = new Driver(t, { url: redis.url, dir: first.dir });
		for (let n = 0; n < 6; n++) {
			await pause(8);
			await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => {});
		}
		assert.equal((await next.ready()).events, events - 1000);
		await next.quit();
	}
});

const files = (dir) => readdirSync(join(dir, 'redis')).map((name) => statSync(join(dir, 'redis', name)).size).reduce((a, b) => a + b, 0);

test('trim: the file of the private Redis shrinks then, not by itself', async (t) => {
	const driver = await owner(t);
	await driver.append(40_000, 3000); // twice what Redis would rewrite at, by its own default
	const grown = files(driver.dir);
	assert.ok(grown > 100e6, `${grown}`);
	assert.doesNotMatch(readFileSync(join(driver.dir, 'redis.log'), 'utf8'), /rewriting/i);
	const number = await open(driver);
	assert.equal(await trim(driver, 1, number), '1 ');
	driver.say('compact 999999999999999');
	await until('a refusal', () => /redis_not_compacted .*too little disk/.test(driver.log));
	driver.say('compact 0');
	await driver.append(500);
	await until('a smaller file', () => files(driver.dir) < grown / 10);
	await driver.append(500);
	await driver.kill9();
	redisPids(driver.dir).forEach((pid) => process.kill(pid, 'SIGKILL'));
	await until('the end of Redis', () => !redisPids(driver.dir).length);
	assert.equal((await replay(t, driver.dir)).events, 1001);
});

test('trim: killed while that file is written anew, and its end damaged: repaired', async (t) => {
	let dir, events = 0;
	for (let i = 0; i < 6; i++) {
		const driver = await owner(t, { dir });
		dir = driver.dir;
		if (!i) await driver.append(20_000, 3000);
		events += i ? 0 : 20_000;
		driver.say('compact 0');
		driver.say('append 300 3000');
		events += 300;
		await driver.line(/^durable/);
		driver.appended = 300 + (i ? 0 : 20_000);
		await driver.line(new RegExp(`^durable ${driver.appended}$`));
		await pause(i * 15);
		redisPids(dir).forEach((pid) => process.kill(pid, 'SIGKILL'));
		await driver.kill9();
		await until('the end of Redis', () => !redisPids(dir).length);
		const manifest = readFileSync(join(dir, 'redis', 'appendonly.aof.manifest'), 'utf8');
		const last = manifest.split('\n').filter((line) => / type i$/.test(line)).at(-1).split(' ')[1];
		appendFileSync(join(dir, 'redis', last), Buffer.alloc(4096));
		const said = await replay(t, dir);
		assert.equal(said.events, events, JSON.stringify(said));
	}
});

test('trim: owner and private Redis killed at any point', async (t) => {
	let dir, events = 0, at = 0;
	for (let i = 0; i < 8; i++) {
		const driver = new Driver(t, { dir });
		dir = driver.dir;
		const { epoch, events: replayed } = await driver.ready();
		assert.ok(replayed === events || replayed === at, `${replayed} of ${events} or ${at}`);
		await driver.append(500, 500);
		const number = await open(driver);
		await driver.append(10);
		events = replayed + 511;
		at = 11;
		driver.say(`trim ${epoch} ${number}`);
		await pause(i % 4);
		if (i % 2) redisPids(dir).forEach((pid) => process.kill(pid, 'SIGKILL'));
		await driver.kill9();
	}
	assert.ok([events, at].includes((await replay(t, dir)).events));
});
